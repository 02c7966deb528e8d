// SPDX-License-Identifier: Apache-2.0
#include "orders/record_body.h"

#include <fmt/format.h>

#include "base/crypto.h"
#include "base/encoding.h"
#include "rules/rule.h"

namespace parallax::orders {
namespace {

namespace json = boost::json;

template <class Texts>
json::array texts(const Texts& values) {
  json::array out;
  for (const auto& value : values) out.emplace_back(value);
  return out;
}

json::value optional_text(const std::optional<std::string>& text) {
  return text ? json::value(*text) : json::value(nullptr);
}

json::value optional_instant(const std::optional<Instant>& instant) {
  return instant ? json::value(format_instant(*instant)) : json::value(nullptr);
}

json::value control_request_json(const std::optional<ControlRequest>& control) {
  if (!control) return nullptr;
  return json::object{
      {"method", rules::to_string(control->method)},
      {"check", control->check ? dcv::to_json(*control->check) : json::value(nullptr)},
      {"confirmed_at", optional_instant(control->confirmed_at)}};
}

json::object order_json(const Order& order) {
  json::array issuers;
  for (const auto& issuer : order.issuers) issuers.emplace_back(issuer.text());
  return {{"id", order.id},
          {"client", order.client},
          {"request_digest", order.request_digest},
          {"type", caa::to_string(order.type)},
          {"issuers", std::move(issuers)},
          {"account_uri", optional_text(order.account_uri)},
          {"validation_method", optional_text(order.validation_method)},
          {"corroborations_required", order.corroborations_required
                                          ? json::value(*order.corroborations_required)
                                          : json::value(nullptr)},
          {"trace_id", order.trace_id}};
}

json::value observation_json(const observe::SignedStatement& statement, bool whole) {
  if (whole) return to_json(statement);
  return json::object{{"left_out_octets", statement.statement.size()},
                      {"sha256", hex_encode(sha256(statement.statement))}};
}

json::object report_json(const corroborate::Report& report, bool observations = true) {
  json::object out{{"code", report.code},
                   {"asked", report.asked},
                   {"elapsed_ms", report.elapsed.count()},
                   {"observation", nullptr},
                   {"failure", nullptr}};
  if (!report.reply) return out;
  if (*report.reply)
    out["observation"] = observation_json((*report.reply)->statement, observations);
  else
    out["failure"] = json::object{{"kind", to_string(report.reply->error().kind)},
                                  {"message", report.reply->error().message}};
  return out;
}

json::object check_json(const RecordInput& input, std::size_t index) {
  const corroborate::AttemptResult& attempt = input.attempts[index];
  const observe::Check& check = input.plan.checks[index].check;
  if (attempt.judgements.empty())  // control was not shown, so CAA was not asked for
    return {{"check", observe::to_json(check)},
            {"digest", observe::digest(check)},
            {"attempt", 0},
            {"perspectives", json::array()},
            {"primary", nullptr},
            {"remotes", json::array()}};
  json::array remotes;
  for (const corroborate::Report& report : attempt.remotes)
    remotes.push_back(report_json(report, input.observations));
  json::array roster{corroborate::to_json(input.roster.primary)};
  for (const std::size_t i : input.remotes[index])
    roster.push_back(corroborate::to_json(input.roster.remotes[i]));
  return {{"check", observe::to_json(check)},
          {"digest", observe::digest(check)},
          {"attempt", 1},
          {"perspectives", std::move(roster)},
          {"primary", report_json(attempt.primary, input.observations)},
          {"remotes", std::move(remotes)}};
}

json::object quorum_json(const corroborate::Judgement& judgement) {
  json::array states;
  for (const corroborate::RemoteState state : judgement.remotes)
    states.emplace_back(to_string(state));
  json::array rirs;
  for (const rules::Rir rir : judgement.quorum.rirs) rirs.emplace_back(rules::to_string(rir));
  return {{"text", judgement.quorum.text()},
          {"corroborated", judgement.quorum.corroborated},
          {"used", judgement.quorum.used},
          {"needed", judgement.quorum.needed},
          {"rirs", std::move(rirs)},
          {"remotes", std::move(states)},
          {"reasons", texts(judgement.quorum.reasons)}};
}

json::value quorum_at(const RecordInput& input, std::optional<std::size_t> check,
                      std::size_t question) {
  if (!check || input.attempts[*check].judgements.empty()) return nullptr;
  return quorum_json(input.attempts[*check].judgements[question]);
}

json::value index_json(std::optional<std::size_t> index) {
  return index ? json::value(*index) : json::value(nullptr);
}

// By what control of the name was to be shown that the address's PTR points to.
json::value method_json(const std::optional<rules::MethodRule>& method) {
  if (!method) return nullptr;
  return json::object{{"method", rules::to_string(method->method)}, {"rule", method->rule.id}};
}

json::value control_json(const RecordInput& input, std::size_t index) {
  const auto& control = input.decision.names[index].control;
  if (!control) return nullptr;
  const NamePlan& plan = input.plan.names[index];
  json::array path;
  for (const names::DomainName& name : control->derivation.path) path.emplace_back(name.text());
  json::array mail_servers;
  for (const names::DomainName& host : control->mail_servers)
    mail_servers.emplace_back(host.text());
  json::array steps;
  for (const dcv::AdnStep step : control->derivation.steps)
    steps.emplace_back(step == dcv::AdnStep::cname ? "cname" : "prune");
  return json::object{{"check", index_json(plan.control)},
                      {"method", rules::to_string(control->method.method)},
                      {"rule", control->method.rule.id},
                      {"name_method", method_json(control->name_method)},
                      {"outcome", to_string(control->outcome)},
                      {"reason", control->reason},
                      {"explanation", control->explanation},
                      {"adn_path", std::move(path)},
                      {"adn_steps", std::move(steps)},
                      {"smtp_host", control->smtp_host ? json::value(control->smtp_host->text())
                                                       : json::value(nullptr)},
                      {"equal_preference", control->equal_preference},
                      {"mail_servers", std::move(mail_servers)},
                      {"without_remotes", control->without_remotes},
                      {"reuse_until", optional_instant(control->reuse_until)},
                      {"quorum", quorum_at(input, plan.control, 0)}};
}

// What the name's CAA check was held against, beside issuers and account URI of the order.
json::value question_json(const RecordInput& input, const NamePlan& plan) {
  if (!plan.caa) return nullptr;
  const caa::CaaQuestion& question = input.plan.checks[*plan.caa].questions[plan.question];
  return json::object{{"wildcard", question.wildcard},
                      {"validation_method", optional_text(question.validation_method)}};
}

json::object name_json(const RecordInput& input, std::size_t index) {
  const NameDecision& name = input.decision.names[index];
  const NamePlan& plan = input.plan.names[index];
  const bool asked = index < input.order.controls.size();
  return {{"name", names::text_of(name.name)},
          {"asked", asked ? control_request_json(input.order.controls[index]) : nullptr},
          {"control", control_json(input, index)},
          {"question", question_json(input, plan)},
          {"caa", to_string(name.caa)},
          {"check", index_json(plan.caa)},
          {"outcome", to_string(name.outcome)},
          {"reason", name.reason},
          {"explanation", name.explanation},
          {"dnssec", dns::to_string(name.primary.verdict)},
          {"permission_expires", optional_instant(name.permission_expires)},
          {"quorum", quorum_at(input, plan.caa, plan.question)},
          {"decided_by", name.decided_by ? json::value(name.decided_by->id) : json::value(nullptr)},
          {"rules", texts(name.rules)}};
}

// Each rule cited, once, with where it stood on the day whose rules were applied: the order may be
// decided just after midnight.
json::array rules_json(const Decision& decision) {
  std::vector<std::string> ids;
  for (const NameDecision& name : decision.names)
    ids.insert(ids.end(), name.rules.begin(), name.rules.end());
  std::sort(ids.begin(), ids.end());
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
  json::array out;
  for (const std::string& id : ids) {
    const auto rule = rules::rule(id, date_of(decision.received));
    if (!rule) continue;
    out.push_back(json::object{{"id", id},
                               {"document", rules::to_string(rule->document)},
                               {"version", rule->version},
                               {"section", rule->section},
                               {"ballot", rule->ballot}});
  }
  return out;
}

}  // namespace

json::value decision_body(const RecordInput& input) {
  json::array checks;
  for (std::size_t i = 0; i < input.attempts.size(); ++i) checks.push_back(check_json(input, i));
  json::array names;
  for (std::size_t i = 0; i < input.decision.names.size(); ++i)
    names.push_back(name_json(input, i));
  return json::object{
      {"version", kRecordVersion},
      {"kind", "decision"},
      {"order", order_json(input.order)},
      {"received", format_instant(input.decision.received)},
      {"decided", format_instant(input.decision.decided)},
      {"outcome", to_string(input.decision.outcome)},
      {"permission_expires", optional_instant(input.decision.permission_expires)},
      {"lab", input.decision.lab},
      {"configuration", input.configuration},
      {"settings", json::object{{"permit_insecure_lookup_failure",
                                 input.assessment.permit_insecure_lookup_failure},
                                {"flag_one_is_critical", input.assessment.flag_one_is_critical}}},
      {"rules_digest", input.rules},
      {"rules", rules_json(input.decision)},
      {"checks", std::move(checks)},
      {"names", std::move(names)}};
}

json::value late_body(const std::string& client, const std::string& order_id,
                      const std::string& check_digest, const corroborate::Report& report,
                      Instant recorded) {
  return json::object{{"version", kRecordVersion},
                      {"kind", "late-observation"},
                      {"recorded", format_instant(recorded)},
                      {"late", json::object{{"client", client},
                                            {"order", order_id},
                                            {"check_digest", check_digest},
                                            {"report", report_json(report)}}}};
}

std::vector<std::string> record_parts(const json::value& body) {
  std::vector<std::string> parts;
  const json::object& members = body.as_object();
  for (const char* whole : {"order", "late"})
    if (members.contains(whole)) parts.push_back(fmt::format("/{}", whole));
  for (const char* list : {"checks", "names"}) {
    const json::value* items = members.if_contains(list);
    const std::size_t count = items == nullptr ? 0 : items->as_array().size();
    for (std::size_t i = 0; i < count; ++i) parts.push_back(fmt::format("/{}/{}", list, i));
  }
  return parts;
}

}  // namespace parallax::orders
