// SPDX-License-Identifier: Apache-2.0
// TLS 1.3 contexts for our own listeners and for the channel between coordinator and perspectives
// (TLS BR 3.2.2.9: authenticated and encrypted).
#pragma once

#include <memory>
#include <string>

#include "base/result.h"

namespace parallax::net {

// Hides OpenSSL's context so that headers stay light. Immutable, thread safe once made. TLS 1.3
// only, ALPN http/1.1; no session tickets, so every connection verifies certificates anew.
class TlsContext;

struct TlsFiles {
  std::string certificate_file;  // PEM chain, leaf first
  std::string key_file;          // PEM
  std::string ca_file;           // PEM; empty: no peer certificates are asked for (servers only)
};

enum class ClientCertificates { none, optional, required };

// Server side. Error: configuration, naming the file that is wrong.
[[nodiscard]] Result<std::shared_ptr<TlsContext>> make_server_tls(const TlsFiles& files,
                                                                  ClientCertificates clients);

// Client side with a certificate of its own; the server's must chain to ca_file.
// Error: configuration, naming the file that is wrong.
[[nodiscard]] Result<std::shared_ptr<TlsContext>> make_client_tls(const TlsFiles& files);

// Client side without a certificate; ca_file empty: the system's roots. Error: configuration.
[[nodiscard]] Result<std::shared_ptr<TlsContext>> make_client_tls(const std::string& ca_file);

}  // namespace parallax::net
