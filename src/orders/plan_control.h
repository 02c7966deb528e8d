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
  corroborate::ControlJudge judge;
};

// Errors as for plan_order().
[[nodiscard]] Result<ControlPlan> plan_control(const names::CertificateName& name,
                                               const ControlRequest& request, Instant at,
                                               const PlanSettings& settings);

}  // namespace parallax::orders
