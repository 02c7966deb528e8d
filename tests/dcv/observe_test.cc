// SPDX-License-Identifier: Apache-2.0
// observe_control(): which way a perspective goes before its method looks, and where it stops.
#include <gtest/gtest.h>

#include "dcv/methods_http_facts.h"

namespace parallax::dcv {
namespace {

using dns::RecordType;
using dns_test::check_of;
using dns_test::name;
using dns_test::PlannedResolver;
using dns_test::txt;
using dns_test::wire_name;
using http_test::kNow;
using rules::ControlMethod;
using Names = std::vector<std::string>;

constexpr const char* kValue = "u4D0GvKfTzYB2mLq8sXw5ohR";

// Octets that the test chose.
class FixedRandom final : public Random {
 public:
  explicit FixedRandom(char octet) : octet_(octet) {}
  std::string octets(std::size_t count) override { return std::string(count, octet_); }

 private:
  char octet_;
};

class ObserveControl : public testing::Test {
 protected:
  ControlObservation look(const ControlCheck& check) {
    boost::asio::io_context io;
    ControlObservation out;
    const Instruments instruments{.resolver = &resolver_, .client = &client_, .random = &random_};
    boost::asio::co_spawn(
        io, observe_control(check, instruments, Deadline::after(std::chrono::hours(1))),
        [&](const std::exception_ptr& error, ControlObservation seen) {
          EXPECT_FALSE(error);
          out = std::move(seen);
        });
    io.run();
    return out;
  }

  [[nodiscard]] Names asked() const {
    Names out;
    for (const auto& question : resolver_.asked)
      out.push_back(question.name.text() + " " + dns::to_string(question.type));
    return out;
  }

  void alias(std::string_view from, std::string_view to) {
    resolver_.plan(from, RecordType::cname, {wire_name(to)});
  }

  ControlCheck check_ =
      check_of(ControlMethod::dns_change, name("www.example.com"), DnsValue{.value = kValue});
  PlannedResolver resolver_;
  http_test::FakeClient client_;
  FixedRandom random_{'\0'};
};

ControlDetermination judge(const ControlObservation& seen, const ControlCheck& check) {
  return assess(seen, check, kNow);
}

TEST_F(ObserveControl, LooksAtTheNameItself) {
  resolver_.plan("www.example.com", RecordType::txt, {txt(kValue)});
  const auto seen = look(check_);
  EXPECT_EQ(asked(), (Names{"www.example.com TXT"}));
  EXPECT_TRUE(seen.aliases.empty());
  EXPECT_EQ(judge(seen, check_).outcome, ControlOutcome::shown);
}

TEST_F(ObserveControl, LooksAtThePrunedName) {
  check_.adn = name("example.com");
  resolver_.plan("example.com", RecordType::txt, {txt(kValue)});
  const auto seen = look(check_);
  EXPECT_EQ(asked(), (Names{"example.com TXT"}));
  EXPECT_EQ(judge(seen, check_).outcome, ControlOutcome::shown);
}

TEST_F(ObserveControl, FollowsCnamesUntilItStandsBelowTheAdn) {
  check_.adn = name("example.net");
  check_.follow_cnames = true;
  alias("www.example.com", "a.example.org");
  alias("a.example.org", "b.example.net");
  alias("b.example.net", "c.example.org");  // past the goal: not followed
  resolver_.plan("example.net", RecordType::txt, {txt(kValue)});
  const auto seen = look(check_);
  EXPECT_EQ(asked(), (Names{"www.example.com CNAME", "a.example.org CNAME", "example.net TXT"}));
  ASSERT_EQ(seen.aliases.size(), 3U);
  EXPECT_EQ(seen.aliases.back(), name("b.example.net"));
  EXPECT_EQ(seen.lookups[0].purpose, "adn");
  EXPECT_EQ(judge(seen, check_).outcome, ControlOutcome::shown);
}

TEST_F(ObserveControl, FollowsNothingWhereTheNameIsBelowTheAdn) {
  check_.adn = name("example.com");
  check_.follow_cnames = true;
  resolver_.plan("example.com", RecordType::txt, {txt(kValue)});
  const auto seen = look(check_);
  EXPECT_EQ(asked(), (Names{"example.com TXT"}));
  EXPECT_EQ(judge(seen, check_).outcome, ControlOutcome::shown);
}

TEST_F(ObserveControl, StopsWhereNoCnameLeadsOn) {
  check_.adn = name("example.net");
  check_.follow_cnames = true;
  alias("www.example.com", "a.example.org");
  const auto seen = look(check_);
  EXPECT_EQ(asked(), (Names{"www.example.com CNAME", "a.example.org CNAME"}));
  EXPECT_EQ(judge(seen, check_).reason, ControlReason::adn_not_reached);
}

TEST_F(ObserveControl, StopsInARing) {
  check_.adn = name("example.net");
  check_.follow_cnames = true;
  alias("www.example.com", "a.example.org");
  alias("a.example.org", "www.example.com");
  const auto seen = look(check_);
  EXPECT_EQ(asked().size(), 2U);
  EXPECT_EQ(judge(seen, check_).reason, ControlReason::adn_not_reached);
  EXPECT_EQ(judge(seen, check_).outcome, ControlOutcome::not_shown);
}

TEST_F(ObserveControl, StopsAfterEightSteps) {
  check_.adn = name("example.net");
  check_.follow_cnames = true;
  alias("www.example.com", "0.example.org");
  for (int i = 0; i < 20; ++i)
    alias(std::to_string(i) + ".example.org", std::to_string(i + 1) + ".example.org");
  const auto seen = look(check_);
  EXPECT_EQ(asked().size(), 8U);
  EXPECT_EQ(judge(seen, check_).reason, ControlReason::adn_not_reached);
}

TEST_F(ObserveControl, StopsAtANameThatCannotBeAskedFor) {
  check_.adn = name("example.net");
  check_.follow_cnames = true;
  resolver_.plan("www.example.com", RecordType::cname, {std::string("\3a b\7example\0", 13)});
  const auto seen = look(check_);
  EXPECT_EQ(asked().size(), 1U);
  EXPECT_EQ(judge(seen, check_).reason, ControlReason::adn_not_reached);
}

TEST_F(ObserveControl, LooksNowhereIfTheAdnIsElsewhere) {
  check_.adn = name("example.net");
  const auto seen = look(check_);
  EXPECT_TRUE(asked().empty());
  EXPECT_EQ(judge(seen, check_).reason, ControlReason::adn_not_reached);
}

TEST_F(ObserveControl, LooksNowhereForAChallengeOfAnotherKind) {
  check_.challenge = ContactValue{"a@example.com"};
  const auto seen = look(check_);
  EXPECT_TRUE(asked().empty());
  EXPECT_EQ(judge(seen, check_).outcome, ControlOutcome::undetermined);
}

TEST_F(ObserveControl, LooksNowhereByAMethodOfTheCa) {
  check_.method = ControlMethod::constructed_email;
  const auto seen = look(check_);
  EXPECT_TRUE(asked().empty());
  EXPECT_EQ(judge(seen, check_).outcome, ControlOutcome::undetermined);
}

TEST_F(ObserveControl, LooksAtAnAddress) {
  check_ = check_of(ControlMethod::reverse_lookup, dns_test::address("9.9.9.9"),
                    ReverseValue{name("dns9.example.net")});
  resolver_.plan("9.9.9.9.in-addr.arpa", RecordType::ptr, {wire_name("dns9.example.net")});
  const auto seen = look(check_);
  EXPECT_EQ(asked(), (Names{"9.9.9.9.in-addr.arpa PTR"}));
  EXPECT_EQ(judge(seen, check_).outcome, ControlOutcome::shown);
}

// SBR 3.2.2.3.
class ObserveMailServer : public ObserveControl {
 protected:
  void SetUp() override {
    check_.applied_for = name("example.com");
    check_.mail_server = MailServerOf{name("example.com"), std::nullopt};
    resolver_.plan("example.com", RecordType::mx,
                   {mx(10, "a.example.net"), mx(10, "b.example.net")});
    for (const char* host : {"a.example.net", "b.example.net"}) {
      resolver_.plan(host, RecordType::a, {http_test::octets("203.0.113.25")});
      resolver_.plan(host, RecordType::txt, {txt(kValue)});
    }
  }

