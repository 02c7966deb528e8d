// SPDX-License-Identifier: Apache-2.0
// An HTTP/1.1 server over TLS (or plain, for the lab's front door) that trusts no client: guards
// around Beast's framing, a bound on everything, one deadline per message.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/ip/tcp.hpp>

#include "base/result.h"
#include "net/http.h"
#include "net/problem.h"
#include "net/tls.h"

namespace parallax::net {

struct HttpLimits {
  std::size_t header_bytes_max = 8 * 1024;
  std::size_t body_bytes_max = 256 * 1024;
  // All octets of one message on the wire, framing included: counted below the parser, since
  // Beast 345 lets trailers and chunk extensions grow past its own limits.
  std::size_t message_bytes_max = 256 * 1024 + 64 * 1024;
  // Octets of all messages at once, from their arrival to their answer; whoever sends more gets 503
  // with Retry-After: 1. Anybody may send, so this is what strangers can make us hold.
  std::size_t messages_bytes_max = std::size_t{128} * 1024 * 1024;
  std::chrono::milliseconds handshake_timeout{10'000};
  std::chrono::milliseconds request_timeout{10'000};  // from the first octet to the last
  std::chrono::milliseconds response_timeout{10'000};
  std::chrono::milliseconds idle_timeout{60'000};  // between requests of one connection
  std::size_t connections_max = 4096;              // more are closed on arrival
  // Of one client: an IPv4 address or an IPv6 /64, which is the least that one host has to itself.
  // More are closed on arrival. Connections with a verified client certificate do not count.
  std::size_t connections_per_client_max = 256;
  std::size_t requests_in_flight_max = 1024;  // more get 503 with Retry-After: 1
};

// One listening server on one executor. Create several on the same port (SO_REUSEPORT) for several
// workers. Refuses with 400 and closes: any Transfer-Encoding but exactly `chunked`, any in
// HTTP/1.0, both Content-Length and Transfer-Encoding, several Content-Length; 413 for too large a
// body (or its chunk extensions and trailers), 431 for too large a head, 408 for a slow one. Closes
// after every 4xx that it makes itself. Its own errors are problem details (RFC 9457); a handler's
// exception is logged and answered with 500. Trailers are dropped. A client that goes away while
// the handler runs is noticed when the answer is written.
class HttpServer {
 public:
  struct Settings {
    boost::asio::ip::tcp::endpoint endpoint;
    // A listening socket opened elsewhere and inherited (e.g. before entering a namespace); then
    // `endpoint` is not bound. Taken over: closed with the server. -1: none.
    int inherited_socket = -1;
    HttpLimits limits;
    bool reuse_port = false;
    // Writes the server's own errors.
    std::function<HttpResponse(unsigned status, std::string detail)> problem = net::problem;
  };

  // Binds and listens. `tls` null: plain HTTP. Error: configuration (with the address).
  [[nodiscard]] static Result<std::unique_ptr<HttpServer>> listen(
      boost::asio::any_io_executor executor, const Settings& settings,
      std::shared_ptr<TlsContext> tls, HttpHandler handler);
  virtual ~HttpServer() = default;

  // The bound address (the port is real even if 0 was asked for).
  [[nodiscard]] virtual boost::asio::ip::tcp::endpoint endpoint() const = 0;
  // Accepts and serves until stop(); returns when every connection has ended. Cancelling it is
  // stop() without grace. It may outlive the server object.
  [[nodiscard]] virtual Task<void> run() = 0;
  // Stops accepting, closes idle connections, lets requests under way finish within `grace`, then
  // cuts: sockets are closed and handlers cancelled (terminal). Call on the server's executor.
  virtual void stop(std::chrono::milliseconds grace) = 0;
  [[nodiscard]] virtual std::size_t requests_in_flight() const = 0;
};

}  // namespace parallax::net
