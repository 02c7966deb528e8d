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

constexpr std::string_view kQuorumNotMet = "quorum-not-met";
constexpr std::string_view kPrimaryUnavailable = "primary-unavailable";

Outcome outcome_of(QuorumOutcome outcome) {
  switch (outcome) {
    case QuorumOutcome::permitted: return Outcome::permitted;
    case QuorumOutcome::refused: return Outcome::refused;
    case QuorumOutcome::undetermined:
    case QuorumOutcome::open: break;
  }
  return Outcome::undetermined;
}

// A finding without packets: those stay in the signed statements.
caa::CaaObservation light(caa::CaaObservation observation) {
  for (caa::CaaLookup& lookup : observation.lookups) {
    lookup.packet.clear();
    if (lookup.insecurity)
      for (dns::InsecurityStep& step : lookup.insecurity->steps) step.packet.clear();
  }
  return observation;
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
  finding.observation = light((*report.reply)->observation.caa);
  finding.determination = report.determinations[question];
  if (result != to_string(RemoteState::corroborated))
    finding.message = finding.determination->explanation;
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
  PerspectiveFinding finding = finding_of(report, question, result);
  finding.primary = true;
  finding.rir = rules::to_string(info.rir);
  return finding;
}

// "eu-1: ...; ap-2: ...": what the remotes that did not corroborate said.
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

}  // namespace

NameDecision compose_name(const names::CertificateName& name, caa::CertificateType type,
                          const corroborate::AttemptResult& attempt, std::size_t question,
                          const corroborate::Roster& roster,
                          const std::vector<std::size_t>& remotes, Date at) {
  const corroborate::Judgement& judgement = attempt.judgements[question];
  NameDecision decision{name};
  decision.outcome = outcome_of(judgement.quorum.outcome);
  if (!attempt.primary.determinations.empty())
    decision.primary = attempt.primary.determinations[question];
  decision.quorum = judgement.quorum.text();
  decision.corroborated = judgement.quorum.corroborated;
  decision.remotes_used = judgement.quorum.used;
  for (const rules::Rir rir : judgement.quorum.rirs)
    decision.rirs.emplace_back(rules::to_string(rir));
  const auto scope = type == caa::CertificateType::smime ? rules::Scope::smime : rules::Scope::tls;
  for (const std::string_view id : rules::decision_rules(scope, at))
    decision.rules.emplace_back(id);
  decision.perspectives.push_back(primary_finding(attempt.primary, question, roster.primary));
  for (std::size_t i = 0; i < attempt.remotes.size(); ++i) {
    PerspectiveFinding finding =
        finding_of(attempt.remotes[i], question, to_string(judgement.remotes[i]));
    finding.rir = rules::to_string(roster.remotes[remotes[i]].rir);
    decision.perspectives.push_back(std::move(finding));
  }
  if (decision.outcome == Outcome::permitted)
    decision.permission_expires =
        (*attempt.primary.reply)->observation.started + decision.primary.permission_window;
  explain(decision, judgement, attempt.primary);
  const bool smime = type == caa::CertificateType::smime;
  decision.decided_by = rules::rule(deciding_rule(decision, smime), at);
  return decision;
}

void conclude(Decision& decision) {
  decision.outcome = Outcome::permitted;
  decision.permission_expires.reset();
  for (const NameDecision& name : decision.names) {
    if (name.outcome == Outcome::refused) decision.outcome = Outcome::refused;
    if (name.outcome == Outcome::undetermined && decision.outcome == Outcome::permitted)
      decision.outcome = Outcome::undetermined;
  }
  if (decision.outcome != Outcome::permitted) return;
  for (const NameDecision& name : decision.names)
    if (!decision.permission_expires || name.permission_expires < decision.permission_expires)
      decision.permission_expires = name.permission_expires;
}

}  // namespace parallax::orders
