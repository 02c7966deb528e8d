// SPDX-License-Identifier: Apache-2.0
// Who may talk to whom: both sides of the mTLS channel, and what a client makes of each failure.
#include "net/tls.h"

#include <gmock/gmock.h>

#include "loop.h"
#include "net/http_client.h"
#include "pki_dir.h"

namespace parallax::net {
namespace {

using testing::HasSubstr;

Task<HttpResponse> who(HttpRequest request) {
  HttpResponse response;
  response.body = request.client ? request.client->subject_common_name + "|" +
                                       request.client->dns_names.at(0) + "|" +
                                       request.client->sha256_fingerprint
                                 : "nobody";
  co_return response;
}

HttpRequest get() {
  HttpRequest request;
  request.method = "GET";
  request.path = "/";
  return request;
}

class Tls : public testing::Test {
 protected:
  Result<HttpResponse> ask(std::uint16_t port, std::shared_ptr<TlsContext> tls,
                           const std::string& verify_name = "server") {
    HttpClientSettings settings;
    settings.host = "127.0.0.1";
    settings.port = port;
    settings.verify_name = verify_name;
    const auto client = HttpClient::make(loop.io.get_executor(), settings, std::move(tls));
    return loop.await(client->request(get(), Deadline::after(kStuck)));
  }
  std::shared_ptr<TlsContext> server_tls(ClientCertificates clients) {
    return make_server_tls(pki.files("server"), clients).value();
  }

  Loop loop;
  PkiDir pki;
  PkiDir other{"another CA"};
  static Validity past() {
    const Instant now = system_clock().now();
    return {now - std::chrono::days(2), now - std::chrono::days(1)};
  }
};

TEST_F(Tls, BothSidesAreKnown) {
  TestServer server(loop, {}, server_tls(ClientCertificates::required), who);
  const auto answer = ask(server.port(), make_client_tls(pki.files("client")).value());
  ASSERT_TRUE(answer) << describe(answer.error());
  EXPECT_THAT(answer->body, testing::MatchesRegex("client\\|client\\|[0-9a-f]{64}"));
}

TEST_F(Tls, ClientsThatARequiringServerTurnsAway) {
  TestServer server(loop, {}, server_tls(ClientCertificates::required), who);
  TlsFiles foreign = other.files("client");
  foreign.ca_file = pki.path("ca.pem");
  const std::pair<const char*, Result<std::shared_ptr<TlsContext>>> cases[] = {
      {"none", make_client_tls(pki.path("ca.pem"))},
      {"wrong_ca", make_client_tls(foreign)},
      {"expired", make_client_tls(pki.files("late", past()))},
  };
  for (const auto& [name, tls] : cases) {
    SCOPED_TRACE(name);
    const auto answer = ask(server.port(), tls.value());
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().code, ErrorCode::untrusted) << describe(answer.error());
  }
}

TEST_F(Tls, AnOptionalCertificateIsVerifiedIfShown) {
  TestServer server(loop, {}, server_tls(ClientCertificates::optional), who);
  EXPECT_EQ(ask(server.port(), make_client_tls(pki.path("ca.pem")).value())->body, "nobody");
  EXPECT_THAT(ask(server.port(), make_client_tls(pki.files("client")).value())->body,
              HasSubstr("client|client|"));
  TlsFiles foreign = other.files("client");
  foreign.ca_file = pki.path("ca.pem");
  const auto answer = ask(server.port(), make_client_tls(foreign).value());
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, ErrorCode::untrusted);
}

