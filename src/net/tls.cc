// SPDX-License-Identifier: Apache-2.0
#include "net/tls.h"

#include <array>
#include <string_view>

#include <boost/asio/ip/address.hpp>

#include "base/encoding.h"
#include "net/impl/tls_context.h"

namespace parallax::net {
namespace {

using impl::SslContextPtr;

// RFC 7301: a length octet, then the protocol.
constexpr std::array<unsigned char, 9> kAlpn{8, 'h', 't', 't', 'p', '/', '1', '.', '1'};
constexpr int kChainDepthMax = 4;

int choose_protocol(SSL*, const unsigned char** chosen, unsigned char* chosen_size,
                    const unsigned char* offered, unsigned int offered_size, void*) {
  unsigned char* found = nullptr;
  const int outcome =
      SSL_select_next_proto(&found, chosen_size, kAlpn.data(), kAlpn.size(), offered, offered_size);
  *chosen = found;
  return outcome == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_ALERT_FATAL;
}

tl::unexpected<Error> file_error(std::string what, const std::string& file) {
  return fail(Error{ErrorCode::configuration, std::move(what), {}}
                  .with("file", file)
                  .with("cause", impl::take_openssl_error()));
}

Result<SslContextPtr> make_context(const SSL_METHOD* method) {
  ERR_clear_error();
  SslContextPtr context(SSL_CTX_new(method));
  if (!context || SSL_CTX_set_min_proto_version(context.get(), TLS1_3_VERSION) != 1)
    return fail(ErrorCode::internal, "OpenSSL made no TLS context");
  // Idle connections hold no record buffers; one recv per record instead of two.
  SSL_CTX_set_mode(context.get(), SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE |
                                      SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  SSL_CTX_set_read_ahead(context.get(), 1);
  SSL_CTX_set_session_cache_mode(context.get(), SSL_SESS_CACHE_OFF);
  SSL_CTX_set_num_tickets(context.get(), 0);
  SSL_CTX_set_verify_depth(context.get(), kChainDepthMax);
  return context;
}

Status use_certificate(SSL_CTX* context, const TlsFiles& files) {
  // An encrypted key fails instead of asking a terminal.
  SSL_CTX_set_default_passwd_cb(context, [](char*, int, int, void*) { return -1; });
  if (SSL_CTX_use_certificate_chain_file(context, files.certificate_file.c_str()) != 1)
    return file_error("the certificate chain cannot be used", files.certificate_file);
  if (SSL_CTX_use_PrivateKey_file(context, files.key_file.c_str(), SSL_FILETYPE_PEM) != 1)
    return file_error("the private key cannot be used, or is not the certificate's",
                      files.key_file);
  return {};
}

Status trust(SSL_CTX* context, const std::string& ca_file) {
  if (SSL_CTX_load_verify_file(context, ca_file.c_str()) != 1)
    return file_error("the CA certificates cannot be used", ca_file);
  return {};
}

Result<SslContextPtr> make_client_context(const std::string& ca_file) {
  auto context = make_context(TLS_client_method());
  if (!context) return context;
  SSL_CTX_set_verify(context->get(), SSL_VERIFY_PEER, nullptr);
  SSL_CTX_set_alpn_protos(context->get(), kAlpn.data(), kAlpn.size());
  if (ca_file.empty()) {
    if (SSL_CTX_set_default_verify_paths(context->get()) != 1)
      return file_error("the system's CA certificates cannot be used", "");
    return context;
  }
  if (auto trusted = trust(context->get(), ca_file); !trusted) return fail(trusted.error());
  return context;
}

std::string text_of(const ASN1_STRING* value) {
  return {reinterpret_cast<const char*>(ASN1_STRING_get0_data(value)),
          static_cast<std::size_t>(ASN1_STRING_length(value))};
}

}  // namespace

Result<std::shared_ptr<TlsContext>> make_server_tls(const TlsFiles& files,
                                                    ClientCertificates clients) {
  if (clients != ClientCertificates::none && files.ca_file.empty())
    return fail(ErrorCode::configuration, "client certificates need a CA file to verify them");
  auto context = make_context(TLS_server_method());
  if (!context) return fail(context.error());
  if (auto used = use_certificate(context->get(), files); !used) return fail(used.error());
  SSL_CTX_set_alpn_select_cb(context->get(), choose_protocol, nullptr);
  if (clients != ClientCertificates::none) {
    if (auto trusted = trust(context->get(), files.ca_file); !trusted) return fail(trusted.error());
    const int strict =
        clients == ClientCertificates::required ? SSL_VERIFY_FAIL_IF_NO_PEER_CERT : 0;
    SSL_CTX_set_verify(context->get(), SSL_VERIFY_PEER | strict, nullptr);
    // Tells clients whose certificates are wanted; without it some send none.
    SSL_CTX_set_client_CA_list(context->get(), SSL_load_client_CA_file(files.ca_file.c_str()));
  }
  return std::make_shared<TlsContext>(std::move(*context));
}

Result<std::shared_ptr<TlsContext>> make_client_tls(const TlsFiles& files) {
  auto context = make_client_context(files.ca_file);
  if (!context) return fail(context.error());
  if (auto used = use_certificate(context->get(), files); !used) return fail(used.error());
  return std::make_shared<TlsContext>(std::move(*context));
}

Result<std::shared_ptr<TlsContext>> make_client_tls(const std::string& ca_file) {
  auto context = make_client_context(ca_file);
  if (!context) return fail(context.error());
  return std::make_shared<TlsContext>(std::move(*context));
}

impl::SslPtr TlsContext::server() const {
  impl::SslPtr ssl(SSL_new(context_.get()));
  if (ssl) SSL_set_accept_state(ssl.get());
  return ssl;
}

Result<impl::SslPtr> TlsContext::client(const std::string& verify_name) const {
  ERR_clear_error();
  impl::SslPtr ssl(SSL_new(context_.get()));
  if (!ssl) return fail(ErrorCode::internal, "OpenSSL made no connection");
  SSL_set_connect_state(ssl.get());
  if (verify_name.empty())
    return fail(ErrorCode::configuration, "TLS needs the name that the server must prove");
  boost::system::error_code not_address;
  boost::asio::ip::make_address(verify_name, not_address);
  if (!not_address) {
    if (X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl.get()), verify_name.c_str()) != 1)
      return fail(ErrorCode::configuration, "not an address to verify: " + verify_name);
    return ssl;
  }
  SSL_set_hostflags(ssl.get(),
                    X509_CHECK_FLAG_NEVER_CHECK_SUBJECT | X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  if (SSL_set1_host(ssl.get(), verify_name.c_str()) != 1 ||
      SSL_set_tlsext_host_name(ssl.get(), verify_name.c_str()) != 1)
    return fail(ErrorCode::configuration, "not a name to verify: " + printable(verify_name));
  return ssl;
}

namespace impl {

std::optional<ClientCertificate> peer_certificate(const SSL* ssl) {
  const X509* certificate = SSL_get0_peer_certificate(ssl);
  if (certificate == nullptr || SSL_get_verify_result(ssl) != X509_V_OK) return std::nullopt;
  ClientCertificate found;
  const X509_NAME* subject = X509_get_subject_name(certificate);
  const int at = X509_NAME_get_index_by_NID(subject, NID_commonName, -1);
  if (at >= 0)
    found.subject_common_name = text_of(X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, at)));
  const AltNamesPtr names(static_cast<GENERAL_NAMES*>(
      X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr)));
  for (int i = 0; names && i < sk_GENERAL_NAME_num(names.get()); ++i) {
    const GENERAL_NAME* name = sk_GENERAL_NAME_value(names.get(), i);
    if (name->type == GEN_DNS) found.dns_names.push_back(text_of(name->d.dNSName));
  }
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int size = 0;
  if (X509_digest(certificate, EVP_sha256(), digest.data(), &size) != 1) return std::nullopt;
  found.sha256_fingerprint =
      hex_encode({reinterpret_cast<const char*>(digest.data()), static_cast<std::size_t>(size)});
  return found;
}

}  // namespace impl
}  // namespace parallax::net
