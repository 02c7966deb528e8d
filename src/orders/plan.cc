// SPDX-License-Identifier: Apache-2.0
#include "orders/plan.h"

#include <algorithm>

#include "orders/plan_control.h"

namespace parallax::orders {
namespace {

std::size_t check_index(OrderPlan& plan, observe::Check check, bool primary_alone) {
  const auto it =
      std::find_if(plan.checks.begin(), plan.checks.end(), [&](const PlannedCheck& known) {
        return known.primary_alone == primary_alone && known.check == check;
      });
  if (it != plan.checks.end()) return static_cast<std::size_t>(it - plan.checks.begin());
  plan.checks.push_back({std::move(check), {}, {}, primary_alone, false});
  return plan.checks.size() - 1;
}

std::size_t question_index(PlannedCheck& planned, const caa::CaaQuestion& question) {
  auto& questions = planned.questions;
  const auto it =
      std::find_if(questions.begin(), questions.end(), [&](const caa::CaaQuestion& known) {
        return known.wildcard == question.wildcard &&
               known.validation_method == question.validation_method;
      });
  if (it != questions.end()) return static_cast<std::size_t>(it - questions.begin());
  questions.push_back(question);
  return questions.size() - 1;
}

// RFC 8657 s4: the label of the method that validates this very name. A method without one, as
// those for mailboxes by mail, is in no list; another's label must not speak for it.
std::optional<std::string> method_label(const Order& order, const NamePlan& name) {
  if (!name.method) return order.validation_method;
  if (!name.method->acme_label.empty()) return std::string(name.method->acme_label);
  if (!name.method->ca_tbr_label.empty()) return std::string(name.method->ca_tbr_label);
  return std::nullopt;
}

Status plan_caa(const Order& order, std::size_t index, const PlanSettings& settings, NamePlan& name,
                OrderPlan& plan) {
  auto domain = names::caa_domain(order.names[index]);
  if (!domain) {
    if (!name.method) return fail(domain.error());
    return {};  // beside control, CAA is not applicable
  }
  if (name.method && order.control_alone) return {};
  const bool shown_to_mailbox = name.method && name.method->target == rules::TargetKind::mailbox;
  const caa::CaaQuestion question{order.type,
                                  std::holds_alternative<names::WildcardName>(order.names[index]),
                                  order.issuers, order.account_uri, method_label(order, name)};
  name.caa = check_index(plan, observe::CaaCheck{std::move(*domain), settings.prove_insecure},
                         shown_to_mailbox);
  name.question = question_index(plan.checks[*name.caa], question);
  name.caa_waits = name.control && !order.caa_regardless;
  return {};
}

void add(std::vector<std::size_t>& checks, std::optional<std::size_t> check) {
  if (check && std::find(checks.begin(), checks.end(), *check) == checks.end())
    checks.push_back(*check);
}

}  // namespace

std::vector<std::size_t> first_checks(const OrderPlan& plan) {
  std::vector<std::size_t> checks;
  for (const NamePlan& name : plan.names) {
    add(checks, name.control);
    if (!name.caa_waits) add(checks, name.caa);
  }
  return checks;
}

std::vector<std::size_t> checks_after_control(
    const OrderPlan& plan, const std::function<bool(std::size_t control_check)>& shown) {
  std::vector<std::size_t> checks;
  for (const NamePlan& name : plan.names)
    if (name.caa_waits && !name.contact_open && shown(*name.control)) add(checks, name.caa);
  return checks;
}

Result<OrderPlan> plan_order(const Order& order, Instant at, const PlanSettings& settings) {
  OrderPlan plan;
  for (std::size_t i = 0; i < order.names.size(); ++i) {
    NamePlan name;
    if (i < order.controls.size() && order.controls[i]) {
      auto control = plan_control(order.names[i], *order.controls[i], at, settings);
      if (!control) return fail(std::move(control.error()).with("name", std::to_string(i)));
      name.method = control->method;
      name.name_method = control->name_method;
      name.derivation = std::move(control->derivation);
      name.confirmed_at = order.controls[i]->confirmed_at;
      // The decision of an order for control alone permits nothing: it is about the contact.
      name.contact_open = control->contact_open && !order.control_alone;
      if (control->check) {
        const bool follow = control->check->mail_server.has_value();
        name.control = check_index(plan, *control->check, false);
        plan.checks[*name.control].judge_control = std::move(control->judge);
        plan.checks[*name.control].remotes_follow = follow;
      }
    }
    if (auto done = plan_caa(order, i, settings, name, plan); !done) return fail(done.error());
    plan.names.push_back(std::move(name));
  }
  return plan;
}

}  // namespace parallax::orders
