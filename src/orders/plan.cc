// SPDX-License-Identifier: Apache-2.0
#include "orders/plan.h"

#include <algorithm>

namespace parallax::orders {
namespace {

std::size_t check_index(OrderPlan& plan, observe::Check check) {
  const auto it = std::find_if(plan.checks.begin(), plan.checks.end(),
                               [&](const PlannedCheck& known) { return known.check == check; });
  if (it != plan.checks.end()) return static_cast<std::size_t>(it - plan.checks.begin());
  plan.checks.push_back({std::move(check), {}});
  return plan.checks.size() - 1;
}

std::size_t question_index(PlannedCheck& planned, const Order& order, bool wildcard) {
  auto& questions = planned.questions;
  const auto it =
      std::find_if(questions.begin(), questions.end(),
                   [&](const caa::CaaQuestion& known) { return known.wildcard == wildcard; });
  if (it != questions.end()) return static_cast<std::size_t>(it - questions.begin());
  questions.push_back(
      {order.type, wildcard, order.issuers, order.account_uri, order.validation_method});
  return questions.size() - 1;
}

}  // namespace

Result<OrderPlan> plan_order(const Order& order, bool prove_insecure) {
  OrderPlan plan;
  for (const names::CertificateName& name : order.names) {
    auto domain = names::caa_domain(name);
    if (!domain) return fail(domain.error());
    const bool wildcard = std::holds_alternative<names::WildcardName>(name);
    const std::size_t check = check_index(plan, {std::move(*domain), prove_insecure});
    plan.names.push_back({check, question_index(plan.checks[check], order, wildcard)});
  }
  return plan;
}

}  // namespace parallax::orders
