// SPDX-License-Identifier: Apache-2.0
#include "audit/decision.h"

#include <algorithm>

#include <fmt/format.h>

#include "audit/broken.h"
#include "audit/name.h"
#include "base/encoding.h"
#include "evidence/writer.h"
#include "rules/rule.h"

namespace parallax::audit {
namespace {

std::string part_of(std::string_view list, std::size_t position) {
  return fmt::format("/{}/{}", list, position);
}

Status check_times(const RecordedDecision& decision) {
  if (decision.received > decision.decided + evidence::kClockSlack)
    return broken("the order was decided before it was received");
  if (decision.decided - decision.received > kOrderDurationMax)
    return broken(fmt::format("the order was received at {}, too long before it was decided at {}",
                              format_instant(decision.received), format_instant(decision.decided)));
  return {};
}

// Each rule that is cited stands where the record says, on the day whose rules were applied; and
// the rules cited are those of the names.
Status check_rules(const RecordedDecision& decision) {
  const Date day = date_of(decision.received);
  std::vector<std::string> cited;
  for (const RecordedRule& each : decision.rules) {
    const auto rule = rules::rule(each.id, day);
    if (!rule)
      return broken(
          fmt::format("the rule {} did not hold on {}", printable(each.id, 64), format_date(day)));
    if (each.document != to_string(rule->document) || each.version != rule->version ||
        each.section != rule->section || each.ballot != rule->ballot)
      return broken(fmt::format("the rule {} stood in {} {} {} on {}, the record says otherwise",
                                rule->id, to_string(rule->document), rule->version, rule->section,
                                format_date(day)));
    cited.push_back(each.id);
  }
  std::vector<std::string> applied;
  for (const RecordedName& name : decision.names)
    applied.insert(applied.end(), name.rules.begin(), name.rules.end());
  std::sort(applied.begin(), applied.end());
  applied.erase(std::unique(applied.begin(), applied.end()), applied.end());
  if (cited != applied) return broken("the rules cited are not those applied to the names");
  return {};
}

bool is_left_out(const RecordedCheck& check) {
  return (check.primary && check.primary->left_out) ||
         std::any_of(check.remotes.begin(), check.remotes.end(),
                     [](const RecordedReport& report) { return report.left_out; });
}

// Without the observations nothing can be made anew; so nothing may have been permitted.
Status check_withdrawn(const RecordedDecision& decision) {
  const auto permits = [](const RecordedName& name) {
    return name.outcome != Outcome::undetermined || name.permission_expires.has_value();
  };
  if (decision.outcome == Outcome::undetermined && !decision.permission_expires &&
      std::none_of(decision.names.begin(), decision.names.end(), permits))
    return {};
  return broken("observations were left out of a decision that is not undetermined");
}

// The worst outcome and the earliest end over the names. A permission without an end is none.
Status check_conclusion(const RecordedDecision& decision) {
  Outcome worst = decision.names.empty() ? Outcome::undetermined : Outcome::permitted;
  std::optional<Instant> end;
  for (const RecordedName& name : decision.names) {
    const bool endless = name.outcome == Outcome::permitted && !name.permission_expires;
    worst = std::max(worst, endless ? Outcome::undetermined : name.outcome);
    if (name.permission_expires)
      end = std::min(end.value_or(*name.permission_expires), *name.permission_expires);
  }
  if (decision.outcome != worst)
    return broken(fmt::format("the order is recorded as {}, and its names come to {}",
                              to_string(decision.outcome), to_string(worst)));
  if (worst != Outcome::permitted) end.reset();
  if (decision.permission_expires.has_value() != end.has_value() ||
      (end && *decision.permission_expires > *end))
    return broken("the order's permission does not end with that of its names");
  return {};
}

// A check as it was planned; another kind of name may have asked for it too.
const RecordedCheck* find_check(const RecordedDecision& decision, const RecordedLate& late) {
  for (const RecordedCheck& check : decision.checks)
    if (check.digest == late.check_digest &&
        std::any_of(check.remotes.begin(), check.remotes.end(),
                    [&late](const RecordedReport& each) { return each.code == late.report.code; }))
      return &check;
  return nullptr;
}

// What is known without the decision: who says so, about which order, in answer to which check. Of
// remotes that follow the primary's mail server the digest is another.
Status check_alone(const RecordedLate& late, PerspectiveKeys& keys) {
  if (auto held = keys.check(late.report.code, *late.report.observation); !held) return held;
  const auto seen = observe::read_statement(late.report.observation->statement);
  if (!seen)
    return fail(ErrorCode::malformed,
                fmt::format("the signed statement cannot be read: {}", describe(seen.error())));
  if (seen->perspective != late.report.code)
    return broken(fmt::format("the observation is of {}", printable(seen->perspective, 64)));
  if (seen->order_id != late.order_id) return broken("the observation was made for another order");
  const auto* control = std::get_if<dcv::ControlObservation>(&seen->seen);
  const bool follows = control != nullptr && control->smtp_host;
  if (!follows && seen->check_digest != late.check_digest)
    return broken("the observation answers another check");
  return {};
}

// The mail server that the remote was asked about is the one that it followed, or the primary's.
observe::Check asked_late(const RecordedLate& late, const RecordedCheck& check) {
  for (const auto* statement : {&late.report.observation, &check.primary->observation}) {
    if (!*statement) continue;
    auto seen = observe::read_statement((*statement)->statement);
    const auto* control = seen ? std::get_if<dcv::ControlObservation>(&seen->seen) : nullptr;
    if (control != nullptr && control->smtp_host)
      return asked_of_remotes(check.check, {std::move(*seen), std::nullopt, true});
  }
  return check.check;
}

Status check_against(const RecordedLate& late, const RecordedDecision& decision,
                     const RecordedCheck& check, PerspectiveKeys& keys) {
  const observe::Check asked = asked_late(late, check);
  const auto seen = open_observation(*late.report.observation,
                                     {late.order_id, &asked, late.report.code, decision.lab}, keys);
  return seen ? Status() : Status(fail(seen.error()));
}

}  // namespace

Result<DecisionAudit> audit_decision(const RecordedDecision& decision, PerspectiveKeys& keys,
                                     const names::PublicSuffixList& suffixes) {
  if (auto held = check_times(decision); !held) return fail(std::move(held.error()));
  if (auto held = check_rules(decision); !held)
    return at(std::move(held.error()), "part", "/rules");
  DecisionAudit audit;
  audit.left_out = std::any_of(decision.checks.begin(), decision.checks.end(), is_left_out);
  if (audit.left_out) {
    if (auto held = check_withdrawn(decision); !held) return fail(std::move(held.error()));
    return audit;
  }
  std::vector<std::optional<OpenedCheck>> opened(decision.checks.size());
  for (std::size_t i = 0; i < decision.checks.size(); ++i) {
    if (!decision.checks[i].carried_out) continue;
    auto check = open_check(decision, decision.checks[i], keys);
    if (!check) return at(std::move(check.error()), "part", part_of("checks", i));
    audit.observations += check->observations;
    opened[i] = std::move(*check);
  }
  const DecisionView view{decision, opened, suffixes};
  for (std::size_t i = 0; i < decision.names.size(); ++i) {
    auto name = audit_name(view, decision.names[i]);
    if (!name) return at(std::move(name.error()), "part", part_of("names", i));
    audit.quorums += name->quorums;
    audit.names_by_control_alone += name->by_control_alone ? 1 : 0;
  }
  audit.names = decision.names.size();
  if (auto held = check_conclusion(decision); !held) return fail(std::move(held.error()));
  return audit;
}

Result<DecisionAudit> audit_late(const RecordedLate& late, const RecordedDecision* decision,
                                 PerspectiveKeys& keys) {
  DecisionAudit audit;
  audit.left_out = late.report.left_out;
  if (!late.report.observation) return audit;  // it failed, late; nobody signed that
  const RecordedCheck* check = decision == nullptr ? nullptr : find_check(*decision, late);
  auto held =
      check == nullptr ? check_alone(late, keys) : check_against(late, *decision, *check, keys);
  if (!held)
    return fail(std::move(held.error())
                    .with("perspective", printable(late.report.code, 64))
                    .with("part", "/late"));
  audit.observations = 1;
  return audit;
}

}  // namespace parallax::audit
