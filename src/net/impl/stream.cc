// SPDX-License-Identifier: Apache-2.0
#include "net/impl/stream.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <cstdlib>

#include <sys/socket.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace parallax::net::impl {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;

// What one call of OpenSSL may take from the socket before others get their turn: a peer that
// floods with handshake records could otherwise keep it inside for as long as it pleases.
constexpr std::size_t kTurnBytes = 64 * 1024;
constexpr auto kAwait = asio::as_tuple(asio::use_awaitable);

bool would_block(int error) { return error == EAGAIN || error == EWOULDBLOCK || error == EINTR; }

// TLS alerts (RFC 8446 s6.2) by which a peer says that it does not accept our certificate.
bool is_certificate_alert(int alert) {
  switch (alert) {
    case 42:
    case 43:
    case 44:
    case 45:
    case 46:  // bad, unsupported, revoked, expired, unknown
    case 48:
    case 49:
    case 51:
    case 116:  // unknown_ca, access_denied, decrypt_error, required
      return true;
    default: return false;
  }
}

Error tls_failure(const SSL* ssl) {
  const unsigned long code = ERR_peek_last_error();
  const int reason = ERR_GET_LIB(code) == ERR_LIB_SSL ? ERR_GET_REASON(code) : 0;
  const long verdict = SSL_get_verify_result(ssl);
  const std::string text = take_openssl_error();
  if (reason == SSL_R_CERTIFICATE_VERIFY_FAILED)
    return {ErrorCode::untrusted,
            std::string("the peer's certificate did not verify: ") +
                X509_verify_cert_error_string(verdict),
            {}};
  if (reason == SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE)
    return {ErrorCode::untrusted, "the peer showed no certificate", {}};
  if (reason == SSL_R_UNEXPECTED_EOF_WHILE_READING)
    return {ErrorCode::unreachable, "the connection was closed without a TLS close", {}};
  if (is_certificate_alert(reason - SSL_AD_REASON_OFFSET))
    return {ErrorCode::untrusted, "the peer does not accept our certificate: " + text, {}};
  return {ErrorCode::malformed, "the peer does not speak the TLS asked of it: " + text, {}};
}

Error lost(int error) {
  return {
      ErrorCode::unreachable,
      "the connection was lost: " + error_code(error, boost::system::system_category()).message(),
      {}};
}

}  // namespace

// The socket as OpenSSL sees it.
struct Stream::Wire {
  int descriptor = -1;
  std::size_t turn_left = 0;

  static Wire& of(BIO* bio) { return *static_cast<Wire*>(BIO_get_data(bio)); }

  static int read(BIO* bio, char* to, int size) {
    Wire& wire = of(bio);
    BIO_clear_retry_flags(bio);
    if (wire.turn_left == 0) {
      BIO_set_retry_read(bio);
      return -1;
    }
    const ssize_t got = recv(wire.descriptor, to, static_cast<std::size_t>(size), 0);
    if (got < 0 && would_block(errno)) BIO_set_retry_read(bio);
    if (got > 0) wire.turn_left -= std::min(wire.turn_left, static_cast<std::size_t>(got));
    return static_cast<int>(got);
  }

  static int write(BIO* bio, const char* from, int size) {
    BIO_clear_retry_flags(bio);
    const ssize_t put =
        send(of(bio).descriptor, from, static_cast<std::size_t>(size), MSG_NOSIGNAL);
    if (put < 0 && would_block(errno)) BIO_set_retry_write(bio);
    return static_cast<int>(put);
  }

  static long control(BIO*, int command, long, void*) { return command == BIO_CTRL_FLUSH ? 1 : 0; }

  static BIO_METHOD* method() {
    static BIO_METHOD* const made = [] {
      BIO_METHOD* fresh = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "parallax wire");
      if (fresh == nullptr) std::abort();
      BIO_meth_set_read(fresh, read);
      BIO_meth_set_write(fresh, write);
      BIO_meth_set_ctrl(fresh, control);
      return fresh;
    }();
    return made;
  }
};

Stream::Stream(asio::ip::tcp::socket socket, SslPtr ssl)
    : socket_(std::move(socket)), wire_(std::make_unique<Wire>()), ssl_(std::move(ssl)) {
  error_code ignored;
  socket_.set_option(asio::ip::tcp::no_delay(true), ignored);
  socket_.native_non_blocking(true, ignored);
  wire_->descriptor = socket_.native_handle();
  if (!ssl_) return;
  BIO* bio = BIO_new(Wire::method());
  if (bio == nullptr) std::abort();
  BIO_set_data(bio, wire_.get());
  BIO_set_init(bio, 1);
  SSL_set_bio(ssl_.get(), bio, bio);  // takes it over
}

Stream::~Stream() = default;

