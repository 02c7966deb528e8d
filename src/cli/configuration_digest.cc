// SPDX-License-Identifier: Apache-2.0
#include "cli/configuration_digest.h"

#include <unbound.h>

#include "base/canonical_json.h"
#include "base/encoding.h"
#include "cli/files.h"
#include "cli/vantage.h"

namespace parallax::cli {

namespace json = boost::json;

Result<json::value> configuration_facts(const Config& config) {
  const auto anchors = read_file(config.dns.trust_anchor_file);
  if (!anchors) return fail(anchors.error());
  const auto hints = read_file(config.dns.root_hints_file);
  if (!hints) return fail(hints.error());
  json::array roster;
  if (config.primary) roster.push_back(corroborate::to_json(*config.primary));
  for (const RemoteConfig& remote : config.remotes)
    roster.push_back(corroborate::to_json(remote.info));
  return json::object{{"software", software_name()},
                      {"resolver", std::string("libunbound ") + ub_version()},
                      {"trust_anchors_sha256", hex_encode(sha256(*anchors))},
                      {"root_hints_sha256", hex_encode(sha256(*hints))},
                      {"cache_max_ttl_s", config.dns.cache_max_ttl.count()},
                      {"lookup_timeout_ms", config.dns.lookup_timeout.count()},
                      {"check_timeout_ms", config.check_timeout.count()},
                      {"remotes_after_primary", config.remotes_after_primary},
                      {"control_remotes_after_primary", config.control_remotes_after_primary},
                      {"refuse_discouraged_methods", config.refuse_discouraged_methods},
                      {"allow_domain_contact", config.allow_domain_contact},
                      {"control_body_bytes_max", config.guarded.body_bytes_max},
                      {"control_redirects_max", config.guarded.redirects_max},
                      {"control_connect_timeout_ms", config.guarded.connect_timeout.count()},
                      {"control_tls_timeout_ms", config.guarded.tls_timeout.count()},
                      {"control_response_timeout_ms", config.guarded.response_timeout.count()},
                      {"permit_insecure_lookup_failure", config.caa.permit_insecure_lookup_failure},
                      {"flag_one_is_critical", config.caa.flag_one_is_critical},
                      {"lab", config.lab},
                      {"roster", std::move(roster)}};
}

std::string configuration_digest(const json::value& facts) {
  // Strings, whole numbers and booleans of our own making: it has a canonical form.
  return hex_encode(sha256(canonical_json(facts).value()));
}

}  // namespace parallax::cli
