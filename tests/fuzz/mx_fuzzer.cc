// SPDX-License-Identifier: Apache-2.0
// An MX answer from a stranger: the choice never depends on the order of the records, never leaves
// the lowest preference, and is never implicit where there was a record or a failure.
// Input: one octet of status, rcode and verdict, one of the number of aliases (0 to 3, the names of
// which follow), then records; each text is an octet of length and so many octets.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "dcv/mail_server.h"

namespace {

using namespace parallax;
using namespace parallax::dcv;

void require(bool holds) {
  if (!holds) std::abort();
}

struct Input {
  std::string_view rest;
  std::uint8_t octet() {
    if (rest.empty()) return 0;
    const auto value = static_cast<std::uint8_t>(rest.front());
    rest.remove_prefix(1);
    return value;
  }
  std::string text() {
    const auto size = std::min<std::size_t>(octet(), rest.size());
    std::string out(rest.substr(0, size));
    rest.remove_prefix(size);
    return out;
  }
};

SeenLookup lookup_of(Input input) {
  const std::uint8_t facts = input.octet();
  SeenLookup mx{.purpose = "mx", .name = "example.com", .type = dns::RecordType::mx};
  mx.status = static_cast<dns::LookupStatus>(facts & 3U);
  mx.verdict = static_cast<dns::Verdict>(facts >> 2U & 3U);
  mx.rcode = static_cast<dns::Rcode>(facts >> 4U & 3U);
  const std::size_t aliases = input.octet() & 3U;
  for (std::size_t i = 0; i < aliases; ++i) mx.alias_chain.push_back(input.text());
  while (!input.rest.empty()) mx.rdata.push_back(input.text());
  return mx;
}

bool is_printable(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c <= '~'; });
}

void check_candidates(const MxChoice& choice, const SeenLookup& mx) {
  const auto targets = read_mx(mx.rdata);
  require(targets.has_value() && !targets->empty());
  const auto lowest = std::ranges::min_element(*targets, {}, &MxTarget::preference)->preference;
  for (const auto& host : choice.hosts)
    require(std::ranges::any_of(*targets, [&](const MxTarget& target) {
      return target.preference == lowest && target.exchange == host.text();
    }));
  require(std::ranges::none_of(*targets, [](const MxTarget& t) { return t.exchange == "."; }));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  SeenLookup mx = lookup_of({{reinterpret_cast<const char*>(data), size}});
  const auto domain = *names::DomainName::parse("example.com");
  const MxChoice choice = choose_mx(mx, domain);
  require(std::ranges::is_sorted(choice.hosts));
  if (choice.state == MxChoice::State::failure) {
    require(choice.hosts.empty() && !choice.message.empty() && is_printable(choice.message));
  } else {
    require(!choice.hosts.empty() && mx.status == dns::LookupStatus::answered);
    require(mx.rcode == dns::Rcode::noerror && mx.verdict != dns::Verdict::bogus);
    require(mx.rdata.empty() == (choice.state == MxChoice::State::implicit));
    if (choice.state == MxChoice::State::candidates)
      check_candidates(choice, mx);
    else
      require(choice.hosts.size() == 1);
  }
  std::reverse(mx.rdata.begin(), mx.rdata.end());
  const MxChoice again = choose_mx(mx, domain);
  require(again.state == choice.state && again.hosts == choice.hosts);
  return 0;
}
