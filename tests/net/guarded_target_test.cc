// SPDX-License-Identifier: Apache-2.0
// Where the guarded client connects to, and where it does not: lookups, addresses, families.
#include "guarded_fixture.h"

namespace parallax::net {
namespace {

using namespace test;
using dns::LookupStatus;
using dns::RecordType;
using std::chrono::milliseconds;
using testing::HasSubstr;
using Failure = GuardedFailure;

constexpr milliseconds kSoon{20};

class GuardedTarget : public GuardedTest {
 protected:
  GuardedTarget() { serve(site); }
  Site site{loop, [](const std::string&) { return Reply{ok("v4")}; }};
};

TEST_F(GuardedTarget, LookupsThatFail) {
  struct Case {
    const char* name;
    std::vector<std::string> addresses;
    std::optional<LookupStatus> a;
    std::optional<LookupStatus> aaaa;
    Failure failure;
    const char* said;
  };
  const auto bogus = LookupStatus::bogus;
  const auto failed = LookupStatus::failed;
  const auto timed_out = LookupStatus::timed_out;
  const Case cases[] = {
      {"no_address", {}, {}, {}, Failure::lookup_failed, "no record"},
      {"both_failed", {}, failed, failed, Failure::lookup_failed, "failed (planned)"},
      {"both_timed_out", {}, timed_out, timed_out, Failure::lookup_failed, "timed"},
      {"a_failed_no_aaaa", {}, failed, {}, Failure::lookup_failed, "A: failed"},
      {"aaaa_failed_no_a", {}, {}, failed, Failure::lookup_failed, "AAAA: failed"},
      {"aaaa_failed_a_good", {"127.0.0.1"}, {}, failed, Failure::lookup_failed, "A: answered"},
      {"a_bogus", {"127.0.0.1"}, bogus, {}, Failure::bogus, "DNSSEC validation"},
      {"a_good_aaaa_bogus", {"127.0.0.1"}, {}, bogus, Failure::bogus, "AAAA: bogus (planned)"},
      {"aaaa_good_a_bogus", {"::1"}, bogus, {}, Failure::bogus, "A: bogus"},
      {"both_bogus", {}, bogus, bogus, Failure::bogus, "t.example"},
      {"data_of_a_failure_is_not_used", {"127.0.0.1"}, failed, {}, Failure::lookup_failed, "A:"},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.name);
    resolver.has("t.example", c.addresses);
    if (c.a) resolver.fails("t.example", RecordType::a, *c.a);
    if (c.aaaa) resolver.fails("t.example", RecordType::aaaa, *c.aaaa);
    const std::size_t before = site.connections;
    const GuardedTrail trail = get("http://t.example/");
    EXPECT_EQ(trail.failure, c.failure) << trail.message;
    EXPECT_THAT(trail.message, HasSubstr(c.said));
    ASSERT_EQ(trail.lookups.size(), 2u);
    EXPECT_EQ(trail.lookups[0].question.type, RecordType::a);
    EXPECT_EQ(trail.lookups[0].status, c.a.value_or(LookupStatus::answered));
    EXPECT_EQ(trail.lookups[1].status, c.aaaa.value_or(LookupStatus::answered));
    EXPECT_EQ(site.connections - before, c.failure == Failure::none ? 1u : 0u);
    ASSERT_EQ(trail.hops.size(), 1u);
    EXPECT_EQ(trail.hops[0].address.has_value(), c.failure == Failure::none);
  }
}

// In a signed zone one of two answers kept back may hide what the zone says; nothing is sent then.
TEST_F(GuardedTarget, AFamilyThatFailsBesideAnAnswer) {
  struct Case {
    const char* name;
    const char* address;
    RecordType lost;
    LookupStatus how;
    dns::Verdict verdict;
    Failure failure;
  };
  using enum dns::Verdict;
  const auto a = RecordType::a;
  const auto aaaa = RecordType::aaaa;
  const auto failed = LookupStatus::failed;
  const auto timed_out = LookupStatus::timed_out;
  const Case cases[] = {
      {"secure_a_aaaa_failed", "127.0.0.1", aaaa, failed, secure, Failure::lookup_failed},
      {"secure_a_aaaa_timed_out", "127.0.0.1", aaaa, timed_out, secure, Failure::lookup_failed},
      {"secure_aaaa_a_failed", "::1", a, failed, secure, Failure::lookup_failed},
      {"insecure_a_aaaa_failed", "127.0.0.1", aaaa, failed, insecure, Failure::none},
      {"insecure_a_aaaa_timed_out", "127.0.0.1", aaaa, timed_out, insecure, Failure::none},
      {"a_without_verdict_aaaa_failed", "127.0.0.1", aaaa, failed, indeterminate, Failure::none},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.name);
    resolver.has("t.example", {c.address});
    resolver.fails("t.example", c.lost, c.how);
    resolver.judged("t.example", c.verdict);
    const std::size_t before = site.connections;
    const GuardedTrail trail = get("http://t.example/");
    EXPECT_EQ(trail.failure, c.failure) << trail.message;
    EXPECT_EQ(site.connections - before, c.failure == Failure::none ? 1u : 0u);
    if (c.failure != Failure::none) EXPECT_THAT(trail.message, HasSubstr("signed zone"));
  }
}

