// SPDX-License-Identifier: Apache-2.0
#include "dns/verdict.h"

#include <gtest/gtest.h>

#include "dns/packet_builder.h"

namespace parallax::dns {
namespace {

struct Case {
  const char* name;
  int error;
  ReplySecurity security;
  int rcode;  // in the packet
  bool validating;
  LookupStatus status;
  Verdict verdict;
  std::size_t records;
};

constexpr auto kNeither = ReplySecurity::unsigned_or_unknown;

constexpr Case kCases[] = {
    {"secure", 0, ReplySecurity::secure, 0, true, LookupStatus::answered, Verdict::secure, 1},
    {"insecure", 0, kNeither, 0, true, LookupStatus::answered, Verdict::insecure, 1},
    {"nxdomain", 0, ReplySecurity::secure, 3, true, LookupStatus::answered, Verdict::secure, 1},
    {"insecure_nxdomain", 0, kNeither, 3, true, LookupStatus::answered, Verdict::insecure, 1},
    {"bogus", 0, ReplySecurity::bogus, 0, true, LookupStatus::bogus, Verdict::bogus, 0},
    {"bogus_nxdomain", 0, ReplySecurity::bogus, 3, true, LookupStatus::bogus, Verdict::bogus, 0},
    {"bogus_over_error", 2, ReplySecurity::bogus, 2, true, LookupStatus::bogus, Verdict::bogus, 0},
    {"error", 2, kNeither, 0, true, LookupStatus::failed, Verdict::indeterminate, 0},
    {"error_and_secure", 2, ReplySecurity::secure, 0, true, LookupStatus::failed,
     Verdict::indeterminate, 0},
    {"servfail_packet", 0, kNeither, 2, true, LookupStatus::failed, Verdict::indeterminate, 0},
    {"refused_packet", 0, kNeither, 5, true, LookupStatus::failed, Verdict::indeterminate, 0},
    {"unvalidated", 0, kNeither, 0, false, LookupStatus::answered, Verdict::indeterminate, 1},
};

Reply reply_of(const Case& tested) {
  return {
      .error = tested.error,
      .security = tested.security,
      .packet = make_response(
          {.name = "a.test", .rcode = tested.rcode, .answer = {"a.test. 60 CAA 0 issue \"ca\""}}),
      .why_bogus = ""};
}

TEST(Judge, MapsReplies) {
  for (const Case& tested : kCases) {
    SCOPED_TRACE(tested.name);
    const Outcome outcome = judge(reply_of(tested), "a.test", RecordType::caa, tested.validating);
    EXPECT_EQ(outcome.status, tested.status);
    EXPECT_EQ(outcome.verdict, tested.verdict);
    EXPECT_EQ(outcome.answer.records.size(), tested.records);
    EXPECT_EQ(outcome.reason.empty(), tested.status == LookupStatus::answered);
  }
}

TEST(Judge, FailsOnWhatIsNoAnswer) {
  for (const std::string& packet :
       {std::string(), std::string(12, '\0'), make_response({.name = "b.test"})}) {
    const Outcome outcome =
        judge({.error = 0, .security = ReplySecurity::secure, .packet = packet, .why_bogus = ""},
              "a.test", RecordType::caa, true);
    EXPECT_EQ(outcome.status, LookupStatus::failed);
    EXPECT_EQ(outcome.verdict, Verdict::indeterminate);
  }
}

TEST(LookupText, RoundTrips) {
  for (const Verdict verdict :
       {Verdict::secure, Verdict::insecure, Verdict::bogus, Verdict::indeterminate}) {
    EXPECT_EQ(parse_verdict(to_string(verdict)), verdict);
  }
  for (const LookupStatus status : {LookupStatus::answered, LookupStatus::bogus,
                                    LookupStatus::failed, LookupStatus::timed_out}) {
    EXPECT_EQ(parse_lookup_status(to_string(status)), status);
  }
  EXPECT_FALSE(parse_verdict("Secure"));
  EXPECT_FALSE(parse_lookup_status(""));
}

}  // namespace
}  // namespace parallax::dns
