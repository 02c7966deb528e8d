// SPDX-License-Identifier: Apache-2.0
#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include "base/json.h"
#include "cli/check_control.h"

namespace parallax::cli {
namespace {

// Members of the nested control (reverse-address-lookup): "control.method=dns-change".
constexpr std::string_view kNested = "control.";

// Values that are lists are written with commas.
json::value value_of(std::string_view key, std::string_view text) {
  if (key != "issuers") return json::value(text);
  json::array list;
  while (!text.empty()) {
    const auto comma = text.find(',');
    list.emplace_back(text.substr(0, comma));
    text.remove_prefix(comma == std::string_view::npos ? text.size() : comma + 1);
  }
  return list;
}

const json::value* first_name(const json::value& answer) {
  const json::value* names = member(&answer, "names");
  if (names == nullptr || !names->is_array() || names->get_array().empty()) return nullptr;
  return &names->get_array().front();
}

bool is_true(const json::value* value) { return value != nullptr && *value == true; }

json::value copy_of(const json::value* value) {
  return value == nullptr ? json::value(nullptr) : *value;
}

}  // namespace

json::object flat_control(const json::value& control, std::string name, const std::string& type,
                          bool lab) {
  json::object out{{"name", std::move(name)}, {"type", type}};
  for (const char* key : {"method", "outcome", "reason", "explanation", "adn", "dnssec"})
    out[key] = copy_of(member(&control, key));
  const json::value* perspectives = member(&control, "perspectives");
  const json::value* primary = nullptr;
  if (perspectives != nullptr && perspectives->is_array() && !perspectives->get_array().empty())
    primary = &perspectives->get_array().front();
  for (const char* key : {"lookups", "http", "tls"}) out[key] = copy_of(member(primary, key));
  out["quorum"] = copy_of(member(&control, "quorum"));
  out["lab"] = lab;
  return out;
}

Result<json::object> control_object(const CheckControlOptions& options) {
  json::object control{{"method", options.method}};
  if (!options.adn.empty()) control["adn"] = options.adn;
  if (options.mail_server) control["mail_server"] = true;
  for (const std::string& parameter : options.parameters) {
    const auto equals = parameter.find('=');
    if (equals == std::string::npos || equals == 0)
      return fail(ErrorCode::malformed, fmt::format("--param is key=value, not \"{}\"", parameter));
    std::string_view key = std::string_view(parameter).substr(0, equals);
    const std::string_view text = std::string_view(parameter).substr(equals + 1);
    json::object* into = &control;
    if (key.starts_with(kNested)) {
      key.remove_prefix(kNested.size());
      json::value& nested = control["control"];
      into = nested.is_object() ? &nested.get_object() : &nested.emplace_object();
    }
    (*into)[key] = value_of(key, text);
  }
  return control;
}

Result<json::object> check_control_through(const CheckControlOptions& options) {
  auto control = control_object(options);
  if (!control) return fail(control.error());
  json::array issuers;
  for (const std::string& issuer : options.issuers) issuers.emplace_back(issuer);
  const json::object body{
      {"type", options.type},
      {"names", json::array{json::object{{"name", options.name}, {"control", *control}}}},
      {"issuers", std::move(issuers)}};
  const auto answer = place_order(options.coordinator, json::serialize(body));
  if (!answer) return fail(answer.error());
  const json::value* shown = member(first_name(*answer), "control");
  if (shown == nullptr || !shown->is_object())
    return fail(ErrorCode::malformed, "the coordinator's answer holds no control");
  return flat_control(*shown, options.name, options.type, is_true(member(&*answer, "lab")));
}

}  // namespace parallax::cli
