// SPDX-License-Identifier: Apache-2.0
#include "net/impl/guarded_tls.h"

#include <fmt/format.h>

#include "base/encoding.h"

namespace parallax::net::impl {
namespace {

constexpr long kCertificatesBytesMax = 64 * 1024;
constexpr std::size_t kServerNameMax = 255;  // OpenSSL's bound
constexpr std::size_t kAlpnMax = 255;        // RFC 7301 s3.1
constexpr std::size_t kAlertSize = 2;        // level, description
// No Diffie-Hellman over finite fields: its server chooses how large the numbers are that we
// calculate with, and one handshake could hold the event loop for a second.
constexpr const char* kCiphers = "DEFAULT:!kDHE:@SECLEVEL=0";
constexpr std::string_view kGroups = "X25519:P-256:X448:P-384:P-521";

// Called by OpenSSL for every record header and message, both ways, before it judges them.
void witness_message(int write, int /*version*/, int type, const void* octets, std::size_t size,
                     SSL* /*ssl*/, void* argument) {
  if (write != 0) return;
  auto& witness = *static_cast<TlsWitness*>(argument);
  const std::string_view text(static_cast<const char*>(octets), size);
  if (type == SSL3_RT_HEADER && witness.first_octets.empty()) witness.first_octets = text;
  if (type == SSL3_RT_ALERT && size == kAlertSize)
    witness.alert = static_cast<unsigned char>(text.back());
}

}  // namespace

SslContextPtr make_guarded_context() {
  ERR_clear_error();
  SslContextPtr context(SSL_CTX_new(TLS_client_method()));
  if (!context || SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION) != 1) return nullptr;
  SSL_CTX_set_verify(context.get(), SSL_VERIFY_NONE, nullptr);
  std::string groups(kGroups);  // OpenSSL's macro wants it mutable
  // Level 0: small or old keys must not keep a server from showing that it is about to get a new
  // one.
  if (SSL_CTX_set_cipher_list(context.get(), kCiphers) != 1 ||
      SSL_CTX_set1_groups_list(context.get(), groups.data()) != 1)
    return nullptr;
  // Many servers end without close_notify; what is read here is not trusted more for having one.
  SSL_CTX_set_options(context.get(), SSL_OP_NO_RENEGOTIATION | SSL_OP_IGNORE_UNEXPECTED_EOF |
                                         SSL_OP_NO_COMPRESSION);
  SSL_CTX_set_mode(context.get(), SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE |
                                      SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  SSL_CTX_set_session_cache_mode(context.get(), SSL_SESS_CACHE_OFF);
  SSL_CTX_set_max_cert_list(context.get(), kCertificatesBytesMax);
  return context;
}

Attempt<SslPtr> make_guarded_ssl(SSL_CTX* context, const std::string& server_name,
                                 std::string_view alpn, TlsWitness* witness) {
  ERR_clear_error();
  SslPtr ssl(context == nullptr ? nullptr : SSL_new(context));
  if (!ssl) return end_with(GuardedFailure::protocol_error, "OpenSSL made no connection for TLS");
  SSL_set_connect_state(ssl.get());
  SSL_set_msg_callback(ssl.get(), witness_message);
  SSL_set_msg_callback_arg(ssl.get(), witness);
  if (!server_name.empty() &&
      (server_name.size() > kServerNameMax || server_name.find('\0') != std::string::npos ||
       SSL_set_tlsext_host_name(ssl.get(), server_name.c_str()) != 1))
    return end_with(GuardedFailure::protocol_error,
                    "the name to ask the server for cannot be sent: " + printable(server_name));
  if (alpn.empty()) return ssl;
  std::string offer(1, static_cast<char>(alpn.size()));
  offer += alpn;
  if (alpn.size() > kAlpnMax ||
      SSL_set_alpn_protos(ssl.get(), reinterpret_cast<const unsigned char*>(offer.data()),
                          static_cast<unsigned>(offer.size())) != 0)
    return end_with(GuardedFailure::protocol_error,
                    "the ALPN protocol cannot be offered: " + printable(alpn));
  return ssl;
}

bool looks_like_tls(std::string_view octets) {
  return octets.size() >= 2 && octets[0] >= SSL3_RT_CHANGE_CIPHER_SPEC &&
         octets[0] <= SSL3_RT_APPLICATION_DATA && octets[1] == SSL3_VERSION_MAJOR;
}

std::string explain_handshake(const TlsWitness& witness, std::string_view alpn) {
  if (!witness.first_octets.empty() && !looks_like_tls(witness.first_octets))
    return fmt::format("{}: its answer to the TLS handshake begins with \"{}\"",
                       witness.first_octets.starts_with("HTTP")
                           ? "speaks plain HTTP where TLS was expected"
                           : "does not speak TLS",
                       printable(witness.first_octets));
  if (!witness.alert) return {};
  switch (*witness.alert) {
    case SSL_AD_NO_APPLICATION_PROTOCOL:
      return fmt::format(
          "refuses the ALPN protocol \"{}\" (alert no_application_protocol){}", printable(alpn),
          alpn == "http/1.1" ? "; it seems to speak HTTP/2 only: let it speak HTTP/1.1 too" : "");
    case SSL_AD_PROTOCOL_VERSION:
      return "speaks neither TLS 1.2 nor TLS 1.3 (alert protocol_version)";
    case SSL_AD_UNRECOGNIZED_NAME:
      return "does not know the name it was asked for (alert unrecognized_name)";
    default:
      return fmt::format("ended the handshake with the TLS alert \"{}\" ({})",
                         SSL_alert_desc_string_long(*witness.alert), *witness.alert);
  }
}

std::string certificate_of(const SSL* ssl) {
  const X509* certificate = SSL_get0_peer_certificate(ssl);
  if (certificate == nullptr) return {};
  unsigned char* der = nullptr;
  const int size = i2d_X509(certificate, &der);
  if (size <= 0) return {};
  std::string copy(reinterpret_cast<const char*>(der), static_cast<std::size_t>(size));
  OPENSSL_free(der);
  return copy;
}

std::string alpn_of(const SSL* ssl) {
  const unsigned char* name = nullptr;
  unsigned size = 0;
  SSL_get0_alpn_selected(ssl, &name, &size);
  return name == nullptr ? std::string() : std::string(reinterpret_cast<const char*>(name), size);
}

}  // namespace parallax::net::impl
