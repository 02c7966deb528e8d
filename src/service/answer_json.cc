// SPDX-License-Identifier: Apache-2.0
#include "service/answer_json.h"

#include <boost/json/serialize.hpp>

#include "base/encoding.h"

namespace parallax::service {

namespace json = boost::json;

json::string json_text(std::string_view from) {
  return json::string(is_utf8(from) ? std::string(from) : printable(from, from.size()));
}

json::array json_texts(const std::vector<std::string>& from) {
  json::array out;
  for (const std::string& each : from) out.emplace_back(json_text(each));
  return out;
}

json::value json_instant(const std::optional<Instant>& when) {
  return when ? json::value(json_text(format_instant(*when))) : json::value(nullptr);
}

json::value json_name(const std::optional<names::DomainName>& name) {
  return name ? json::value(json_text(name->text())) : json::value(nullptr);
}

json::object json_rule(const rules::Rule& rule) {
  return {{"rule", rule.id},
          {"document", rules::to_string(rule.document)},
          {"version", rule.version},
          {"section", rule.section},
          {"ballot", rule.ballot}};
}

net::HttpResponse json_response(unsigned status, const json::object& body) {
  net::HttpResponse response;
  response.status = status;
  response.body = json::serialize(body);
  return response;
}

}  // namespace parallax::service
