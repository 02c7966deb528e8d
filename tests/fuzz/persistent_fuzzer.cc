// SPDX-License-Identifier: Apache-2.0
// Octets as the RDATA of TXT records, one per line, at a persistent label: control is shown only if
// one record holds issuer and account, and every explanation can be pasted.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "dcv/methods/methods.h"
#include "dcv/methods/persistent_record.h"
#include "dcv/rdata.h"

namespace {

using namespace parallax;
using namespace parallax::dcv;

constexpr std::string_view kAccount = "https://ca.example/acct/1";
constexpr std::size_t kRecordsMax = 16;
const Instant kNow{std::chrono::seconds(1'795'360'940)};

void require(bool condition) {
  if (!condition) std::abort();
}

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return out;
}

ControlCheck check_of(const names::DomainName& domain) {
  PersistentValue value;
  value.issuers = {names::DomainName::parse("ca.example").value()};
  value.account_uri = kAccount;
  return {.method = rules::ControlMethod::dns_persistent,
          .applied_for = domain,
          .adn = std::nullopt,
          .mail_server = std::nullopt,
          .challenge = value};
}

std::vector<std::string> records_of(std::string_view octets) {
  std::vector<std::string> out;
  while (out.size() < kRecordsMax) {
    const auto end = octets.find('\n');
    out.emplace_back(octets.substr(0, end));
    if (end == std::string_view::npos) break;
    octets.remove_prefix(end + 1);
  }
  return out;
}

void check_text(std::string_view text) {
  PersistentTerms terms;
  terms.issuers = {names::DomainName::parse("ca.example").value()};
  terms.account_uris = {std::string(kAccount)};
  terms.at = kNow;
  const bool usable = judge_persistent(text, terms).finding == PersistentFinding::usable;
  if (usable) {
    require(lower(text).find("ca.example") != std::string::npos);
    require(text.find(kAccount) != std::string::npos);
  }
  terms.below = true;  // asks for more, never for less
  require(usable || judge_persistent(text, terms).finding != PersistentFinding::usable);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view octets(reinterpret_cast<const char*>(data), size);
  check_text(octets);
  const auto records = records_of(octets);
  bool held = false;
  for (const auto& rdata : records) {
    const auto text = txt_text(rdata);
    if (!text) continue;
    require(text->size() < rdata.size());
    check_text(*text);
    held = held || text->find(kAccount) != std::string::npos;
  }
  const auto domain = names::DomainName::parse("example.com").value();
  SeenLookup lookup{.purpose = "challenge", .name = "_validation-persist.example.com"};
  lookup.status = dns::LookupStatus::answered;
  lookup.rcode = dns::Rcode::noerror;
  lookup.verdict = dns::Verdict::secure;
  lookup.rdata = records;
  ControlObservation seen;
  seen.lookups = {lookup};
  const auto made = dns_persistent_method().assess(seen, check_of(domain), domain, kNow);
  require(made.outcome != ControlOutcome::undetermined);
  if (made.outcome == ControlOutcome::shown) require(held);
  require(made.challenge_information.empty() == (made.outcome != ControlOutcome::shown));
  for (const char c : made.explanation) require(c >= 0x20 && c < 0x7f);
  return 0;
}
