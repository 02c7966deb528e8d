// SPDX-License-Identifier: Apache-2.0
// How much of what a perspective saw is kept. The applicant's servers choose how much there is to
// see; a record must hold it for every name and every perspective of an order (TLS BR 5.4.1). Pure.
//
// What is kept is judged exactly as the whole is: same outcome, reason, verdict and challenge
// information. What cannot be cut down so far is put down as a failure, never as control.
#pragma once

#include <cstddef>

#include "base/time.h"
#include "dcv/check.h"
#include "dcv/observation.h"

namespace parallax::dcv {

// What one observation may take, packets aside, in octets of a record or of an answer, whichever is
// more: see cost_of(). With 100 names, 7 perspectives, the packets of one of them and what stands
// around it, a record of 16 MiB keeps room for the CAA checks (tests/orders computes it).
inline constexpr std::size_t kSeenCostMax = 13 * 1024;
// Octets of DNS packets kept of one check, before base64: the first ones that fit.
inline constexpr std::size_t kSeenPacketsMax = 16 * 1024;

// An upper bound of the octets that `seen` adds to a record, where its JSON stands as a text within
// JSON, and to an answer; packets aside.
[[nodiscard]] std::size_t cost_of(const ControlObservation& seen);

// Whether `seen` keeps to both bounds.
[[nodiscard]] bool within_bounds(const ControlObservation& seen);

// `seen` cut down to the bounds: packets are left out first, then the ends of sentences, aliases
// but the last, and records that change nothing in how `check` is judged at `at`. What was left out
// is counted where it stood.
[[nodiscard]] ControlObservation bounded(ControlObservation seen, const ControlCheck& check,
                                         Instant at);

}  // namespace parallax::dcv
