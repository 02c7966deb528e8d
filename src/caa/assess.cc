// SPDX-License-Identifier: Apache-2.0
#include "caa/assess.h"

#include <algorithm>

#include "caa/authorization.h"
#include "caa/climb.h"
#include "caa/explain.h"
#include "caa/parameters.h"

namespace parallax::caa {
namespace {

// TLS BR 4.2.2.1: issue within the TTL of the record or 8 hours, whichever is greater.
constexpr std::chrono::seconds kPermissionWindowMin = std::chrono::hours(8);
constexpr std::uint32_t kTtlMax = 0x7fffffff;  // RFC 2181 s8: beyond it, a TTL reads 0

CaaOutcome outcome_of(CaaReason reason) {
  switch (reason) {
    case CaaReason::no_caa_records:
    case CaaReason::no_restricting_property:
    case CaaReason::issuer_authorized:
    case CaaReason::insecure_lookup_failure: return CaaOutcome::permitted;
    case CaaReason::issuer_not_authorized:
    case CaaReason::issuance_forbidden:
    case CaaReason::parameters_not_satisfied:
    case CaaReason::critical_property:
    case CaaReason::malformed_record:
    case CaaReason::internal_name: return CaaOutcome::prohibited;
    case CaaReason::lookup_failed:
    case CaaReason::lookup_timed_out:
    case CaaReason::bogus: break;
  }
  return CaaOutcome::undetermined;
}

// Of a climb that found no set to judge.
CaaReason reason_of(ClimbEnd end) {
  switch (end) {
    case ClimbEnd::not_found: return CaaReason::no_caa_records;
    case ClimbEnd::internal: return CaaReason::internal_name;
    case ClimbEnd::timed_out: return CaaReason::lookup_timed_out;
    case ClimbEnd::bogus: return CaaReason::bogus;
    case ClimbEnd::found:
    case ClimbEnd::incomplete:
    case ClimbEnd::unproved_tld:
    case ClimbEnd::failed:
    case ClimbEnd::contradictory: break;
  }
  return CaaReason::lookup_failed;
}

// RFC 8659 s4.4: mailto, http or https URLs; anything else is no place to report to.
bool is_report_target(std::string_view value) {
  return is_uri(value) && (value.starts_with("mailto:") || value.starts_with("https:") ||
                           value.starts_with("http:"));
}

void take_set(CaaDetermination& out, const CaaLookup& relevant) {
  out.found_at = relevant.name;
  out.records = relevant.properties;
  out.ttl_s = relevant.ttl_s > kTtlMax ? 0 : relevant.ttl_s;
  for (const auto& property : relevant.properties)
    if (property.has_tag("iodef") && is_report_target(property.value))
      out.iodef.push_back(property.value);
}

}  // namespace

CaaDetermination assess(const CaaObservation& observation, const CaaQuestion& question,
                        const AssessmentSettings& settings) {
  CaaDetermination out;
  if (question.issuers.empty()) {
    // Nobody to authorize: not even an absent record may permit (the door refuses such orders).
    out.outcome = CaaOutcome::prohibited;
    out.reason = CaaReason::issuer_not_authorized;
    out.explanation = "The request names no issuer domain name, so no CAA record can authorize it.";
    return out;
  }
  const ClimbResult climb = follow_climb(observation, settings);
  out.verdict = climb.verdict;
  if (climb.end == ClimbEnd::found) {
    const CaaLookup& relevant = observation.lookups[climb.at];
    const Authorization authorization = authorize(relevant, question, settings);
    take_set(out, relevant);
    out.reason = authorization.reason;
    out.explanation = explain_set(observation, question, relevant, authorization);
  } else {
    out.reason = reason_of(climb.end);
    out.explanation = explain_climb(observation, question, climb);
  }
  out.outcome = outcome_of(out.reason);
  if (out.outcome != CaaOutcome::permitted) return out;
  if (!climb.failures_counted.empty()) {
    // What permits here is the policy on failures: without it this were undetermined.
    out.reason = CaaReason::insecure_lookup_failure;
    out.explanation = explain_counted_failures(observation, climb);
  }
  out.permission_window = std::max(kPermissionWindowMin, std::chrono::seconds(out.ttl_s));
  return out;
}

}  // namespace parallax::caa