TEST_F(Tls, ServersThatAClientTurnsAway) {
  struct Case {
    const char* name;
    TlsFiles server;
    std::string ca;
    std::string verify_name;
    const char* reason;
  };
  const Case cases[] = {
      {"wrong_ca", pki.files("server"), other.path("ca.pem"), "server", "certificate"},
      {"wrong_name", pki.files("server"), pki.path("ca.pem"), "server-2", "ostname mismatch"},
      {"wrong_address", pki.files("server"), pki.path("ca.pem"), "127.0.0.1", "address mismatch"},
      {"expired", pki.files("late", past()), pki.path("ca.pem"), "late", "expired"},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.name);
    TestServer server(loop, {}, make_server_tls(c.server, ClientCertificates::none).value(), who);
    const auto answer = ask(server.port(), make_client_tls(c.ca).value(), c.verify_name);
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().code, ErrorCode::untrusted);
    EXPECT_THAT(answer.error().message, HasSubstr(c.reason));
  }
}

// The common name is for humans (RFC 9525): only a dNSName counts.
TEST_F(Tls, TheCommonNameProvesNothing) {
  const auto made = issue(pki.ca, "server", {"elsewhere"}, {}, 1).value();
  const TlsFiles files{pki.write("cn.pem", made.certificate_pem), pki.write("cn.key", made.key_pem),
                       ""};
  TestServer server(loop, {}, make_server_tls(files, ClientCertificates::none).value(), who);
  const auto answer = ask(server.port(), make_client_tls(pki.path("ca.pem")).value());
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, ErrorCode::untrusted);
}

TEST_F(Tls, ServersSurviveWhatIsNotTls) {
  TestServer server(loop, {}, server_tls(ClientCertificates::required), who);
  loop.await(talk(server.port(), "GET / HTTP/1.1\r\nHost: a\r\n\r\n"));
  loop.await(
      talk(server.port(), std::string("\x16\x03\x01\xff\xff\x01", 6) + std::string(70'000, 'x')));
  EXPECT_TRUE(ask(server.port(), make_client_tls(pki.files("client")).value()));
}

TEST_F(Tls, AHandshakeThatStallsIsCutOff) {
  HttpLimits limits;
  limits.handshake_timeout = std::chrono::milliseconds(10);
  TestServer server(loop, limits, server_tls(ClientCertificates::none), who);
  tcp::socket silent = loop.await(dial(server.port()));
  char octet = 0;
  bool closed = false;
  silent.async_read_some(asio::buffer(&octet, 1),
                         [&](boost::system::error_code ec, std::size_t) { closed = !!ec; });
  loop.until([&] { return closed; });
}

TEST_F(Tls, AClientOfAPlainServerIsTold) {
  TestServer server(loop, {}, nullptr, who);
  const auto answer = ask(server.port(), make_client_tls(pki.path("ca.pem")).value());
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, ErrorCode::malformed);
}

TEST_F(Tls, FilesThatCannotBeUsedAreNamed) {
  const TlsFiles good = pki.files("server");
  const std::string junk = pki.write("junk.pem", "junk");
  const auto other_key = other.files("server").key_file;
  const std::tuple<const char*, TlsFiles, std::string> cases[] = {
      {"no_certificate", {"/nonexistent.pem", good.key_file, good.ca_file}, "/nonexistent.pem"},
      {"junk_certificate", {junk, good.key_file, good.ca_file}, junk},
      {"junk_key", {good.certificate_file, junk, good.ca_file}, junk},
      {"other_key", {good.certificate_file, other_key, good.ca_file}, other_key},
      {"junk_ca", {good.certificate_file, good.key_file, junk}, junk},
  };
  for (const auto& [name, files, named] : cases) {
    SCOPED_TRACE(name);
    for (const auto& made :
         {make_server_tls(files, ClientCertificates::required), make_client_tls(files)}) {
      ASSERT_FALSE(made);
      EXPECT_EQ(made.error().code, ErrorCode::configuration);
      EXPECT_THAT(describe(made.error()), HasSubstr("file=" + named));
    }
  }
  const TlsFiles without_ca{good.certificate_file, good.key_file, ""};
  EXPECT_FALSE(make_server_tls(without_ca, ClientCertificates::required));
}

}  // namespace
}  // namespace parallax::net
