// SPDX-License-Identifier: Apache-2.0
#include "service/answer_v1.h"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include "service/answer_control.h"
#include "service/answer_json.h"

namespace parallax::service {
namespace {

namespace json = boost::json;

json::array records(const std::vector<caa::Property>& properties) {
  json::array out;
  for (const caa::Property& property : properties)
    out.emplace_back(json_text(caa::to_text(property)));
  return out;
}

json::array lookups(const std::optional<caa::CaaObservation>& observation) {
  json::array out;
  if (!observation) return out;
  for (const caa::CaaLookup& lookup : observation->lookups)
    out.push_back(json::object{{"name", json_text(lookup.name.text())},
                               {"status", json_text(dns::to_string(lookup.status))},
                               {"rcode", json_text(dns::to_string(lookup.rcode))},
                               {"dnssec", json_text(dns::to_string(lookup.verdict))},
                               {"ttl_s", lookup.ttl_s},
                               {"attempts", lookup.attempts},
                               {"reason", json_text(lookup.reason)}});
  return out;
}

json::object perspective(const orders::PerspectiveFinding& finding) {
  const auto& judged = finding.determination;
  json::object out;
  out["code"] = json_text(finding.code);
  out["primary"] = finding.primary;
  out["rir"] = json_text(finding.rir);
  out["result"] = json_text(finding.result);
  out["message"] = json_text(finding.message);
  out["outcome"] = judged ? json::value(json_text(caa::to_string(judged->outcome))) : nullptr;
  out["reason"] = judged ? json::value(json_text(caa::to_string(judged->reason))) : nullptr;
  out["found_at"] = judged ? json_name(judged->found_at) : nullptr;
  out["records"] = judged ? records(judged->records) : json::array();
  out["lookups"] = lookups(finding.observation);
  out["elapsed_ms"] = finding.elapsed.count();
  return out;
}

json::object name_decision(const orders::NameDecision& decision) {
  json::array perspectives;
  for (const auto& finding : decision.perspectives) perspectives.push_back(perspective(finding));
  json::object out;
  out["name"] = json_text(names::text_of(decision.name));
  out["outcome"] = json_text(orders::to_string(decision.outcome));
  out["reason"] = json_text(decision.reason);
  out["explanation"] = json_text(decision.explanation);
  out["control"] = control_answer(decision.control);
  out["caa"] = json_text(orders::to_string(decision.caa));
  out["dnssec"] = json_text(dns::to_string(decision.primary.verdict));
  out["found_at"] = json_name(decision.primary.found_at);
  out["records"] = records(decision.primary.records);
  out["ttl_s"] = decision.primary.ttl_s;
  out["permission_expires"] = json_instant(decision.permission_expires);
  out["quorum"] = json_text(decision.quorum);
  out["corroborated"] = decision.corroborated;
  out["remotes_used"] = decision.remotes_used;
  out["rirs"] = json_texts(decision.rirs);
  out["decided_by"] = decision.decided_by ? json::value(json_rule(*decision.decided_by)) : nullptr;
  out["rules"] = json_texts(decision.rules);
  out["perspectives"] = std::move(perspectives);
  return out;
}

}  // namespace

std::string write_v1_answer(const orders::Decision& decision) {
  json::array names;
  for (const auto& name : decision.names) names.push_back(name_decision(name));
  json::object out;
  out["id"] = json_text(decision.order_id);
  out["outcome"] = json_text(orders::to_string(decision.outcome));
  out["lab"] = decision.lab;
  out["received"] = json_text(format_instant(decision.received));
  out["decided"] = json_text(format_instant(decision.decided));
  out["permission_expires"] = json_instant(decision.permission_expires);
  out["evidence"] = json::object{{"index", decision.evidence_index},
                                {"leaf_hash", json_text(decision.leaf_hash)}};
  out["permit"] = decision.permit.empty() ? json::value(nullptr) : json_text(decision.permit);
  out["names"] = std::move(names);
  return json::serialize(out);
}

}  // namespace parallax::service
