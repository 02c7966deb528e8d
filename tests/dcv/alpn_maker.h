// SPDX-License-Identifier: Apache-2.0
// Certificates for TLS-ALPN challenges, good and bad, made with OpenSSL.
#pragma once

#include <string>
#include <vector>

namespace parallax::dcv::alpn_test {

struct ExtensionPlan {
  std::string oid;
  bool critical = false;
  std::string value;  // octets inside extnValue
};

enum class KeyKind { ec, ed25519, rsa, dsa };

struct CertificatePlan {
  std::string subject = "challenge";
  std::string issuer = "challenge";
  KeyKind key = KeyKind::ec;
  bool signed_by_another_key = false;
  std::vector<ExtensionPlan> extensions;
};

// DER.
[[nodiscard]] std::string make(const CertificatePlan& plan);

// A subjectAltName in OpenSSL's own syntax: "DNS:a.example,IP:192.0.2.1".
[[nodiscard]] ExtensionPlan san(const std::string& names);
// The critical acmeIdentifier of RFC 8737 with `digest` in its OCTET STRING.
[[nodiscard]] ExtensionPlan identifier(const std::string& digest);
// Key usage: an extension that is of no interest here.
[[nodiscard]] ExtensionPlan key_usage();

}  // namespace parallax::dcv::alpn_test
