// SPDX-License-Identifier: Apache-2.0
// HTTP requests and responses as values, so that handlers and their tests need no socket. Beast
// stays inside .cc files.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/async.h"

namespace parallax::net {

using HttpHeaders = std::vector<std::pair<std::string, std::string>>;

// The verified certificate of a TLS client.
struct ClientCertificate {
  std::string subject_common_name;
  std::vector<std::string> dns_names;  // subjectAltName dNSName entries
  std::string sha256_fingerprint;      // lower-case hex over the DER
};

struct HttpRequest {
  std::string method;   // "GET", "POST", ...
  std::string path;     // percent-encoding kept; without query; begins with "/"
  std::string query;    // without "?"
  HttpHeaders headers;  // names in lower case
  std::string body;
  std::string peer_address;  // text of the client's IP address
  std::optional<ClientCertificate> client;

  // The first header with this lower-case name.
  [[nodiscard]] std::optional<std::string_view> header(std::string_view name) const;
};

struct HttpResponse {
  unsigned status = 200;
  std::string content_type = "application/json";
  std::string body;
  HttpHeaders headers;  // besides Content-Type, Content-Length, Date, Connection
};

// Answers one request. Runs on the connection's executor; must answer within its own deadlines.
// An exception from a handler is a bug: the server logs it and answers 500.
using HttpHandler = std::function<Task<HttpResponse>(HttpRequest)>;

}  // namespace parallax::net
