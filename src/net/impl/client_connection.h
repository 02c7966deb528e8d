// SPDX-License-Identifier: Apache-2.0
// One connection of an HttpClient.
#pragma once

#include <memory>
#include <string_view>

#include <boost/asio/ip/tcp.hpp>

#include "base/async.h"
#include "base/deadline.h"
#include "base/result.h"
#include "net/http.h"
#include "net/http_client.h"
#include "net/impl/message_reader.h"
#include "net/impl/stream.h"
#include "net/impl/watchdog.h"

namespace parallax::net::impl {

// Used from one executor by one request at a time. Any error, and cancellation, leaves it unusable.
class ClientConnection {
 public:
  ClientConnection(boost::asio::ip::tcp::socket socket, SslPtr ssl, std::size_t response_bytes_max);

  [[nodiscard]] Task<Status> handshake(Deadline deadline);
  // Sends `octets` (kept by the caller) and reads the answer. Errors as HttpClient::request.
  [[nodiscard]] Task<Result<HttpResponse>> exchange(std::string_view octets, bool bodiless_answer,
                                                    Deadline deadline);

  // True if another exchange may follow the last one.
  [[nodiscard]] bool reusable() const { return reusable_; }
  // True once an exchange has been answered.
  [[nodiscard]] bool used() const { return used_; }
  // True if an octet of the answer to the current exchange came.
  [[nodiscard]] bool answer_began() const { return answer_began_; }
  // Fails the exchange under way with unreachable.
  void cut() { stream_.close(); }

 private:
  [[nodiscard]] Task<Result<HttpResponse>> receive(bool bodiless_answer);
  [[nodiscard]] Error explain(Error error) const;

  Stream stream_;
  Watchdog watchdog_;
  MessageReader reader_;
  bool reusable_ = false;
  bool used_ = false;
  bool answer_began_ = false;
};

// A TCP connection to `settings.host`, from `settings.source_address` if given. Errors:
// unreachable, timed_out, configuration (a bad source address).
[[nodiscard]] Task<Result<boost::asio::ip::tcp::socket>> connect(HttpClientSettings settings,
                                                                 Deadline deadline);

}  // namespace parallax::net::impl
