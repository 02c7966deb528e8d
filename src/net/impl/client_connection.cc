// SPDX-License-Identifier: Apache-2.0
#include "net/impl/client_connection.h"

#include <optional>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "net/impl/resolve.h"

namespace parallax::net::impl {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

constexpr std::size_t kHeadBytesMax = 16 * 1024;
constexpr int kInterimResponsesMax = 8;  // 1xx before the final answer (RFC 9110 s15.2)

HttpResponse to_response(Message message) {
  HttpResponse response;
  response.status = message.status;
  response.content_type.clear();
  response.body = std::move(message.body);
  for (auto& [name, value] : message.headers) {
    if (name == "content-type")
      response.content_type = std::move(value);
    else if (name != "content-length" && name != "connection" && name != "date" &&
             name != "transfer-encoding")
      response.headers.emplace_back(std::move(name), std::move(value));
  }
  return response;
}

// One attempt at one address.
Task<Result<tcp::socket>> connect_to(tcp::endpoint to, std::optional<asio::ip::address> from,
                                     Deadline deadline) {
  tcp::socket socket(co_await asio::this_coro::executor);
  error_code ec;
  socket.open(to.protocol(), ec);
  if (!ec && from) socket.bind(tcp::endpoint(*from, 0), ec);
  if (ec) co_return fail(ErrorCode::unreachable, ec.message());
  Watchdog watchdog(socket.get_executor(), [&socket] {
    error_code ignored;
    socket.close(ignored);
  });
  watchdog.arm(deadline);
  const auto [failure] = co_await socket.async_connect(to, asio::as_tuple(asio::use_awaitable));
  if (watchdog.expired()) co_return fail(ErrorCode::timed_out, "the deadline passed");
  if (failure) co_return fail(ErrorCode::unreachable, failure.message());
  co_return socket;
}

}  // namespace

Task<Result<tcp::socket>> connect(HttpClientSettings settings, Deadline deadline) {
  std::optional<asio::ip::address> from;
  error_code ec;
  if (!settings.source_address.empty()) {
    from = asio::ip::make_address(settings.source_address, ec);
    if (ec) co_return fail(ErrorCode::configuration, "not an address: " + settings.source_address);
  }
  auto endpoints = co_await resolve(settings.host, settings.port, deadline);
  if (!endpoints) co_return fail(endpoints.error());
  Error last{ErrorCode::unreachable, "no address of the source's family", {}};
  for (const tcp::endpoint& endpoint : *endpoints) {
    if (from && from->is_v6() != endpoint.address().is_v6()) continue;
    auto socket = co_await connect_to(endpoint, from, deadline);
    if (socket) co_return std::move(*socket);
    last = std::move(socket.error());
    if (deadline.passed()) break;
  }
  co_return fail(Error{last.code, "cannot connect to the server", {}}
                     .with("host", settings.host)
                     .with("cause", last.message));
}

ClientConnection::ClientConnection(tcp::socket socket, SslPtr ssl, std::size_t response_bytes_max)
    : stream_(std::move(socket), std::move(ssl)),
      watchdog_(stream_.executor(), [this] { stream_.cancel(); }),
      reader_(MessageKind::response, {kHeadBytesMax, response_bytes_max, response_bytes_max}) {}

Error ClientConnection::explain(Error error) const {
  if (watchdog_.expired()) return {ErrorCode::timed_out, "the server did not answer in time", {}};
  return error;
}

Task<Status> ClientConnection::handshake(Deadline deadline) {
  watchdog_.arm(deadline);
  Status shaken = co_await stream_.handshake();
  if (!shaken) co_return fail(explain(std::move(shaken.error())));
  watchdog_.disarm();
  co_return Status{};
}

Task<Result<HttpResponse>> ClientConnection::exchange(std::string_view octets, bool bodiless_answer,
                                                      Deadline deadline) {
  reusable_ = false;  // until it went well: a cancelled exchange ends the connection
  answer_began_ = false;
  watchdog_.arm(deadline);
  const Status sent = co_await stream_.write(octets);
  // A server may refuse early, answer, and stop reading: its answer is worth more than our error.
  if (!sent && watchdog_.expired()) co_return fail(explain(sent.error()));
  Result<HttpResponse> answer = co_await receive(bodiless_answer);
  if (!answer) co_return fail(explain(std::move(answer.error())));
  if (!sent) reusable_ = false;
  watchdog_.disarm();
  used_ = true;
  co_return answer;
}

Task<Result<HttpResponse>> ClientConnection::receive(bool bodiless_answer) {
  if (bodiless_answer) reader_.skip_body();
  for (int interim = 0; interim < kInterimResponsesMax;) {
    const ReadStep step = reader_.advance();
    if (step == ReadStep::refused)
      co_return fail(ErrorCode::malformed, "the server's answer: " + reader_.refusal().detail);
    if (step == ReadStep::head) continue;
    if (step == ReadStep::need_more) {
      const Result<std::size_t> got = co_await stream_.read_some(reader_.prepare());
      if (!got) co_return fail(got.error());
      if (*got == 0)
        co_return fail(ErrorCode::unreachable, "the server closed before it had answered");
      answer_began_ = true;
      reader_.commit(*got);
      continue;
    }
    const bool keep_alive = reader_.keep_alive();
    Message message = reader_.take();
    if (message.status == 101)
      co_return fail(ErrorCode::malformed, "the server switched protocols unasked");
    if (message.status >= 200) {
      // What came behind the answer nobody asked for: such a connection is not to be trusted.
      reusable_ = keep_alive && !reader_.started();
      co_return to_response(std::move(message));
    }
    ++interim;
    if (bodiless_answer) reader_.skip_body();
  }
  co_return fail(ErrorCode::malformed, "the server sends interim answers without end");
}

}  // namespace parallax::net::impl
