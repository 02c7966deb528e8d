// SPDX-License-Identifier: Apache-2.0
// What one client, and all of them together, can make a server hold before it knows who they are.
#include <gmock/gmock.h>

#include "loop.h"
#include "net/http_client.h"
#include "net/impl/server_connection.h"
#include "net/tls.h"
#include "pki_dir.h"

namespace parallax::net {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

const std::string kGet = "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";

std::string post_head(std::size_t body_size) {
  return "POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: " +
         std::to_string(body_size) + "\r\n\r\n";
}

Task<HttpResponse> tell_size(HttpRequest request) {
  HttpResponse response;
  response.body = std::to_string(request.body.size());
  co_return response;
}

Task<tcp::socket> send_part(std::uint16_t port, std::string octets) {
  tcp::socket socket = co_await dial(port);
  co_await asio::async_write(socket, asio::buffer(octets), kTuple);
  co_return socket;
}

Task<std::string> send_rest(tcp::socket* socket, std::string octets) {
  co_await asio::async_write(*socket, asio::buffer(octets), kTuple);
  std::string answer;
  co_await asio::async_read(*socket, asio::dynamic_buffer(answer), kTuple);
  co_return answer;
}

TEST(HttpServerBounds, ConnectionsOfOneClientBeyondTheCapAreClosed) {
  HttpLimits limits;
  limits.connections_per_client_max = 2;
  Loop loop;
  TestServer server(loop, limits, nullptr, tell_size);
  tcp::socket first = loop.await(dial(server.port()));
  tcp::socket second = loop.await(dial(server.port()));
  EXPECT_EQ(loop.await(talk(server.port(), kGet)), "");
  first.close();
  std::string answer;
  while (answer.empty()) answer = loop.await(talk(server.port(), kGet));
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 200"));
}

Task<Result<HttpResponse>> ask(HttpClient* client) {
  HttpRequest request;
  request.method = "GET";
  request.path = "/";
  return client->request(std::move(request), Deadline::after(kStuck));
}

// A client that has shown a certificate leaves its place to others, without one it keeps it.
TEST(HttpServerBounds, AVerifiedCertificateDoesNotCount) {
  PkiDir pki;
  HttpLimits limits;
  limits.connections_per_client_max = 1;
  for (const bool certified : {true, false}) {
    SCOPED_TRACE(certified ? "certified" : "stranger");
    Loop loop;
    TestServer server(loop, limits,
                      make_server_tls(pki.files("server"), ClientCertificates::optional).value(),
                      tell_size);
    HttpClientSettings settings;
    settings.host = "127.0.0.1";
    settings.port = server.port();
    settings.verify_name = "server";
    const auto tls = certified ? make_client_tls(pki.files("coordinator")).value()
                               : make_client_tls(pki.path("ca.pem")).value();
    const auto first = HttpClient::make(loop.io.get_executor(), settings, tls);
    const auto second = HttpClient::make(loop.io.get_executor(), settings, tls);
    const auto answered = loop.await(ask(first.get()));
    ASSERT_TRUE(answered) << describe(answered.error());
    EXPECT_EQ(loop.await(ask(second.get())).has_value(), certified);
    first->close();
    second->close();
  }
}

TEST(HttpServerBounds, AllMessagesTogetherAreBounded) {
  constexpr std::size_t kBody = 40'000;
  HttpLimits limits;
  limits.messages_bytes_max = 60'000;
  Loop loop;
  TestServer server(loop, limits, nullptr, tell_size);
  const std::string most(kBody - 1, 'x');
  tcp::socket slow = loop.await(send_part(server.port(), post_head(kBody) + most));
  // Until the server has read it, the next one might still find room.
  std::string refused;
  while (!refused.starts_with("HTTP/1.1 503"))
    refused = loop.await(talk(server.port(), post_head(kBody) + most + "x"));
  EXPECT_THAT(refused, HasSubstr("Retry-After: 1\r\n"));
  EXPECT_THAT(refused, HasSubstr("Connection: close\r\n"));
  EXPECT_THAT(refused, HasSubstr("too many octets"));
  EXPECT_THAT(loop.await(talk(server.port(), kGet)), StartsWith("HTTP/1.1 200"))
      << "small ones fit";
  EXPECT_THAT(loop.await(send_rest(&slow, "x")), HasSubstr("\r\n\r\n40000"));
  std::string answer;  // once the refused connections have ended, there is room again
  while (!answer.starts_with("HTTP/1.1 200"))
    answer = loop.await(talk(server.port(), post_head(kBody) + most + "x"));
}

TEST(HttpServerBounds, ErrorsAreWrittenAsTheOwnerOfTheServerSays) {
  Loop loop;
  HttpServer::Settings settings;
  settings.endpoint = tcp::endpoint(asio::ip::address_v4::loopback(), 0);
  settings.problem = [](unsigned status, std::string detail) {
    HttpResponse response;
    response.status = status;
    response.body = "mine: " + detail;
    return response;
  };
  auto server = HttpServer::listen(loop.io.get_executor(), settings, nullptr, tell_size).value();
  bool ended = false;
  asio::co_spawn(loop.io, server->run(), [&](std::exception_ptr) { ended = true; });
  const std::string answer =
      loop.await(talk(server->endpoint().port(), post_head(HttpLimits{}.body_bytes_max + 1)));
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 413"));
  EXPECT_THAT(answer, HasSubstr("mine: the body is larger than 262144 octets"));
  server->stop(std::chrono::milliseconds(0));
  loop.until([&] { return ended; });
}

TEST(ConnectionShare, CountsByIpv4AddressAndByIpv6Network) {
  struct Case {
    const char* name;
    const char* one;
    const char* other;
    bool same;
  };
  const Case cases[] = {
      {"ipv4", "192.0.2.1", "192.0.2.1", true},
      {"ipv4_neighbours", "192.0.2.1", "192.0.2.2", false},
      {"ipv6_host", "2001:db8::1", "2001:db8::1", true},
      {"ipv6_of_one_64", "2001:db8:0:1::1", "2001:db8:0:1:ffff::2", true},
      {"ipv6_neighbours", "2001:db8:0:1::1", "2001:db8:0:2::1", false},
      {"one_of_each", "192.0.2.1", "2001:db8::1", false},
  };
  const auto state = std::make_shared<impl::ServerState>();
  for (const Case& c : cases) {
    SCOPED_TRACE(c.name);
    const auto one = asio::ip::make_address(c.one);
    const auto other = asio::ip::make_address(c.other);
    const impl::ConnectionShare share(state, one);
    EXPECT_EQ(state->connections_of(one), 1u);
    EXPECT_EQ(state->connections_of(other), c.same ? 1u : 0u);
    const impl::ConnectionShare another(state, other);
    EXPECT_EQ(state->connections_of(one), c.same ? 2u : 1u);
  }
  EXPECT_TRUE(state->connections.empty()) << "nothing is kept of who has gone";
}

}  // namespace
}  // namespace parallax::net
