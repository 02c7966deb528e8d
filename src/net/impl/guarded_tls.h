// SPDX-License-Identifier: Apache-2.0
// TLS towards servers that nobody vouches for: 1.2 or later, no certificate verified (the Baseline
// Requirements are silent on it; a house rule), every alert and the first octets kept for the
// explanation.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "net/impl/guarded_ending.h"
#include "net/impl/openssl.h"

namespace parallax::net::impl {

// What a peer sent, as far as explanations need it. Its address is OpenSSL's: it outlives the SSL.
struct TlsWitness {
  std::string first_octets;  // the head of the first record, or of what was sent in its place
  std::optional<int> alert;  // the last alert received (RFC 8446 s6)
};

// Null if OpenSSL could not make one. One per client, immutable, no session cache.
[[nodiscard]] SslContextPtr make_guarded_context();

// A client end with this SNI and this one ALPN protocol; empty: without. Ends with protocol_error
// if one of them is too long to be sent.
[[nodiscard]] Attempt<SslPtr> make_guarded_ssl(SSL_CTX* context, const std::string& server_name,
                                               std::string_view alpn, TlsWitness* witness);

// True if `octets` begin as a TLS record does (RFC 8446 s5.1).
[[nodiscard]] bool looks_like_tls(std::string_view octets);

// Why the handshake failed, as a clause that follows the name of the server; empty if the witness
// knows no more than OpenSSL.
[[nodiscard]] std::string explain_handshake(const TlsWitness& witness, std::string_view alpn);

// DER of the end entity certificate; empty if there is none.
[[nodiscard]] std::string certificate_of(const SSL* ssl);
[[nodiscard]] std::string alpn_of(const SSL* ssl);

}  // namespace parallax::net::impl
