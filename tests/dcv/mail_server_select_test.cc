// SPDX-License-Identifier: Apache-2.0
// The lookups behind the selection of a mail server, and what comes of them.
#include <map>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include "dcv/mail_server.h"
#include "dcv/mail_server_facts.h"

namespace parallax::dcv {
namespace {

using dns::LookupStatus;
using dns::RecordType;
using mail_test::answer;
using mail_test::kDomain;
using mail_test::mx;
using mail_test::name;
using Reason = ControlReason;

const std::string kV4("\xc0\x00\x02\x01", 4);
const std::string kV6(16, '\x20');

Task<void> select_into(std::optional<std::optional<Reason>>* out, dns::Resolver* resolver,
                       std::optional<names::DomainName> follow, Random* random,
                       ControlObservation* seen) {
  *out = co_await select_mail_server(resolver, name(kDomain), std::move(follow), random,
                                     Deadline::after(std::chrono::hours(1)), seen);
}

class SelectMailServer : public testing::Test {
 protected:
  std::optional<Reason> select(const char* follow = nullptr, std::uint64_t drawn = 0) {
    mail_test::FixedRandom random(drawn);
    boost::asio::io_context io;
    std::optional<std::optional<Reason>> out;
    const auto wanted = follow == nullptr ? std::nullopt : std::optional(name(follow));
    boost::asio::co_spawn(io, select_into(&out, &resolver_, wanted, &random, &seen_),
                          boost::asio::detached);
    io.run();
    draws_ = random.drawn;
    EXPECT_TRUE(out.has_value());
    return out.value_or(Reason::protocol_error);
  }
  void plan_mx(const std::vector<std::string>& rdata) {
    resolver_.plan(answer(kDomain, RecordType::mx, rdata));
  }
  void plan_host(std::string_view host, std::vector<std::string> v4, std::vector<std::string> v6) {
    resolver_.plan(answer(host, RecordType::a, v4));
    resolver_.plan(answer(host, RecordType::aaaa, v6));
  }
  [[nodiscard]] std::string chosen() const {
    return seen_.smtp_host ? seen_.smtp_host->text() : "";
  }