Stream::Want Stream::after_tls_call(int outcome) {
  const int error = errno;
  switch (SSL_get_error(ssl_.get(), outcome)) {
    case SSL_ERROR_NONE: return Want::nothing;
    case SSL_ERROR_WANT_READ: return Want::read;
    case SSL_ERROR_WANT_WRITE: return Want::write;
    case SSL_ERROR_ZERO_RETURN: ended_ = true; return Want::nothing;
    case SSL_ERROR_SYSCALL:
      ERR_clear_error();
      failure_ =
          error == 0
              ? Error{ErrorCode::unreachable, "the connection was closed without a TLS close", {}}
              : lost(error);
      return Want::failed;
    default: failure_ = tls_failure(ssl_.get()); return Want::failed;
  }
}

Task<Status> Stream::wait(Want want) {
  if (cancelled_) co_return fail(ErrorCode::unreachable, "the wait was cut short");
  const auto side =
      want == Want::read ? asio::socket_base::wait_read : asio::socket_base::wait_write;
  const auto [ec] = co_await socket_.async_wait(side, kAwait);
  if (ec) co_return fail(ErrorCode::unreachable, "the wait was cut short: " + ec.message());
  co_return Status{};
}

Task<Status> Stream::handshake() {
  while (ssl_) {
    if (!socket_.is_open()) co_return fail(ErrorCode::unreachable, "the connection is closed");
    ERR_clear_error();
    errno = 0;
    wire_->turn_left = kTurnBytes;
    const Want want = after_tls_call(SSL_do_handshake(ssl_.get()));
    if (want == Want::nothing) break;
    if (want == Want::failed) co_return fail(failure_);
    const Status ready = co_await wait(want);
    if (!ready) co_return ready;
  }
  if (ended_) co_return fail(ErrorCode::unreachable, "the peer closed during the handshake");
  co_return Status{};
}

Task<Result<std::size_t>> Stream::read_some(std::span<char> to) {
  const std::size_t size = std::min<std::size_t>(to.size(), INT_MAX);
  for (;;) {
    if (!socket_.is_open()) co_return fail(ErrorCode::unreachable, "the connection is closed");
    Want want = Want::read;
    errno = 0;
    if (ssl_) {
      ERR_clear_error();
      wire_->turn_left = kTurnBytes;
      const int got = SSL_read(ssl_.get(), to.data(), static_cast<int>(size));
      if (got > 0) co_return static_cast<std::size_t>(got);
      want = after_tls_call(got);
      if (want == Want::nothing) co_return std::size_t{0};
      if (want == Want::failed) co_return fail(failure_);
    } else {
      const ssize_t got = recv(wire_->descriptor, to.data(), size, 0);
      if (got >= 0) co_return static_cast<std::size_t>(got);
      if (!would_block(errno)) co_return fail(lost(errno));
    }
    const Status ready = co_await wait(want);
    if (!ready) co_return fail(ready.error());
  }
}

Task<Status> Stream::write(std::string_view octets) {
  while (!octets.empty()) {
    if (!socket_.is_open()) co_return fail(ErrorCode::unreachable, "the connection is closed");
    const std::size_t size = std::min<std::size_t>(octets.size(), INT_MAX);
    Want want = Want::write;
    errno = 0;
    ssize_t put = -1;
    if (ssl_) {
      ERR_clear_error();
      wire_->turn_left = kTurnBytes;
      put = SSL_write(ssl_.get(), octets.data(), static_cast<int>(size));
      if (put <= 0) want = after_tls_call(static_cast<int>(put));
    } else {
      put = send(wire_->descriptor, octets.data(), size, MSG_NOSIGNAL);
      if (put < 0 && !would_block(errno)) co_return fail(lost(errno));
    }
    if (put > 0) {
      octets.remove_prefix(static_cast<std::size_t>(put));
      continue;
    }
    if (want == Want::failed) co_return fail(failure_);
    if (want == Want::nothing) co_return fail(ErrorCode::unreachable, "the peer closed");
    const Status ready = co_await wait(want);
    if (!ready) co_return ready;
  }
  co_return Status{};
}

void Stream::finish() {
  if (!socket_.is_open()) return;
  ERR_clear_error();
  if (ssl_ && SSL_is_init_finished(ssl_.get()) == 1) SSL_shutdown(ssl_.get());
  ERR_clear_error();
  error_code ignored;
  socket_.shutdown(asio::socket_base::shutdown_send, ignored);
}

Task<void> Stream::drain(std::size_t octets_max) {
  std::array<char, 4096> dropped{};
  for (std::size_t total = 0; total < octets_max && socket_.is_open();) {
    const ssize_t got = recv(wire_->descriptor, dropped.data(), dropped.size(), 0);
    if (got == 0 || (got < 0 && !would_block(errno))) co_return;
    if (got > 0) {
      total += static_cast<std::size_t>(got);
      continue;
    }
    const Status ready = co_await wait(Want::read);
    if (!ready) co_return;
  }
}

void Stream::cancel() {
  cancelled_ = true;
  error_code ignored;
  socket_.cancel(ignored);
}

void Stream::close() {
  error_code ignored;
  socket_.close(ignored);
}

}  // namespace parallax::net::impl
