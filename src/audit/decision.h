// SPDX-License-Identifier: Apache-2.0
// A recorded decision made anew from the statements in it, by the pure layers alone: nothing of
// what the coordinator decides with is used. Pure but for what the keys remember.
#pragma once

#include <chrono>
#include <cstddef>

#include "audit/keys.h"
#include "audit/record.h"
#include "names/public_suffix.h"

namespace parallax::audit {

// From an order to its decision at most: the day of receipt decides which rules hold.
inline constexpr std::chrono::hours kOrderDurationMax{1};

// What held.
struct DecisionAudit {
  std::size_t observations = 0;            // signatures and bindings
  std::size_t quorums = 0;                 // made anew
  std::size_t names = 0;                   // decisions of names made anew
  std::size_t names_by_control_alone = 0;  // permitted, with CAA left to another order
  bool left_out = false;  // observations are not in the record: an order that permits nothing
};

// Errors: untrusted or malformed, with "perspective" and "part" in the context; the first thing
// that does not hold.
[[nodiscard]] Result<DecisionAudit> audit_decision(const RecordedDecision& decision,
                                                   PerspectiveKeys& keys,
                                                   const names::PublicSuffixList& suffixes);

// A straggler's observation: signature and binding, by the roster of the decision that it was late
// for if `decision` is not null and has that check. Errors as above.
[[nodiscard]] Result<DecisionAudit> audit_late(const RecordedLate& late,
                                               const RecordedDecision* decision,
                                               PerspectiveKeys& keys);

}  // namespace parallax::audit
