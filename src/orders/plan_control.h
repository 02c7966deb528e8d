// SPDX-License-Identifier: Apache-2.0
// Whether a method may show control of a name today, and what is asked of the perspectives. Pure.
#pragma once

#include <optional>

#include "base/result.h"
#include "orders/plan.h"

namespace parallax::orders {

struct ControlPlan {
  rules::MethodRule method;
  dcv::AdnDerivation derivation;
  std::optional<dcv::ControlCheck> check;  // none if the caller showed control itself
  // 3.2.2.5.3: by what control of the name is shown that the address's PTR points to.
  std::optional<rules::MethodRule> name_method;
  // The method finds a contact, of which the caller does not state yet that it confirmed.
  bool contact_open = false;
  corroborate::ControlJudge judge;  // holds what was seen against the check that was asked
};

// Errors as for plan_order().
[[nodiscard]] Result<ControlPlan> plan_control(const names::CertificateName& name,
                                               const ControlRequest& request, Instant at,
                                               const PlanSettings& settings);

}  // namespace parallax::orders
