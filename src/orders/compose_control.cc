// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <fmt/format.h>

#include "dcv/mail_server.h"
#include "orders/compose.h"

namespace parallax::orders {
namespace {

using corroborate::AttemptResult;
using corroborate::PrimaryState;

std::string_view clause_without_remotes(const rules::MethodRule& method) {
  return method.target == rules::TargetKind::mailbox
             ? "control of the mailbox itself was shown to the caller (SBR 3.2.2.2, 3.2.2.4); TLS "
               "BR 3.2.2.9 does not ask for corroboration of it"
             : "the method is among those that TLS BR 3.2.2.9 does not ask corroboration for";
}

// The caller carried the method out itself and says so; nobody here has looked.
void trust_caller(ControlDecision& decision) {
  decision.outcome = Outcome::permitted;
  decision.reason = kShownByCaller;
  decision.explanation = fmt::format(
      "The caller states that control was shown by {} ({} {}).", to_string(decision.method.method),
      to_string(decision.method.rule.document), decision.method.rule.section);
  decision.without_remotes = clause_without_remotes(decision.method);
}

void explain(ControlDecision& decision, const AttemptResult& attempt) {
  const corroborate::Judgement& judgement = attempt.judgements.front();
  if (judgement.primary != PrimaryState::permitted) {
    decision.reason = decision.primary ? dcv::to_string(decision.primary->reason)
                                       : std::string_view(kPrimaryUnavailable);
    decision.explanation =
        decision.primary ? decision.primary->explanation : primary_absence(attempt.primary);
    return;
  }
  if (decision.outcome == Outcome::permitted) {
    decision.reason = dcv::to_string(decision.primary->reason);
    decision.explanation = decision.primary->explanation;
    return;
  }
  decision.reason = kQuorumNotMet;
  decision.explanation =
      fmt::format("The Primary Network Perspective saw the challenge, but {}. {}",
                  judgement.quorum.reasons.empty() ? "the quorum was not met"
                                                   : judgement.quorum.reasons.front(),
                  dissent(decision.perspectives));
}

// SBR 3.2.2.3: the mail server is the name that control is shown of, and was one of these.
void tell_mail_server(ControlDecision& decision, const dcv::ControlObservation& seen,
                      const names::DomainName& mail_domain) {
  decision.equal_preference = seen.equal_preference;
  for (const dcv::SeenLookup& lookup : seen.lookups)
    if (lookup.purpose == "mx") decision.mail_servers = dcv::choose_mx(lookup, mail_domain).hosts;
  if (!seen.smtp_host) return;
  decision.smtp_host = seen.smtp_host;
  decision.derivation = {dcv::AdnDerivation::State::reached, {*seen.smtp_host}, {}, {}};
}

// The whole way, with the CNAMEs that the primary followed.
void complete_derivation(ControlDecision& decision, const OrderFindings& findings,
                         const NamePlan& plan, const AttemptResult& attempt) {
  decision.derivation = plan.derivation;
  if (!attempt.primary.reply || !*attempt.primary.reply) return;
  const auto& seen = std::get<dcv::ControlObservation>((*attempt.primary.reply)->observation.seen);
  const auto& check = std::get<dcv::ControlCheck>(findings.plan.checks[*plan.control].check);
  if (check.mail_server) tell_mail_server(decision, seen, check.mail_server->mail_domain);
  if (plan.derivation.state != dcv::AdnDerivation::State::needs_cname) return;
  auto way = dcv::end_derivation(seen.aliases, *check.adn, decision.method, findings.suffixes);
  if (way.state == dcv::AdnDerivation::State::reached) {
    decision.derivation = std::move(way);
    return;
  }
  decision.derivation.path = seen.aliases;  // as far as it went
  decision.derivation.steps.assign(seen.aliases.empty() ? 0 : seen.aliases.size() - 1,
                                   dcv::AdnStep::cname);
}

void limit_reuse(ControlDecision& decision, const OrderFindings& findings,
                 const AttemptResult& attempt) {
  if (decision.outcome != Outcome::permitted) return;
  const rules::Scope scope = scope_of(findings.order);
  // From the earliest data on (TLS BR 4.2.1): a contact may have confirmed days before.
  Instant data = looked_at(findings, attempt);
  if (decision.confirmed_at) data = std::min(data, *decision.confirmed_at);
  decision.reuse_until = rules::reuse_until(decision.method, scope, data);
  if (decision.name_method)
    decision.reuse_until =
        std::min(*decision.reuse_until, rules::reuse_until(*decision.name_method, scope, data));
}

}  // namespace

void leave_open(ControlDecision& decision) {
  if (decision.outcome != Outcome::permitted) return;
  decision.outcome = Outcome::undetermined;
  decision.reason = kContactUnconfirmed;
  decision.explanation += fmt::format(
      " That shows no control before the contact was used ({} {}): send it a Random Value, or call "
      "it, and order again with \"confirmed_at\", the time at which it confirmed.",
      to_string(decision.method.rule.document), decision.method.rule.section);
}

std::optional<ControlDecision> compose_control(const OrderFindings& findings, std::size_t index) {
  const NamePlan& plan = findings.plan.names[index];
  if (!plan.method) return std::nullopt;
  ControlDecision decision{*plan.method, plan.name_method};
  decision.confirmed_at = plan.confirmed_at;
  if (!plan.control) {
    decision.derivation = plan.derivation;
    trust_caller(decision);
    return decision;
  }
  const AttemptResult& attempt = findings.attempts[*plan.control];
  const corroborate::QuorumResult& quorum = attempt.judgements.front().quorum;
  decision.outcome = outcome_of(quorum.outcome);
  decision.primary = attempt.primary.control;
  decision.quorum = quorum.text();
  decision.corroborated = quorum.corroborated;
  decision.remotes_used = quorum.used;
  for (const rules::Rir rir : quorum.rirs) decision.rirs.emplace_back(rules::to_string(rir));
  decision.perspectives = findings_of(findings, *plan.control, 0);
  complete_derivation(decision, findings, plan, attempt);
  explain(decision, attempt);
  if (plan.contact_open) leave_open(decision);
  limit_reuse(decision, findings, attempt);
  return decision;
}

}  // namespace parallax::orders
