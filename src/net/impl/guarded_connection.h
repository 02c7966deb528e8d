// SPDX-License-Identifier: Apache-2.0
// One connection of the guarded client: a handshake if there is TLS, one request, one answer.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include <boost/asio/ip/tcp.hpp>

#include "base/async.h"
#include "base/deadline.h"
#include "base/result.h"
#include "net/guarded_client.h"
#include "net/impl/guarded_ending.h"
#include "net/impl/guarded_tls.h"
#include "net/impl/message_reader.h"
#include "net/impl/stream.h"
#include "net/impl/watchdog.h"

namespace parallax::net::impl {

// A response as far as it is looked at. Of a redirect that is to be followed, the body is not read.
struct Answer {
  unsigned status = 0;
  std::vector<std::string> locations;  // every Location field, as sent
  std::string body;
  bool body_truncated = false;
};

// 301, 302, 307, 308: the only redirects that may be followed (TLS BR 3.2.2.4.18, .19).
[[nodiscard]] bool is_followed(unsigned status);

// "GET ..." with the fields that are always sent and the caller's. Ends with protocol_error if one
// of the caller's is not theirs to set or cannot be written.
[[nodiscard]] Attempt<std::string> write_get(
    const GuardedUrl& url, const std::vector<std::pair<std::string, std::string>>& headers,
    const std::string& user_agent);

// Used once, from one executor. Any failure, and cancellation, leaves it unusable.
class GuardedConnection {
 public:
  // `peer` says in explanations who is at the other end. `ssl` null: plain; else made with
  // `witness`, which is never null then. `settings` outlive the connection.
  GuardedConnection(boost::asio::ip::tcp::socket socket, SslPtr ssl,
                    std::unique_ptr<TlsWitness> witness, std::string peer,
                    const GuardedSettings* settings);

  // `alpn` is what `ssl` offers, for the explanation.
  [[nodiscard]] Task<Attempt<void>> handshake(std::string_view alpn, Deadline deadline);
  // Sends `request` and reads the answer until its end, a bound or the deadline.
  [[nodiscard]] Task<Attempt<Answer>> exchange(std::string request, Deadline deadline);
  // Null if the connection is plain.
  [[nodiscard]] const SSL* ssl() const { return stream_.ssl(); }

 private:
  [[nodiscard]] Task<Attempt<Answer>> receive();
  [[nodiscard]] tl::unexpected<Ending> end_in_handshake(const Error& error, std::string_view alpn);
  [[nodiscard]] tl::unexpected<Ending> end_in_answer(const Error& error) const;
  [[nodiscard]] tl::unexpected<Ending> end_refused(std::string_view why) const;
  [[nodiscard]] bool begins_as_http() const;
  void note(std::string_view octets);

  std::unique_ptr<TlsWitness> witness_;  // before the stream, whose SSL refers to it
  Stream stream_;
  Watchdog watchdog_;
  MessageReader reader_;
  std::string peer_;
  std::string first_octets_;  // of what came
  std::size_t received_ = 0;
};

}  // namespace parallax::net::impl
