// SPDX-License-Identifier: Apache-2.0
#include "orders/compose.h"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "rules/rule.h"

namespace parallax::orders {
namespace {

using corroborate::QuorumOutcome;
using corroborate::RemoteState;

// A finding without packets: those stay in the signed statements.
caa::CaaObservation light(caa::CaaObservation observation) {
  for (caa::CaaLookup& lookup : observation.lookups) {
    lookup.packet.clear();
    if (lookup.insecurity)
      for (dns::InsecurityStep& step : lookup.insecurity->steps) step.packet.clear();
  }
  return observation;
}

dcv::ControlObservation light(dcv::ControlObservation observation) {
  for (dcv::SeenLookup& lookup : observation.lookups) lookup.packet.clear();
  return observation;
}

// Adds what the perspective saw and what it comes to; returns the explanation.
std::string add_sight(PerspectiveFinding& finding, const corroborate::Report& report,
                      std::size_t question) {
  const observe::Seen& seen = (*report.reply)->observation.seen;
  if (const auto* control = std::get_if<dcv::ControlObservation>(&seen)) {
    finding.control_seen = light(*control);
    finding.control = report.control;
    return report.control ? report.control->explanation : std::string();
  }
  finding.observation = light(std::get<caa::CaaObservation>(seen));
  finding.determination = report.determinations[question];
  return finding.determination->explanation;
}

PerspectiveFinding finding_of(const corroborate::Report& report, std::size_t question,
                              std::string_view result) {
  PerspectiveFinding finding;
  finding.code = report.code;
  finding.result = result;
  finding.elapsed = report.elapsed;
  if (!report.reply) return finding;
  if (!*report.reply) {
    finding.message = report.reply->error().message;
    return finding;
  }
  std::string explanation = add_sight(finding, report, question);
  if (result != to_string(RemoteState::corroborated)) finding.message = std::move(explanation);
  return finding;
}

std::string primary_result(const caa::CaaDetermination& determination) {
  if (determination.outcome == caa::CaaOutcome::permitted)
    return std::string(to_string(RemoteState::corroborated));
  return std::string(to_string(corroborate::state_of(determination)));
}

PerspectiveFinding primary_finding(const corroborate::Report& report, std::size_t question,
                                   const corroborate::PerspectiveInfo& info) {
  std::string result = "pending";
  if (report.reply && !*report.reply)
    result = corroborate::to_string(report.reply->error().kind);
  else if (!report.determinations.empty())
    result = primary_result(report.determinations[question]);
  else if (report.control)
    // Against itself: what it is called if it does not pass.
    result = to_string(corroborate::state_of(*report.control, *report.control));
  PerspectiveFinding finding = finding_of(report, question, result);
  finding.primary = true;
  finding.rir = rules::to_string(info.rir);
  return finding;
}

}  // namespace

Instant looked_at(const OrderFindings& findings, const corroborate::AttemptResult& attempt) {
  return std::min((*attempt.primary.reply)->observation.started, findings.decided);
}

rules::Scope scope_of(const Order& order) {
  return order.type == caa::CertificateType::smime ? rules::Scope::smime : rules::Scope::tls;
}

Outcome outcome_of(QuorumOutcome outcome) {
  switch (outcome) {
    case QuorumOutcome::permitted: return Outcome::permitted;
    case QuorumOutcome::refused: return Outcome::refused;
    case QuorumOutcome::undetermined:
    case QuorumOutcome::open: break;
  }
  return Outcome::undetermined;
}

std::string dissent(const std::vector<PerspectiveFinding>& findings) {
  std::vector<std::string> said;
  for (const PerspectiveFinding& finding : findings) {
    if (finding.primary || finding.result == "corroborated" || finding.result == "pending")
      continue;
    said.push_back(finding.message.empty() ? fmt::format("{}: {}", finding.code, finding.result)
                                           : fmt::format("{}: {}", finding.code, finding.message));
  }
  return fmt::format("{}", fmt::join(said, " "));
}

std::string primary_absence(const corroborate::Report& primary) {
  if (!primary.reply) return "The Primary Network Perspective made no observation within its time.";
  return fmt::format("The Primary Network Perspective brought no usable observation: {}.",
                     primary.reply->error().message);
}

std::vector<PerspectiveFinding> findings_of(const OrderFindings& findings, std::size_t check,
                                            std::size_t question) {
  const corroborate::AttemptResult& attempt = findings.attempts[check];
  std::vector<PerspectiveFinding> out;
  out.push_back(primary_finding(attempt.primary, question, findings.roster.primary));
  for (std::size_t i = 0; i < attempt.remotes.size(); ++i) {
    out.push_back(finding_of(attempt.remotes[i], question,
                             to_string(attempt.judgements[question].remotes[i])));
    out.back().rir = rules::to_string(findings.roster.remotes[findings.remotes[check][i]].rir);
  }
  return out;
}

namespace {

void explain(NameDecision& decision, const corroborate::Judgement& judgement,
             const corroborate::Report& primary) {
  if (judgement.primary != corroborate::PrimaryState::permitted) {
    const bool observed = !primary.determinations.empty();
    decision.reason = observed ? caa::to_string(decision.primary.reason) : kPrimaryUnavailable;
    decision.explanation = observed ? decision.primary.explanation : primary_absence(primary);
    return;
  }
  if (decision.outcome == Outcome::permitted) {
    decision.reason = caa::to_string(decision.primary.reason);
    decision.explanation = decision.primary.explanation;
    return;
  }
  decision.reason = kQuorumNotMet;
  decision.explanation =
      fmt::format("The Primary Network Perspective found permission, but {}. {}",
                  judgement.quorum.reasons.empty() ? "the quorum was not met"
                                                   : judgement.quorum.reasons.front(),
                  dissent(decision.perspectives));
}

// The rule that a name's outcome rests on. A permission rests on CAA; that it was corroborated is
// among the rules applied.
std::string_view deciding_rule(const NameDecision& decision, bool smime) {
  if (decision.reason == kQuorumNotMet) return "mpic.non-corroborations";
  if (decision.reason == kPrimaryUnavailable) return "mpic.primary";
  switch (decision.primary.reason) {
    case caa::CaaReason::critical_property: return smime ? "caa.issuemail" : "caa.critical";
    case caa::CaaReason::internal_name: return smime ? "names.internal-mailbox" : "names.internal";
    case caa::CaaReason::bogus: return smime ? "dnssec.error-smime" : "dnssec.error";
    case caa::CaaReason::lookup_failed:
    case caa::CaaReason::lookup_timed_out:
    case caa::CaaReason::insecure_lookup_failure:
      return smime ? "caa.lookup-failure-smime" : "caa.lookup-failure";
    case caa::CaaReason::parameters_not_satisfied:
      return smime ? "caa.parameters-issuemail" : "caa.parameters";
    default: return smime ? "caa.issuemail" : "caa.issue";
  }
}

// The CAA part of a name's decision.
void compose_caa(const OrderFindings& findings, const NamePlan& plan, NameDecision& decision) {
  const corroborate::AttemptResult& attempt = findings.attempts[*plan.caa];
  const corroborate::Judgement& judgement = attempt.judgements[plan.question];
  decision.outcome = outcome_of(judgement.quorum.outcome);
  if (!attempt.primary.determinations.empty())
    decision.primary = attempt.primary.determinations[plan.question];
  decision.quorum = judgement.quorum.text();
  decision.corroborated = judgement.quorum.corroborated;
  decision.remotes_used = judgement.quorum.used;
  for (const rules::Rir rir : judgement.quorum.rirs)
    decision.rirs.emplace_back(rules::to_string(rir));
  decision.perspectives = findings_of(findings, *plan.caa, plan.question);
  if (decision.outcome == Outcome::permitted)
    decision.permission_expires = looked_at(findings, attempt) + decision.primary.permission_window;
  explain(decision, judgement, attempt.primary);
  const bool smime = findings.order.type == caa::CertificateType::smime;
  decision.decided_by = rules::rule(deciding_rule(decision, smime), findings.at);
}

// CAA's rules stand in every name's list; those of control join them, each once.
void add_control_rules(NameDecision& decision, const OrderFindings& findings, const NamePlan& plan,
                       rules::Scope scope) {
  const rules::MethodRule& method = decision.control->method;
  const bool mail_server =
      plan.control &&
      std::get<dcv::ControlCheck>(findings.plan.checks[*plan.control].check).mail_server;
  const auto route = mail_server ? rules::ControlRoute::mail_server : rules::ControlRoute::name;
  for (const std::string_view id :
       rules::control_rules(scope, method.method, method.target, findings.at, route))
    decision.rules.emplace_back(id);
  if (const auto& by_name = decision.control->name_method)
    for (const std::string_view id :
         rules::control_rules(scope, by_name->method, by_name->target, findings.at))
      decision.rules.emplace_back(id);
  std::sort(decision.rules.begin(), decision.rules.end());
  decision.rules.erase(std::unique(decision.rules.begin(), decision.rules.end()),
                       decision.rules.end());
}

// Permission that rests on control alone: IP addresses have no CAA. Of what the caller showed
// itself nobody here knows when it was; it lasts from the decision on.
Instant end_of_window(const OrderFindings& findings, const NamePlan& plan) {
  const Instant shown =
      plan.control ? looked_at(findings, findings.attempts[*plan.control]) : findings.decided;
  return shown + rules::control_window(findings.at);
}

// Control decides where it was not shown, and where CAA does not exist.
void decide_by_control(const OrderFindings& findings, const NamePlan& plan,
                       NameDecision& decision) {
  const ControlDecision& control = *decision.control;
  decision.outcome = control.outcome;
  decision.reason = control.reason;
  decision.explanation = control.explanation;
  decision.decided_by = control.method.rule;
  decision.permission_expires.reset();
  if (control.outcome == Outcome::permitted)
    decision.permission_expires = end_of_window(findings, plan);
}

// Permission ends at the latest with what it rests on: the validation, and its method.
void end_with_control(NameDecision& decision, rules::Scope scope) {
  if (!decision.control || !decision.permission_expires) return;
  Instant& end = *decision.permission_expires;
  if (decision.control->reuse_until) end = std::min(end, *decision.control->reuse_until);
  if (const auto last = rules::relied_on_until(decision.control->method, scope))
    end = std::min(end, *last);
}

}  // namespace

NameDecision compose_name(const OrderFindings& findings, std::size_t index) {
  const NamePlan& plan = findings.plan.names[index];
  NameDecision decision{findings.order.names[index]};
  const rules::Scope scope = scope_of(findings.order);
  for (const std::string_view id : rules::decision_rules(scope, findings.at))
    decision.rules.emplace_back(id);
  decision.control = compose_control(findings, index);
  if (decision.control) add_control_rules(decision, findings, plan, scope);
  const bool searched = plan.caa && !findings.attempts[*plan.caa].judgements.empty();
  const bool waited = plan.caa_waits && decision.control->outcome != Outcome::permitted;
  if (searched && !waited) {
    compose_caa(findings, plan, decision);
  } else {
    const bool exists = names::caa_domain(findings.order.names[index]).has_value();
    decision.caa = exists ? CaaPart::not_asked : CaaPart::not_applicable;
  }
  if (decision.control &&
      (decision.control->outcome != Outcome::permitted || decision.caa != CaaPart::checked))
    decide_by_control(findings, plan, decision);
  end_with_control(decision, scope);
  return decision;
}

void conclude(Decision& decision) {
  decision.outcome = Outcome::permitted;
  decision.permission_expires.reset();
  for (const NameDecision& name : decision.names) {
    const bool endless = name.outcome == Outcome::permitted && !name.permission_expires;
    if (name.outcome == Outcome::refused) decision.outcome = Outcome::refused;
    if ((name.outcome == Outcome::undetermined || endless) &&
        decision.outcome == Outcome::permitted)
      decision.outcome = Outcome::undetermined;
  }
  if (decision.names.empty()) decision.outcome = Outcome::undetermined;
  if (decision.outcome != Outcome::permitted) return;
  for (const NameDecision& name : decision.names)
    if (!decision.permission_expires || *name.permission_expires < *decision.permission_expires)
      decision.permission_expires = name.permission_expires;
}

}  // namespace parallax::orders
