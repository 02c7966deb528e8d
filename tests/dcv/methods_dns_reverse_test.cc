// SPDX-License-Identifier: Apache-2.0
// TLS BR 3.2.2.5.3: the address points to exactly the name that control is to be shown of.
#include <gtest/gtest.h>

#include "dcv/methods_dns_facts.h"

namespace parallax::dcv {
namespace {

using dns::LookupStatus;
using dns::RecordType;
using dns_test::address;
using dns_test::answer;
using dns_test::check_of;
using dns_test::failure;
using dns_test::kNow;
using dns_test::name;
using dns_test::nxdomain;
using dns_test::seen;
using dns_test::wire_name;

constexpr const char* kAt = "1.2.0.192.in-addr.arpa";

ControlDetermination judge(std::vector<SeenLookup> lookups) {
  const auto check = check_of(rules::ControlMethod::reverse_lookup, address("192.0.2.1"),
                              ReverseValue{name("host.example.com")});
  return reverse_lookup_method().assess(seen(std::move(lookups)), check, check.applied_for, kNow);
}

SeenLookup points_to(std::vector<std::string> targets) {
  for (auto& each : targets) each = wire_name(each);
  return answer(kAt, RecordType::ptr, std::move(targets), "reverse");
}

struct Case {
  const char* name;
  std::vector<SeenLookup> lookups;
  ControlOutcome outcome;
  ControlReason reason;
};

TEST(ReverseLookup, WantsExactlyTheName) {
  const auto no = ControlOutcome::not_shown;
  const auto unknown = ControlOutcome::undetermined;
  const auto yes = ControlOutcome::shown;
  const auto found = ControlReason::challenge_found;
  const auto differs = ControlReason::challenge_differs;
  auto elsewhere = points_to({"host.example.com"});
  elsewhere.name = "2.2.0.192.in-addr.arpa";
  auto by_purpose = points_to({"host.example.com"});
  by_purpose.purpose = "challenge";
  auto unreadable = points_to({});
  unreadable.rdata = {"\x04host"};
  auto classless = points_to({"host.example.com"});  // RFC 2317
  classless.alias_chain = {"1.0-63.2.0.192.in-addr.arpa"};
  const std::vector<Case> cases{
      {"equal", {points_to({"host.example.com"})}, yes, found},
      {"another case", {points_to({"Host.EXAMPLE.com"})}, yes, found},
      {"among others", {points_to({"a.example", "host.example.com"})}, yes, found},
      {"through a classless delegation", {classless}, yes, found},
      {"a name above", {points_to({"example.com"})}, no, differs},
      {"a name below", {points_to({"a.host.example.com"})}, no, differs},
      {"unreadable", {unreadable}, no, differs},
      {"NXDOMAIN",
       {nxdomain(kAt, RecordType::ptr, "reverse")},
       no,
       ControlReason::challenge_missing},
      {"NODATA", {points_to({})}, no, ControlReason::challenge_missing},
      {"SERVFAIL",
       {failure(kAt, RecordType::ptr, LookupStatus::failed, "reverse")},
       unknown,
       ControlReason::lookup_failed},
      {"timed out",
       {failure(kAt, RecordType::ptr, LookupStatus::timed_out, "reverse")},
       unknown,
       ControlReason::timed_out},
      {"bogus",
       {failure(kAt, RecordType::ptr, LookupStatus::bogus, "reverse")},
       unknown,
       ControlReason::bogus},
      {"another address", {elsewhere}, unknown, ControlReason::lookup_failed},
      {"another purpose", {by_purpose}, unknown, ControlReason::lookup_failed},
      {"nothing", {}, unknown, ControlReason::lookup_failed},
  };
  for (const auto& each : cases) {
    SCOPED_TRACE(each.name);
    const auto made = judge(each.lookups);
    EXPECT_EQ(made.outcome, each.outcome);
    EXPECT_EQ(made.reason, each.reason);
    EXPECT_EQ(made.challenge_information, each.outcome == yes ? "host.example.com" : "");
    EXPECT_TRUE(dns_test::is_printable(made.explanation)) << made.explanation;
  }
}

// 3.2.2.5.3, both halves: the PTR, and a method of 3.2.2.4 at exactly the name that it gives.
constexpr const char* kValue = "Zx7mQ2pL9vN4tR8sK1wB";

ControlCheck both_halves() {
  return check_of(rules::ControlMethod::reverse_lookup, address("192.0.2.1"),
                  ReverseValue{name("host.example.com"),
                               NameControl{rules::ControlMethod::dns_change,
                                           DnsValue{.prefix = "_code", .value = kValue}}});
}

TEST(ReverseLookup, NeedsControlOfTheNameAsWell) {
  const auto pointer = points_to({"other.example", "host.example.com"});
  const auto value = answer("_code.host.example.com", RecordType::txt, {dns_test::txt(kValue)});
  auto unsigned_value = value;
  unsigned_value.verdict = dns::Verdict::insecure;
  const auto bogus = failure("_code.host.example.com", RecordType::txt, LookupStatus::bogus);
  const auto no = ControlOutcome::not_shown;
  const auto unknown = ControlOutcome::undetermined;
  const std::vector<Case> cases{
      {"both", {pointer, value}, ControlOutcome::shown, ControlReason::challenge_found},
      {"an unsigned name",
       {pointer, unsigned_value},
       ControlOutcome::shown,
       ControlReason::challenge_found},
      {"the name without the value",
       {pointer, nxdomain("_code.host.example.com", RecordType::txt)},
       no,
       ControlReason::challenge_missing},
      {"the name with another value",
       {pointer, answer("_code.host.example.com", RecordType::txt, {dns_test::txt("other")})},
       no,
       ControlReason::challenge_differs},
      {"the value of another name",
       {pointer, answer("_code.example.com", RecordType::txt, {dns_test::txt(kValue)})},
       unknown,
       ControlReason::lookup_failed},
      {"a bogus name", {pointer, bogus}, unknown, ControlReason::bogus},
      {"the PTR alone", {pointer}, unknown, ControlReason::lookup_failed},
      {"the value alone", {value}, unknown, ControlReason::lookup_failed},
      {"another PTR", {points_to({"other.example"}), value}, no, ControlReason::challenge_differs},
  };
  for (const auto& each : cases) {
    SCOPED_TRACE(each.name);
    const auto check = both_halves();
    const auto made =
        reverse_lookup_method().assess(seen(each.lookups), check, check.applied_for, kNow);
    EXPECT_EQ(made.outcome, each.outcome) << made.explanation;
    EXPECT_EQ(made.reason, each.reason);
    EXPECT_EQ(made.challenge_information.empty(), each.outcome != ControlOutcome::shown);
    EXPECT_TRUE(dns_test::is_printable(made.explanation)) << made.explanation;
  }
}

TEST(ReverseLookup, ShowsTheNameAndTheValueAndTheWeakerVerdict) {
  const auto check = both_halves();
  auto value = answer("_code.host.example.com", RecordType::txt, {dns_test::txt(kValue)});
  value.verdict = dns::Verdict::insecure;
  const auto made = reverse_lookup_method().assess(seen({points_to({"host.example.com"}), value}),
                                                   check, check.applied_for, kNow);
  EXPECT_EQ(made.verdict, dns::Verdict::insecure);
  EXPECT_NE(made.challenge_information.find("host.example.com "), std::string::npos);
  EXPECT_NE(made.challenge_information.find(kValue), std::string::npos);
  EXPECT_NE(made.explanation.find("192.0.2.1 points to host.example.com"), std::string::npos);
}

TEST(ReverseLookup, LooksAtTheNameOnceThePtrLeadsThere) {
  const auto check = both_halves();
  dns_test::PlannedResolver resolver;
  resolver.plan(kAt, RecordType::ptr, {wire_name("other.example")});
  auto found = dns_test::observe(reverse_lookup_method(), check, check.applied_for, resolver);
  EXPECT_EQ(resolver.asked.size(), 1u) << "nobody asks at a name that the address does not give";
  resolver.plan(kAt, RecordType::ptr, {wire_name("other.example"), wire_name("host.example.com")});
  resolver.plan("_code.host.example.com", RecordType::txt, {dns_test::txt(kValue)});
  found = dns_test::observe(reverse_lookup_method(), check, check.applied_for, resolver);
  ASSERT_EQ(found.lookups.size(), 2u);
  EXPECT_EQ(found.lookups[1].name, "_code.host.example.com");
  EXPECT_EQ(reverse_lookup_method().assess(found, check, check.applied_for, kNow).outcome,
            ControlOutcome::shown);
}

TEST(ReverseLookup, SaysThatThePtrAloneIsHalfOfIt) {
  EXPECT_NE(judge({points_to({"host.example.com"})}).explanation.find("shows no control before"),
            std::string::npos);
}

TEST(ReverseLookup, ProvesNothingAboutADomain) {
  auto check = check_of(rules::ControlMethod::reverse_lookup, name("example.com"),
                        ReverseValue{name("host.example.com")});
  const auto made = reverse_lookup_method().assess(seen({points_to({"host.example.com"})}), check,
                                                   check.applied_for, kNow);
  EXPECT_EQ(made.outcome, ControlOutcome::undetermined);
}

}  // namespace
}  // namespace parallax::dcv
