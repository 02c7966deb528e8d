// SPDX-License-Identifier: Apache-2.0
// Explanations name the record that would change the outcome, and quote nothing foreign raw.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "caa/facts.h"

namespace parallax::caa {
namespace {

using test::property;
using testing::HasSubstr;

std::string explanation(const CaaObservation& seen, const CaaQuestion& question,
                        const AssessmentSettings& settings = {}) {
  return assess(seen, question, settings).explanation;
}

TEST(Explanation, OfAnotherIssuer) {
  EXPECT_EQ(explanation(test::set_at("example.com", {property("issuemail", "other.example")}),
                        test::smime("ca.example")),
            "example.com has CAA records at example.com that name \"other.example\" only; add  "
            "example.com. CAA 0 issuemail \"ca.example\"  to let ca.example issue.");
}

TEST(Explanation, OfAWildcardNamesIssuewildWhereThatRestricts) {
  const auto seen = test::climb(
      "www.example.com", {test::answer("example.com", {property("issue", "ca.example"),
                                                       property("issuewild", "other.example")})});
  const auto text = explanation(seen, test::wildcard("ca.example"));
  EXPECT_THAT(text, HasSubstr("*.www.example.com has CAA records at example.com"));
  EXPECT_THAT(text, HasSubstr("  example.com. CAA 0 issuewild \"ca.example\"  "));
}

TEST(Explanation, OfForbiddenIssuance) {
  EXPECT_THAT(
      explanation(test::set_at("example.com", {property("issue", ";")}), test::tls("ca.example")),
      HasSubstr("forbid every issuer; add  example.com. CAA 0 issue \"ca.example\"  "));
  EXPECT_THAT(explanation(test::set_at("example.com", {property("issue", "ca.example.")}),
                          test::tls("ca.example")),
              HasSubstr("malformed"));
}

TEST(Explanation, OfParametersShowsTheRecordThatFits) {
  auto question = test::tls("ca.example");
  question.account_uri = "https://ca.example/acct/2";
  const auto text = explanation(
      test::set_at("example.com",
                   {property("issue", "ca.example; accounturi=https://ca.example/acct/1")}),
      question);
  EXPECT_THAT(text, HasSubstr("  example.com. CAA 0 issue \"ca.example; "
                              "accounturi=https://ca.example/acct/2\"  "));
}

TEST(Explanation, OfACriticalPropertyNamesIt) {
  EXPECT_THAT(explanation(test::set_at("example.com", {property("tbs", "Unknown", 128)}),
                          test::tls("ca.example")),
              HasSubstr("  example.com. CAA 128 tbs \"Unknown\"  "));
}

TEST(Explanation, OfPermissionSaysWhatWouldForbid) {
  EXPECT_THAT(explanation(test::climb("mail.example.com"), test::smime("ca.example")),
              HasSubstr("  mail.example.com. CAA 0 issuemail \";\"  "));
  EXPECT_THAT(explanation(test::set_at("example.com", {property("issuemail", "ca.example")}),
                          test::smime("ca.example")),
              HasSubstr("  example.com. CAA 0 issuemail \"ca.example\"  authorizes it"));
}

TEST(Explanation, OfAFailureNamesTheLookupAndItsReason) {
  auto lookup = test::failure("example.com");
  lookup.reason = "all servers refused";
  const auto text = explanation(test::climb("a.example.com", {lookup}), test::tls("ca.example"));
  EXPECT_THAT(text, HasSubstr("The CAA lookup at example.com for a.example.com failed"));
  EXPECT_THAT(text, HasSubstr("all servers refused"));
}

TEST(Explanation, IsPrintableAndBoundedWhateverTheNetworkSent) {
  const std::string garbage(5000, '\x1b');
  auto failed = test::failure("example.com");
  failed.reason = garbage;
  auto unreadable = test::answer("example.com");
  unreadable.malformed_rdata = {std::string(5000, 'f')};
  std::vector<Property> issuers;
  for (int i = 0; i < 500; ++i)
    issuers.push_back(property("issue", "ca" + std::to_string(i) + ".example.net"));
  const CaaObservation cases[] = {
      test::climb("example.com", {failed}), test::climb("example.com", {unreadable}),
      test::set_at("example.com", issuers),
      test::set_at("example.com", {property("tbs", garbage, 128)}),
      test::set_at("example.com",
                   {property("issue", "ca.example; accounturi=" + std::string(5000, 'x'))})};
  for (const auto& seen : cases) {
    const auto text = explanation(seen, test::tls("ca.example"));
    EXPECT_LT(text.size(), 1500u) << text;
    for (const char c : text) ASSERT_TRUE(c >= 0x20 && c < 0x7f) << text;
  }
}

}  // namespace
}  // namespace parallax::caa
