// SPDX-License-Identifier: Apache-2.0
// The search for the relevant CAA set (RFC 8659 s3), concurrently over all steps of the climb.
#pragma once

#include <chrono>

#include "base/async.h"
#include "base/deadline.h"
#include "caa/observation.h"
#include "dns/resolver.h"
#include "names/domain_name.h"

namespace parallax::caa {

struct SearchSettings {
  std::chrono::milliseconds lookup_timeout{5000};
  bool validating = true;
  // Seek a proof that the name is Insecure when a lookup fails (only useful where the operator
  // lets such a failure count as permission).
  bool prove_insecure = false;
};

// Asks CAA at `domain` and at every ancestor up to and including the top-level domain, at once.
// Returns as soon as the nearest non-empty set is known and nothing nearer is outstanding, or when
// a nearer lookup failed; what is still under way then is cancelled. The climb goes up the
// original name, never up an alias target. Every lookup in the result is complete; at the deadline
// the outstanding ones appear as timed_out. `resolver` outlives the call.
[[nodiscard]] Task<CaaObservation> observe_caa(dns::Resolver& resolver, names::DomainName domain,
                                               SearchSettings settings, Deadline deadline);

}  // namespace parallax::caa
