// SPDX-License-Identifier: Apache-2.0
// A connected TCP socket, plain or under TLS.
//
// OpenSSL reads and writes the socket itself, without buffers between, and Asio only waits for
// readiness: a record costs one system call, and an idle connection holds no record buffers (a
// coordinator keeps hundreds of them).
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string_view>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/ip/tcp.hpp>

#include "base/async.h"
#include "base/result.h"
#include "net/impl/openssl.h"

namespace parallax::net::impl {

// Used from one executor. Waits end at cancel() or close(), which the owner calls at its deadline:
// the stream has no clock of its own. Errors: unreachable (lost, closed, or cancelled), untrusted
// (a certificate did not verify, on either side), malformed (the peer does not speak our TLS).
class Stream {
 public:
  // Takes over a connected socket; `ssl` null: plain. TCP_NODELAY is set.
  Stream(boost::asio::ip::tcp::socket socket, SslPtr ssl);
  ~Stream();
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;

  // The TLS handshake; does nothing on a plain stream.
  [[nodiscard]] Task<Status> handshake();
  // At least one octet; 0 if the peer ended the stream in order.
  [[nodiscard]] Task<Result<std::size_t>> read_some(std::span<char> to);
  // All of `octets`, which the caller keeps until the write ends.
  [[nodiscard]] Task<Status> write(std::string_view octets);

  // Says that nothing more will be written, as far as the socket takes it without waiting.
  void finish();
  // Reads and drops up to `octets_max` octets until the peer closes, so that closing does not
  // reset the connection under the last answer (RFC 9112 s9.6). After finish() only.
  [[nodiscard]] Task<void> drain(std::size_t octets_max);

  // Ends the wait under way, and every one to come until resume(): a deadline that passes between
  // two waits is not lost.
  void cancel();
  void resume() { cancelled_ = false; }
  void close();

  [[nodiscard]] boost::asio::any_io_executor executor() { return socket_.get_executor(); }
  // Null if the stream is plain.
  [[nodiscard]] const SSL* ssl() const { return ssl_.get(); }

 private:
  struct Wire;
  enum class Want { nothing, read, write, failed };

  [[nodiscard]] Want after_tls_call(int outcome);
  [[nodiscard]] Task<Status> wait(Want want);

  boost::asio::ip::tcp::socket socket_;
  std::unique_ptr<Wire> wire_;  // its address is OpenSSL's
  SslPtr ssl_;
  Error failure_;  // set when after_tls_call says failed
  bool cancelled_ = false;
  bool ended_ = false;  // the peer's close_notify, or end of file
};

}  // namespace parallax::net::impl
