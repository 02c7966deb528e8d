// SPDX-License-Identifier: Apache-2.0
// What stands behind net/tls.h.
#pragma once

#include <optional>
#include <string>

#include "base/result.h"
#include "net/http.h"
#include "net/impl/openssl.h"
#include "net/tls.h"

namespace parallax::net {

class TlsContext {
 public:
  explicit TlsContext(impl::SslContextPtr context) : context_(std::move(context)) {}

  // A connection's server end. Null only when memory is out.
  [[nodiscard]] impl::SslPtr server() const;
  // A connection's client end that accepts only a certificate with `verify_name` (a dNSName, or an
  // IP address) among its subjectAltNames; the common name counts for nothing (RFC 9525 s6.3).
  // Error: configuration.
  [[nodiscard]] Result<impl::SslPtr> client(const std::string& verify_name) const;

 private:
  impl::SslContextPtr context_;
};

namespace impl {

// The certificate the peer showed and proved; nullopt if it showed none.
[[nodiscard]] std::optional<ClientCertificate> peer_certificate(const SSL* ssl);

}  // namespace impl
}  // namespace parallax::net
