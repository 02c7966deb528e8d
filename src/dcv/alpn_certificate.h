// SPDX-License-Identifier: Apache-2.0
// The certificate of a TLS-ALPN challenge (RFC 8737 s3, RFC 8738 s6): pure over DER from a
// stranger.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "dcv/check.h"

namespace parallax::dcv {

inline constexpr int kAlpnKeyBitsMax = 8192;  // of a key that is computed with
inline constexpr std::string_view kAcmeIdentifierOid = "1.3.6.1.5.5.7.1.31";  // RFC 8737 s6.1

enum class SanKind { dns_name, ip_address, other };

struct SanEntry {
  SanKind kind = SanKind::other;
  std::string value;  // dNSName: as it stands; iPAddress: its octets; other: empty
};

// The facts of RFC 8737 s3.
struct AlpnCertificate {
  std::string common_name;          // of the subject, printable, for people; may be empty
  bool self_issued = false;         // issuer and subject are equal
  bool self_signed = false;         // the signature verifies under its own key
  bool repeated_extension = false;  // some extension stands twice (RFC 5280 s4.2)
  std::vector<SanEntry> sans;
  bool has_identifier = false;
  bool identifier_critical = false;
  std::string identifier;  // the octets inside extnValue
};

// Reads one DER certificate. Keys other than RSA, EC and EdDSA, and keys of more than
// kAlpnKeyBitsMax bits, are not computed with: such a certificate counts as not self-signed.
// Errors: malformed (not DER, octets behind it, larger than kSeenCertificateMax, an unreadable
// subjectAltName).
[[nodiscard]] Result<AlpnCertificate> read_alpn_certificate(std::string_view der);

// What RFC 8737 s3 finds wrong with a certificate. The text form is stable.
enum class AlpnFlaw {
  unreadable,
  repeated_extension,
  no_single_san,      // none, or more than one
  san_kind,           // an iPAddress for a name, a dNSName for an address, or neither
  san_value,          // another name or address
  extension_missing,  // no acmeIdentifier
  extension_not_critical,
  extension_malformed,  // not a DER OCTET STRING of 32 octets
  digest_differs,
  not_self_signed,
};
[[nodiscard]] std::string_view to_string(AlpnFlaw flaw);  // "unreadable", "no-single-san", ...

// The first flaw, in the order of the enumerators; nullopt if the certificate answers the challenge
// for `target` with `digest` (32 octets). dNSNames compare without case.
[[nodiscard]] std::optional<AlpnFlaw> find_flaw(const AlpnCertificate& certificate,
                                                const Target& target, std::string_view digest);
// The same over DER.
[[nodiscard]] std::optional<AlpnFlaw> find_flaw(std::string_view der, const Target& target,
                                                std::string_view digest);

}  // namespace parallax::dcv
