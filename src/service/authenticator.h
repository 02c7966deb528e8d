// SPDX-License-Identifier: Apache-2.0
// From a request to the API client that sent it.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/guarded.h"
#include "base/result.h"
#include "names/domain_name.h"
#include "net/http.h"
#include "service/client_file.h"
#include "service/clients.h"

namespace parallax::service {

// What a handler needs to know of the client; holds no secret.
struct Caller {
  std::string client;
  std::vector<names::DomainName> issuers;
};

// Holds the client file and reads it again whenever it changed, so that revoking needs no restart.
// A file that has become unreadable or malformed lets nobody in until it is mended: an edit that
// was meant to revoke must not be ignored. Thread safe.
class Authenticator {
 public:
  // Errors as load_clients.
  [[nodiscard]] static Result<std::unique_ptr<Authenticator>> open(std::string path);

  // By `Authorization: Bearer` (RFC 6750 s2.1) or `x-api-key`; without either, by the client
  // certificate's fingerprint or a subjectAltName dNSName. Tokens compare by hash, in constant
  // time, against every stored one. Errors: unauthorized, storage (the file is not usable).
  [[nodiscard]] Result<Caller> authenticate(const net::HttpRequest& request) const;

 private:
  struct State {
    FileStamp stamp;
    Result<std::vector<ApiClient>> clients;
  };
  Authenticator(std::string path, State state);
  void refresh(State& state) const;

  std::string path_;
  mutable Guarded<State> state_;
};

// Error forbidden, naming the first of `issuers` the caller is not bound to.
[[nodiscard]] Status check_issuers(const Caller& caller,
                                   const std::vector<names::DomainName>& issuers);

}  // namespace parallax::service
