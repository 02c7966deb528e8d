// SPDX-License-Identifier: Apache-2.0
#include "service/answer_v1.h"

#include <algorithm>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include "base/encoding.h"

namespace parallax::service {
namespace {

namespace json = boost::json;

// Messages may quote what a hostile server said.
json::string text(std::string_view from) {
  return json::string(is_utf8(from) ? std::string(from) : printable(from, from.size()));
}

json::array texts(const std::vector<std::string>& from) {
  json::array out;
  for (const std::string& each : from) out.emplace_back(text(each));
  return out;
}

json::value instant(const std::optional<Instant>& when) {
  return when ? json::value(text(format_instant(*when))) : json::value(nullptr);
}

json::value name_or_null(const std::optional<names::DomainName>& name) {
  return name ? json::value(text(name->text())) : json::value(nullptr);
}

json::array records(const std::vector<caa::Property>& properties) {
  json::array out;
  for (const caa::Property& property : properties) out.emplace_back(text(caa::to_text(property)));
  return out;
}

json::array lookups(const std::optional<caa::CaaObservation>& observation) {
  json::array out;
  if (!observation) return out;
  for (const caa::CaaLookup& lookup : observation->lookups)
    out.push_back(json::object{{"name", text(lookup.name.text())},
                               {"status", text(dns::to_string(lookup.status))},
                               {"rcode", text(dns::to_string(lookup.rcode))},
                               {"dnssec", text(dns::to_string(lookup.verdict))},
                               {"ttl_s", lookup.ttl_s},
                               {"attempts", lookup.attempts},
                               {"reason", text(lookup.reason)}});
  return out;
}

json::object perspective(const orders::PerspectiveFinding& finding) {
  const auto& judged = finding.determination;
  json::object out;
  out["code"] = text(finding.code);
  out["primary"] = finding.primary;
  out["rir"] = text(finding.rir);
  out["result"] = text(finding.result);
  out["message"] = text(finding.message);
  out["outcome"] = judged ? json::value(text(caa::to_string(judged->outcome))) : nullptr;
  out["reason"] = judged ? json::value(text(caa::to_string(judged->reason))) : nullptr;
  out["found_at"] = judged ? name_or_null(judged->found_at) : nullptr;
  out["records"] = judged ? records(judged->records) : json::array();
  out["lookups"] = lookups(finding.observation);
  out["elapsed_ms"] = finding.elapsed.count();
  return out;
}

json::value deciding_rule(const std::optional<rules::Rule>& rule) {
  if (!rule) return nullptr;
  return json::object{{"rule", rule->id},
                      {"document", rules::to_string(rule->document)},
                      {"version", rule->version},
                      {"section", rule->section},
                      {"ballot", rule->ballot}};
}

json::object name_decision(const orders::NameDecision& decision) {
  json::array perspectives;
  for (const auto& finding : decision.perspectives) perspectives.push_back(perspective(finding));
  json::object out;
  out["name"] = text(names::text_of(decision.name));
  out["outcome"] = text(orders::to_string(decision.outcome));
  out["reason"] = text(decision.reason);
  out["explanation"] = text(decision.explanation);
  out["dnssec"] = text(dns::to_string(decision.primary.verdict));
  out["found_at"] = name_or_null(decision.primary.found_at);
  out["records"] = records(decision.primary.records);
  out["ttl_s"] = decision.primary.ttl_s;
  out["permission_expires"] = instant(decision.permission_expires);
  out["quorum"] = text(decision.quorum);
  out["corroborated"] = decision.corroborated;
  out["remotes_used"] = decision.remotes_used;
  out["rirs"] = texts(decision.rirs);
  out["decided_by"] = deciding_rule(decision.decided_by);
  out["rules"] = texts(decision.rules);
  out["perspectives"] = std::move(perspectives);
  return out;
}

}  // namespace

std::string write_v1_answer(const orders::Decision& decision) {
  json::array names;
  for (const auto& name : decision.names) names.push_back(name_decision(name));
  json::object out;
  out["id"] = text(decision.order_id);
  out["outcome"] = text(orders::to_string(decision.outcome));
  out["lab"] = decision.lab;
  out["received"] = text(format_instant(decision.received));
  out["decided"] = text(format_instant(decision.decided));
  out["permission_expires"] = instant(decision.permission_expires);
  out["evidence"] = json::object{{"index", decision.evidence_index}};
  out["names"] = std::move(names);
  return json::serialize(out);
}

}  // namespace parallax::service