TEST_F(GuardedTarget, ANameThatDoesNotExist) {
  const GuardedTrail trail = get("http://none.example/");
  EXPECT_EQ(trail.failure, Failure::lookup_failed);
  EXPECT_THAT(trail.message, HasSubstr("none.example was found: A: the name does not exist"));
}

TEST_F(GuardedTarget, LookupsRunSideBySideUnderOneDeadline) {
  resolver.has("t.example", {"127.0.0.1"});
  resolver.judged("t.example", dns::Verdict::insecure);
  resolver.hangs("t.example", RecordType::aaaa);
  settings.lookup_timeout = kSoon;
  const GuardedTrail one = get("http://t.example/");
  EXPECT_EQ(one.failure, Failure::none) << one.message;
  EXPECT_EQ(one.lookups.at(1).status, LookupStatus::timed_out);
  resolver.hangs("t.example", RecordType::a);
  const GuardedTrail none = get("http://t.example/");
  EXPECT_EQ(none.failure, Failure::lookup_failed);
  EXPECT_EQ(none.lookups.size(), 2u);
  EXPECT_EQ(resolver.hanging_now, 0u);
}

TEST_F(GuardedTarget, MalformedAddressRecordsAreNoAddresses) {
  for (const std::size_t size : {0, 3, 5, 15, 16, 17}) {
    SCOPED_TRACE(size);
    resolver.answers("t.example", RecordType::a, std::string(size, '\1'));
    resolver.answers("t.example", RecordType::aaaa, std::string(size == 16 ? 4 : size, '\1'));
    EXPECT_EQ(get("http://t.example/").failure, Failure::lookup_failed);
  }
}

TEST_F(GuardedTarget, AddressesNeedNoLookup) {
  const GuardedTrail trail = get("http://127.0.0.1/");
  EXPECT_EQ(trail.failure, Failure::none) << trail.message;
  EXPECT_TRUE(trail.lookups.empty());
  EXPECT_THAT(site.requests.at(0), HasSubstr("\r\nHost: 127.0.0.1\r\n"));
}

TEST_F(GuardedTarget, OutsideTheLabLoopbackIsRefused) {
  settings.lab = false;
  for (const char* from : {"http://127.0.0.1/", "http://a.example/", "http://[::1]/",
                           "http://[::ffff:127.0.0.1]/", "http://[64:ff9b::7f00:1]/"}) {
    SCOPED_TRACE(from);
    const GuardedTrail trail = get(from);
    EXPECT_EQ(trail.failure, Failure::address_refused);
    EXPECT_THAT(trail.message, HasSubstr("is reserved"));
    EXPECT_FALSE(trail.hops.at(0).address);
  }
  EXPECT_EQ(site.connections, 0u);
}

TEST_F(GuardedTarget, OwnNetworksAreRefusedAndOthersStillUsed) {
  settings.own_networks.push_back({ip("127.0.0.3"), 32});
  resolver.has("t.example", {"127.0.0.3"});
  EXPECT_EQ(get("http://t.example/").failure, Failure::address_refused);
  EXPECT_EQ(site.connections, 0u);
  resolver.has("t.example", {"127.0.0.3", "127.0.0.1"});
  const GuardedTrail trail = get("http://t.example/");
  EXPECT_EQ(trail.failure, Failure::none) << trail.message;
  EXPECT_EQ(trail.hops.at(0).address, ip("127.0.0.1"));
}

TEST_F(GuardedTarget, AnEmbeddedFormOfAnOwnNetworkIsRefused) {
  settings.own_networks.push_back({ip("127.0.0.0"), 8});
  EXPECT_EQ(get("http://[::ffff:127.0.0.1]/").failure, Failure::address_refused);
  EXPECT_EQ(site.connections, 0u);
}

