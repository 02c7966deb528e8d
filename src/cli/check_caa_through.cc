// SPDX-License-Identifier: Apache-2.0
#include <boost/json/serialize.hpp>

#include "base/json.h"
#include "caa/parameters.h"
#include "cli/check_caa.h"
#include "cli/coordinator_client.h"

namespace parallax::cli {
namespace {

std::string body_of(const CheckCaaOptions& options) {
  json::array issuers;
  for (const std::string& issuer : options.issuers) issuers.emplace_back(issuer);
  json::object body{{"type", options.type},
                    {"names", json::array{options.name}},
                    {"issuers", std::move(issuers)}};
  if (!options.account_uri.empty()) body["account_uri"] = options.account_uri;
  if (!options.method.empty()) body["validation_method"] = options.method;
  return json::serialize(body);
}

Result<json::object> flatten(const json::value& answer, const std::string& type) {
  const json::value* names = member(&answer, "names");
  if (names == nullptr || !names->is_array() || names->get_array().empty())
    return fail(ErrorCode::malformed, "the coordinator's answer holds no name");
  const json::value* name = &names->get_array().front();
  json::object out{{"type", type}};
  for (const char* key : {"name", "outcome", "reason", "explanation", "found_at", "records",
                          "ttl_s", "permission_expires", "dnssec", "quorum"}) {
    const json::value* value = member(name, key);
    out[key] = value == nullptr ? json::value(nullptr) : *value;
  }
  out["lookups"] = json::array{};
  const json::value* perspectives = member(name, "perspectives");
  if (perspectives != nullptr && perspectives->is_array() && !perspectives->get_array().empty())
    if (const json::value* lookups = member(&perspectives->get_array().front(), "lookups"))
      out["lookups"] = *lookups;
  const json::value* lab = member(&answer, "lab");
  out["lab"] = lab == nullptr ? json::value(nullptr) : *lab;
  return out;
}

}  // namespace

Result<json::object> check_caa_through(const CheckCaaOptions& options) {
  if (!options.method.empty())
    if (auto known = caa::check_method_label(options.method); !known) return fail(known.error());
  const auto answer =
      place_order({options.server, options.token_file, options.ca_file}, body_of(options));
  if (!answer) return fail(answer.error());
  return flatten(*answer, options.type);
}

}  // namespace parallax::cli
