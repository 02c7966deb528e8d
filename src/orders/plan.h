// SPDX-License-Identifier: Apache-2.0
// From an order to the checks it needs: equal checks within an order are made once.
#pragma once

#include <vector>

#include "base/result.h"
#include "caa/assess.h"
#include "observe/check.h"
#include "orders/order.h"

namespace parallax::orders {

// One check and the questions judged on what it brings (a name and its wildcard share a check).
struct PlannedCheck {
  observe::Check check;
  std::vector<caa::CaaQuestion> questions;
};

// Where a name's answer comes from.
struct NamePlan {
  std::size_t check = 0;
  std::size_t question = 0;
};

struct OrderPlan {
  std::vector<PlannedCheck> checks;
  std::vector<NamePlan> names;  // in parallel with order.names
};

// Error: unsupported for names that CAA does not exist for (IP addresses, onion names).
[[nodiscard]] Result<OrderPlan> plan_order(const Order& order, bool prove_insecure);

}  // namespace parallax::orders