  static std::string mx(char preference, std::string_view exchange) {
    return std::string{'\0', preference} + wire_name(exchange);
  }
};

TEST_F(ObserveMailServer, ChoosesOneAndLooksThere) {
  const auto seen = look(check_);
  ASSERT_TRUE(seen.smtp_host);
  EXPECT_EQ(seen.equal_preference, 2U);
  EXPECT_EQ(asked().back(), seen.smtp_host->text() + " TXT");
  EXPECT_EQ(judge(seen, check_).outcome, ControlOutcome::shown) << judge(seen, check_).explanation;
}

TEST_F(ObserveMailServer, FollowsTheChoiceOfThePrimary) {
  for (const char* host : {"a.example.net", "b.example.net"}) {
    SCOPED_TRACE(host);
    check_.mail_server->smtp_host = name(host);
    const auto seen = look(check_);
    EXPECT_EQ(asked().back(), std::string(host) + " TXT");
    EXPECT_EQ(judge(seen, check_).outcome, ControlOutcome::shown);
  }
}

TEST_F(ObserveMailServer, FollowsNoChoiceItCouldNotHaveMade) {
  check_.mail_server->smtp_host = name("c.example.net");
  const auto seen = look(check_);
  EXPECT_FALSE(seen.smtp_host);
  EXPECT_EQ(judge(seen, check_).reason, ControlReason::mail_server_unusable);
}

TEST_F(ObserveMailServer, LooksNowhereWithoutAMailServer) {
  resolver_.plan("example.com", RecordType::mx, {std::string("\0\0\0", 3)});  // RFC 7505
  const auto seen = look(check_);
  EXPECT_EQ(asked(), (Names{"example.com MX"}));
  EXPECT_EQ(judge(seen, check_).reason, ControlReason::mail_server_unusable);
  EXPECT_EQ(judge(seen, check_).outcome, ControlOutcome::not_shown);
}

TEST_F(ObserveMailServer, LooksNowhereWhereTheHostHasNoAddress) {
  resolver_.plan("example.com", RecordType::mx, {mx(10, "gone.example.net")});
  const auto seen = look(check_);
  EXPECT_FALSE(seen.smtp_host);
  EXPECT_EQ(judge(seen, check_).reason, ControlReason::mail_server_unusable);
}

}  // namespace
}  // namespace parallax::dcv
