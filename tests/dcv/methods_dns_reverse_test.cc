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

TEST(ReverseLookup, ProvesNothingAboutADomain) {
  auto check = check_of(rules::ControlMethod::reverse_lookup, name("example.com"),
                        ReverseValue{name("host.example.com")});
  const auto made = reverse_lookup_method().assess(seen({points_to({"host.example.com"})}), check,
                                                   check.applied_for, kNow);
  EXPECT_EQ(made.outcome, ControlOutcome::undetermined);
}

}  // namespace
}  // namespace parallax::dcv
