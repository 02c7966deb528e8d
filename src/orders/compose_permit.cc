// SPDX-License-Identifier: Apache-2.0
#include "orders/compose_permit.h"

namespace parallax::orders {

std::optional<permit::Permit> compose_permit(const Order& order, const Decision& decision,
                                             const std::string& log, const std::string& rules) {
  const bool to_sign = decision.outcome == Outcome::permitted && !order.control_alone;
  if (!to_sign || !decision.permission_expires) return std::nullopt;
  permit::Permit made;
  made.order_id = decision.order_id;
  made.client = order.client;
  made.certificate_type = caa::to_string(order.type);
  for (const NameDecision& name : decision.names) {
    const std::string text = names::text_of(name.name);
    made.names.insert(text);
    if (name.control) made.methods.emplace(text, rules::to_string(name.control->method.method));
  }
  for (const names::DomainName& issuer : order.issuers) made.issuers.push_back(issuer.text());
  made.account_uri = order.account_uri;
  made.decided = decision.decided;
  made.not_after = *decision.permission_expires;
  made.rules = rules;
  made.log = log;
  made.index = decision.evidence_index;
  made.leaf_hash = decision.leaf_hash;
  made.lab = decision.lab;
  return made;
}

}  // namespace parallax::orders
