// SPDX-License-Identifier: Apache-2.0
// RFC 5321 s5.1, RFC 7505 and SBR 3.2.2.3: which mail server a domain's MX records lead to.
#include "dcv/mail_server.h"

#include <algorithm>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "dcv/mail_server_facts.h"

namespace parallax::dcv {
namespace {

using dns::LookupStatus;
using dns::RecordType;
using mail_test::answer;
using mail_test::kDomain;
using mail_test::mx;
using mail_test::name;
using State = MxChoice::State;
using Texts = std::vector<std::string>;

SeenLookup seen(const dns::Lookup& lookup) { return seen_of("mx", lookup); }

Texts hosts_of(const MxChoice& choice) {
  Texts out;
  for (const auto& host : choice.hosts) out.push_back(host.text());
  return out;
}

TEST(ReadMx, ReadsPreferenceAndExchange) {
  const auto targets = read_mx({mx(0, "a.example"), mx(258, "MX.Example.NET"), mx(65535, "")});
  ASSERT_TRUE(targets);
  ASSERT_EQ(targets->size(), 3U);
  EXPECT_EQ((*targets)[0].preference, 0);
  EXPECT_EQ((*targets)[0].exchange, "a.example");
  EXPECT_EQ((*targets)[1].preference, 258);
  EXPECT_EQ((*targets)[1].exchange, "mx.example.net");
  EXPECT_EQ((*targets)[2].preference, 65535);
  EXPECT_EQ((*targets)[2].exchange, ".");
}

TEST(ReadMx, RefusesWhatDoesNotParse) {
  const std::pair<const char*, std::string> cases[] = {
      {"empty", ""},
      {"half a preference", std::string(1, '\0')},
      {"preference alone", std::string(2, '\0')},
      {"label cut short", std::string("\0\x0a\x05mai", 6)},
      {"no root", std::string("\0\x0a\x04mail", 7)},
      {"octets behind the name", mx(10, "mail.example") + "x"},
      {"compression pointer", std::string("\0\x0a\xc0\x0c", 4)},
      {"name too long", mx(10, std::string(63, 'a') + "." + std::string(63, 'b') + "." +
                                   std::string(63, 'c') + "." + std::string(63, 'd'))},
  };
  for (const auto& [what, octets] : cases) {
    SCOPED_TRACE(what);
    EXPECT_FALSE(read_mx({octets}));
    EXPECT_FALSE(read_mx({mx(1, "good.example"), octets}));
  }
}

TEST(ChooseMx, TakesTheLowestPreference) {
  const struct {
    const char* name;
    Texts rdata;
    Texts hosts;
  } cases[] = {
      {"one", {mx(10, "mx.example.net")}, {"mx.example.net"}},
      {"the lower of two", {mx(20, "b.example"), mx(10, "a.example")}, {"a.example"}},
      {"numbers, not text", {mx(9, "a.example"), mx(10, "b.example")}, {"a.example"}},
      {"both octets count", {mx(256, "a.example"), mx(255, "b.example")}, {"b.example"}},
      {"equal ones",
       {mx(10, "b.example"), mx(10, "a.example"), mx(20, "c.example")},
       {"a.example", "b.example"}},
      {"the same twice", {mx(10, "A.example"), mx(10, "a.EXAMPLE")}, {"a.example"}},
      {"the domain itself", {mx(10, "example.com")}, {"example.com"}},
      {"no host name at a higher preference",
       {mx(10, "a.example"), mx(20, "192.0.2.1")},
       {"a.example"}},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    const auto choice = choose_mx(seen(answer(kDomain, RecordType::mx, c.rdata)), name(kDomain));
    EXPECT_EQ(choice.state, State::candidates) << choice.message;
    EXPECT_EQ(hosts_of(choice), c.hosts);
  }
}

// RFC 5321 s5.1: only an empty list of MXs gives the implicit one.
TEST(ChooseMx, GivesTheImplicitMxForNodataAlone) {
  auto choice = choose_mx(seen(answer(kDomain, RecordType::mx, {})), name(kDomain));
  EXPECT_EQ(choice.state, State::implicit);
  EXPECT_EQ(hosts_of(choice), Texts{"example.com"});
}

TEST(ChooseMx, FollowsAnAliasOfTheDomain) {
  const Texts aliases = {"step.example.net", "end.example.org"};
  auto choice = choose_mx(seen(answer(kDomain, RecordType::mx, {mx(10, "a.example")}, aliases)),
                          name(kDomain));
  EXPECT_EQ(choice.state, State::candidates);
  EXPECT_EQ(hosts_of(choice), Texts{"a.example"});
  choice = choose_mx(seen(answer(kDomain, RecordType::mx, {}, aliases)), name(kDomain));
  EXPECT_EQ(choice.state, State::implicit);
  EXPECT_EQ(hosts_of(choice), Texts{"end.example.org"}) << "processed as if it were the first name";
}

TEST(ChooseMx, FailsAndSaysWhy) {
  const auto failed = [](LookupStatus status) {
    return mail_test::failed(kDomain, RecordType::mx, status);
  };
  auto nodata_bogus = answer(kDomain, RecordType::mx, {});
  nodata_bogus.verdict = dns::Verdict::bogus;
  auto refused = answer(kDomain, RecordType::mx, {});
  refused.rcode = dns::Rcode::refused;
  const auto set = [](Texts rdata, Texts aliases = {}) {
    return answer(kDomain, RecordType::mx, rdata, std::move(aliases));
  };
  const struct {
    const char* name;
    dns::Lookup lookup;
    ControlReason reason;
    const char* says;
  } cases[] = {
      {"NXDOMAIN", mail_test::nxdomain(kDomain, RecordType::mx),
       ControlReason::mail_server_unusable, "example.com does not exist in the DNS"},
      {"alias into nothing", mail_test::nxdomain(kDomain, RecordType::mx, {"gone.example"}),
       ControlReason::mail_server_unusable, "an alias of gone.example, which does not exist"},
      {"temporary failure", failed(LookupStatus::failed), ControlReason::lookup_failed,
       "(planned)"},
      {"no answer", failed(LookupStatus::timed_out), ControlReason::timed_out, "in time"},
      {"bogus", failed(LookupStatus::bogus), ControlReason::bogus, "DNSSEC validation"},
      {"bogus NODATA", nodata_bogus, ControlReason::bogus, "DNSSEC validation"},
      {"REFUSED passed off as an answer", refused, ControlReason::lookup_failed,
       "could not be looked up"},
      {"answer for another name", answer("example.net", RecordType::mx, {}),
       ControlReason::lookup_failed, "not the MX records of example.com"},
      {"answer of another type", answer(kDomain, RecordType::a, {}), ControlReason::lookup_failed,
       "not the MX records of example.com"},
      {"null MX", set({mx(0, "")}), ControlReason::mail_server_unusable, "null MX (RFC 7505)"},
      {"null MX of any preference", set({mx(10, "")}), ControlReason::mail_server_unusable,
       "null MX (RFC 7505)"},
      {"null MX before others", set({mx(0, ""), mx(10, "a.example")}),
       ControlReason::mail_server_unusable, "beside other MX records"},
      {"null MX behind others", set({mx(10, "a.example"), mx(20, "")}),
       ControlReason::mail_server_unusable, "beside other MX records"},
      {"an address as exchange", set({mx(10, "192.0.2.1")}), ControlReason::mail_server_unusable,
       "names 192.0.2.1, which is no host name"},
      {"an underscore", set({mx(10, "mail_1.example")}), ControlReason::mail_server_unusable,
       "no host name"},
      {"the unusable one is not passed over",
       set({mx(10, "bad_host.example"), mx(20, "a.example")}), ControlReason::mail_server_unusable,
       "lowest preference (10) names bad_host.example"},
      {"nor does a good one of its preference save it",
       set({mx(10, "a.example"), mx(10, "192.0.2.1")}), ControlReason::mail_server_unusable,
       "lowest preference (10) names 192.0.2.1"},
      {"a dot inside a label", set({std::string("\0\x0a\x0c", 3) + "evil.example" + '\0'}),
       ControlReason::mail_server_unusable, "no host name"},
      {"no octets of UTF-8 either",
       set({std::string("\0\x0a\x02\xc3\xa4\x07", 6) + "example" + '\0'}),
       ControlReason::mail_server_unusable, "no host name"},
      {"implicit MX at an alias that is no host name", set({}, {"_x.example"}),
       ControlReason::mail_server_unusable, "an alias of _x.example, which is no host name"},
      {"garbage", set({"x"}), ControlReason::record_unusable, "cannot be read"},
      {"garbage beside a good one", set({mx(10, "a.example"), "x"}), ControlReason::record_unusable,
       "cannot be read"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    const auto choice = choose_mx(seen(c.lookup), name(kDomain));
    EXPECT_EQ(choice.state, State::failure);
    EXPECT_TRUE(choice.hosts.empty());
    EXPECT_EQ(choice.reason, c.reason);
    EXPECT_NE(choice.message.find(c.says), std::string::npos) << choice.message;
    EXPECT_TRUE(choice.message.ends_with('.'));
  }
}

TEST(ChooseMx, QuotesForeignTextHarmlesslyAndShort) {
  auto lookup = mail_test::failed(kDomain, RecordType::mx, LookupStatus::failed);
  lookup.reason = "\x1b[31m\r\n" + std::string(5000, 'x');
  auto said = choose_mx(seen(lookup), name(kDomain)).message;
  EXPECT_EQ(said.find_first_of("\x1b\r\n"), std::string::npos);
  EXPECT_LT(said.size(), 600U);
  said = choose_mx(seen(answer(kDomain, RecordType::mx, {mx(1, std::string(63, '\x01'))})),
                   name(kDomain))
             .message;
  EXPECT_EQ(said.find('\x01'), std::string::npos);
  EXPECT_LT(said.size(), 600U);
}

RC_GTEST_PROP(ChooseMx, DoesNotDependOnTheOrderOfTheRecords, ()) {
  const auto hosts = *rc::gen::nonEmpty(rc::gen::container<std::vector<std::pair<int, int>>>(
      rc::gen::pair(rc::gen::inRange(0, 4), rc::gen::inRange(0, 6))));
  const Texts exchanges = {"a.example",        "b.example", "C.example",
                           "bad_host.example", "192.0.2.1", ""};
  Texts rdata;
  for (const auto& [preference, host] : hosts)
    rdata.push_back(mx(static_cast<unsigned>(preference), exchanges[host]));
  const auto choice = choose_mx(seen(answer(kDomain, RecordType::mx, rdata)), name(kDomain));
  std::ranges::sort(rdata);
  const auto again = choose_mx(seen(answer(kDomain, RecordType::mx, rdata)), name(kDomain));
  RC_ASSERT(choice.state == again.state && choice.hosts == again.hosts);
  RC_ASSERT(choice.reason == again.reason);
  RC_ASSERT(choice.state != State::implicit);
  if (choice.state != State::candidates) return;
  const auto lowest = std::ranges::min_element(hosts)->first;
  for (const auto& host : choice.hosts)
    RC_ASSERT(std::ranges::any_of(hosts, [&](const auto& each) {
      return each.first == lowest && each.second < 3 && name(exchanges[each.second]) == host;
    }));
  for (const auto& [preference, host] : hosts) RC_ASSERT(preference != lowest || host < 3);
}

}  // namespace
}  // namespace parallax::dcv
