// SPDX-License-Identifier: Apache-2.0
// Who may ask, and under which issuer names: the client file and what is done with it.
//
// The file is JSON (docs/api.md describes it), made and changed by `parallax token`. Tokens are
// 256 random bits; only their SHA-256 is kept, which for such tokens is as good as a slow hash.
// Every change replaces the file as a whole (write aside, fsync, rename) under a lock file, with
// mode 0600 and the owner of the file it replaces.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/crypto.h"
#include "base/result.h"
#include "base/time.h"
#include "names/domain_name.h"

namespace parallax::service {

// A bearer token as it is kept.
struct StoredToken {
  std::string sha256;  // hex over the token's text
  Instant added{};
  // What people call it: the first eight hex digits of its hash.
  [[nodiscard]] std::string id() const { return sha256.substr(0, 8); }
  friend bool operator==(const StoredToken&, const StoredToken&) = default;
};

struct ApiClient {
  std::string id;                          // [A-Za-z0-9._-]{1,64}
  std::vector<names::DomainName> issuers;  // it may ask under; never empty
  std::vector<StoredToken> tokens;
  std::vector<std::string> certificate_fingerprints;  // lower-case hex SHA-256 over the DER
  std::vector<std::string> certificate_dns_names;     // subjectAltName dNSName, lower case
  friend bool operator==(const ApiClient&, const ApiClient&) = default;
};

// JSON text of the file and back; exact inverses. Errors of the parser: malformed, with the JSON
// pointer (unknown members, two clients of one id or one credential at two clients included).
[[nodiscard]] std::string to_client_file(const std::vector<ApiClient>& clients);
[[nodiscard]] Result<std::vector<ApiClient>> parse_client_file(std::string_view text);

// A missing file holds no clients. Errors: configuration (malformed, too large, or writable by
// group or others), naming the file; storage if it cannot be read.
[[nodiscard]] Result<std::vector<ApiClient>> load_clients(const std::string& path);

// What `parallax token add` asks for. With a certificate bound no token is made.
struct NewCredential {
  std::string client;
  std::vector<names::DomainName> issuers;  // may be empty for a client that exists
  std::optional<std::string> certificate_fingerprint;
  std::optional<std::string> certificate_dns_name;
};

// Adds a client, or a further credential to one that exists. Returns the token, the only time it
// is ever seen; empty when a certificate was bound. Errors: malformed (id, fingerprint, no
// issuers), conflict (the client is bound to other issuers; the certificate to another client),
// overloaded (kClientsMax, kTokensPerClientMax), storage, configuration.
[[nodiscard]] Result<std::string> add_client(const std::string& path, NewCredential wanted,
                                             Random& random, Instant now);

// Removes a client, or only its token of that id. Errors: not_found, storage, configuration.
[[nodiscard]] Status revoke_client(const std::string& path, std::string_view client,
                                   std::optional<std::string_view> token_id = std::nullopt);

}  // namespace parallax::service
