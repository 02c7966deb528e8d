// SPDX-License-Identifier: Apache-2.0
// From an order to the checks it needs: equal checks within an order are made once.
#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "caa/assess.h"
#include "corroborate/attempt.h"
#include "dcv/adn.h"
#include "names/public_suffix.h"
#include "observe/check.h"
#include "orders/order.h"
#include "rules/method.h"

namespace parallax::orders {

// One check and the questions judged on what it brings (a name and its wildcard share a check).
struct PlannedCheck {
  observe::Check check;
  std::vector<caa::CaaQuestion> questions;    // of a CAA check
  corroborate::ControlJudge judge_control{};  // of a control check
  // Control was shown to the mailbox itself (SBR 3.2.2.2, 3.2.2.4): no remote is asked.
  bool primary_alone = false;
  // Remotes are asked once the primary has passed, whatever the setting: they follow its selection.
  bool remotes_follow = false;
};

// Where a name's answer comes from.
struct NamePlan {
  std::optional<std::size_t> control{};  // its control check
  std::optional<std::size_t> caa{};      // its CAA check, if it is asked for
  std::size_t question = 0;              // in that check
  bool caa_waits = false;                // CAA is asked for only once control was shown
  std::optional<rules::MethodRule> method{};
  std::optional<rules::MethodRule> name_method{};  // of the name that a PTR points to (3.2.2.5.3)
  dcv::AdnDerivation derivation{};                 // before any lookup
  std::optional<Instant> confirmed_at{};           // see ControlRequest
  // The method's contact still has to be used: what the perspectives see shows no control yet.
  bool contact_open = false;
};

struct OrderPlan {
  std::vector<PlannedCheck> checks;
  std::vector<NamePlan> names;  // in parallel with order.names
};

struct PlanSettings {
  bool prove_insecure = false;
  bool lab = false;
  // The operator switched off the methods that SHOULD NOT be used.
  bool refuse_discouraged = false;
  const names::PublicSuffixList* suffixes = nullptr;  // outlives the plan
  // The operator is the registrar of the names' Base Domain Names, or an affiliate of it, so that
  // domain_contact may be used (TLS BR 3.2.2.4.12).
  bool allow_domain_contact = false;
};

// Errors: unsupported for names that CAA does not exist for (IP addresses, onion names) where
// control was not asked for; forbidden for a method that the rules retired or that cannot show
// control of such a name, and for an ADN that cannot be reached; malformed, see dcv::validate().
// The context names field and rule.
[[nodiscard]] Result<OrderPlan> plan_order(const Order& order, Instant at,
                                           const PlanSettings& settings);

// The checks that wait for nothing: control checks, and CAA where it does not wait for control.
[[nodiscard]] std::vector<std::size_t> first_checks(const OrderPlan& plan);
// The CAA checks that wait, of names whose control was shown and has no contact open.
[[nodiscard]] std::vector<std::size_t> checks_after_control(
    const OrderPlan& plan, const std::function<bool(std::size_t control_check)>& shown);

}  // namespace parallax::orders
