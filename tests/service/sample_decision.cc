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
  const names::DomainName at = names::caa_domain(name).value();
  orders::NameDecision out{name};
  out.outcome = outcome;
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

}  // namespace

orders::Decision decision_on(const orders::Order& order, Outcome outcome, bool lab) {
  orders::Decision out;
  out.order_id = order.id;
  out.outcome = outcome;
  out.lab = lab;
  out.received = test_time();
  out.decided = test_time() + std::chrono::milliseconds(40);
  out.evidence_index = 7;
  if (outcome == Outcome::permitted) out.permission_expires = test_time() + std::chrono::hours(8);
  for (const auto& name : order.names) out.names.push_back(decide(name, outcome));
  return out;
}

}  // namespace parallax::service::testing
