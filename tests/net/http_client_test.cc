// SPDX-License-Identifier: Apache-2.0
// The client against servers that behave, and against scripted ones that do not.
#include "net/http_client.h"

#include <gmock/gmock.h>

#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/steady_timer.hpp>

#include "loop.h"

namespace parallax::net {
namespace {

using std::chrono::milliseconds;

HttpRequest get(std::string path = "/") {
  HttpRequest request;
  request.method = "GET";
  request.path = std::move(path);
  return request;
}

// What a scripted server does with one connection: how often it answers, with what, and then.
struct Script {
  std::vector<std::string> answers;  // one per request
  bool hang = false;                 // afterwards: keep the connection open, else close it
};

// Follows one script per connection; notes how many came.
struct ScriptedServer {
  ScriptedServer(Loop& the_loop, std::vector<Script> the_scripts)
      : loop(the_loop),
        acceptor(loop.io, tcp::endpoint(asio::ip::address_v4::loopback(), 0)),
        scripts(std::move(the_scripts)) {
    asio::co_spawn(loop.io, serve(this), [this](std::exception_ptr) { ended = true; });
  }
  ~ScriptedServer() {
    held.clear();
    acceptor.close();
    loop.until([this] { return ended; });
  }
  ScriptedServer(const ScriptedServer&) = delete;
  ScriptedServer& operator=(const ScriptedServer&) = delete;

  static Task<void> serve(ScriptedServer* self) {
    for (;;) {
      auto [ec, socket] = co_await self->acceptor.async_accept(kTuple);
      if (ec) co_return;
      const std::size_t turn = std::min(self->connections++, self->scripts.size() - 1);
      const Script script = self->scripts.at(turn);
      std::string input;
      for (const std::string& answer : script.answers) {
        const auto [failed, size] = co_await asio::async_read_until(
            socket, asio::dynamic_buffer(input), "\r\n\r\n", kTuple);
        if (failed) break;
        input.erase(0, size);
        co_await asio::async_write(socket, asio::buffer(answer), kTuple);
      }
      if (script.hang) self->held.push_back(std::move(socket));
    }
  }

  [[nodiscard]] HttpClientSettings settings() const {
    HttpClientSettings made;
    made.host = "127.0.0.1";
    made.port = acceptor.local_endpoint().port();
    return made;
  }

