// SPDX-License-Identifier: Apache-2.0
// One io_context, run by the test itself until what it awaits has come.
#pragma once

#include <chrono>
#include <exception>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include "base/async.h"
#include "net/http_server.h"

namespace parallax::net {

namespace asio = boost::asio;
using asio::ip::tcp;
inline constexpr auto kTuple = asio::as_tuple(asio::use_awaitable);
inline constexpr std::chrono::seconds kStuck{30};  // a test that hangs fails instead

class Loop {
 public:
  asio::io_context io{1};

  template <class T>
  T await(Task<T> task) {
    std::optional<T> result;
    std::exception_ptr failure;
    bool done = false;
    asio::co_spawn(io, keep(std::move(task), &result), [&](std::exception_ptr thrown) {
      failure = thrown;
      done = true;
    });
    until([&] { return done; });
    if (failure) std::rethrow_exception(failure);
    return std::move(*result);
  }

  template <class Condition>
  void until(Condition condition) {
    while (!condition()) {
      io.restart();
      if (io.run_one_for(kStuck) == 0) throw std::runtime_error("the loop is stuck");
    }
  }

 private:
  template <class T>
  static Task<void> keep(Task<T> task, std::optional<T>* result) {
    result->emplace(co_await std::move(task));
  }
};

// An HttpServer on a free loopback port, which ends with the test.
class TestServer {
 public:
  TestServer(Loop& loop, HttpLimits limits, std::shared_ptr<TlsContext> tls, HttpHandler handler)
      : loop_(loop) {
    HttpServer::Settings settings;
    settings.endpoint = tcp::endpoint(asio::ip::address_v4::loopback(), 0);
    settings.limits = limits;
    server =
        HttpServer::listen(loop.io.get_executor(), settings, std::move(tls), std::move(handler))
            .value();
    asio::co_spawn(loop.io, server->run(), [this](std::exception_ptr) { ended = true; });
  }
  ~TestServer() {
    server->stop(std::chrono::milliseconds(0));
    loop_.until([this] { return ended; });
  }
  TestServer(const TestServer&) = delete;
  TestServer& operator=(const TestServer&) = delete;

  [[nodiscard]] std::uint16_t port() const { return server->endpoint().port(); }

  std::unique_ptr<HttpServer> server;
  bool ended = false;

 private:
  Loop& loop_;
};

inline Task<tcp::socket> dial(std::uint16_t port) {
  tcp::socket socket(co_await asio::this_coro::executor);
  co_await socket.async_connect(tcp::endpoint(asio::ip::address_v4::loopback(), port), kTuple);
  co_return socket;
}

// Sends `octets` as far as they are taken and returns all that comes back until the peer closes.
inline Task<std::string> talk(std::uint16_t port, std::string octets) {
  tcp::socket socket = co_await dial(port);
  co_await asio::async_write(socket, asio::buffer(octets), kTuple);
  std::string answer;
  co_await asio::async_read(socket, asio::dynamic_buffer(answer), kTuple);
  co_return answer;
}

}  // namespace parallax::net
