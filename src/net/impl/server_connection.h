// SPDX-License-Identifier: Apache-2.0
// One connection of an HttpServer, from handshake to goodbye.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>

#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/ip/tcp.hpp>

#include "base/async.h"
#include "net/http.h"
#include "net/http_server.h"
#include "net/impl/message_reader.h"
#include "net/impl/stream.h"
#include "net/impl/watchdog.h"

namespace parallax::net::impl {

// What the connections of one server have in common. Used from one executor.
struct ServerState {
  HttpLimits limits;
  HttpHandler handler;
  std::size_t in_flight = 0;
  bool stopping = false;
};

// Held by shared_ptr: its server, its coroutine and a cut under way share it.
class ServerConnection : public std::enable_shared_from_this<ServerConnection> {
 public:
  // `state` is shared: a connection's coroutine may be destroyed after its server.
  ServerConnection(boost::asio::ip::tcp::socket socket, SslPtr ssl, std::string peer_address,
                   std::shared_ptr<ServerState> state);

  // Serves until either side ends. The caller keeps the connection alive meanwhile.
  [[nodiscard]] Task<void> run();
  // After state.stopping was set: ends the connection if it waits for a request.
  void stop_if_idle();
  // Ends it now: the socket is closed and the handler under way is cancelled.
  void cut();
  [[nodiscard]] bool was_cut() const { return cut_; }
  // To be bound to run().
  [[nodiscard]] boost::asio::cancellation_slot slot() { return cancel_.slot(); }

 private:
  enum class Arrival { request, refused, ended };

  [[nodiscard]] Task<Arrival> receive();
  [[nodiscard]] Task<bool> serve_one();
  [[nodiscard]] Task<HttpResponse> answer(HttpRequest request);
  Task<bool> send(HttpResponse response, bool close, bool answers_head);
  [[nodiscard]] Task<void> say_goodbye();

  std::shared_ptr<ServerState> state_;
  std::string peer_address_;
  Stream stream_;
  Watchdog watchdog_;
  MessageReader reader_;
  std::optional<ClientCertificate> client_;
  Refusal refusal_;
  std::string out_;
  bool idle_ = false;
  bool cut_ = false;
  boost::asio::cancellation_signal cancel_;
};

// The request that a message is (RFC 9112 s3.2: origin-form or absolute-form); nullopt if its
// target is neither.
[[nodiscard]] std::optional<HttpRequest> to_request(Message message);

}  // namespace parallax::net::impl