  Loop& loop;
  tcp::acceptor acceptor;
  std::vector<Script> scripts;
  std::vector<tcp::socket> held;
  std::size_t connections = 0;
  bool ended = false;
};

const std::string kOk = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX-One: 1\r\n\r\nok";

class ClientTest : public testing::Test {
 protected:
  std::unique_ptr<HttpClient> client(HttpClientSettings settings) {
    return HttpClient::make(loop.io.get_executor(), std::move(settings), nullptr);
  }
  Result<HttpResponse> ask(HttpClient& to, milliseconds wait = kStuck) {
    return loop.await(to.request(get(), Deadline::after(wait)));
  }
  Loop loop;
};

TEST_F(ClientTest, KeepsTheConnection) {
  ScriptedServer server(loop, {{{kOk, kOk, kOk}, true}});
  const auto to = client(server.settings());
  for (int i = 0; i < 3; ++i) {
    const auto answer = ask(*to);
    ASSERT_TRUE(answer) << describe(answer.error());
    EXPECT_EQ(answer->status, 200u);
    EXPECT_EQ(answer->body, "ok");
    EXPECT_EQ(answer->headers, (HttpHeaders{{"x-one", "1"}}));
  }
  EXPECT_EQ(server.connections, 1u);
}

TEST_F(ClientTest, ReplacesAConnectionThatTheServerClosedMeanwhile) {
  ScriptedServer server(loop, {{{kOk}, false}});
  const auto to = client(server.settings());
  EXPECT_TRUE(ask(*to));
  EXPECT_TRUE(ask(*to));
  EXPECT_EQ(server.connections, 2u);
}

TEST_F(ClientTest, DoesNotReuseAConnectionThatIsNotToBe) {
  const std::pair<const char*, std::string> cases[] = {
      {"close", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"},
      {"http_1_0", "HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n"},
      {"surplus", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\nHTTP/1.1 200 OK\r\n"},
  };
  for (const auto& [name, answer] : cases) {
    SCOPED_TRACE(name);
    ScriptedServer server(loop, {{{answer, kOk}, true}});
    const auto to = client(server.settings());
    EXPECT_TRUE(ask(*to));
    server.held.clear();
    EXPECT_TRUE(ask(*to));
    EXPECT_EQ(server.connections, 2u);
  }
}

TEST_F(ClientTest, SkipsInterimAnswers) {
  ScriptedServer server(loop, {{{"HTTP/1.1 103 Early Hints\r\n\r\n" + kOk}, true}});
  EXPECT_EQ(ask(*client(server.settings()))->body, "ok");
}

TEST_F(ClientTest, AnswersThatAreFailures) {
  std::string interim;
  for (int i = 0; i < 100; ++i) interim += "HTTP/1.1 100 Continue\r\n\r\n";
  struct Case {
    const char* name;
    std::string answer;
    ErrorCode code;
  };
  const Case cases[] = {
      {"closes_at_once", "", ErrorCode::unreachable},
      {"closes_in_head", "HTTP/1.1 200 O", ErrorCode::unreachable},
      {"closes_in_body", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nab", ErrorCode::unreachable},
      {"garbage", std::string(64, '\xfe'), ErrorCode::malformed},
      {"another_protocol", "220 mail.example ESMTP\r\n", ErrorCode::malformed},
      {"declares_too_much", "HTTP/1.1 200 OK\r\nContent-Length: 999999\r\n\r\n",
       ErrorCode::malformed},
      {"sends_too_much",
       "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n8000\r\n" + std::string(0x8000, 'x'),
       ErrorCode::malformed},
      {"endless_head", "HTTP/1.1 200 OK\r\nX: " + std::string(100'000, 'x'), ErrorCode::malformed},
      {"no_length", "HTTP/1.1 200 OK\r\n\r\nok", ErrorCode::malformed},
      {"gzip", "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\nok", ErrorCode::malformed},
      {"endless_interim", interim, ErrorCode::malformed},
      {"switches", "HTTP/1.1 101 Switching Protocols\r\n\r\n", ErrorCode::malformed},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.name);
    ScriptedServer server(loop, {{{c.answer}, false}});
    HttpClientSettings settings = server.settings();
    settings.response_bytes_max = 20'000;
    const auto answer = ask(*client(settings));
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().code, c.code) << describe(answer.error());
    EXPECT_EQ(server.connections, 1u) << "a first attempt is not repeated";
  }
}

TEST_F(ClientTest, AHungServerCostsTheDeadlineAndTheConnection) {
  ScriptedServer server(loop, {{{kOk}, true}, {{kOk}, true}});
  const auto to = client(server.settings());
  EXPECT_TRUE(ask(*to));
  const auto answer = ask(*to, milliseconds(20));
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, ErrorCode::timed_out);
  EXPECT_TRUE(ask(*to));
  EXPECT_EQ(server.connections, 2u);
}

TEST_F(ClientTest, APassedDeadlineSendsNothing) {
  ScriptedServer server(loop, {{{kOk}, true}});
  const auto answer = ask(*client(server.settings()), milliseconds(-1));
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, ErrorCode::timed_out);
  EXPECT_EQ(server.connections, 0u);
}

TEST_F(ClientTest, NobodyListens) {
  HttpClientSettings settings;
  settings.host = "127.0.0.1";
  {
    tcp::acceptor gone(loop.io, tcp::endpoint(asio::ip::address_v4::loopback(), 0));
    settings.port = gone.local_endpoint().port();
  }
  const auto answer = ask(*client(settings));
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, ErrorCode::unreachable);
}

TEST_F(ClientTest, SourceAddress) {
  ScriptedServer server(loop, {{{kOk}, true}});
  HttpClientSettings settings = server.settings();
  settings.source_address = "127.0.0.9";
  EXPECT_TRUE(ask(*client(settings)));
  ASSERT_EQ(server.held.size(), 1u);
  EXPECT_EQ(server.held[0].remote_endpoint().address().to_string(), "127.0.0.9");
  settings.source_address = "::1";
  EXPECT_EQ(ask(*client(settings)).error().code, ErrorCode::unreachable);
  settings.source_address = "localhost";
  EXPECT_EQ(ask(*client(settings)).error().code, ErrorCode::configuration);
}

// Asks in the background; the result appears when it comes.
struct Pending {
  std::optional<Result<HttpResponse>> result;
};
void start(Loop& loop, HttpClient& to, Deadline deadline, Pending& into) {
  asio::co_spawn(loop.io, to.request(get(), deadline),
                 [&into](std::exception_ptr, Result<HttpResponse> result) {
                   into.result.emplace(std::move(result));
                 });
}

TEST_F(ClientTest, BoundsWhatIsUnderWay) {
  ScriptedServer server(loop, {{{}, true}});
  HttpClientSettings settings = server.settings();
  settings.requests_in_flight_max = 2;
  const auto to = client(settings);
  std::array<Pending, 3> asked;
  for (Pending& one : asked) start(loop, *to, Deadline::after(kStuck), one);
  loop.until([&] { return asked[2].result.has_value(); });
  EXPECT_EQ(asked[2].result->error().code, ErrorCode::overloaded);
  EXPECT_FALSE(asked[0].result || asked[1].result);
  to->close();
  loop.until([&] { return asked[0].result && asked[1].result; });
  EXPECT_EQ(asked[0].result->error().code, ErrorCode::unreachable);
  EXPECT_EQ(asked[1].result->error().code, ErrorCode::unreachable);
  EXPECT_EQ(ask(*to).error().code, ErrorCode::unreachable);
}

TEST_F(ClientTest, WaitsInLineForAConnection) {
  ScriptedServer server(loop, {{{kOk, kOk, kOk}, true}});
  HttpClientSettings settings = server.settings();
  settings.connections_max = 1;
  const auto to = client(settings);
  std::array<Pending, 3> asked;
  for (Pending& one : asked) start(loop, *to, Deadline::after(kStuck), one);
  loop.until([&] { return asked[0].result && asked[1].result && asked[2].result; });
  for (const Pending& one : asked) EXPECT_TRUE(*one.result);
  EXPECT_EQ(server.connections, 1u);
}

TEST_F(ClientTest, WaitingInLineEndsAtTheDeadline) {
  ScriptedServer server(loop, {{{}, true}});
  HttpClientSettings settings = server.settings();
  settings.connections_max = 1;
  const auto to = client(settings);
  Pending first;
  Pending second;
  start(loop, *to, Deadline::after(kStuck), first);
  start(loop, *to, Deadline::after(milliseconds(10)), second);
  loop.until([&] { return second.result.has_value(); });
  EXPECT_EQ(second.result->error().code, ErrorCode::timed_out);
  EXPECT_FALSE(first.result);
  to->close();
  loop.until([&] { return first.result.has_value(); });
}

// A request that loses against something else, as in `request || timer`.
Task<void> connected(ScriptedServer* server) {
  asio::steady_timer poll(co_await asio::this_coro::executor);
  while (server->held.empty()) {
    poll.expires_after(milliseconds(1));
    co_await poll.async_wait(kTuple);
  }
}
Task<bool> ask_until_connected(ScriptedServer* server, HttpClient* to) {
  using namespace boost::asio::experimental::awaitable_operators;
  Task<Result<HttpResponse>> asked = to->request(get(), Deadline::after(kStuck));
  const auto first = co_await (std::move(asked) || connected(server));
  co_return first.index() == 1;
}

TEST_F(ClientTest, ACancelledRequestClosesItsConnection) {
  ScriptedServer server(loop, {{{}, true}, {{kOk}, true}});
  HttpClientSettings settings = server.settings();
  settings.connections_max = 1;
  const auto to = client(settings);
  EXPECT_TRUE(loop.await(ask_until_connected(&server, to.get())));
  const auto answer = ask(*to);
  ASSERT_TRUE(answer) << describe(answer.error());
  EXPECT_EQ(server.connections, 2u);
}

TEST_F(ClientTest, DestroyedWithRequestsUnderWay) {
  ScriptedServer server(loop, {{{}, true}});
  auto to = client(server.settings());
  Pending asked;
  start(loop, *to, Deadline::after(kStuck), asked);
  loop.until([&] { return server.connections == 1; });
  to.reset();
  loop.until([&] { return asked.result.has_value(); });
  EXPECT_EQ(asked.result->error().code, ErrorCode::unreachable);
}

}  // namespace
}  // namespace parallax::net