TEST_F(GuardedTarget, Ipv6ComesFirst) {
  const Site six(loop, [](const std::string&) { return Reply{ok("v6")}; }, nullptr, "::1");
  serve(six);
  resolver.has("t.example", {"127.0.0.1", "::1"});
  const GuardedTrail trail = get("http://t.example/");
  EXPECT_EQ(trail.failure, Failure::none) << trail.message;
  EXPECT_EQ(trail.body, "v6");
  EXPECT_EQ(trail.hops.at(0).address, ip("::1"));
  EXPECT_EQ(get("http://[::1]/").body, "v6");
  EXPECT_THAT(six.requests.at(1), HasSubstr("\r\nHost: [::1]\r\n"));
}

TEST_F(GuardedTarget, BrokenIpv6FallsBackToIpv4) {
  resolver.has("t.example", {"127.0.0.1", "::1"});  // nobody listens there on ::1
  const GuardedTrail trail = get("http://t.example/");
  EXPECT_EQ(trail.failure, Failure::none) << trail.message;
  EXPECT_EQ(trail.body, "v4");
  EXPECT_EQ(trail.hops.at(0).address, ip("127.0.0.1"));
}

TEST_F(GuardedTarget, AFamilyThatIsOffIsNotAsked) {
  settings.ipv6 = false;
  resolver.has("t.example", {"127.0.0.1", "::1"});
  const GuardedTrail trail = get("http://t.example/");
  EXPECT_EQ(trail.failure, Failure::none) << trail.message;
  ASSERT_EQ(trail.lookups.size(), 1u);
  EXPECT_EQ(get("http://[::1]/").failure, Failure::connection_failed);
  settings.ipv4 = false;
  EXPECT_EQ(get("http://t.example/").failure, Failure::lookup_failed);
}

TEST_F(GuardedTarget, ADeadPort) {
  resolver.has("t.example", {"127.0.0.2", "::1"});
  const GuardedTrail trail = get("http://t.example/");
  EXPECT_EQ(trail.failure, Failure::connection_failed);
  EXPECT_THAT(trail.message, HasSubstr("port 80"));
  EXPECT_THAT(trail.message, HasSubstr("127.0.0.2: Connection refused"));
  EXPECT_THAT(trail.message, HasSubstr("::1: "));
  EXPECT_FALSE(trail.hops.at(0).address);
  EXPECT_EQ(trail.hops.at(0).status, 0u);
}

// A listener whose queue is full: the kernel drops what else wants to connect.
class BlackHole {
 public:
  BlackHole(Loop& loop, const std::string& address, std::uint16_t port)
      : acceptor_(loop.io), first_(loop.io) {
    const tcp::endpoint at(ip(address).native(), port);
    acceptor_.open(at.protocol());
    acceptor_.bind(at);
    acceptor_.listen(0);
    first_.connect(at);
  }

 private:
  tcp::acceptor acceptor_;
  tcp::socket first_;
};

TEST_F(GuardedTarget, ASilentAddressHasItsOwnSliceOfTime) {
  const BlackHole hole(loop, "127.0.0.2", site.port());
  settings.connect_timeout = kSoon;
  resolver.has("t.example", {"127.0.0.2", "127.0.0.1"});
  const GuardedTrail trail = get("http://t.example/");
  EXPECT_EQ(trail.failure, Failure::none) << trail.message;
  EXPECT_EQ(trail.hops.at(0).address, ip("127.0.0.1"));
  resolver.has("t.example", {"127.0.0.2"});
  const GuardedTrail silent = get("http://t.example/");
  EXPECT_EQ(silent.failure, Failure::timed_out);
  EXPECT_THAT(silent.message, HasSubstr("127.0.0.2: no answer in time"));
}

TEST_F(GuardedTarget, SilentAddressesShareWhatIsLeft) {
  const BlackHole hole(loop, "127.0.0.2", site.port());
  resolver.has("t.example", {"127.0.0.2", "127.0.0.1"});
  const GuardedTrail trail = get("http://t.example/", {}, Deadline::after(milliseconds(400)));
  EXPECT_EQ(trail.failure, Failure::none) << trail.message;
}

TEST_F(GuardedTarget, BindsTheSourceOfTheFamily) {
  settings.source_addresses = {"::1", "127.0.0.9"};
  EXPECT_EQ(get("http://a.example/").failure, Failure::none);
  EXPECT_THAT(site.peers, testing::ElementsAre("127.0.0.9"));
  settings.source_addresses = {"192.0.2.1"};  // not ours
  EXPECT_EQ(get("http://a.example/").failure, Failure::connection_failed);
  settings.source_addresses = {"nonsense"};
  const GuardedTrail trail = get("http://a.example/");
  EXPECT_EQ(trail.failure, Failure::connection_failed);
  EXPECT_THAT(trail.message, HasSubstr("nonsense"));
}

}  // namespace
}  // namespace parallax::net
