// SPDX-License-Identifier: Apache-2.0
// HTTP/1.1 over TLS to servers we know (perspectives, a coordinator), with connections kept open.
// Not for targets named by applicants: those go through the guarded client.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include <boost/asio/any_io_executor.hpp>

#include "base/async.h"
#include "base/deadline.h"
#include "base/result.h"
#include "net/http.h"
#include "net/tls.h"

namespace parallax::net {

struct HttpClientSettings {
  std::string host;  // connected to; name or address
  std::uint16_t port = 443;
  std::string verify_name;     // dNSName (or IP) that the server's certificate must carry
  std::string source_address;  // to bind before connecting; empty: any
  std::size_t connections_max = 64;
  std::size_t requests_in_flight_max = 256;  // more fail at once with overloaded
  std::size_t response_bytes_max = 4 * 1024 * 1024;
  std::chrono::milliseconds connect_timeout{3000};
};

// A pool of connections to one server. Used from one executor only. A kept-alive connection that
// the server closed meanwhile is replaced once, transparently, before any octet of the answer came:
// requests should be safe to repeat. Cancelling request() closes the connection it used.
class HttpClient {
 public:
  // `tls` null: plain HTTP.
  [[nodiscard]] static std::unique_ptr<HttpClient> make(boost::asio::any_io_executor executor,
                                                        HttpClientSettings settings,
                                                        std::shared_ptr<TlsContext> tls);
  virtual ~HttpClient() = default;
  // Errors: timed_out, unreachable, overloaded, untrusted (certificate or name did not verify),
  // malformed (not HTTP, too large, or a request that cannot be written), configuration.
  // Statuses are not judged: a 503 is an answer. May outlive the client, then fails.
  [[nodiscard]] virtual Task<Result<HttpResponse>> request(HttpRequest request,
                                                           Deadline deadline) = 0;
  // Closes what is idle and fails what is under way with unreachable.
  virtual void close() = 0;
};

}  // namespace parallax::net
