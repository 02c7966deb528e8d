// SPDX-License-Identifier: Apache-2.0
// The examples of RFC 8659, section by section.
#include <gtest/gtest.h>

#include "caa/facts.h"

namespace parallax::caa {
namespace {

using test::property;

constexpr const char* kCa1 = "ca1.example.net";
constexpr const char* kCa2 = "ca2.example.org";

struct Case {
  const char* name;
  const char* domain;
  bool wildcard;
  const char* set_at;
  std::vector<Property> set;
  CaaReason ca1;
  CaaReason ca2;
};

class Rfc8659 : public testing::TestWithParam<Case> {};

TEST_P(Rfc8659, Example) {
  const auto& c = GetParam();
  const auto seen = test::climb(c.domain, {test::answer(c.set_at, c.set)});
  auto question = test::tls(kCa1);
  question.wildcard = c.wildcard;
  EXPECT_EQ(test::reason(seen, question), c.ca1);
  question.issuers = {test::name(kCa2)};
  EXPECT_EQ(test::reason(seen, question), c.ca2);
}

const std::vector<Property> kWild = {property("issue", kCa1), property("issuewild", kCa2)};
const std::vector<Property> kWild2 = {property("issue", kCa1)};
const std::vector<Property> kWild3 = {property("issuewild", kCa2), property("issue", ";")};
const std::vector<Property> kWild4 = {property("issuewild", ";"), property("issue", kCa1)};
const std::vector<Property> kWild5 = {property("issuewild", kCa2)};

constexpr auto kYes = CaaReason::issuer_authorized;
constexpr auto kOther = CaaReason::issuer_not_authorized;
constexpr auto kNobody = CaaReason::issuance_forbidden;
constexpr auto kFree = CaaReason::no_restricting_property;

INSTANTIATE_TEST_SUITE_P(
    Section4, Rfc8659,
    testing::Values(
        // s4.2
        Case{"certs_two_issuers",
             "certs.example.com",
             false,
             "certs.example.com",
             {property("issue", kCa1), property("issue", kCa2)},
             kYes,
             kYes},
        Case{"certs_one_issuer",
             "certs.example.com",
             false,
             "certs.example.com",
             {property("issue", kCa1)},
             kYes,
             kOther},
        Case{"nocerts",
             "nocerts.example.com",
             false,
             "nocerts.example.com",
             {property("issue", ";")},
             kNobody,
             kNobody},
        Case{"additive_empty_and_named",
             "certs.example.com",
             false,
             "certs.example.com",
             {property("issue", ";"), property("issue", kCa1)},
             kYes,
             kOther},
        Case{"account_parameter",
             "account.example.com",
             false,
             "account.example.com",
             {property("issue", "ca1.example.net; account=230123")},
             kYes,
             kOther},
        Case{"malformed",
             "malformed.example.com",
             false,
             "malformed.example.com",
             {property("issue", "%%%%%")},
             kNobody,
             kNobody},
        // s4.3
        Case{"wild", "wild.example.com", false, "wild.example.com", kWild, kYes, kOther},
        Case{"wild_sub", "sub.wild.example.com", false, "wild.example.com", kWild, kYes, kOther},
        Case{"wild_star", "wild.example.com", true, "wild.example.com", kWild, kOther, kYes},
        Case{"wild_star_sub", "sub.wild.example.com", true, "wild.example.com", kWild, kOther,
             kYes},
        Case{"wild2", "wild2.example.com", false, "wild2.example.com", kWild2, kYes, kOther},
        Case{"wild2_star", "wild2.example.com", true, "wild2.example.com", kWild2, kYes, kOther},
        Case{"wild2_star_sub", "sub.wild2.example.com", true, "wild2.example.com", kWild2, kYes,
             kOther},
        Case{"wild3", "wild3.example.com", false, "wild3.example.com", kWild3, kNobody, kNobody},
        Case{"wild3_sub", "sub.wild3.example.com", false, "wild3.example.com", kWild3, kNobody,
             kNobody},
        Case{"wild3_star", "wild3.example.com", true, "wild3.example.com", kWild3, kOther, kYes},
        Case{"wild3_star_sub", "sub.wild3.example.com", true, "wild3.example.com", kWild3, kOther,
             kYes},
        Case{"wild4", "wild4.example.com", false, "wild4.example.com", kWild4, kYes, kOther},
        Case{"wild4_star", "wild4.example.com", true, "wild4.example.com", kWild4, kNobody,
             kNobody},
        Case{"wild4_star_sub", "sub.wild4.example.com", true, "wild4.example.com", kWild4, kNobody,
             kNobody},
        Case{"wild5", "wild5.example.com", false, "wild5.example.com", kWild5, kFree, kFree},
        Case{"wild5_star", "wild5.example.com", true, "wild5.example.com", kWild5, kOther, kYes},
        // s4.4
        Case{"report",
             "report.example.com",
             false,
             "report.example.com",
             {property("issue", kCa1), property("iodef", "mailto:security@example.com"),
              property("iodef", "https://iodef.example.com/")},
             kYes,
             kOther},
        // s4.5
        Case{"critical_unknown",
             "new.example.com",
             false,
             "new.example.com",
             {property("issue", kCa1), property("tbs", "Unknown", 128)},
             CaaReason::critical_property,
             CaaReason::critical_property}),
    [](const auto& info) { return info.param.name; });

// s3: "X.Y.Z" with no records at any level.
TEST(Rfc8659Section3, NoRecordsAnywhereLeavesIssuanceUnrestricted) {
  const auto made = assess(test::climb("x.y.z"), test::tls("example.com"), {});
  EXPECT_EQ(made.outcome, CaaOutcome::permitted);
  EXPECT_EQ(made.reason, CaaReason::no_caa_records);
  EXPECT_FALSE(made.found_at);
}

// s3: "A.B.C" with "issue example.com" at "B.C": the search ends there.
TEST(Rfc8659Section3, TheSearchEndsAtTheNearestRecords) {
  auto seen = test::climb("a.b.c", {test::answer("b.c", {property("issue", "example.com")})});
  seen.lookups.pop_back();
  const auto made = assess(seen, test::tls("example.com"), {});
  EXPECT_EQ(made.reason, CaaReason::issuer_authorized);
  EXPECT_EQ(made.found_at, test::name("b.c"));
}

TEST(Rfc8659Section44, BothReportTargetsAreCollected) {
  const auto seen =
      test::set_at("report.example.com",
                   {property("issue", kCa1), property("iodef", "mailto:security@example.com"),
                    property("IODEF", "https://iodef.example.com/"),
                    property("iodef", "ftp://example.com/"), property("iodef", "mailto:a b")});
  EXPECT_EQ(
      assess(seen, test::tls(kCa2), {}).iodef,
      (std::vector<std::string>{"mailto:security@example.com", "https://iodef.example.com/"}));
}

}  // namespace
}  // namespace parallax::caa
