// SPDX-License-Identifier: Apache-2.0
// Which rules a record of a control check cites.
#include "rules/method.h"

namespace parallax::rules {
namespace {

bool is_contact_email(ControlMethod method) {
  return method == ControlMethod::contact_email_txt || method == ControlMethod::contact_email_caa;
}

bool asks_web_servers(ControlMethod method) {
  return method == ControlMethod::website_change || method == ControlMethod::acme_http;
}

bool bears_on_reuse(std::string_view id, const MethodRule& row) {
  const bool mailbox = row.target == TargetKind::mailbox;
  const bool persistent = row.method == ControlMethod::dns_persistent;
  if (id == "dcv.reuse-mailbox") return row.method == ControlMethod::mailbox_email;
  if (id == "dcv.reuse-mailbox-acme") return row.method == ControlMethod::mailbox_acme;
  if (id.starts_with("dcv.reuse-persistent")) return persistent;
  if (id == "dcv.reuse-retired") return row.retired_from.has_value();
  return !mailbox;  // dcv.reuse-tls, dcv.reuse-smime
}

// Rules under "dcv." that speak of no single method.
bool bears_on_control(std::string_view id, const MethodRule& row, ControlRoute route) {
  const bool through_mail_server = route == ControlRoute::mail_server;
  if (id.starts_with("dcv.reuse-")) return bears_on_reuse(id, row);
  if (id.starts_with("dcv.record-method")) return true;
  if (id == "dcv.adn") return row.target == TargetKind::domain;
  if (id == "dcv.corroboration") return row.mpic;
  if (id == "dcv.random-value") return row.token_valid.has_value();
  if (id == "dcv.dnssec-email") return is_contact_email(row.method);
  if (id == "dcv.dnssec-everywhere")
    return row.mpic && (row.target == TargetKind::ip_address || through_mail_server);
  if (id == "dcv.tls-not-verified") return asks_web_servers(row.method);
  if (id == "dcv.window") return row.target == TargetKind::ip_address;
  if (id.starts_with("dcv.mail-server")) return through_mail_server;
  if (id == "dcv.mailbox-domain") return row.target == TargetKind::domain && !through_mail_server;
  return false;
}

bool bears(std::string_view id, const MethodRule& row, ControlRoute route) {
  if (id == row.rule.id || id.starts_with("evidence.")) return true;
  if (id.starts_with("mpic.")) return row.mpic && id != "mpic.caa-corroboration";
  // Where no perspective looks, there is no lookup of ours to validate.
  if (id == "dnssec.control" || id.starts_with("dnssec.evidence")) return row.mpic;
  return id.starts_with("dcv.") && bears_on_control(id, row, route);
}

}  // namespace

std::vector<std::string_view> control_rules(Scope scope, ControlMethod method, TargetKind target,
                                            Date at, ControlRoute route) {
  std::vector<std::string_view> ids;
  const auto row = method_rule(method, target, at);
  if (!row) return ids;
  for (const Rule& in_force : rules_in_force(at))
    if ((in_force.scope == scope || in_force.scope == Scope::both) &&
        bears(in_force.id, *row, route))
      ids.push_back(in_force.id);
  return ids;
}

}  // namespace parallax::rules
