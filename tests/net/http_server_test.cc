// SPDX-License-Identifier: Apache-2.0
#include "net/http_server.h"

#include <gmock/gmock.h>

#include <boost/asio/steady_timer.hpp>

#include "loop.h"

namespace parallax::net {
namespace {

using std::chrono::milliseconds;
using testing::HasSubstr;
using testing::StartsWith;

Task<HttpResponse> echo(HttpRequest request) {
  HttpResponse response;
  response.content_type = "text/plain";
  response.body = request.method + " " + request.path + "?" + request.query + " " + request.body +
                  " from " + request.peer_address;
  co_return response;
}

Task<HttpResponse> throws(HttpRequest) {
  throw std::runtime_error("a bug");
  co_return HttpResponse{};
}

// Answers when the test lets it.
struct Gate {
  explicit Gate(Loop& loop) : opened(loop.io) {
    opened.expires_at(asio::steady_timer::time_point::max());
  }
  asio::steady_timer opened;
  int waiting = 0;
  bool cancelled = false;
};

Task<HttpResponse> wait_at(Gate* gate) {
  ++gate->waiting;
  co_await gate->opened.async_wait(kTuple);
  const auto state = co_await asio::this_coro::cancellation_state;
  gate->cancelled = state.cancelled() != asio::cancellation_type::none;
  HttpResponse response;
  response.body = "\"waited\"";
  co_return response;
}

HttpHandler gated(Gate& gate) {
  return [&gate](HttpRequest) { return wait_at(&gate); };
}

std::string get(const std::string& target, const std::string& more = "Connection: close\r\n") {
  return "GET " + target + " HTTP/1.1\r\nHost: a\r\n" + more + "\r\n";
}

TEST(HttpServer, AnswersAndCloses) {
  Loop loop;
  TestServer server(loop, {}, nullptr, echo);
  const std::string answer = loop.await(talk(server.port(), get("/x%20y?q=1")));
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 200 OK\r\nDate: "));
  EXPECT_THAT(answer, HasSubstr("Connection: close\r\n"));
  EXPECT_THAT(answer, HasSubstr("\r\n\r\nGET /x%20y?q=1  from 127.0.0.1"));
}

TEST(HttpServer, PipelinedRequestsAreAnsweredInOrder) {
  Loop loop;
  TestServer server(loop, {}, nullptr, echo);
  const std::string answer = loop.await(talk(server.port(), get("/1", "") +
                                                                "POST /2 HTTP/1.1\r\nHost: a\r\n"
                                                                "Content-Length: 4\r\n\r\nbody" +
                                                                get("/3")));
  const std::size_t first = answer.find("GET /1?");
  const std::size_t second = answer.find("POST /2? body");
  const std::size_t third = answer.find("GET /3?");
  EXPECT_LT(first, second);
  EXPECT_LT(second, third);
  EXPECT_NE(third, std::string::npos);
}

struct Refused {
  const char* name;
  std::string input;
  unsigned status;
};

std::string post(const std::string& rest) { return "POST / HTTP/1.1\r\nHost: a\r\n" + rest; }

// Each refused message is followed by a request that a smuggler hopes to see answered.
TEST(HttpServer, RefusesAndCloses) {
  const std::string chunked = "Transfer-Encoding: chunked\r\n";
  const std::string big(100 * 1024, 'a');
  const Refused cases[] = {
      {"te_gzip", post("Transfer-Encoding: gzip\r\n\r\n"), 400},
      {"te_in_1_0", "POST / HTTP/1.0\r\n" + chunked + "\r\n0\r\n\r\n", 400},
      {"te_and_length", post(chunked + "Content-Length: 5\r\n\r\n0\r\n\r\n"), 400},
      {"length_twice", post("Content-Length: 0\r\nContent-Length: 0\r\n\r\n"), 400},
      {"trailers_100_KiB", post(chunked + "\r\n0\r\nT: " + big + "\r\n\r\n"), 413},
      {"extension_100_KiB", post(chunked + "\r\n0;" + big + "\r\n\r\n"), 413},
      {"head_100_KiB", post("X: " + big + "\r\n\r\n"), 431},
      {"body_too_large", post("Content-Length: 262145\r\n\r\n" + big), 413},
      {"chunk_too_large", post(chunked + "\r\n40001\r\n" + big), 413},
      {"not_http", "EHLO mail.example\r\n", 400},
      {"target_authority", "CONNECT a:443 HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"target_asterisk", "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"target_fragment", "GET /a#b HTTP/1.1\r\nHost: a\r\n\r\n", 400},
  };
  Loop loop;
  TestServer server(loop, {}, nullptr, echo);
  for (const Refused& c : cases) {
    SCOPED_TRACE(c.name);
    const std::string answer = loop.await(talk(server.port(), c.input + get("/smuggled")));
    EXPECT_THAT(answer, StartsWith("HTTP/1.1 " + std::to_string(c.status) + " "));
    EXPECT_THAT(answer, HasSubstr("Content-Type: application/problem+json\r\n"));
    EXPECT_THAT(answer, HasSubstr("Connection: close\r\n"));
    EXPECT_THAT(answer, HasSubstr("\"status\":" + std::to_string(c.status)));
    EXPECT_THAT(answer, Not(HasSubstr("smuggled")));
    EXPECT_THAT(answer, Not(HasSubstr("}HTTP/1.1 "))) << "answered twice";
  }
}

TEST(HttpServer, AbsoluteFormIsUnderstood) {
  Loop loop;
  TestServer server(loop, {}, nullptr, echo);
  EXPECT_THAT(loop.await(talk(server.port(), get("http://a:80/x?y"))), HasSubstr("GET /x?y"));
  EXPECT_THAT(loop.await(talk(server.port(), get("https://a"))), HasSubstr("GET /?"));
  EXPECT_THAT(loop.await(talk(server.port(), get("ftp://a/"))), StartsWith("HTTP/1.1 400"));
}

// One deadline per message: octets that keep coming do not move it.
Task<std::string> drip(std::uint16_t port, std::string octets) {
  tcp::socket socket = co_await dial(port);
  std::string answer;
  asio::steady_timer pause(co_await asio::this_coro::executor);
  for (const char c : octets) {
    co_await asio::async_write(socket, asio::buffer(&c, 1), kTuple);
    pause.expires_after(milliseconds(1));
    co_await pause.async_wait(kTuple);
    if (socket.available() > 0) break;
  }
  co_await asio::async_read(socket, asio::dynamic_buffer(answer), kTuple);
  co_return answer;
}

TEST(HttpServer, SlowRequestsAreCutOff) {
  HttpLimits limits;
  limits.request_timeout = milliseconds(20);
  Loop loop;
  TestServer server(loop, limits, nullptr, echo);
  const std::pair<const char*, std::string> cases[] = {
      {"head_stops", "GET / HT"},
      {"head_drips", "GET / HTTP/1.1\r\nHost: a\r\nX: " + std::string(4000, 'x')},
      {"body_stops", post("Content-Length: 10\r\n\r\nabc")},
      {"body_drips", post("Content-Length: 5000\r\n\r\n" + std::string(4999, 'x'))},
      {"chunks_stop", post("Transfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n")},
  };
  for (const auto& [name, octets] : cases) {
    SCOPED_TRACE(name);
    EXPECT_THAT(loop.await(drip(server.port(), octets)), StartsWith("HTTP/1.1 408 "));
  }
}

TEST(HttpServer, IdleConnectionsAreClosedWithoutAWord) {
  HttpLimits limits;
  limits.idle_timeout = milliseconds(10);
  Loop loop;
  TestServer server(loop, limits, nullptr, echo);
  EXPECT_EQ(loop.await(talk(server.port(), "")), "");
  const std::string answer = loop.await(talk(server.port(), get("/", "")));
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 200"));
  EXPECT_EQ(answer.find("HTTP/1.1", 1), std::string::npos);
}

TEST(HttpServer, ConnectionsBeyondTheCapAreClosed) {
  HttpLimits limits;
  limits.connections_max = 1;
  Loop loop;
  TestServer server(loop, limits, nullptr, echo);
  tcp::socket first = loop.await(dial(server.port()));
  EXPECT_EQ(loop.await(talk(server.port(), get("/"))), "");
  first.close();
  std::string answer;
  while (answer.empty()) answer = loop.await(talk(server.port(), get("/")));
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 200"));
}

TEST(HttpServer, RequestsBeyondTheCapAreToldToComeBack) {
  HttpLimits limits;
  limits.requests_in_flight_max = 1;
  Loop loop;
  Gate gate(loop);
  TestServer server(loop, limits, nullptr, gated(gate));
  std::string waited;
  asio::co_spawn(loop.io, talk(server.port(), get("/1")),
                 [&](std::exception_ptr, std::string text) { waited = std::move(text); });
  loop.until([&] { return gate.waiting == 1; });
  EXPECT_EQ(server.server->requests_in_flight(), 1u);
  const std::string refused = loop.await(talk(server.port(), get("/2")));
  EXPECT_THAT(refused, StartsWith("HTTP/1.1 503 "));
  EXPECT_THAT(refused, HasSubstr("Retry-After: 1\r\n"));
  EXPECT_THAT(refused, HasSubstr("application/problem+json"));
  gate.opened.cancel();
  loop.until([&] { return !waited.empty(); });
  EXPECT_THAT(waited, StartsWith("HTTP/1.1 200"));
  EXPECT_EQ(server.server->requests_in_flight(), 0u);
}

TEST(HttpServer, AHandlerThatThrowsIsA500) {
  Loop loop;
  TestServer server(loop, {}, nullptr, throws);
  const std::string answer = loop.await(talk(server.port(), get("/")));
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 500 "));
  EXPECT_THAT(answer, Not(HasSubstr("a bug")));
}

TEST(HttpServer, ExpectContinueIsInvited) {
  Loop loop;
  TestServer server(loop, {}, nullptr, echo);
  const std::string answer = loop.await(
      talk(server.port(),
           post("Connection: close\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\nabc")));
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK"));
}

TEST(HttpServer, HeadAndHttp10) {
  Loop loop;
  TestServer server(loop, {}, nullptr, echo);
  const std::string head =
      loop.await(talk(server.port(), "HEAD / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"));
  EXPECT_TRUE(head.ends_with("\r\n\r\n"));
  EXPECT_THAT(head, Not(HasSubstr("Content-Length: 0")));
  const std::string old = loop.await(talk(server.port(), "GET / HTTP/1.0\r\n\r\n"));
  EXPECT_THAT(old, HasSubstr("Connection: close\r\n"));
}

TEST(HttpServer, StopLetsRequestsFinishAndClosesTheIdle) {
  Loop loop;
  Gate gate(loop);
  TestServer server(loop, {}, nullptr, gated(gate));
  std::string waited;
  std::optional<std::string> idle;
  asio::co_spawn(loop.io, talk(server.port(), get("/1", "")),
                 [&](std::exception_ptr, std::string text) { waited = std::move(text); });
  asio::co_spawn(loop.io, talk(server.port(), ""),
                 [&](std::exception_ptr, std::string text) { idle = std::move(text); });
  loop.until([&] { return gate.waiting == 1; });
  server.server->stop(std::chrono::minutes(1));
  loop.until([&] { return idle.has_value(); });
  EXPECT_EQ(*idle, "");
  EXPECT_FALSE(server.ended);
  gate.opened.cancel();
  loop.until([&] { return server.ended; });
  loop.until([&] { return !waited.empty(); });
  EXPECT_THAT(waited, HasSubstr("Connection: close\r\n"));
  EXPECT_THAT(waited, HasSubstr("\"waited\""));
}

TEST(HttpServer, StopCutsAfterTheGrace) {
  Loop loop;
  Gate gate(loop);
  TestServer server(loop, {}, nullptr, gated(gate));
  std::optional<std::string> waited;
  asio::co_spawn(loop.io, talk(server.port(), get("/1")),
                 [&](std::exception_ptr, std::string text) { waited = std::move(text); });
  loop.until([&] { return gate.waiting == 1; });
  server.server->stop(milliseconds(10));
  loop.until([&] { return server.ended && waited.has_value(); });
  EXPECT_EQ(*waited, "");
  EXPECT_TRUE(gate.cancelled);
  EXPECT_EQ(server.server->requests_in_flight(), 0u);
}

TEST(HttpServer, ListensOnAnInheritedSocket) {
  Loop loop;
  tcp::acceptor opened(loop.io, tcp::endpoint(asio::ip::address_v4::loopback(), 0));
  const std::uint16_t port = opened.local_endpoint().port();
  HttpServer::Settings settings;
  settings.inherited_socket = opened.release();
  auto server = HttpServer::listen(loop.io.get_executor(), settings, nullptr, echo);
  ASSERT_TRUE(server);
  EXPECT_EQ((*server)->endpoint().port(), port);
  bool ended = false;
  asio::co_spawn(loop.io, (*server)->run(), [&](std::exception_ptr) { ended = true; });
  EXPECT_THAT(loop.await(talk(port, get("/"))), StartsWith("HTTP/1.1 200"));
  (*server)->stop(milliseconds(0));
  loop.until([&] { return ended; });
}

TEST(HttpServer, SaysWhereItCannotListen) {
  Loop loop;
  HttpServer::Settings settings;
  settings.endpoint = tcp::endpoint(asio::ip::make_address("192.0.2.1"), 8443);
  const auto taken = HttpServer::listen(loop.io.get_executor(), settings, nullptr, echo);
  ASSERT_FALSE(taken);
  EXPECT_EQ(taken.error().code, ErrorCode::configuration);
  EXPECT_THAT(describe(taken.error()), HasSubstr("address=192.0.2.1:8443"));
  settings.inherited_socket = 0;
  const auto inherited = HttpServer::listen(loop.io.get_executor(), settings, nullptr, echo);
  ASSERT_FALSE(inherited);
  EXPECT_EQ(inherited.error().code, ErrorCode::configuration);
}

}  // namespace
}  // namespace parallax::net
