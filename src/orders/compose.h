// SPDX-License-Identifier: Apache-2.0
// From what the attempts found to a name's decision, in values and in words.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "corroborate/attempt.h"
#include "corroborate/roster.h"
#include "orders/order.h"
#include "orders/plan.h"

namespace parallax::orders {

// An order and what its checks came to.
struct OrderFindings {
  const Order& order;
  const OrderPlan& plan;
  const std::vector<corroborate::AttemptResult>& attempts;  // in parallel with plan.checks
  // Likewise: who was used, as indexes into the roster, in the order of the attempt's remotes.
  const std::vector<std::vector<std::size_t>>& remotes;
  const corroborate::Roster& roster;
  const names::PublicSuffixList& suffixes;
  Date at{};          // whose rules are applied
  Instant decided{};  // nothing was seen later, whatever the clock of a Primary says
};

// The decision about the order's name `index`.
[[nodiscard]] NameDecision compose_name(const OrderFindings& findings, std::size_t index);

// The part of it that is about control; nullopt if that was not asked for.
[[nodiscard]] std::optional<ControlDecision> compose_control(const OrderFindings& findings,
                                                             std::size_t index);

// What the perspectives of one attempt contributed to one question, the primary first.
[[nodiscard]] std::vector<PerspectiveFinding> findings_of(const OrderFindings& findings,
                                                          std::size_t check, std::size_t question);
// "eu-1: ... ap-2: ...": what the remotes that did not corroborate said.
[[nodiscard]] std::string dissent(const std::vector<PerspectiveFinding>& findings);
// Why there is no determination of the primary's.
[[nodiscard]] std::string primary_absence(const corroborate::Report& primary);
[[nodiscard]] Outcome outcome_of(corroborate::QuorumOutcome outcome);

inline constexpr std::string_view kQuorumNotMet = "quorum-not-met";
inline constexpr std::string_view kPrimaryUnavailable = "primary-unavailable";
inline constexpr std::string_view kShownByCaller = "shown-by-caller";
inline constexpr std::string_view kContactUnconfirmed = "contact-unconfirmed";

// Control that rests on a contact which was seen, and has not confirmed yet: undetermined, and what
// is to be done. Nothing changes where control is not shown anyway.
void leave_open(ControlDecision& decision);

// When the primary looked, by its own clock unless that is ahead; it has replied.
[[nodiscard]] Instant looked_at(const OrderFindings& findings,
                                const corroborate::AttemptResult& attempt);
[[nodiscard]] rules::Scope scope_of(const Order& order);

// The worst outcome and the earliest expiry over the names. A permission has an end: a name that
// came without one is not permitted, and so the order is undetermined.
void conclude(Decision& decision);

}  // namespace parallax::orders
