// SPDX-License-Identifier: Apache-2.0
// Both ends of the protocol over real mTLS, and servers that only look like a perspective.
#include <boost/asio/steady_timer.hpp>
#include <gmock/gmock.h>

#include "net/http_client.h"
#include "net/pki_dir.h"
#include "peer/peer_fixture.h"
#include "peer/remote_perspective.h"

namespace parallax::peer {
namespace {

using corroborate::NonCorroboration;
using net::Loop;
using net::TestServer;
using std::chrono::milliseconds;
using testing::HasSubstr;

class Channel : public testing::Test {
 protected:
  // Asks the server on `port` as a coordinator that expects eu-1 there.
  corroborate::PerspectiveReply ask(std::uint16_t port, milliseconds wait = net::kStuck,
                                    const std::string& as = "coordinator") {
    net::HttpClientSettings settings;
    settings.host = "127.0.0.1";
    settings.port = port;
    settings.verify_name = "eu-1";
    settings.response_bytes_max = 64 * 1024;
    const auto tls = net::make_client_tls(pki.files(as)).value();
    RemotePerspective remote("eu-1", test::signing_key().verifying_key(),
                             net::HttpClient::make(loop.io.get_executor(), settings, tls));
    return loop.await(remote.observe(test::request(), Deadline::after(wait)));
  }
  std::shared_ptr<net::TlsContext> server_tls(const std::string& name) {
    return net::make_server_tls(pki.files(name), net::ClientCertificates::required).value();
  }
  net::HttpHandler handler() {
    return [this](net::HttpRequest request) {
      return serve_observe(&stage.perspective, {{"coordinator"}}, std::move(request));
    };
  }

  Loop loop;
  net::PkiDir pki;
  test::PerspectiveStage stage{loop};
};

TEST_F(Channel, CarriesAnObservation) {
  TestServer server(loop, {}, server_tls("eu-1"), handler());
  const auto reply = ask(server.port());
  ASSERT_TRUE(reply) << reply.error().message;
  EXPECT_EQ(std::get<caa::CaaObservation>(reply->observation.seen).domain.text(), "example.com");
}

TEST_F(Channel, ACertificateForAnotherNameIsAnotherIdentity) {
  TestServer server(loop, {}, server_tls("ap-1"), handler());
  const auto reply = ask(server.port());
  ASSERT_FALSE(reply);
  EXPECT_EQ(reply.error().kind, NonCorroboration::wrong_identity) << reply.error().message;
}

TEST_F(Channel, ACertificateOfAnotherAuthorityIsAnotherIdentity) {
  net::PkiDir other("another CA");
  const auto tls = net::make_server_tls(other.files("eu-1"), net::ClientCertificates::none).value();
  TestServer server(loop, {}, tls, handler());
  const auto reply = ask(server.port());
  ASSERT_FALSE(reply);
  EXPECT_EQ(reply.error().kind, NonCorroboration::wrong_identity) << reply.error().message;
}

TEST_F(Channel, AnotherPerspectiveMayNotAsk) {
  TestServer server(loop, {}, server_tls("eu-1"), handler());
  const auto reply = ask(server.port(), net::kStuck, "ap-1");
  ASSERT_FALSE(reply);
  EXPECT_EQ(reply.error().kind, NonCorroboration::unreachable);
  EXPECT_THAT(reply.error().message, HasSubstr("403"));
}

TEST_F(Channel, AnAnswerSignedWithAnotherKeyIsABadSignature) {
  observe::Perspective impostor(loop.io.get_executor(), test::settings("eu-1"),
                                SigningKey::generate(),
                                observe::Senses{.resolver = &stage.resolver}, system_clock());
  TestServer server(loop, {}, server_tls("eu-1"), [&impostor](net::HttpRequest request) {
    return serve_observe(&impostor, {{"coordinator"}}, std::move(request));
  });
  const auto reply = ask(server.port());
  ASSERT_FALSE(reply);
  EXPECT_EQ(reply.error().kind, NonCorroboration::bad_signature);
}

Task<net::HttpResponse> answer_with(std::string body) {
  net::HttpResponse response;
  response.body = std::move(body);
  co_return response;
}

TEST_F(Channel, AnAnswerBeyondTheBoundIsNotRead) {
  TestServer server(loop, {}, server_tls("eu-1"), [](const net::HttpRequest&) {
    return answer_with(std::string(100 * 1024, '['));
  });
  const auto reply = ask(server.port());
  ASSERT_FALSE(reply);
  EXPECT_EQ(reply.error().kind, NonCorroboration::bad_signature) << reply.error().message;
}

Task<net::HttpResponse> hang(Loop* loop) {
  boost::asio::steady_timer forever(loop->io, boost::asio::steady_timer::time_point::max());
  co_await forever.async_wait(net::kTuple);
  co_return net::HttpResponse{};
}

TEST_F(Channel, AHungPerspectiveTimesOut) {
  TestServer server(loop, {}, server_tls("eu-1"),
                    [this](const net::HttpRequest&) { return hang(&loop); });
  const auto reply = ask(server.port(), milliseconds(100));
  ASSERT_FALSE(reply);
  EXPECT_EQ(reply.error().kind, NonCorroboration::timed_out);
}

// Accepts, reads a little, says `octets` and closes: no TLS at all.
Task<void> babble(boost::asio::ip::tcp::acceptor* acceptor, std::string octets) {
  for (;;) {
    auto [ec, socket] = co_await acceptor->async_accept(net::kTuple);
    if (ec) co_return;
    co_await boost::asio::async_write(socket, boost::asio::buffer(octets), net::kTuple);
  }
}

TEST_F(Channel, WhoDoesNotSpeakTlsIsNobody) {
  for (const std::string& octets :
       {std::string(), std::string("HTTP/1.1 200 OK\r\n\r\n"), std::string(4096, '\xff')}) {
    SCOPED_TRACE(octets.substr(0, 8));
    namespace ip = boost::asio::ip;
    ip::tcp::acceptor acceptor(loop.io, ip::tcp::endpoint(ip::address_v4::loopback(), 0));
    bool ended = false;
    boost::asio::co_spawn(loop.io, babble(&acceptor, octets),
                          [&ended](const std::exception_ptr&) { ended = true; });
    const auto reply = ask(acceptor.local_endpoint().port());
    ASSERT_FALSE(reply);
    EXPECT_TRUE(reply.error().kind == NonCorroboration::unreachable ||
                reply.error().kind == NonCorroboration::bad_signature ||
                reply.error().kind == NonCorroboration::wrong_identity)
        << to_string(reply.error().kind);
    acceptor.close();
    loop.until([&ended] { return ended; });
  }
}

}  // namespace
}  // namespace parallax::peer
