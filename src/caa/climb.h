// SPDX-License-Identifier: Apache-2.0
// From the lookups of a climb to the relevant set (RFC 8659 s3), or to what stands in its way.
#pragma once

#include <cstddef>
#include <vector>

#include "caa/assess.h"
#include "caa/observation.h"

namespace parallax::caa {

enum class ClimbEnd {
  found,          // a non-empty set: the relevant one
  not_found,      // every lookup up to the top-level domain was empty
  incomplete,     // a gap, a foreign name, a wrong order, or no top-level domain at the end
  internal,       // the top-level domain provably does not exist
  unproved_tld,   // the top-level domain is said not to exist, but nothing proves it
  failed,         // a lookup failed in a way that does not count as permission
  timed_out,      // the same, no answer in time
  bogus,          // a lookup failed DNSSEC validation
  contradictory,  // an answered lookup whose facts cannot all be true
};

struct ClimbResult {
  ClimbEnd end = ClimbEnd::incomplete;
  std::size_t at = 0;  // the lookup that decided; lookups.size() if there is none
  dns::Verdict verdict = dns::Verdict::indeterminate;  // weakest over the lookups up to `at`
  std::vector<std::size_t> failures_counted;           // failures that counted as empty sets
};

// Follows the lookups from the nearest name upwards. An observation is foreign input: it must be
// an unbroken climb from its own domain.
[[nodiscard]] ClimbResult follow_climb(const CaaObservation& observation,
                                       const AssessmentSettings& settings);

// TLS BR 4.2.2.1: may this failure count as permission? All of: the operator turned it on; the
// lookup was retried; the name is proved Insecure (RFC 4035 s4.3) by a walk that ended at or above
// it. That the fault lies outside the CA follows from the proof: the same resolver has just
// reached the root and the delegation above. Bogus never counts. A failure behind an alias never
// counts: the proof is about the name, not about the target.
[[nodiscard]] bool failure_counts_as_permission(const CaaLookup& lookup,
                                                const AssessmentSettings& settings);

}  // namespace parallax::caa
