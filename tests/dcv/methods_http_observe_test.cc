// SPDX-License-Identifier: Apache-2.0
// What the HTTP and TLS methods ask of the guarded client, and how they put down what it brings.
#include <gtest/gtest.h>

#include "base/crypto.h"
#include "dcv/methods_http_facts.h"

namespace parallax::dcv {
namespace {

using http_test::FakeClient;
using http_test::kHost;
using http_test::kRandomValue;
using net::GuardedFailure;

ControlObservation observe(const ControlCheck& check, FakeClient& client) {
  boost::asio::io_context io;
  ControlObservation out;
  const Instruments instruments{.resolver = nullptr, .client = &client};
  boost::asio::co_spawn(io,
                        find_method(check.method)
                            ->observe(&check, check.applied_for, instruments,
                                      Deadline::after(std::chrono::hours(1)), &out),
                        boost::asio::detached);
  io.run();
  return out;
}

net::GuardedTrail trail(std::string body) {
  net::GuardedUrl url{.host = http_test::name(kHost)};
  url.target = "/.well-known/pki-validation/file.txt";
  net::GuardedTrail out{.hops = {}, .lookups = {}, .message = {}, .body = std::move(body)};
  out.hops.push_back({std::move(url), http_test::address(http_test::kAddress), 200, {}});
  out.lookups.push_back(http_test::lookup_of(kHost, http_test::kAddress));
  return out;
}

TEST(HttpMethods, AskForTheDocumentAndReportIt) {
  FakeClient client;
  client.trail = trail(std::string(kRandomValue));
  auto value = http_test::website();
  value.headers = {{"X-Request-Id", "7"}};
  const auto check = http_test::website_check(value);
  const auto seen = observe(check, client);
  ASSERT_EQ(client.urls.size(), 1U);
  EXPECT_EQ(net::text_of(client.urls[0]),
            "http://www.example.com/.well-known/pki-validation/file.txt");
  EXPECT_EQ(client.headers_sent, value.headers);
  ASSERT_TRUE(seen.http);
  EXPECT_EQ(seen.http->body, kRandomValue);
  EXPECT_EQ(seen.lookups.at(0).purpose, "address");
  const auto made = assess(seen, check, http_test::kNow);
  EXPECT_EQ(made.outcome, ControlOutcome::shown) << made.explanation;
  EXPECT_EQ(made.challenge_information,
            std::string("www.example.com ") + std::string(kRandomValue));
}

TEST(HttpMethods, AskByHttpsOnPort443) {
  FakeClient client;
  client.trail = trail("x");
  auto value = http_test::website();
  value.scheme = Scheme::https;
  const auto seen = observe(http_test::website_check(value), client);
  EXPECT_TRUE(client.urls.at(0).https);
  EXPECT_EQ(client.urls.at(0).port, 443);
}

struct Excerpt {
  const char* name;
  std::string body;
  ControlOutcome outcome;
};

// What is kept of a body is judged as the whole is, and is small whatever the server sends.
TEST(HttpMethods, KeepOfABodyWhatJudgingNeeds) {
  const std::string value(kRandomValue);
  const std::string filler(60'000, 'x');
  const Excerpt cases[] = {
      {"the value alone", value, ControlOutcome::shown},
      {"at the beginning", value + filler, ControlOutcome::shown},
      {"in the middle", filler.substr(0, 30'000) + value + filler.substr(0, 30'000),
       ControlOutcome::shown},
      {"at the end", filler + value, ControlOutcome::shown},
      {"nowhere", filler, ControlOutcome::not_shown},
      {"cut at the end", filler + value.substr(1), ControlOutcome::not_shown},
  };
  const auto check = http_test::website_check();
  for (const auto& each : cases) {
    SCOPED_TRACE(each.name);
    FakeClient client;
    client.trail = trail(each.body);
    const auto seen = observe(check, client);
    EXPECT_LE(seen.http->body.size(), 2048U);
    EXPECT_EQ(seen.http->body_size(), each.body.size());
    EXPECT_EQ(seen.http->body, each.body.substr(seen.http->body_before, seen.http->body.size()));
    EXPECT_EQ(seen.http->body_sha256, sha256(each.body));
    EXPECT_FALSE(seen.http->body_truncated);
    const auto made = assess(seen, check, http_test::kNow);
    EXPECT_EQ(made.outcome, each.outcome) << made.explanation;
    EXPECT_NE(made.explanation.find(made.outcome == ControlOutcome::shown
                                        ? "found it"
                                        : std::to_string(each.body.size())),
              std::string::npos)
        << made.explanation;
  }
}

TEST(HttpMethods, KeepTheLongestValueWhole) {
  auto value = http_test::website();
  value.value = std::string(kChallengeSizeMax, 'v');
  FakeClient client;
  client.trail = trail(std::string(30'000, 'x') + value.value + std::string(30'000, 'x'));
  const auto check = http_test::website_check(value);
  const auto seen = observe(check, client);
  EXPECT_LE(seen.http->body.size(), kSeenBodyMax);
  EXPECT_EQ(assess(seen, check, http_test::kNow).outcome, ControlOutcome::shown);
}

TEST(HttpMethods, ReadNoFurtherThanTheirBound) {
  FakeClient client;
  client.trail = trail(std::string(kSeenBodyReadMax + 1, 'x'));
  const auto seen = observe(http_test::website_check(), client);
  EXPECT_EQ(seen.http->body_size(), kSeenBodyReadMax);
  EXPECT_TRUE(seen.http->body_truncated);
}

// A key authorization stands alone: of a longer document, no part is one.
TEST(HttpMethods, TakeNoExcerptForAKeyAuthorization) {
  const std::string value(http_test::kKeyAuthorization);
  for (const std::string& body :
       {value + std::string(60'000, 'x'), std::string(60'000, 'x') + value,
        value + std::string(30'000, ' ') + 'x', std::string(60'000, ' ')}) {
    FakeClient client;
    client.trail = trail(body);
    client.trail->hops[0].url.target = http_test::acme().path;
    const auto seen = observe(http_test::acme_check(), client);
    const auto made = assess(seen, http_test::acme_check(), http_test::kNow);
    EXPECT_EQ(made.reason, ControlReason::challenge_differs) << made.explanation;
  }
}

TEST(HttpMethods, KeepAtMostTheBoundOfLookupsAndHops) {
  FakeClient client;
  client.trail = trail("x");
  client.trail->lookups.assign(1000, client.trail->lookups[0]);
  client.trail->hops.assign(100, client.trail->hops[0]);
  const auto seen = observe(http_test::website_check(), client);
  EXPECT_EQ(seen.lookups.size(), kSeenLookupsMax);
  EXPECT_EQ(seen.http->hops.size(), kSeenHopsMax);
}

TEST(HttpMethods, ReportAFailureAtTheLastHop) {
  FakeClient client;
  client.trail = trail("");
  client.trail->hops[0].address.reset();
  client.trail->hops[0].status = 0;
  client.trail->failure = GuardedFailure::timed_out;
  client.trail->message = "no answer\r\nin time";
  const auto seen = observe(http_test::website_check(), client);
  EXPECT_EQ(seen.http->hops[0].failure, GuardedFailure::timed_out);
  EXPECT_EQ(seen.http->hops[0].message, "no answer\\x0d\\x0ain time");
  EXPECT_EQ(seen.http->hops[0].address, "");
  EXPECT_EQ(seen.http->hops[0].status, 0U);
}

ControlCheck alpn_check(Target target) {
  return dns_test::check_of(rules::ControlMethod::acme_tls_alpn, std::move(target),
                            TlsAlpnValue{std::string(32, 'd')});
}

TEST(AcmeTlsAlpn, AsksUnderTheNameOfTheTarget) {
  const std::pair<Target, const char*> cases[] = {
      {http_test::name(kHost), "www.example.com"},
      {http_test::address("203.0.113.7"), "7.113.0.203.in-addr.arpa"},
      {http_test::address("2001:db8::1"),
       "1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa"},
  };
  for (const auto& [target, server_name] : cases) {
    SCOPED_TRACE(server_name);
    FakeClient client;
    client.sight = net::TlsSight{.lookups = {},
                                 .address = http_test::address("203.0.113.7"),
                                 .message = {},
                                 .protocol = "TLSv1.3",
                                 .alpn = "acme-tls/1",
                                 .certificate = "der"};
    const auto seen = observe(alpn_check(target), client);
    EXPECT_EQ(client.server_name, server_name);
    EXPECT_EQ(client.alpn, "acme-tls/1");
    EXPECT_EQ(client.host_asked, target);
    ASSERT_TRUE(seen.tls);
    EXPECT_EQ(seen.tls->server_name, server_name);
    EXPECT_EQ(seen.tls->address, "203.0.113.7");
    EXPECT_EQ(seen.tls->certificate, "der");
    EXPECT_EQ(seen.tls->failure, GuardedFailure::none);
  }
}

TEST(AcmeTlsAlpn, KeepsNoHugeCertificate) {
  FakeClient client;
  client.sight.emplace();
  client.sight->certificate = std::string(kSeenCertificateMax + 1, 'x');
  const auto seen = observe(alpn_check(http_test::name(kHost)), client);
  EXPECT_EQ(seen.tls->certificate, "");
  EXPECT_EQ(seen.tls->failure, GuardedFailure::protocol_error);
}

}  // namespace
}  // namespace parallax::dcv
