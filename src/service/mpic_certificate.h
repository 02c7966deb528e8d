// SPDX-License-Identifier: Apache-2.0
// What Open MPIC tells of a tls-alpn-01 certificate. The judgement is dcv's: here are only names
// for it. Total over any octets.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace parallax::service {

// The first commonName of the subject, UTF-8; none if there is none, or no certificate.
[[nodiscard]] std::optional<std::string> common_name(std::string_view der);

// Of a certificate that dcv found unusable: the error type
// `mpic_error:dcv_checker:tls_alpn:certificate:...` that says why, as far as Open MPIC has one,
// else `mpic_error:dcv_checker:lookup`. `server_name` is the SNI sent: the target, or an address's
// name in the reverse zone (RFC 8738 s6).
[[nodiscard]] std::string certificate_error(std::string_view der, std::string_view server_name);

}  // namespace parallax::service
