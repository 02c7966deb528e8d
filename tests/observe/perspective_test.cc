// SPDX-License-Identifier: Apache-2.0
// Which checks share a signature. The window is an hour: whoever waited for it would be stuck.
#include "observe/perspective.h"

#include <optional>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <gtest/gtest.h>

#include "caa/fake_resolver.h"
#include "dcv/methods_http_facts.h"

namespace parallax::observe {
namespace {

namespace asio = boost::asio;

// Both kinds of web server take the request and answer when the test says so.
class SlowClient final : public net::GuardedClient {
 public:
  explicit SlowClient(asio::io_context& io) : gate_(io, asio::steady_timer::time_point::max()) {}
  void answer() { gate_.cancel(); }

  Task<net::GuardedTrail> get(net::GuardedUrl url,
                              std::vector<std::pair<std::string, std::string>> /*headers*/,
                              Deadline /*deadline*/) override {
    co_await gate_.async_wait(asio::as_tuple(asio::use_awaitable));
    net::GuardedTrail trail;
    trail.hops.push_back({.url = std::move(url), .address = {}, .location = {}});
    trail.failure = net::GuardedFailure::timed_out;
    co_return trail;
  }
  Task<net::TlsSight> look_at_tls(net::Host /*host*/, std::string /*server_name*/,
                                  std::string /*alpn*/, Deadline /*deadline*/) override {
    co_await gate_.async_wait(asio::as_tuple(asio::use_awaitable));
    co_return net::TlsSight{.lookups = {},
                            .address = {},
                            .failure = net::GuardedFailure::timed_out,
                            .message = {},
                            .protocol = {},
                            .alpn = {},
                            .certificate = {}};
  }

 private:
  asio::steady_timer gate_;
};

PerspectiveSettings settings() {
  PerspectiveSettings out;
  out.code = "eu-1";
  out.software = "parallax/test";
  out.signing_window = std::chrono::hours(1);
  return out;
}

constexpr const char* kReverseName = "1.2.0.192.in-addr.arpa";
constexpr const char* kNameBehind = "host.example.com";

// http-01 at the name that the PTR of 192.0.2.1 gives.
dcv::ControlCheck behind_an_address() {
  return dcv::dns_test::check_of(
      rules::ControlMethod::reverse_lookup, dcv::dns_test::address("192.0.2.1"),
      dcv::ReverseValue{caa::test::name(kNameBehind),
                        dcv::NameControl{rules::ControlMethod::acme_http, dcv::http_test::acme()}});
}

dns::Lookup pointer() {
  dns::Lookup out = caa::test::blank({caa::test::name(kReverseName), dns::RecordType::ptr});
  out.status = dns::LookupStatus::answered;
  out.rcode = dns::Rcode::noerror;
  out.verdict = dns::Verdict::secure;
  out.records.push_back(
      {kReverseName, dns::RecordType::ptr, 300, dcv::dns_test::wire_name(kNameBehind)});
  return out;
}

Check caa(const std::string& domain) { return CaaCheck{caa::test::name(domain), false}; }

class PerspectiveTest : public testing::Test {
 protected:
  using Outcome = std::optional<Result<SignedObservation>>;

  void start(Check check, Outcome* outcome) {
    ObservationRequest request{"order-1", 1, "AAECAwQFBgcICQoLDA0ODw", std::move(check)};
    asio::co_spawn(io, keep(&perspective, std::move(request), outcome), asio::detached);
    settle();
  }
  static Task<void> keep(Perspective* perspective, ObservationRequest request, Outcome* outcome) {
    auto made =
        co_await perspective->observe(std::move(request), Deadline::after(std::chrono::hours(1)));
    outcome->emplace(std::move(made));
  }
  // A lookup that release() answers with a relevant set.
  void plan(const std::string& domain) {
    resolver.plan(domain, caa::test::found(domain, {caa::test::property("issue", "ca.example")}));
  }
  void settle() {
    io.restart();
    io.poll();
  }
  static void expect_signed_with(const Outcome& outcome, std::uint64_t size) {
    ASSERT_TRUE(outcome) << "it is still being waited for";
    ASSERT_TRUE(*outcome) << describe(outcome->error());
    EXPECT_EQ((*outcome)->statement.batch_size, size);
  }

  asio::io_context io{1};
  caa::test::FakeResolver resolver{io};
  SlowClient client{io};
  Perspective perspective{io.get_executor(), settings(), SigningKey::generate(),
                          Senses{.resolver = &resolver, .client = &client}, system_clock()};
};

TEST_F(PerspectiveTest, WhatIsReadyDoesNotWaitForSlowTargets) {
  const std::pair<const char*, dcv::ControlCheck> cases[] = {
      {"http", dcv::http_test::acme_check()},
      {"website", dcv::http_test::website_check()},
      {"tls_alpn", dcv::dns_test::check_of(rules::ControlMethod::acme_tls_alpn,
                                           dcv::http_test::name(dcv::http_test::kHost),
                                           dcv::TlsAlpnValue{std::string(32, 'd')})},
      {"name_behind_an_address", behind_an_address()},
  };
  resolver.plan(kReverseName, pointer());
  resolver.release_all();
  for (const auto& [name, slow_check] : cases) {
    SCOPED_TRACE(name);
    Outcome slow;
    Outcome quick;
    start(slow_check, &slow);
    start(caa("quick.example"), &quick);
    EXPECT_FALSE(slow);
    expect_signed_with(quick, 1);
    client.answer();
    settle();
    expect_signed_with(slow, 1);
  }
}

TEST_F(PerspectiveTest, ASlowTargetsStatementSharesWithThoseOfTheDns) {
  Outcome slow;
  Outcome dns;
  plan("dns.example");
  start(dcv::http_test::acme_check(), &slow);
  start(caa("dns.example"), &dns);
  client.answer();
  settle();
  EXPECT_FALSE(slow) << "the lookup is announced, and awaited";
  resolver.release("dns.example");
  settle();
  expect_signed_with(slow, 2);
  expect_signed_with(dns, 2);
}

TEST_F(PerspectiveTest, ChecksThatOnlyLookUpShareASignature) {
  Outcome first;
  Outcome second;
  plan("first.example");
  plan("second.example");
  start(caa("first.example"), &first);
  start(caa("second.example"), &second);
  resolver.release("first.example");
  settle();
  EXPECT_FALSE(first);
  resolver.release("second.example");
  settle();
  expect_signed_with(first, 2);
  expect_signed_with(second, 2);
}

}  // namespace
}  // namespace parallax::observe
