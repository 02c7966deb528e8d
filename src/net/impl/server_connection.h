// SPDX-License-Identifier: Apache-2.0
// One connection of an HttpServer, from handshake to goodbye.
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/ip/address.hpp>
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
  std::function<HttpResponse(unsigned status, std::string detail)> problem;
  std::size_t in_flight = 0;
  std::size_t message_octets = 0;  // of all messages, see MessageShare
  // Connections without a verified client certificate, by client_of() their address.
  std::map<boost::asio::ip::address, std::size_t> connections;
  bool stopping = false;

  // How many the client at this address has.
  [[nodiscard]] std::size_t connections_of(const boost::asio::ip::address& address) const;
};

// Counts a connection as one of its client's while it exists.
class ConnectionShare {
 public:
  ConnectionShare(std::shared_ptr<ServerState> state, const boost::asio::ip::address& address);
  ~ConnectionShare();
  ConnectionShare(const ConnectionShare&) = delete;
  ConnectionShare& operator=(const ConnectionShare&) = delete;

 private:
  std::shared_ptr<ServerState> state_;
  boost::asio::ip::address client_;
};

// What one connection's message adds to the octets of all.
class MessageShare {
 public:
  explicit MessageShare(std::shared_ptr<ServerState> state) : state_(std::move(state)) {}
  ~MessageShare() { set(0); }
  MessageShare(const MessageShare&) = delete;
  MessageShare& operator=(const MessageShare&) = delete;

  void set(std::size_t octets) {
    state_->message_octets = state_->message_octets - octets_ + octets;
    octets_ = octets;
  }
  // True if it grew, and all together are more than the server holds.
  [[nodiscard]] bool grow(std::size_t octets);

 private:
  std::shared_ptr<ServerState> state_;
  std::size_t octets_ = 0;
};

// Held by shared_ptr: its server, its coroutine and a cut under way share it.
class ServerConnection : public std::enable_shared_from_this<ServerConnection> {
 public:
  // `state` is shared: a connection's coroutine may be destroyed after its server.
  ServerConnection(boost::asio::ip::tcp::socket socket, SslPtr ssl,
                   const boost::asio::ip::address& peer, std::shared_ptr<ServerState> state);

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
  // An answer of the server's own; says when to come back to whom it sends away.
  [[nodiscard]] HttpResponse refuse(unsigned status, std::string detail) const;
  Task<bool> send(HttpResponse response, bool close, bool answers_head);
  [[nodiscard]] Task<void> say_goodbye();

  std::shared_ptr<ServerState> state_;
  std::string peer_address_;
  Stream stream_;
  Watchdog watchdog_;
  MessageReader reader_;
  std::optional<ConnectionShare> connection_share_;  // none: the client has shown who it is
  MessageShare message_share_;
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
