// SPDX-License-Identifier: Apache-2.0
// assess(): the way as a perspective reports it, held against what was asked; and corroborates().
#include "dcv/assess.h"

#include <functional>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "dcv/adn.h"
#include "dcv/methods_http_facts.h"

namespace parallax::dcv {
namespace {

using dns::LookupStatus;
using dns::RecordType;
using dns::Verdict;
using dns_test::answer;
using dns_test::check_of;
using dns_test::failure;
using dns_test::name;
using dns_test::txt;
using dns_test::wire_name;
using http_test::kNow;
using rules::ControlMethod;

constexpr const char* kValue = "u4D0GvKfTzYB2mLq8sXw5ohR";
const ControlOutcome kShown = ControlOutcome::shown;
const ControlOutcome kNotShown = ControlOutcome::not_shown;
const ControlOutcome kUndetermined = ControlOutcome::undetermined;

struct Case {
  const char* name;
  ControlOutcome outcome;
  ControlReason reason;
  std::function<void(ControlObservation&, ControlCheck&)> change;
};

void expect(const Case& each, ControlObservation seen, ControlCheck check) {
  SCOPED_TRACE(each.name);
  each.change(seen, check);
  const auto made = assess(seen, check, kNow);
  EXPECT_EQ(made.outcome, each.outcome) << made.explanation;
  EXPECT_EQ(made.reason, each.reason) << made.explanation;
  EXPECT_TRUE(dns_test::is_printable(made.explanation)) << made.explanation;
  EXPECT_EQ(made.challenge_information.empty(), each.outcome != kShown);
}

SeenLookup step(std::string_view from, std::string_view to) {
  return answer(from, RecordType::cname, {wire_name(to)}, "adn");
}

// www.example.com -> a.example.org -> b.example.net, for the ADN example.net.
ControlCheck alias_check() {
  auto check =
      check_of(ControlMethod::dns_change, name("www.example.com"), DnsValue{.value = kValue});
  check.adn = name("example.net");
  check.follow_cnames = true;
  return check;
}
ControlObservation alias_way() {
  auto seen = dns_test::seen({step("www.example.com", "a.example.org"),
                              step("a.example.org", "b.example.net"),
                              answer("example.net", RecordType::txt, {txt(kValue)})});
  seen.aliases = {name("www.example.com"), name("a.example.org"), name("b.example.net")};
  return seen;
}

// Takes the last step back, so that the way ends at a.example.org with `last`.
void end_early(ControlObservation& seen, SeenLookup last) {
  seen.aliases.pop_back();
  seen.lookups[1] = std::move(last);
  seen.lookups.pop_back();
}

TEST(AssessControl, JudgesTheAliases) {
  using S = ControlObservation;
  using C = ControlCheck;
  using R = ControlReason;
  const Case cases[] = {
      {"as they were followed", kShown, R::challenge_found, [](S&, C&) {}},
      {"through an insecure zone", kShown, R::challenge_found,
       [](S& s, C&) { s.lookups[0].verdict = Verdict::insecure; }},
      {"a step without a lookup", kUndetermined, R::lookup_failed,
       [](S& s, C&) { s.lookups.erase(s.lookups.begin()); }},
      {"a step that was bogus", kUndetermined, R::lookup_failed,
       [](S& s, C&) { s.lookups[0].status = LookupStatus::bogus; }},
      {"a step with a bogus verdict", kUndetermined, R::lookup_failed,
       [](S& s, C&) { s.lookups[0].verdict = Verdict::bogus; }},
      {"a step without a verdict", kUndetermined, R::lookup_failed,
       [](S& s, C&) { s.lookups[0].verdict = Verdict::indeterminate; }},
      {"a step without a verdict where none is given", kShown, R::challenge_found,
       [](S& s, C&) {
         s.validating = false;
         for (auto& lookup : s.lookups) lookup.verdict = Verdict::indeterminate;
       }},
      {"a step that leads elsewhere", kUndetermined, R::lookup_failed,
       [](S& s, C&) { s.lookups[0] = step("www.example.com", "c.example.org"); }},
      {"a step under another purpose", kUndetermined, R::lookup_failed,
       [](S& s, C&) { s.lookups[0].purpose = "challenge"; }},
      {"a step of another type", kUndetermined, R::lookup_failed,
       [](S& s, C&) { s.lookups[0].type = RecordType::txt; }},
      {"two CNAMEs at one name", kUndetermined, R::lookup_failed,
       [](S& s, C&) { s.lookups[0].rdata.push_back(wire_name("x.example")); }},
  };
  for (const auto& each : cases) expect(each, alias_way(), alias_check());
}

TEST(AssessControl, JudgesWhatWasAskedOfTheAliases) {
  using S = ControlObservation;
  using C = ControlCheck;
  using R = ControlReason;
  const Case cases[] = {
      {"another beginning", kUndetermined, R::lookup_failed,
       [](S& s, C&) { s.aliases[0] = name("ftp.example.com"); }},
      {"no beginning", kUndetermined, R::lookup_failed, [](S& s, C&) { s.aliases.clear(); }},
      {"steps past the ADN", kUndetermined, R::lookup_failed,
       [](S& s, C&) {
         s.aliases.push_back(name("c.example.net"));
         s.lookups.push_back(step("b.example.net", "c.example.net"));
       }},
      {"steps that nobody asked for", kUndetermined, R::lookup_failed,
       [](S&, C& c) { c.follow_cnames = false; }},
      {"steps without an ADN", kUndetermined, R::lookup_failed,
       [](S&, C& c) {
         c.adn.reset();
         c.follow_cnames = false;
       }},
      {"a mail server that nobody asked for", kUndetermined, R::lookup_failed,
       [](S& s, C&) { s.smtp_host = name("mx.example.com"); }},
  };
  for (const auto& each : cases) expect(each, alias_way(), alias_check());
}

TEST(AssessControl, JudgesWhereTheAliasesEnd) {
  using S = ControlObservation;
  using C = ControlCheck;
  using R = ControlReason;
  const Case cases[] = {
      {"an end without a reason", kUndetermined, R::lookup_failed,
       [](S& s, C&) {
         end_early(s, {});
         s.lookups.pop_back();
       }},
      {"an end without a CNAME", kNotShown, R::adn_not_reached,
       [](S& s, C&) { end_early(s, answer("a.example.org", RecordType::cname, {}, "adn")); }},
      {"an end at a name that does not exist", kNotShown, R::adn_not_reached,
       [](S& s, C&) {
         end_early(s, dns_test::nxdomain("a.example.org", RecordType::cname, "adn"));
       }},
      {"an end at a bogus answer", kUndetermined, R::bogus,
       [](S& s, C&) {
         end_early(s, failure("a.example.org", RecordType::cname, LookupStatus::bogus, "adn"));
       }},
      {"an end at a failed lookup", kUndetermined, R::lookup_failed,
       [](S& s, C&) {
         end_early(s, failure("a.example.org", RecordType::cname, LookupStatus::failed, "adn"));
       }},
      {"an end at a lookup that timed out", kUndetermined, R::timed_out,
       [](S& s, C&) {
         end_early(s, failure("a.example.org", RecordType::cname, LookupStatus::timed_out, "adn"));
       }},
      {"an end without a verdict", kUndetermined, R::lookup_failed,
       [](S& s, C&) {
         end_early(s, answer("a.example.org", RecordType::cname, {}, "adn"));
         s.lookups.back().verdict = Verdict::indeterminate;
       }},
      {"an end although a CNAME leads on", kUndetermined, R::lookup_failed,
       [](S& s, C&) { end_early(s, step("a.example.org", "b.example.net")); }},
      {"a ring", kNotShown, R::adn_not_reached,
       [](S& s, C&) { end_early(s, step("a.example.org", "www.example.com")); }},
      {"an alias to no name", kNotShown, R::adn_not_reached,
       [](S& s, C&) {
         end_early(s, answer("a.example.org", RecordType::cname, {std::string(1, '\0')}, "adn"));
       }},
      {"no challenge at the end", kNotShown, R::challenge_missing,
       [](S& s, C&) { s.lookups[2] = dns_test::nxdomain("example.net", RecordType::txt); }},
      {"an ADN elsewhere, without CNAMEs", kNotShown, R::adn_not_reached,
       [](S& s, C& c) {
         s = dns_test::seen({answer("example.net", RecordType::txt, {txt(kValue)})});
         c.follow_cnames = false;
       }},
      {"a challenge of another kind", kUndetermined, R::lookup_failed,
       [](S&, C& c) { c.challenge = ContactValue{"a@example.com"}; }},
      {"a method of the CA", kUndetermined, R::lookup_failed,
       [](S&, C& c) { c.method = ControlMethod::mailbox_email; }},
  };
  for (const auto& each : cases) expect(each, alias_way(), alias_check());
}

TEST(AssessControl, RefusesMoreStepsThanMayBeTaken) {
  auto check = alias_check();
  auto seen = dns_test::seen({});
  seen.aliases = {name("www.example.com")};
  for (std::size_t i = 0; i < kCnameStepsMax + 1; ++i) {
    const auto next =
        i == kCnameStepsMax ? std::string("b.example.net") : std::to_string(i) + ".example.org";
    seen.lookups.push_back(step(seen.aliases.back().text(), next));
    seen.aliases.push_back(name(next));
  }
  seen.lookups.push_back(answer("example.net", RecordType::txt, {txt(kValue)}));
  EXPECT_EQ(assess(seen, check, kNow).outcome, kUndetermined);
}

TEST(AssessControl, TakesTheWeakestVerdictOfTheWay) {
  auto seen = alias_way();
  EXPECT_EQ(assess(seen, alias_check(), kNow).verdict, Verdict::secure);
  seen.lookups[1].verdict = Verdict::insecure;
  EXPECT_EQ(assess(seen, alias_check(), kNow).verdict, Verdict::insecure);
}

std::string mx(char preference, std::string_view exchange) {
  return std::string{'\0', preference} + wire_name(exchange);
}
ControlCheck mail_check() {
  auto check = check_of(ControlMethod::dns_change, name("example.com"), DnsValue{.value = kValue});
  check.mail_server = MailServerOf{name("example.com"), std::nullopt};
  return check;
}
SeenLookup host_address(std::string_view host) {
  return answer(host, RecordType::a, {http_test::octets("203.0.113.25")}, "mx-address");
}
ControlObservation mail_way() {
  auto seen = dns_test::seen({answer("example.com", RecordType::mx,
                                     {mx(10, "a.example.net"), mx(20, "b.example.net")}, "mx"),
                              host_address("a.example.net"),
                              answer("a.example.net", RecordType::aaaa, {}, "mx-address"),
                              answer("a.example.net", RecordType::txt, {txt(kValue)})});
  seen.smtp_host = name("a.example.net");
  seen.equal_preference = 1;
  return seen;
}

// The selection that ended without a host.
void no_host(ControlObservation& seen) {
  seen.smtp_host.reset();
  seen.lookups.pop_back();
}

TEST(AssessControl, JudgesTheMailServer) {
  using S = ControlObservation;
  using C = ControlCheck;
  using R = ControlReason;
  const Case cases[] = {
      {"as it was chosen", kShown, R::challenge_found, [](S&, C&) {}},
      {"as it was asked for", kShown, R::challenge_found,
       [](S&, C& c) { c.mail_server->smtp_host = name("a.example.net"); }},
      {"another one was asked for", kUndetermined, R::lookup_failed,
       [](S& s, C& c) {
         s.lookups[0].rdata[1] = mx(10, "b.example.net");
         c.mail_server->smtp_host = name("b.example.net");
       }},
      {"one that is not the best was asked for", kNotShown, R::mail_server_unusable,
       [](S&, C& c) { c.mail_server->smtp_host = name("b.example.net"); }},
      {"one that is not the best was chosen", kUndetermined, R::lookup_failed,
       [](S& s, C&) { s.smtp_host = name("b.example.net"); }},
      {"no MX lookup", kUndetermined, R::lookup_failed,
       [](S& s, C&) { s.lookups.erase(s.lookups.begin()); }},
      {"an MX lookup of another domain", kUndetermined, R::lookup_failed,
       [](S& s, C&) { s.lookups[0].name = "example.org"; }},
      {"an MX answer without a verdict", kUndetermined, R::lookup_failed,
       [](S& s, C&) { s.lookups[0].verdict = Verdict::indeterminate; }},
      {"a bogus MX answer", kUndetermined, R::bogus,
       [](S& s, C&) {
         s.lookups[0] = failure("example.com", RecordType::mx, LookupStatus::bogus, "mx");
       }},
      {"an MX lookup that failed", kUndetermined, R::lookup_failed,
       [](S& s, C&) {
         s.lookups[0] = failure("example.com", RecordType::mx, LookupStatus::failed, "mx");
       }},
      {"an MX lookup that timed out", kUndetermined, R::timed_out,
       [](S& s, C&) {
         s.lookups[0] = failure("example.com", RecordType::mx, LookupStatus::timed_out, "mx");
       }},
      {"a domain that does not exist", kNotShown, R::mail_server_unusable,
       [](S& s, C&) { s.lookups[0] = dns_test::nxdomain("example.com", RecordType::mx, "mx"); }},
      {"a null MX", kNotShown, R::mail_server_unusable,
       [](S& s, C&) { s.lookups[0].rdata = {std::string("\0\0\0", 3)}; }},
      {"an implicit MX", kShown, R::challenge_found,
       [](S& s, C&) {
         s.lookups[0].rdata.clear();
         for (std::size_t i = 1; i < 4; ++i) s.lookups[i].name = "example.com";
         s.smtp_host = name("example.com");
       }},
      {"CNAME steps besides", kUndetermined, R::lookup_failed,
       [](S& s, C&) { s.aliases = {name("example.com")}; }},
  };
  for (const auto& each : cases) expect(each, mail_way(), mail_check());
}

TEST(AssessControl, JudgesTheHostOfTheMailServer) {
  using S = ControlObservation;
  using C = ControlCheck;
  using R = ControlReason;
  const Case cases[] = {
      {"a host whose addresses nobody asked for", kUndetermined, R::lookup_failed,
       [](S& s, C&) { s.lookups.erase(s.lookups.begin() + 1, s.lookups.begin() + 3); }},
      {"a host that is an alias", kNotShown, R::mail_server_unusable,
       [](S& s, C&) { s.lookups[1].alias_chain = {"x.example.net"}; }},
      {"a host with a bogus address", kUndetermined, R::bogus,
       [](S& s, C&) {
         s.lookups[2] =
             failure("a.example.net", RecordType::aaaa, LookupStatus::bogus, "mx-address");
       }},
      {"a host whose AAAA was lost in a signed zone", kUndetermined, R::timed_out,
       [](S& s, C&) {
         s.lookups[2] =
             failure("a.example.net", RecordType::aaaa, LookupStatus::timed_out, "mx-address");
       }},
      {"a host whose AAAA failed in an unsigned zone", kShown, R::challenge_found,
       [](S& s, C&) {
         s.lookups[1].verdict = Verdict::insecure;
         s.lookups[2] =
             failure("a.example.net", RecordType::aaaa, LookupStatus::failed, "mx-address");
       }},
      {"no host, for it has no address", kNotShown, R::mail_server_unusable,
       [](S& s, C&) {
         no_host(s);
         s.lookups[1].rdata.clear();
       }},
      {"no host, for its address was not found in time", kUndetermined, R::timed_out,
       [](S& s, C&) {
         no_host(s);
         s.lookups[1] =
             failure("a.example.net", RecordType::a, LookupStatus::timed_out, "mx-address");
       }},
      {"no host, for its address was not found", kUndetermined, R::lookup_failed,
       [](S& s, C&) {
         no_host(s);
         s.lookups[1] = failure("a.example.net", RecordType::a, LookupStatus::failed, "mx-address");
       }},
      {"no host, and no reason", kUndetermined, R::lookup_failed, [](S& s, C&) { no_host(s); }},
  };
  for (const auto& each : cases) expect(each, mail_way(), mail_check());
}

TEST(AssessControl, TakesTheWeakestVerdictOfTheSelection) {
  for (const std::size_t lookup : {0U, 1U, 3U}) {
    SCOPED_TRACE(lookup);
    auto seen = mail_way();
    seen.lookups[lookup].verdict = Verdict::insecure;
    EXPECT_EQ(assess(seen, mail_check(), kNow).verdict, Verdict::insecure);
  }
}

TEST(Corroborates, OnlyWhereBothSawTheSame) {
  const auto made = [](ControlOutcome outcome, std::string information) {
    ControlDetermination out;
    out.outcome = outcome;
    out.challenge_information = std::move(information);
    return out;
  };
  const auto primary = made(kShown, "x");
  EXPECT_TRUE(corroborates(primary, made(kShown, "x")));
  EXPECT_FALSE(corroborates(primary, made(kShown, "y")));
  EXPECT_FALSE(corroborates(primary, made(kShown, "")));
  EXPECT_FALSE(corroborates(made(kShown, ""), made(kShown, "")));
  EXPECT_FALSE(corroborates(primary, made(kNotShown, "x")));
  EXPECT_FALSE(corroborates(primary, made(kUndetermined, "x")));
  EXPECT_FALSE(corroborates(made(kNotShown, "x"), primary));
  EXPECT_FALSE(corroborates(made(kUndetermined, "x"), primary));
}

// Whatever lookups are taken away or reordered, a way is never shown without each of its steps.
RC_GTEST_PROP(AssessControl, NeverShowsAWayWithAGap, ()) {
  auto seen = alias_way();
  const auto lost = *rc::gen::inRange<std::size_t>(0, seen.lookups.size());
  seen.lookups.erase(seen.lookups.begin() + static_cast<std::ptrdiff_t>(lost));
  if (*rc::gen::arbitrary<bool>()) std::swap(seen.lookups[0], seen.lookups[1]);
  RC_ASSERT(assess(seen, alias_check(), kNow).outcome == kUndetermined);
}

}  // namespace
}  // namespace parallax::dcv
