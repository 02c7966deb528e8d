// SPDX-License-Identifier: Apache-2.0
#include "service/answer_control.h"

#include "base/encoding.h"
#include "service/answer_json.h"
#include "service/record_text.h"

namespace parallax::service {
namespace {

namespace json = boost::json;

json::array names_of(const std::vector<names::DomainName>& names) {
  json::array out;
  for (const auto& name : names) out.emplace_back(json_text(name.text()));
  return out;
}

std::string_view text_of(dcv::AdnStep step) {
  return step == dcv::AdnStep::cname ? "cname" : "prune";
}

json::array steps_of(const std::vector<dcv::AdnStep>& steps) {
  json::array out;
  for (const dcv::AdnStep step : steps) out.emplace_back(text_of(step));
  return out;
}

json::object lookup(const dcv::SeenLookup& seen) {
  json::array records;
  for (const std::string& rdata : seen.rdata)
    records.emplace_back(json_text(record_text(seen.type, rdata)));
  json::object out;
  out["purpose"] = json_text(seen.purpose);
  out["name"] = json_text(seen.name);
  out["type"] = json_text(dns::to_string(seen.type));
  out["status"] = json_text(dns::to_string(seen.status));
  out["rcode"] = json_text(dns::to_string(seen.rcode));
  out["dnssec"] = json_text(dns::to_string(seen.verdict));
  out["ttl_s"] = seen.ttl_s;
  out["reason"] = json_text(seen.reason);
  out["alias_chain"] = json_texts(seen.alias_chain);
  out["records"] = std::move(records);
  return out;
}

json::array lookups(const std::optional<dcv::ControlObservation>& seen) {
  json::array out;
  if (!seen) return out;
  for (const dcv::SeenLookup& each : seen->lookups) out.push_back(lookup(each));
  return out;
}

// Why there is nothing, for people; empty where there is something.
std::string_view why(net::GuardedFailure failure, const std::string& message) {
  if (failure == net::GuardedFailure::none) return {};
  return message.empty() ? net::to_string(failure) : std::string_view(message);
}

json::value http(const std::optional<dcv::ControlObservation>& seen) {
  if (!seen || !seen->http) return nullptr;
  json::array hops;
  for (const dcv::SeenHop& hop : seen->http->hops)
    hops.push_back(json::object{{"url", json_text(hop.url)},
                                {"address", json_text(hop.address)},
                                {"status", hop.status},
                                {"location", json_text(hop.location)},
                                {"failure", json_text(why(hop.failure, hop.message))}});
  const std::string& body = seen->http->body;
  json::object out;
  out["hops"] = std::move(hops);
  out["body"] =
      json_text(printable(std::string_view(body).substr(0, kBodyShownMax), kBodyShownMax));
  out["body_truncated"] = !seen->http->whole() || body.size() > kBodyShownMax;
  return out;
}

json::value tls(const std::optional<dcv::ControlObservation>& seen) {
  if (!seen || !seen->tls) return nullptr;
  const dcv::SeenTls& from = *seen->tls;
  return json::object{{"address", json_text(from.address)},
                      {"server_name", json_text(from.server_name)},
                      {"protocol", json_text(from.protocol)},
                      {"alpn", json_text(from.alpn)},
                      {"failure", json_text(why(from.failure, from.message))},
                      {"certificate", json_text(base64_encode(from.certificate))}};
}

json::object perspective(const orders::PerspectiveFinding& finding) {
  const auto& judged = finding.control;
  json::object out;
  out["code"] = json_text(finding.code);
  out["primary"] = finding.primary;
  out["rir"] = json_text(finding.rir);
  out["result"] = json_text(finding.result);
  out["message"] = json_text(finding.message);
  out["outcome"] = judged ? json::value(json_text(dcv::to_string(judged->outcome))) : nullptr;
  out["reason"] = judged ? json::value(json_text(dcv::to_string(judged->reason))) : nullptr;
  out["lookups"] = lookups(finding.control_seen);
  out["http"] = http(finding.control_seen);
  out["tls"] = tls(finding.control_seen);
  out["elapsed_ms"] = finding.elapsed.count();
  return out;
}

json::value name_method(const std::optional<rules::MethodRule>& method) {
  if (!method) return nullptr;
  json::object out;
  out["method"] = json_text(rules::to_string(method->method));
  out["rule"] = json_rule(method->rule);
  out["standing"] = json_text(rules::to_string(method->standing));
  return out;
}

dns::Verdict verdict_of(const orders::ControlDecision& decision) {
  return decision.primary ? decision.primary->verdict : dns::Verdict::indeterminate;
}

}  // namespace

json::value control_answer(const std::optional<orders::ControlDecision>& asked) {
  if (!asked) return nullptr;
  const orders::ControlDecision& decision = *asked;
  const auto& path = decision.derivation.path;
  json::array perspectives;
  for (const auto& finding : decision.perspectives) perspectives.push_back(perspective(finding));
  json::object out;
  out["method"] = json_text(rules::to_string(decision.method.method));
  out["rule"] = json_rule(decision.method.rule);
  out["standing"] = json_text(rules::to_string(decision.method.standing));
  out["name_method"] = name_method(decision.name_method);
  out["outcome"] = json_text(orders::to_string(decision.outcome));
  out["reason"] = json_text(decision.reason);
  out["explanation"] = json_text(decision.explanation);
  out["confirmed_at"] = json_instant(decision.confirmed_at);
  out["adn"] = path.empty() ? json::value(nullptr) : json::value(json_text(path.back().text()));
  out["adn_path"] = names_of(path);
  out["adn_steps"] = steps_of(decision.derivation.steps);
  out["smtp_host"] = json_name(decision.smtp_host);
  out["equal_preference"] = decision.equal_preference;
  out["mail_servers"] = names_of(decision.mail_servers);
  out["dnssec"] = json_text(dns::to_string(verdict_of(decision)));
  out["quorum"] = json_text(decision.quorum);
  out["corroborated"] = decision.corroborated;
  out["remotes_used"] = decision.remotes_used;
  out["rirs"] = json_texts(decision.rirs);
  out["without_remotes"] = json_text(decision.without_remotes);
  out["reuse_until"] = json_instant(decision.reuse_until);
  out["perspectives"] = std::move(perspectives);
  return out;
}

}  // namespace parallax::service
