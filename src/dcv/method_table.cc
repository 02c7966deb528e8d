// SPDX-License-Identifier: Apache-2.0
#include "dcv/method.h"
#include "dcv/methods/methods.h"

namespace parallax::dcv {

const Method* find_method(rules::ControlMethod method) {
  switch (method) {
    case rules::ControlMethod::dns_change: return &dns_change_method();
    case rules::ControlMethod::acme_dns: return &acme_dns_method();
    case rules::ControlMethod::dns_account: return &dns_account_method();
    case rules::ControlMethod::dns_persistent: return &dns_persistent_method();
    case rules::ControlMethod::website_change: return &website_change_method();
    case rules::ControlMethod::acme_http: return &acme_http_method();
    case rules::ControlMethod::acme_tls_alpn: return &acme_tls_alpn_method();
    case rules::ControlMethod::contact_email_txt: return &contact_email_txt_method();
    case rules::ControlMethod::contact_email_caa: return &contact_email_caa_method();
    case rules::ControlMethod::contact_phone_txt: return &contact_phone_txt_method();
    case rules::ControlMethod::contact_phone_caa: return &contact_phone_caa_method();
    case rules::ControlMethod::reverse_lookup: return &reverse_lookup_method();
    case rules::ControlMethod::ip_address:  // retired: MUST NOT be used (TLS BR 3.2.2.4.8)
    case rules::ControlMethod::constructed_email:
    case rules::ControlMethod::domain_contact:
    case rules::ControlMethod::ip_contact_email:
    case rules::ControlMethod::ip_contact_phone:
    case rules::ControlMethod::mailbox_email:
    case rules::ControlMethod::mailbox_acme: break;  // the caller shows these
  }
  return nullptr;
}

}  // namespace parallax::dcv
