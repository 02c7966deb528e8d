// SPDX-License-Identifier: Apache-2.0
#include "service/service_fixture.h"

namespace parallax::service::testing {
namespace {

using orders::Outcome;

caa::CaaDetermination determination(const names::DomainName& at, Outcome outcome) {
  caa::CaaDetermination out;
  if (outcome == Outcome::undetermined) {
    out.outcome = caa::CaaOutcome::undetermined;
    out.reason = caa::CaaReason::bogus;
    out.verdict = dns::Verdict::bogus;
    out.explanation = "The signature over " + at.text() + " has expired.";
    return out;
  }
  const bool permitted = outcome == Outcome::permitted;
  out.outcome = permitted ? caa::CaaOutcome::permitted : caa::CaaOutcome::prohibited;
  out.reason =
      permitted ? caa::CaaReason::issuer_authorized : caa::CaaReason::issuer_not_authorized;
  out.explanation = permitted ? "issuemail names ca.example." : "issuemail names others only.";
  out.found_at = at;
  out.records = {{0, "issuemail", permitted ? "ca.example" : "other.example; a=\"b\\\xff\""}};
  out.ttl_s = 300;
  out.permission_window = std::chrono::hours(permitted ? 8 : 0);
  out.verdict = dns::Verdict::secure;
  return out;
}

caa::CaaObservation observation(const names::DomainName& at, Outcome outcome) {
  caa::CaaLookup lookup{at};
  const bool bogus = outcome == Outcome::undetermined;
  lookup.status = bogus ? dns::LookupStatus::bogus : dns::LookupStatus::answered;
  lookup.rcode = bogus ? dns::Rcode::servfail : dns::Rcode::noerror;
  lookup.verdict = bogus ? dns::Verdict::bogus : dns::Verdict::secure;
  lookup.ttl_s = bogus ? 0 : 300;
  lookup.attempts = bogus ? 2 : 1;
  lookup.reason = bogus ? "signature expired" : "";
  return {at, true, {lookup}};
}

orders::PerspectiveFinding finding(std::string code, const std::string& rir,
                                   const names::DomainName& at, Outcome seen) {
  orders::PerspectiveFinding out;
  out.code = std::move(code);
  out.rir = rir;
  out.result = seen == Outcome::permitted ? "corroborated"
               : seen == Outcome::refused ? "denied"
                                          : "bogus";
  out.determination = determination(at, seen);
  out.observation = observation(at, seen);
  if (seen != Outcome::permitted) out.message = out.determination->explanation;
  out.elapsed = std::chrono::milliseconds(12);
  return out;
}

orders::PerspectiveFinding silent(std::string code, std::string result, std::string message) {
  orders::PerspectiveFinding out;
  out.code = std::move(code);
  out.rir = "LACNIC";
  out.result = std::move(result);
  out.message = std::move(message);
  return out;
}

orders::NameDecision decide(const names::CertificateName& name, Outcome outcome) {
  orders::NameDecision out{name};
  out.outcome = outcome;
  const auto searched = names::caa_domain(name);
  if (!searched) return out;
  const names::DomainName& at = *searched;
  out.primary = determination(at, outcome);
  out.reason = caa::to_string(out.primary.reason);
  out.explanation = out.primary.explanation;
  if (outcome == Outcome::permitted) out.permission_expires = test_time() + std::chrono::hours(8);
  out.corroborated = outcome == Outcome::permitted ? 3 : 0;
  out.remotes_used = 5;
  out.quorum = std::to_string(out.corroborated) + "/5";
  out.rirs = {"RIPE NCC", "APNIC"};
  out.rules = {"mpic-quorum"};
  out.perspectives.push_back(finding("primary-1", "ARIN", at, outcome));
  out.perspectives.front().primary = true;
  out.perspectives.push_back(finding("remote-1", "RIPE NCC", at, outcome));
  out.perspectives.push_back(finding("remote-2", "APNIC", at, outcome));
  out.perspectives.push_back(finding("remote-3", "ARIN", at, Outcome::refused));
  out.perspectives.push_back(silent("remote-4", "unreachable", "connection refused"));
  out.perspectives.push_back(silent("remote-5", "pending", ""));
  return out;
}

dcv::ControlDetermination control_determination(Outcome outcome) {
  dcv::ControlDetermination out;
  out.verdict = dns::Verdict::secure;
  if (outcome == Outcome::permitted) {
    out.outcome = dcv::ControlOutcome::shown;
    out.reason = dcv::ControlReason::challenge_found;
    out.explanation = "Found the TXT record.";
    out.challenge_information = "value";
  } else if (outcome == Outcome::refused) {
    out.outcome = dcv::ControlOutcome::not_shown;
    out.reason = dcv::ControlReason::challenge_differs;
    out.explanation = "Found another TXT record.";
  } else {
    out.reason = dcv::ControlReason::timed_out;
    out.explanation = "The TXT lookup got no answer in time.";
  }
  return out;
}

orders::PerspectiveFinding control_finding(std::string code, const std::string& rir, Outcome seen) {
  orders::PerspectiveFinding out;
  out.code = std::move(code);
  out.rir = rir;
  out.result = seen == Outcome::permitted ? "corroborated"
               : seen == Outcome::refused ? "denied"
                                          : "timed-out";
  out.control = control_determination(seen);
  out.control_seen = seen_challenge(seen);
  if (seen != Outcome::permitted) out.message = out.control->explanation;
  out.elapsed = std::chrono::milliseconds(12);
  return out;
}

orders::ControlDecision decide_control(const names::CertificateName& name,
                                       const orders::ControlRequest& asked, Outcome outcome) {
  const bool address = std::holds_alternative<names::IpAddress>(name);
  const auto kind = address       ? rules::TargetKind::ip_address
                    : asked.check ? rules::TargetKind::domain
                                  : rules::TargetKind::mailbox;
  orders::ControlDecision out{rules::method_rule(asked.method, kind, date_of(test_time())).value()};
  out.outcome = outcome;
  if (!asked.check) {
    out.reason = "shown-by-caller";
    out.explanation = "The caller states it.";
    out.without_remotes = "SBR 3.2.2.2";
    return out;
  }
  out.primary = control_determination(outcome);
  out.reason = dcv::to_string(out.primary->reason);
  out.explanation = out.primary->explanation;
  if (const auto at = names::caa_domain(name)) {
    out.derivation.path = {*at, at->parent().value_or(*at)};
    out.derivation.steps = {dcv::AdnStep::prune};
  }
  out.corroborated = outcome == Outcome::permitted ? 4 : 0;
  out.remotes_used = 5;
  out.quorum = std::to_string(out.corroborated) + "/5";
  out.rirs = {"RIPE NCC", "APNIC"};
  if (outcome == Outcome::permitted)
    out.reuse_until = rules::reuse_until(out.method, rules::Scope::tls, test_time());
  out.perspectives = {control_finding("primary-1", "ARIN", outcome),
                      control_finding("remote-1", "RIPE NCC", outcome),
                      control_finding("remote-2", "APNIC", Outcome::refused),
                      silent("remote-3", "unreachable", "connection refused"),
                      silent("remote-4", "pending", "")};
  out.perspectives.front().primary = true;
  return out;
}

}  // namespace

dcv::ControlObservation seen_challenge(Outcome outcome) {
  dcv::SeenLookup lookup{"challenge", "_acme-challenge.example.com", dns::RecordType::txt};
  if (outcome == Outcome::undetermined) {
    lookup.status = dns::LookupStatus::timed_out;
    lookup.reason = "no answer";
  } else {
    lookup.status = dns::LookupStatus::answered;
    lookup.rcode = dns::Rcode::noerror;
    lookup.verdict = dns::Verdict::secure;
    lookup.ttl_s = 60;
    lookup.alias_chain = {"challenges.example.net"};
    lookup.rdata = {outcome == Outcome::permitted ? std::string("\x05value")
                                                  : std::string("\x05other")};
  }
  dcv::ControlObservation out;
  out.lookups.push_back(std::move(lookup));
  return out;
}

orders::Decision decision_on(const orders::Order& order, Outcome outcome, bool lab) {
  orders::Decision out;
  out.order_id = order.id;
  out.outcome = outcome;
  out.lab = lab;
  out.received = test_time();
  out.decided = test_time() + std::chrono::milliseconds(40);
  out.evidence_index = 7;
  out.leaf_hash = std::string(64, 'e');
  if (out.outcome == orders::Outcome::permitted) out.permit = "eyJ.permit.signature";
  if (outcome == Outcome::permitted) out.permission_expires = test_time() + std::chrono::hours(8);
  for (std::size_t i = 0; i < order.names.size(); ++i) {
    orders::NameDecision name = decide(order.names[i], outcome);
    if (i < order.controls.size() && order.controls[i])
      name.control = decide_control(order.names[i], *order.controls[i], outcome);
    if (name.control && name.perspectives.empty()) {
      name.caa = orders::CaaPart::not_applicable;
      name.reason = name.control->reason;
      name.explanation = name.control->explanation;
      name.decided_by = name.control->method.rule;
      if (outcome == Outcome::permitted)
        name.permission_expires = test_time() + rules::control_window(date_of(test_time()));
    }
    out.names.push_back(std::move(name));
  }
  return out;
}

}  // namespace parallax::service::testing
