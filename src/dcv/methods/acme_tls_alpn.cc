// SPDX-License-Identifier: Apache-2.0
// TLS BR 3.2.2.4.20 (TLS Using ALPN, RFC 8737) and 3.2.2.5.7 (RFC 8738 on an IP address): on port
// 443, under the protocol "acme-tls/1", a self-signed certificate with the digest of the key
// authorization.
#include <fmt/format.h>

#include "base/encoding.h"
#include "dcv/alpn_certificate.h"
#include "dcv/methods/connection.h"
#include "dcv/methods/methods.h"
#include "dcv/methods/question.h"
#include "dcv/rdata.h"
#include "dcv/seen.h"

namespace parallax::dcv {
namespace {

constexpr std::string_view kRule = "RFC 8737 s3";
constexpr std::string_view kProtocol = "acme-tls/1";
constexpr std::size_t kDigestSize = 32;

// RFC 8737 s3; RFC 8738 s6: an address is asked for by its name in the reverse zone.
std::string server_name_for(const Target& target) {
  if (const auto* address = std::get_if<names::IpAddress>(&target))
    return reverse_name(*address).text();
  return text_of(target);
}

// What is wrong, as the end of "but the certificate ...", and what to do.
std::string_view explain(AlpnFlaw flaw) {
  switch (flaw) {
    case AlpnFlaw::unreadable: return "is no X.509 certificate that can be read";
    case AlpnFlaw::repeated_extension: return "holds an extension twice";
    case AlpnFlaw::no_single_san: return "does not have exactly one subjectAltName";
    case AlpnFlaw::san_kind:
      return "has a subjectAltName of the wrong kind: a name needs a dNSName, an address an "
             "iPAddress";
    case AlpnFlaw::san_value: return "is for another name or address";
    case AlpnFlaw::extension_missing:
      return "lacks the acmeIdentifier extension (1.3.6.1.5.5.7.1.31)";
    case AlpnFlaw::extension_not_critical:
      return "has an acmeIdentifier extension that is not marked critical";
    case AlpnFlaw::extension_malformed:
      return "has an acmeIdentifier extension that is no OCTET STRING of 32 octets";
    case AlpnFlaw::digest_differs: return "carries the digest of another key authorization";
    case AlpnFlaw::not_self_signed: return "is not signed by its own key";
  }
  return "is of no use";
}

ControlDetermination judge_certificate(const SeenTls& tls, const Target& adn,
                                       const std::string& digest, const std::string& sought,
                                       dns::Verdict verdict) {
  if (tls.certificate.empty())
    return not_shown(ControlReason::challenge_missing,
                     sought +
                         ", but the server showed no certificate. Let it show the one made "
                         "for the challenge.",
                     verdict);
  const auto flaw = find_flaw(tls.certificate, adn, digest);
  if (!flaw) return shown(hex_encode(digest), sought + ", and found it.", verdict);
  const auto reason = *flaw == AlpnFlaw::digest_differs ? ControlReason::challenge_differs
                                                        : ControlReason::certificate_unusable;
  return not_shown(reason,
                   fmt::format("{}, but the certificate shown {}. Show the certificate made for "
                               "this challenge under that protocol (RFC 8737 section 3).",
                               sought, explain(*flaw)),
                   verdict);
}

class AcmeTlsAlpn final : public Method {
 public:
  [[nodiscard]] Status validate(const ControlCheck& check) const override {
    if (std::get<TlsAlpnValue>(check.challenge).digest.size() == kDigestSize) return {};
    return refuse(ErrorCode::malformed, "the digest is SHA-256 of the key authorization: 32 octets",
                  "challenge.digest", kRule);
  }

  [[nodiscard]] Task<void> observe(const ControlCheck* /*check*/, Target adn,
                                   Instruments instruments, Deadline deadline,
                                   ControlObservation* seen) const override {
    return look(std::move(adn), instruments, deadline, seen);
  }

  [[nodiscard]] ControlDetermination assess(const ControlObservation& seen,
                                            const ControlCheck& check, const Target& adn,
                                            Instant /*at*/) const override {
    const auto& digest = std::get<TlsAlpnValue>(check.challenge).digest;
    const std::string sought =
        fmt::format("Looked for a certificate with the digest {} at {} port 443 under {}",
                    hex_encode(digest), text_of(adn), kProtocol);
    if (!seen.tls || seen.tls->server_name != server_name_for(adn))
      return undetermined(ControlReason::lookup_failed,
                          sought +
                              ", but what was reported is no handshake for that name, so it "
                              "proves nothing.",
                          dns::Verdict::indeterminate);
    const SeenTls& tls = *seen.tls;
    if (tls.failure != net::GuardedFailure::none)
      return judge_failure(seen, adn, tls.failure, tls.message, sought);
    std::optional<dns::Verdict> weakest;
    if (auto wrong = judge_address(seen, adn, tls.address, sought, &weakest)) return *wrong;
    const auto verdict = weakest.value_or(dns::Verdict::indeterminate);
    if (tls.alpn != kProtocol || (tls.protocol != "TLSv1.2" && tls.protocol != "TLSv1.3"))
      return not_shown(
          ControlReason::protocol_error,
          fmt::format("{}, but the server negotiated {} with {}. It must agree to {} under TLS 1.2 "
                      "or later.",
                      sought, tls.protocol.empty() ? "an unknown version" : quoted(tls.protocol),
                      tls.alpn.empty() ? "no application protocol" : quoted(tls.alpn), kProtocol),
          verdict);
    return judge_certificate(tls, adn, digest, sought, verdict);
  }

 private:
  static Task<void> look(Target adn, Instruments instruments, Deadline deadline,
                         ControlObservation* seen) {
    SeenTls tls{.address = {}, .server_name = server_name_for(adn)};
    net::TlsSight sight = co_await instruments.client->look_at_tls(
        std::move(adn), tls.server_name, std::string(kProtocol), deadline);
    add_address_lookups(sight.lookups, seen);
    if (sight.address) tls.address = sight.address->text();
    tls.protocol = printable(sight.protocol, kQuotedSizeMax);
    tls.alpn = printable(sight.alpn, kQuotedSizeMax);
    tls.failure = sight.failure;
    tls.message = printable(sight.message, kSeenReasonMax);
    if (sight.certificate.size() <= kSeenCertificateMax) {
      tls.certificate = std::move(sight.certificate);
    } else {
      tls.failure = net::GuardedFailure::protocol_error;
      tls.message = fmt::format("the server's certificate has {} octets; {} is the most",
                                sight.certificate.size(), kSeenCertificateMax);
    }
    seen->tls = std::move(tls);
  }
};

}  // namespace

const Method& acme_tls_alpn_method() {
  static const AcmeTlsAlpn method;
  return method;
}

}  // namespace parallax::dcv