  mail_test::PlannedResolver resolver_;
  ControlObservation seen_;
  unsigned draws_ = 0;
};

TEST_F(SelectMailServer, AsksForTheHostsAddressesAndPutsEveryLookupDown) {
  plan_mx({mx(20, "b.example"), mx(10, "a.example")});
  plan_host("a.example", {kV4}, {kV6});
  EXPECT_EQ(select(), std::nullopt);
  EXPECT_EQ(chosen(), "a.example");
  EXPECT_EQ(seen_.equal_preference, 1U);
  EXPECT_EQ(draws_, 0U) << "nothing to choose";
  ASSERT_EQ(seen_.lookups.size(), 3U);
  EXPECT_EQ(seen_.lookups[0].purpose, "mx");
  EXPECT_EQ(seen_.lookups[0].name, kDomain);
  EXPECT_EQ(seen_.lookups[0].rdata.size(), 2U);
  EXPECT_EQ(seen_.lookups[1].purpose, "mx-address");
  EXPECT_EQ(seen_.lookups[1].name, "a.example");
  EXPECT_EQ(seen_.lookups[1].type, RecordType::a);
  EXPECT_EQ(seen_.lookups[2].type, RecordType::aaaa);
  EXPECT_EQ(resolver_.asked.size(), 3U) << "and nothing else was asked";
}

TEST_F(SelectMailServer, ChoosesAmongEqualsByWhatWasDrawn) {
  plan_mx({mx(10, "c.example"), mx(10, "a.example"), mx(10, "b.example"), mx(20, "d.example")});
  for (const char* host : {"a.example", "b.example", "c.example"}) plan_host(host, {kV4}, {});
  const std::pair<std::uint64_t, const char*> cases[] = {{0, "a.example"},
                                                         {1, "b.example"},
                                                         {2, "c.example"},
                                                         {3, "a.example"},
                                                         {3'000'000'001, "b.example"}};
  for (const auto& [drawn, host] : cases) {
    SCOPED_TRACE(drawn);
    seen_ = {};
    EXPECT_EQ(select(nullptr, drawn), std::nullopt);
    EXPECT_EQ(chosen(), host);
    EXPECT_EQ(seen_.equal_preference, 3U);
    EXPECT_EQ(draws_, 1U);
  }
}

TEST_F(SelectMailServer, ReachesEveryEqualWithTheSystemsGenerator) {
  plan_mx({mx(10, "a.example"), mx(10, "b.example")});
  for (const char* host : {"a.example", "b.example"}) plan_host(host, {kV4}, {});
  std::map<std::string, int> chosen_so;
  for (int i = 0; i < 128; ++i) {
    seen_ = {};
    ASSERT_EQ(select(nullptr, system_random().octets(1)[0] & 1), std::nullopt);
    ++chosen_so[chosen()];
  }
  EXPECT_EQ(chosen_so.size(), 2U);
}

TEST_F(SelectMailServer, TakesTheDomainItselfWhereThereIsNoMx) {
  plan_host(kDomain, {}, {kV6});
  EXPECT_EQ(select(), std::nullopt);
  EXPECT_EQ(chosen(), kDomain);
  EXPECT_EQ(seen_.equal_preference, 1U);
}

TEST_F(SelectMailServer, TakesTheEndOfTheAliasesWhereThereIsNoMx) {
  resolver_.plan(answer(kDomain, RecordType::mx, {}, {"end.example.net"}));
  plan_host("end.example.net", {kV4}, {});
  EXPECT_EQ(select(), std::nullopt);
  EXPECT_EQ(chosen(), "end.example.net");
}

TEST_F(SelectMailServer, FailsWhereTheMxLookupDoesAndAsksForNoAddress) {
  const struct {
    const char* name;
    dns::Lookup lookup;
    Reason reason;
  } cases[] = {
      {"NXDOMAIN", mail_test::nxdomain(kDomain, RecordType::mx), Reason::mail_server_unusable},
      {"SERVFAIL", mail_test::failed(kDomain, RecordType::mx, LookupStatus::failed),
       Reason::lookup_failed},
      {"timeout", mail_test::failed(kDomain, RecordType::mx, LookupStatus::timed_out),
       Reason::timed_out},
      {"bogus", mail_test::failed(kDomain, RecordType::mx, LookupStatus::bogus), Reason::bogus},
      {"null MX", answer(kDomain, RecordType::mx, {mx(0, "")}), Reason::mail_server_unusable},
      {"garbage", answer(kDomain, RecordType::mx, {"x"}), Reason::record_unusable},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    seen_ = {};
    resolver_.asked.clear();
    resolver_.plan(c.lookup);
    plan_host(kDomain, {kV4}, {kV6});
    EXPECT_EQ(select(), c.reason);
    EXPECT_FALSE(seen_.smtp_host);
    EXPECT_EQ(seen_.equal_preference, 0U);
    EXPECT_EQ(seen_.lookups.size(), 1U);
    EXPECT_EQ(resolver_.asked.size(), 1U) << "an implicit MX was tried";
  }
}

TEST_F(SelectMailServer, NeedsAHostWithAnAddressThatIsNoAlias) {
  const auto of = [](RecordType type, std::vector<std::string> rdata,
                     std::vector<std::string> aliases = {}) {
    return answer("a.example", type, rdata, std::move(aliases));
  };
  const auto down = [](RecordType type, LookupStatus status) {
    return mail_test::failed("a.example", type, status);
  };
  constexpr auto kA = RecordType::a;
  constexpr auto kAaaa = RecordType::aaaa;
  const struct {
    const char* name;
    dns::Lookup v4;
    dns::Lookup v6;
    std::optional<Reason> reason;
  } cases[] = {
      {"v4 alone", of(kA, {kV4}), of(kAaaa, {}), std::nullopt},
      {"v6 alone", of(kA, {}), of(kAaaa, {kV6}), std::nullopt},
      {"v4, and v6 not answered", of(kA, {kV4}), down(kAaaa, LookupStatus::failed), std::nullopt},
      {"v6, and v4 late", down(kA, LookupStatus::timed_out), of(kAaaa, {kV6}), std::nullopt},
      {"no address", of(kA, {}), of(kAaaa, {}), Reason::mail_server_unusable},
      {"no such host", mail_test::nxdomain("a.example", kA),
       mail_test::nxdomain("a.example", kAaaa), Reason::mail_server_unusable},
      {"an alias", of(kA, {kV4}, {"real.example"}), of(kAaaa, {}, {"real.example"}),
       Reason::mail_server_unusable},
      {"an alias that shows in one answer", of(kA, {kV4}), of(kAaaa, {kV6}, {"real.example"}),
       Reason::mail_server_unusable},
      {"an alias made by a DNAME, leading nowhere",
       mail_test::nxdomain("a.example", kA, {"a.real"}),
       mail_test::nxdomain("a.example", kAaaa, {"a.real"}), Reason::mail_server_unusable},
      {"v4 bogus", down(kA, LookupStatus::bogus), of(kAaaa, {kV6}), Reason::bogus},
      {"v6 bogus", of(kA, {kV4}), down(kAaaa, LookupStatus::bogus), Reason::bogus},
      {"neither answered", down(kA, LookupStatus::failed), down(kAaaa, LookupStatus::failed),
       Reason::lookup_failed},
      {"nothing at v4, v6 not answered", of(kA, {}), down(kAaaa, LookupStatus::failed),
       Reason::lookup_failed},
      {"nothing at v4, v6 late", of(kA, {}), down(kAaaa, LookupStatus::timed_out),
       Reason::timed_out},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    seen_ = {};
    plan_mx({mx(10, "a.example"), mx(20, "b.example")});
    plan_host("b.example", {kV4}, {kV6});
    resolver_.plan(c.v4);
    resolver_.plan(c.v6);
    EXPECT_EQ(select(), c.reason);
    EXPECT_EQ(chosen(), c.reason ? "" : "a.example") << "never the next preference";
    EXPECT_EQ(seen_.lookups.size(), 3U);
    EXPECT_EQ(seen_.equal_preference, 1U);
  }
}

TEST_F(SelectMailServer, ConfirmsThePrimarysChoiceWhereItCouldHaveMadeIt) {
  plan_mx({mx(10, "a.example"), mx(10, "b.example"), mx(20, "c.example")});
  for (const char* host : {"a.example", "b.example", "c.example"}) plan_host(host, {kV4}, {});
  for (const char* host : {"a.example", "b.example"}) {
    seen_ = {};
    EXPECT_EQ(select(host), std::nullopt);
    EXPECT_EQ(chosen(), host);
    EXPECT_EQ(seen_.equal_preference, 2U);
    EXPECT_EQ(draws_, 0U);
  }
  for (const char* host : {"c.example", "d.example", "example.com"}) {
    SCOPED_TRACE(host);
    seen_ = {};
    EXPECT_EQ(select(host), Reason::mail_server_unusable);
    EXPECT_FALSE(seen_.smtp_host);
    EXPECT_EQ(seen_.lookups.size(), 1U) << "nothing is asked about a host that is not its to use";
  }
}

TEST_F(SelectMailServer, ChecksTheHostItConfirms) {
  plan_mx({mx(10, "a.example")});
  EXPECT_EQ(select("a.example"), Reason::mail_server_unusable);
  EXPECT_FALSE(seen_.smtp_host);
}

TEST_F(SelectMailServer, TakesNoAnswerWithoutAVerdictWhereItValidates) {
  auto unproved_mx = answer(kDomain, RecordType::mx, {mx(10, "a.example")});
  unproved_mx.verdict = dns::Verdict::indeterminate;
  resolver_.plan(unproved_mx);
  plan_host("a.example", {kV4}, {});
  EXPECT_EQ(select(), Reason::lookup_failed);
  seen_ = {.validating = false};
  EXPECT_EQ(select(), std::nullopt);

  seen_ = {};
  plan_mx({mx(10, "a.example")});
  for (const auto type : {RecordType::a, RecordType::aaaa}) {
    auto unproved = answer("a.example", type, {type == RecordType::a ? kV4 : kV6});
    unproved.verdict = dns::Verdict::indeterminate;
    resolver_.plan(unproved);
  }
  EXPECT_EQ(select(), Reason::lookup_failed);
  seen_ = {.validating = false};
  EXPECT_EQ(select(), std::nullopt);
}

}  // namespace
}  // namespace parallax::dcv
