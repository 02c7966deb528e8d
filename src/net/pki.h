// SPDX-License-Identifier: Apache-2.0
// A private certificate authority for the channel between coordinator and perspectives (TLS BR
// 3.2.2.9: authenticated and encrypted), so that nobody has to know openssl by heart. Values in,
// PEM text out; nothing is written anywhere. Keys are ECDSA P-256, made by OpenSSL's generator.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/time.h"

namespace parallax::net {

inline constexpr int kCertificateDaysMax = 3650;
inline constexpr std::size_t kCommonNameMax = 64;  // RFC 5280 ub-common-name

struct Validity {
  Instant from;   // whole seconds count
  Instant until;  // exclusive in spirit; X.509 includes the second itself
};

// From an hour before `now` (clocks differ) until `days` after it.
[[nodiscard]] Validity validity_from(Instant now, int days);

struct CertificateAndKey {
  std::string certificate_pem;
  std::string key_pem;  // PKCS#8, unencrypted: to be written where only its user can read
};

struct CertificateAuthority : CertificateAndKey {};

// A self-signed root that may sign end-entity certificates only (path length 0). Error: malformed
// (an empty or overlong name, a validity that is empty or longer than kCertificateDaysMax).
[[nodiscard]] Result<CertificateAuthority> make_ca(const std::string& name, Validity validity);
// Valid from now on.
[[nodiscard]] Result<CertificateAuthority> make_ca(const std::string& name, int days);

struct CertificateRequest {
  std::string common_name;             // for humans; peers are known by their dNSNames
  std::vector<std::string> dns_names;  // LDH names or single labels, e.g. "perspective-3"
  std::vector<std::string> ips;        // IPv4 or IPv6 as text
};

// A certificate for a TLS server and client at once, with at least one subjectAltName. Error:
// malformed (a name, an address, the authority's PEM, a validity as above).
[[nodiscard]] Result<CertificateAndKey> issue(const CertificateAuthority& authority,
                                              const CertificateRequest& request, Validity validity);
// Valid from now on.
[[nodiscard]] Result<CertificateAndKey> issue(const CertificateAuthority& authority,
                                              const std::string& common_name,
                                              const std::vector<std::string>& dns_names,
                                              const std::vector<std::string>& ips, int days);

}  // namespace parallax::net
