// SPDX-License-Identifier: Apache-2.0
// The guarded client over TLS: HTTPS without trust, ALPN, and what is no TLS at all.
#include "guarded_fixture.h"
#include "net/impl/guarded_tls.h"

namespace parallax::net {
namespace {

using namespace test;
using std::chrono::milliseconds;
using testing::ElementsAre;
using testing::HasSubstr;
using Failure = GuardedFailure;

constexpr milliseconds kSoon{20};
constexpr const char* kAcmeTls = "acme-tls/1";

class GuardedTls : public GuardedTest {
 protected:
  static Reply hello(const std::string& /*request*/) { return {ok("hello")}; }

  // A handshake with a.example offering acme-tls/1, to a site with this end.
  TlsSight acme(TlsEnd& end) {
    Site site(loop, hello, &end);
    serve(site, 443);
    return look(name("a.example"), "a.example", kAcmeTls);
  }

  PkiDir pki;
};

TEST_F(GuardedTls, HttpsWithoutTrust) {
  TlsEnd end(pki, "other.example", {"http/1.1"});  // wrong name, unknown CA
  Site site(loop, hello, &end);
  serve(site, 443);
  const GuardedTrail trail = get("https://a.example/x");
  EXPECT_EQ(trail.failure, Failure::none) << trail.message;
  EXPECT_EQ(trail.body, "hello");
  EXPECT_THAT(site.server_names, ElementsAre("a.example"));
  EXPECT_THAT(site.requests.at(0), HasSubstr("\r\nHost: a.example\r\n"));
}

TEST_F(GuardedTls, AnAddressIsNoServerName) {
  TlsEnd end(pki, "a.example", {});
  Site site(loop, hello, &end);
  serve(site, 443);
  EXPECT_EQ(get("https://127.0.0.1/").failure, Failure::none);
  EXPECT_THAT(site.server_names, ElementsAre(""));
}

TEST_F(GuardedTls, PlainRedirectsToTls) {
  TlsEnd end(pki, "a.example", {"http/1.1"});
  Site secure(loop, hello, &end);
  Site plain(loop, [](const std::string&) { return Reply{redirect("https://a.example/x")}; });
  serve(plain);
  serve(secure, 443);
  const GuardedTrail trail = get("http://a.example/x");
  EXPECT_EQ(trail.failure, Failure::none) << trail.message;
  EXPECT_EQ(trail.hops.size(), 2u);
  EXPECT_EQ(text_of(trail.hops[1].url), "https://a.example/x");
}

TEST_F(GuardedTls, ABodyUntilCloseNeedsNoCloseNotify) {
  TlsEnd end(pki, "a.example", {});
  Site site(loop, [](const std::string&) { return Reply{"HTTP/1.1 200 OK\r\n\r\nbody"}; }, &end);
  serve(site, 443);
  EXPECT_EQ(get("https://a.example/").body, "body");
}

TEST_F(GuardedTls, Http2OnlyServers) {
  TlsEnd strict(pki, "a.example", {"h2"});
  Site refusing(loop, hello, &strict);
  serve(refusing, 443);
  const GuardedTrail alert = get("https://a.example/");
  EXPECT_EQ(alert.failure, Failure::protocol_error);
  EXPECT_THAT(alert.message, HasSubstr("no_application_protocol"));
  EXPECT_THAT(alert.message, HasSubstr("HTTP/2 only"));

  TlsEnd loose(pki, "a.example", {});
  const std::string settings_frame("\0\0\0\x04\0\0\0\0\0", 9);
  Site framing(loop, [&](const std::string&) { return Reply{settings_frame}; }, &loose);
  serve(framing, 443);
  const GuardedTrail frames = get("https://a.example/");
  EXPECT_EQ(frames.failure, Failure::protocol_error);
  EXPECT_THAT(frames.message, HasSubstr("HTTP/2 only"));
}

TEST_F(GuardedTls, NoTlsOnTheTlsPort) {
  const std::pair<const char*, const char*> cases[] = {
      {"HTTP/1.1 400 Bad Request\r\n\r\n", "plain HTTP where TLS was expected"},
      {"220 mail.example ESMTP\r\n", "does not speak TLS"},
      {"SSH-2.0-x\r\n", "begins with \"SSH-2"},
      {"\x01\x02\x03\x04\x05\x06", "does not speak TLS"},
  };
  for (const auto& [octets, said] : cases) {
    SCOPED_TRACE(octets);
    const std::string answer = octets;
    Site site(loop, [&](const std::string&) { return Reply{answer}; });
    serve(site, 443);
    const GuardedTrail trail = get("https://a.example/");
    EXPECT_EQ(trail.failure, Failure::protocol_error);
    EXPECT_THAT(trail.message, HasSubstr(said));
    EXPECT_TRUE(trail.hops.at(0).address);
    const TlsSight sight = look(name("a.example"), "a.example", kAcmeTls);
    EXPECT_EQ(sight.failure, Failure::protocol_error);
    EXPECT_THAT(sight.message, HasSubstr(said));
    EXPECT_TRUE(sight.certificate.empty());
  }
}

TEST_F(GuardedTls, AHandshakeThatIsBrokenOff) {
  Site site(loop, [](const std::string&) { return Reply{}; });
  serve(site, 443);
  const GuardedTrail trail = get("https://a.example/");
  EXPECT_EQ(trail.failure, Failure::connection_failed) << trail.message;
  EXPECT_THAT(trail.message, HasSubstr("handshake"));
}

TEST_F(GuardedTls, ASilentServerTimesOut) {
  Site site(loop, hello);
  site.silent = true;
  serve(site, 443);
  settings.tls_timeout = kSoon;
  const GuardedTrail trail = get("https://a.example/");
  EXPECT_EQ(trail.failure, Failure::timed_out);
  EXPECT_THAT(trail.message, HasSubstr("did not finish the TLS handshake in time"));
  EXPECT_EQ(look(name("a.example"), "a.example", kAcmeTls).failure, Failure::timed_out);
}

TEST_F(GuardedTls, OldTlsIsNotSpoken) {
  TlsEnd end(pki, "a.example", {}, TLS1_1_VERSION);
  const TlsSight sight = acme(end);
  EXPECT_EQ(sight.failure, Failure::protocol_error);
  EXPECT_THAT(sight.message, HasSubstr("TLS 1.2"));
}

// A server that chose a field of ten thousand bits would hold the loop for a second.
TEST_F(GuardedTls, KeysAreNotAgreedOnOverFiniteFields) {
  TlsEnd end(pki, "a.example", {kAcmeTls}, TLS1_3_VERSION);
  end.insist_on_finite_fields();
  const TlsSight sight = acme(end);
  EXPECT_EQ(sight.failure, Failure::protocol_error);
  EXPECT_THAT(sight.message, HasSubstr("handshake"));

  const auto context = impl::make_guarded_context();
  ASSERT_TRUE(context);
  impl::TlsWitness witness;
  const auto ssl = impl::make_guarded_ssl(context.get(), "a.example", kAcmeTls, &witness).value();
  STACK_OF(SSL_CIPHER)* offered = SSL_get1_supported_ciphers(ssl.get());
  ASSERT_GT(sk_SSL_CIPHER_num(offered), 10);
  for (int i = 0; i < sk_SSL_CIPHER_num(offered); ++i) {
    const SSL_CIPHER* cipher = sk_SSL_CIPHER_value(offered, i);
    const int agreement = SSL_CIPHER_get_kx_nid(cipher);
    EXPECT_TRUE(agreement != NID_kx_dhe && agreement != NID_kx_dhe_psk)
        << SSL_CIPHER_get_name(cipher);
  }
  sk_SSL_CIPHER_free(offered);
}

TEST_F(GuardedTls, AcmeTlsIsNegotiated) {
  const std::pair<int, const char*> versions[] = {{TLS1_2_VERSION, "TLSv1.2"},
                                                  {TLS1_3_VERSION, "TLSv1.3"}};
  for (const auto& [version, expected] : versions) {
    SCOPED_TRACE(expected);
    TlsEnd end(pki, "a.example", {kAcmeTls}, version);
    const TlsSight sight = acme(end);
    EXPECT_EQ(sight.failure, Failure::none) << sight.message;
    EXPECT_EQ(sight.protocol, expected);
    EXPECT_EQ(sight.alpn, kAcmeTls);
    EXPECT_EQ(sight.address, ip("127.0.0.1"));
    EXPECT_EQ(sight.lookups.size(), 2u);
    const auto* der = reinterpret_cast<const unsigned char*>(sight.certificate.data());
    const impl::CertificatePtr parsed(
        d2i_X509(nullptr, &der, static_cast<long>(sight.certificate.size())));
    ASSERT_TRUE(parsed);
    EXPECT_EQ(X509_check_host(parsed.get(), "a.example", 0, 0, nullptr), 1);
  }
}

TEST_F(GuardedTls, NoAlpnIsSeenAsNone) {
  TlsEnd end(pki, "a.example", {});
  const TlsSight sight = acme(end);
  EXPECT_EQ(sight.failure, Failure::none) << sight.message;
  EXPECT_EQ(sight.alpn, "");
  EXPECT_FALSE(sight.certificate.empty());
}

TEST_F(GuardedTls, ARefusedAlpnIsSaid) {
  TlsEnd end(pki, "a.example", {"h2", "http/1.1"});
  const TlsSight sight = acme(end);
  EXPECT_EQ(sight.failure, Failure::protocol_error);
  EXPECT_THAT(sight.message, HasSubstr("refuses the ALPN protocol \"acme-tls/1\""));
  EXPECT_THAT(sight.message, testing::Not(HasSubstr("HTTP/2")));
  EXPECT_TRUE(sight.certificate.empty());
}

TEST_F(GuardedTls, AnAddressIsLookedAtUnderItsReverseName) {
  TlsEnd end(pki, "a.example", {kAcmeTls});
  Site site(loop, hello, &end);
  serve(site, 443);
  const TlsSight sight = look(ip("127.0.0.1"), "1.0.0.127.in-addr.arpa", kAcmeTls);
  EXPECT_EQ(sight.failure, Failure::none) << sight.message;
  EXPECT_TRUE(sight.lookups.empty());
  loop.until([&] { return !site.server_names.empty(); });
  EXPECT_THAT(site.server_names, ElementsAre("1.0.0.127.in-addr.arpa"));
}

TEST_F(GuardedTls, WhatCannotBeSentIsNot) {
  TlsEnd end(pki, "a.example", {});
  Site site(loop, hello, &end);
  serve(site, 443);
  const std::string long_text(256, 'x');
  EXPECT_EQ(look(name("a.example"), long_text, kAcmeTls).failure, Failure::protocol_error);
  EXPECT_EQ(look(name("a.example"), "a.example", long_text).failure, Failure::protocol_error);
  EXPECT_EQ(look(name("a.example"), std::string("a\0b", 3), "x").failure, Failure::protocol_error);
  EXPECT_EQ(look(name("a.example"), "", "").failure, Failure::none);
}

TEST_F(GuardedTls, TargetsOfALookAreCheckedToo) {
  EXPECT_EQ(look(name("none.example"), "x", "y").failure, Failure::lookup_failed);
  resolver.fails("a.example", dns::RecordType::aaaa, dns::LookupStatus::bogus);
  EXPECT_EQ(look(name("a.example"), "x", "y").failure, Failure::bogus);
  settings.lab_ports[443] = 1;
  EXPECT_EQ(look(ip("127.0.0.2"), "x", "y").failure, Failure::connection_failed);
  settings.lab = false;
  const TlsSight sight = look(ip("127.0.0.1"), "x", "y");
  EXPECT_EQ(sight.failure, Failure::address_refused);
  EXPECT_FALSE(sight.address);
}

}  // namespace
}  // namespace parallax::net
