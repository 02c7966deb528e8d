// SPDX-License-Identifier: Apache-2.0
#include "dcv/methods/connection.h"

#include <algorithm>
#include <string>

#include <fmt/format.h>

#include "base/encoding.h"
#include "dcv/methods/question.h"
#include "dcv/seen.h"

namespace parallax::dcv {
namespace {

using dns::LookupStatus;
using dns::Verdict;
using net::GuardedFailure;

constexpr std::string_view kPurpose = "address";
constexpr std::size_t kMessageMax = 400;

std::string text_of_host(const net::Host& host) {
  return std::visit([](const auto& each) { return each.text(); }, host);
}

bool asks_address_of(const SeenLookup& lookup, const std::string& name) {
  return lookup.purpose == kPurpose && lookup.name == name &&
         (lookup.type == dns::RecordType::a || lookup.type == dns::RecordType::aaaa);
}

bool is_bogus(const SeenLookup& lookup) {
  return lookup.status == LookupStatus::bogus || lookup.verdict == Verdict::bogus;
}

// What the lookups of a host's addresses say together.
struct AddressFacts {
  bool asked = false;
  bool all_empty = true;  // every family answered, and without a record
  bool bogus = false;
  bool timed_out = false;
  bool open = false;    // a family was not answered, or without a verdict
  bool secure = false;  // a family was answered securely
  Verdict weakest = Verdict::secure;
};

AddressFacts facts_about(const ControlObservation& seen, const std::string& name) {
  AddressFacts facts;
  for (const auto& lookup : seen.lookups) {
    if (!asks_address_of(lookup, name)) continue;
    facts.asked = true;
    facts.bogus = facts.bogus || is_bogus(lookup);
    facts.timed_out = facts.timed_out || lookup.status == LookupStatus::timed_out;
    facts.all_empty =
        facts.all_empty && lookup.status == LookupStatus::answered && lookup.rdata.empty();
    facts.weakest = weaker(facts.weakest, lookup.verdict);
    const bool answered = lookup.status == LookupStatus::answered;
    facts.open = facts.open || !answered || lookup.verdict == Verdict::indeterminate;
    facts.secure = facts.secure || (answered && lookup.verdict == Verdict::secure);
  }
  return facts;
}

ControlDetermination judge_lookup_failure(const ControlObservation& seen, const net::Host& host,
                                          const std::string& sentence) {
  const auto facts = facts_about(seen, text_of_host(host));
  if (facts.bogus)
    return undetermined(ControlReason::bogus,
                        sentence + " Its zone's signatures or DS records have to be mended first.",
                        Verdict::bogus);
  // An address that does not exist is a fact about the target; one that could not be asked for is
  // not.
  if (facts.asked && facts.all_empty &&
      !(seen.validating && facts.weakest == Verdict::indeterminate))
    return not_shown(ControlReason::challenge_missing,
                     sentence + fmt::format(" Give {} an A or AAAA record.", text_of_host(host)),
                     facts.weakest);
  return undetermined(facts.timed_out ? ControlReason::timed_out : ControlReason::lookup_failed,
                      sentence + " The zone's name servers must answer A and AAAA queries.",
                      Verdict::indeterminate);
}

std::string address_octets(const names::IpAddress& address) {
  const auto to_text = [](const auto& octets) { return std::string(octets.begin(), octets.end()); };
  return address.is_v4() ? to_text(address.native().to_v4().to_bytes())
                         : to_text(address.native().to_v6().to_bytes());
}

}  // namespace

dns::Verdict weaker(dns::Verdict a, dns::Verdict b) {
  constexpr Verdict kOrder[] = {Verdict::bogus, Verdict::indeterminate, Verdict::insecure};
  for (const Verdict each : kOrder)
    if (a == each || b == each) return each;
  return Verdict::secure;
}

void add_address_lookups(const std::vector<dns::Lookup>& lookups, ControlObservation* seen) {
  for (const auto& lookup : lookups) {
    if (seen->lookups.size() >= kSeenLookupsMax) return;
    seen->lookups.push_back(seen_of(std::string(kPurpose), lookup));
  }
}

ControlDetermination judge_failure(const ControlObservation& seen, const net::Host& host,
                                   GuardedFailure failure, std::string_view message,
                                   std::string_view sought) {
  const std::string sentence = fmt::format(
      "{}, but {}.", sought,
      message.empty()
          ? std::string(net::to_string(failure))
          : printable(message.substr(0, message.find_last_not_of(". ") + 1), kMessageMax));
  const auto missed = [&](ControlReason reason, std::string_view remedy) {
    return not_shown(reason, fmt::format("{} {}", sentence, remedy), Verdict::indeterminate);
  };
  const auto unknown = [&](ControlReason reason, std::string_view remedy) {
    return undetermined(reason, fmt::format("{} {}", sentence, remedy), Verdict::indeterminate);
  };
  switch (failure) {
    case GuardedFailure::none: break;
    case GuardedFailure::lookup_failed:
    case GuardedFailure::bogus: {
      auto made = judge_lookup_failure(seen, host, sentence);
      if (failure == GuardedFailure::bogus && made.reason != ControlReason::bogus)
        return unknown(ControlReason::bogus, "The zone's signatures have to be mended first.");
      return made;
    }
    case GuardedFailure::address_refused:
      return missed(ControlReason::address_refused,
                    "The name must lead to public addresses only (TLS BR 4.2.2, IANA "
                    "special-purpose registries).");
    case GuardedFailure::connection_failed:
      return unknown(ControlReason::connection_failed,
                     "The server must be reachable from the whole Internet.");
    case GuardedFailure::timed_out:
      return unknown(ControlReason::timed_out,
                     "The server must answer in time, from the whole Internet.");
    case GuardedFailure::redirect_refused:
      return missed(ControlReason::redirect_refused,
                    "Redirect by 301, 302, 307 or 308 only, at most ten times, to http or https on "
                    "port 80, 443, 25 or 22.");
    case GuardedFailure::protocol_error:
      return missed(ControlReason::protocol_error,
                    "The server must speak the protocol that was asked for on this port.");
  }
  return unknown(ControlReason::lookup_failed, "What was reported proves nothing.");
}

std::optional<ControlDetermination> judge_address(const ControlObservation& seen,
                                                  const net::Host& host, std::string_view address,
                                                  std::string_view sought,
                                                  std::optional<Verdict>* weakest) {
  const auto proves_nothing = [&](std::string_view why) {
    return undetermined(
        ControlReason::lookup_failed,
        fmt::format("{}, but {}, so what was reported proves nothing.", sought, why),
        Verdict::indeterminate);
  };
  const auto parsed = names::IpAddress::parse(address);
  if (!parsed) return proves_nothing("no address stands beside the answer");
  if (const auto* literal = std::get_if<names::IpAddress>(&host)) {
    if (*literal == *parsed) return std::nullopt;
    return proves_nothing("the answer came from another address");
  }
  const std::string name = text_of_host(host);
  const AddressFacts facts = facts_about(seen, name);
  if (facts.bogus)
    return undetermined(ControlReason::bogus,
                        fmt::format("{}, but the addresses of {} failed DNSSEC validation; the "
                                    "zone's signatures or its DS records have to be mended first.",
                                    sought, name),
                        Verdict::bogus);
  // Every query behind a validation counts, and an indeterminate one is never permission (TLS BR
  // 4.2.2.2): in a signed zone a family that failed may hide what the zone really says. The same
  // failure in a zone proved to be unsigned hides nothing that could have been trusted.
  if (seen.validating && facts.secure && facts.open)
    return undetermined(
        facts.timed_out ? ControlReason::timed_out : ControlReason::lookup_failed,
        fmt::format("{}, but {} lies in a signed zone, and one of its address lookups failed. The "
                    "zone's name servers must answer A and AAAA queries, if only with an empty "
                    "answer.",
                    sought, name),
        Verdict::indeterminate);
  const std::string octets = address_octets(*parsed);
  const auto type = parsed->is_v4() ? dns::RecordType::a : dns::RecordType::aaaa;
  for (const auto& lookup : seen.lookups) {
    if (!asks_address_of(lookup, name) || lookup.type != type ||
        lookup.status != LookupStatus::answered ||
        (seen.validating && lookup.verdict == Verdict::indeterminate) ||
        std::find(lookup.rdata.begin(), lookup.rdata.end(), octets) == lookup.rdata.end())
      continue;
    *weakest = weakest->has_value() ? weaker(**weakest, lookup.verdict) : lookup.verdict;
    return std::nullopt;
  }
  return proves_nothing(
      fmt::format("{} is not among the addresses that the DNS gave for {}", parsed->text(), name));
}

}  // namespace parallax::dcv
