// SPDX-License-Identifier: Apache-2.0
#include "caa/climb.h"

#include <algorithm>

namespace parallax::caa {
namespace {

constexpr unsigned kAttemptsMin = 2;  // "retried at least once" (TLS BR 4.2.2.1)

int strength(dns::Verdict verdict) {
  switch (verdict) {
    case dns::Verdict::secure: return 3;
    case dns::Verdict::insecure: return 2;
    case dns::Verdict::indeterminate: return 1;
    case dns::Verdict::bogus: return 0;
  }
  return 0;
}

dns::Verdict weaker(dns::Verdict a, dns::Verdict b) { return strength(a) < strength(b) ? a : b; }

// True if the lookups are the first steps of the climb from the observation's domain, in order.
bool unbroken(const CaaObservation& observation) {
  std::optional<names::DomainName> expected = observation.domain;
  for (const auto& lookup : observation.lookups) {
    if (!expected || lookup.name != *expected) return false;
    expected = expected->parent();
  }
  return !observation.lookups.empty();
}

// Facts that no answered lookup can have together. A validating resolver knows whether an answer
// is secure or insecure; one that does not validate knows neither.
bool contradictory(const CaaLookup& lookup, bool validating) {
  if (lookup.rcode != dns::Rcode::noerror && lookup.rcode != dns::Rcode::nxdomain) return true;
  if (lookup.rcode == dns::Rcode::nxdomain && !lookup.empty_set()) return true;
  return validating && lookup.verdict == dns::Verdict::indeterminate;
}

// What one lookup means for the climb; not_found: an empty set, go on.
ClimbEnd end_at(const CaaLookup& lookup, bool validating, const AssessmentSettings& settings) {
  using dns::LookupStatus;
  if (lookup.status == LookupStatus::bogus || lookup.verdict == dns::Verdict::bogus)
    return ClimbEnd::bogus;
  if (lookup.status != LookupStatus::answered) {
    if (failure_counts_as_permission(lookup, settings)) return ClimbEnd::not_found;
    return lookup.status == LookupStatus::timed_out ? ClimbEnd::timed_out : ClimbEnd::failed;
  }
  if (contradictory(lookup, validating)) return ClimbEnd::contradictory;
  if (!lookup.empty_set()) return ClimbEnd::found;
  if (lookup.name.label_count() == 1 && lookup.rcode == dns::Rcode::nxdomain)
    return lookup.verdict == dns::Verdict::secure ? ClimbEnd::internal : ClimbEnd::unproved_tld;
  return ClimbEnd::not_found;
}

}  // namespace

bool failure_counts_as_permission(const CaaLookup& lookup, const AssessmentSettings& settings) {
  if (!settings.permit_insecure_lookup_failure) return false;
  const bool failure =
      lookup.status == dns::LookupStatus::failed || lookup.status == dns::LookupStatus::timed_out;
  if (!failure || lookup.verdict == dns::Verdict::bogus || lookup.attempts < kAttemptsMin)
    return false;
  if (!lookup.alias_chain.empty()) return false;
  if (!lookup.insecurity || !lookup.insecurity->proved || lookup.insecurity->steps.empty())
    return false;
  const auto cut =
      names::DomainName::parse(lookup.insecurity->insecure_at, names::Underscores::allow);
  return cut && lookup.name.is_at_or_below(*cut);
}

ClimbResult follow_climb(const CaaObservation& observation, const AssessmentSettings& settings) {
  const auto& lookups = observation.lookups;
  ClimbResult out{ClimbEnd::incomplete, lookups.size(), dns::Verdict::indeterminate, {}};
  if (!unbroken(observation)) return out;
  dns::Verdict weakest = dns::Verdict::secure;
  for (std::size_t i = 0; i < lookups.size(); ++i) {
    const ClimbEnd end = end_at(lookups[i], observation.validating, settings);
    const bool counted =
        end == ClimbEnd::not_found && lookups[i].status != dns::LookupStatus::answered;
    if (counted) out.failures_counted.push_back(i);
    weakest = weaker(weakest, counted ? dns::Verdict::insecure : lookups[i].verdict);
    if (lookups[i].status == dns::LookupStatus::bogus) weakest = dns::Verdict::bogus;
    if (end == ClimbEnd::not_found) continue;
    out.end = end;
    out.at = i;
    out.verdict = weakest;
    return out;
  }
  if (lookups.back().name.label_count() != 1) return out;
  out.end = ClimbEnd::not_found;
  out.verdict = weakest;
  return out;
}

}  // namespace parallax::caa
