// SPDX-License-Identifier: Apache-2.0
#include "dcv/way.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "base/encoding.h"
#include "dcv/adn.h"
#include "dcv/methods/connection.h"
#include "dcv/methods/question.h"
#include "dcv/rdata.h"

namespace parallax::dcv {
namespace {

using dns::LookupStatus;
using dns::Verdict;

constexpr std::string_view kPurpose = "adn";

Way ended(ControlDetermination failure) { return {std::move(failure), std::nullopt, std::nullopt}; }

Way proves_nothing(std::string_view why) {
  return ended(undetermined(
      ControlReason::lookup_failed,
      fmt::format("The way to the Authorization Domain Name was reported wrongly: {}.", why),
      Verdict::indeterminate));
}

const SeenLookup* find_step(const ControlObservation& seen, const names::DomainName& name) {
  const auto found =
      std::find_if(seen.lookups.begin(), seen.lookups.end(), [&](const SeenLookup& lookup) {
        return lookup.purpose == kPurpose && lookup.type == dns::RecordType::cname &&
               lookup.name == name.text();
      });
  return found == seen.lookups.end() ? nullptr : &*found;
}

std::string no_adn(const names::DomainName& adn, const names::DomainName& at) {
  return fmt::format("Followed CNAMEs towards the Authorization Domain Name {} as far as {}, but ",
                     adn.text(), at.text());
}

Way not_reached(const names::DomainName& adn, const names::DomainName& at, std::string_view why,
                Verdict verdict) {
  return ended(not_shown(
      ControlReason::adn_not_reached,
      fmt::format("{}{}. Point a CNAME from there to {} or below it, or ask for a name on the way.",
                  no_adn(adn, at), why, adn.text()),
      verdict));
}

// Why the perspective went no further than `at`.
Way judge_end(const ControlObservation& seen, const names::DomainName& adn, bool steps_used_up) {
  const names::DomainName& at = seen.aliases.back();
  const SeenLookup* last = find_step(seen, at);
  if (last == nullptr) {
    if (steps_used_up)
      return not_reached(adn, at,
                         fmt::format("{} steps are the most that are taken", kCnameStepsMax),
                         Verdict::indeterminate);
    return proves_nothing("it ends without a reason");
  }
  const std::string why = last->reason.empty() ? "" : ": " + printable(last->reason);
  if (last->status == LookupStatus::bogus || last->verdict == Verdict::bogus)
    return ended(undetermined(
        ControlReason::bogus,
        no_adn(adn, at) + fmt::format("the CNAME answer there failed DNSSEC validation{}. "
                                      "The zone's signatures have to be mended first.",
                                      why),
        Verdict::bogus));
  if (last->status != LookupStatus::answered)
    return ended(undetermined(
        last->status == LookupStatus::timed_out ? ControlReason::timed_out
                                                : ControlReason::lookup_failed,
        no_adn(adn, at) + fmt::format("the CNAME lookup there failed ({}){}. The zone's name "
                                      "servers must answer CNAME queries.",
                                      dns::to_string(last->rcode), why),
        last->verdict));
  if (seen.validating && last->verdict == Verdict::indeterminate)
    return proves_nothing("an answer has no DNSSEC verdict");
  const auto next = alias_target(*last);
  if (next && std::find(seen.aliases.begin(), seen.aliases.end(), *next) != seen.aliases.end())
    return not_reached(adn, at, "the CNAMEs go in a ring", last->verdict);
  if (next) return proves_nothing("it ends although a CNAME leads on");
  return not_reached(adn, at,
                     last->rdata.empty() ? "there is no CNAME there"
                                         : "the CNAME there leads to no name that can be asked for",
                     last->verdict);
}

// From `start` over seen.aliases to a name at or below the ADN.
Way judge_aliases(const ControlObservation& seen, const names::DomainName& start,
                  const names::DomainName& adn) {
  if (seen.aliases.empty() || seen.aliases.front() != start)
    return proves_nothing("it does not begin at " + start.text());
  if (seen.aliases.size() > kCnameStepsMax + 1) return proves_nothing("it has too many steps");
  std::optional<Verdict> weakest;
  for (std::size_t i = 0; i + 1 < seen.aliases.size(); ++i) {
    const SeenLookup* step = find_step(seen, seen.aliases[i]);
    if (seen.aliases[i].is_at_or_below(adn) || step == nullptr ||
        step->status != LookupStatus::answered || step->verdict == Verdict::bogus ||
        (seen.validating && step->verdict == Verdict::indeterminate) ||
        alias_target(*step) != seen.aliases[i + 1])
      return proves_nothing(fmt::format("no CNAME leads from {} on", seen.aliases[i].text()));
    weakest = weakest ? weaker(*weakest, step->verdict) : step->verdict;
  }
  if (!seen.aliases.back().is_at_or_below(adn))
    return judge_end(seen, adn, seen.aliases.size() == kCnameStepsMax + 1);
  return {std::nullopt, Target(adn), weakest};
}

}  // namespace

std::optional<names::DomainName> alias_target(const SeenLookup& lookup) {
  if (lookup.status != LookupStatus::answered || lookup.rcode != dns::Rcode::noerror ||
      lookup.rdata.size() != 1)
    return std::nullopt;
  const auto text = name_text(lookup.rdata.front());
  if (!text) return std::nullopt;
  auto name = names::DomainName::parse(*text, names::Underscores::allow);
  if (!name || name->text() != *text) return std::nullopt;
  return std::move(*name);
}

Way judge_way(const ControlObservation& seen, const ControlCheck& check) {
  if (check.mail_server) return judge_mail_server(seen, check);
  if (seen.smtp_host) return proves_nothing("it leads to a mail server that nobody asked for");
  const auto* name = std::get_if<names::DomainName>(&check.applied_for);
  if (!check.adn || name == nullptr) {
    if (seen.aliases.empty()) return {std::nullopt, check.applied_for, std::nullopt};
    return proves_nothing("it has CNAME steps that nobody asked for");
  }
  if (check.follow_cnames) return judge_aliases(seen, *name, *check.adn);
  if (!seen.aliases.empty()) return proves_nothing("it has CNAME steps that nobody asked for");
  if (name->is_at_or_below(*check.adn)) return {std::nullopt, Target(*check.adn), std::nullopt};
  return ended(not_shown(ControlReason::adn_not_reached,
                         fmt::format("{} is not at or below the Authorization Domain Name {} that "
                                     "was asked for. Ask for a name that it lies under.",
                                     name->text(), check.adn->text()),
                         Verdict::indeterminate));
}

}  // namespace parallax::dcv
