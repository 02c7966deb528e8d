// SPDX-License-Identifier: Apache-2.0
// The one instance of each validation method; the table (dcv/method.h, find_method) registers them.
// Stateless, thread safe, alive until the program ends.
#pragma once

#include "dcv/method.h"

namespace parallax::dcv {

[[nodiscard]] const Method& dns_change_method();         // TLS BR 3.2.2.4.7
[[nodiscard]] const Method& acme_dns_method();           // 3.2.2.4.7 as RFC 8555 s8.4
[[nodiscard]] const Method& dns_account_method();        // 3.2.2.4.21
[[nodiscard]] const Method& dns_persistent_method();     // 3.2.2.4.22, 3.2.2.5.8
[[nodiscard]] const Method& contact_email_txt_method();  // 3.2.2.4.14
[[nodiscard]] const Method& contact_phone_txt_method();  // 3.2.2.4.16
[[nodiscard]] const Method& contact_email_caa_method();  // 3.2.2.4.13
[[nodiscard]] const Method& contact_phone_caa_method();  // 3.2.2.4.17
[[nodiscard]] const Method& reverse_lookup_method();     // 3.2.2.5.3
[[nodiscard]] const Method& website_change_method();     // 3.2.2.4.18, 3.2.2.5.1
[[nodiscard]] const Method& acme_http_method();          // 3.2.2.4.19, 3.2.2.5.6
[[nodiscard]] const Method& acme_tls_alpn_method();      // 3.2.2.4.20, 3.2.2.5.7

}  // namespace parallax::dcv
