// SPDX-License-Identifier: Apache-2.0
// JSON of a control observation from a stranger: what decodes is encoded back to what decodes the
// same, and judging it by any method neither crashes nor shows control without the facts for it.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "dcv/assess.h"
#include "dcv/observation.h"

namespace {

using namespace parallax;
using namespace parallax::dcv;
using rules::ControlMethod;

void require(bool condition) {
  if (!condition) std::abort();
}

names::DomainName name(std::string_view text) { return names::DomainName::parse(text).value(); }

ControlCheck check_of(ControlMethod method, Challenge challenge) {
  return {.method = method,
          .applied_for = name("www.example.com"),
          .adn = std::nullopt,
          .mail_server = std::nullopt,
          .challenge = std::move(challenge)};
}

std::vector<ControlCheck> checks() {
  const std::string key = "evaGxfADs6pSRb2LAv9IZf17Dt3juxGJ";
  const std::string value = "u4D0GvKfTzYB2mLq8sXw5ohR";
  std::vector<ControlCheck> out = {
      check_of(ControlMethod::website_change,
               HttpValue{.path = "/.well-known/pki-validation/file.txt", .value = value}),
      check_of(ControlMethod::acme_http,
               HttpValue{.path = "/.well-known/acme-challenge/" + key, .value = key + ".abc"}),
      check_of(ControlMethod::acme_tls_alpn, TlsAlpnValue{std::string(32, 'd')}),
      check_of(ControlMethod::dns_change, DnsValue{.value = value}),
      check_of(ControlMethod::contact_email_caa, ContactValue{"a@example.com"}),
      check_of(ControlMethod::reverse_lookup, ReverseValue{name("host.example.com")})};
  out.back().applied_for = names::IpAddress::parse("203.0.113.7").value();
  ControlCheck reverse = out.back();
  std::get<ReverseValue>(reverse.challenge).control =
      NameControl{ControlMethod::dns_change, DnsValue{.value = value}};
  ControlCheck aliases = out[3];
  aliases.adn = name("example.net");
  aliases.follow_cnames = true;
  ControlCheck mail = out[3];
  mail.mail_server = MailServerOf{name("www.example.com"), std::nullopt};
  out.push_back(std::move(aliases));
  out.push_back(std::move(mail));
  out.push_back(std::move(reverse));
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const std::vector<ControlCheck> kChecks = checks();
  const auto parsed = parse_json({reinterpret_cast<const char*>(data), size});
  if (!parsed) return 0;
  const auto seen = control_observation_from_json(*parsed, "");
  if (!seen) return 0;
  const auto encoded = to_json(*seen, true);
  const auto again = control_observation_from_json(encoded, "");
  require(again && to_json(*again, true) == encoded);
  for (const auto& check : kChecks) {
    const auto made = assess(*seen, check, Instant(std::chrono::seconds(1'795'360'940)));
    require(!made.explanation.empty());
    const bool shown = made.outcome == ControlOutcome::shown;
    require(shown == !made.challenge_information.empty());
    require(!shown || !seen->lookups.empty() || seen->http || seen->tls);
    require(!shown || made.verdict != dns::Verdict::bogus);
    require(corroborates(made, made) == shown);
  }
  return 0;
}
