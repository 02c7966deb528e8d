// SPDX-License-Identifier: Apache-2.0
// The examples of RFC 9495 s5, and the rules of its s4.
#include <gtest/gtest.h>

#include "caa/facts.h"

namespace parallax::caa {
namespace {

using test::property;

constexpr const char* kOurs = "authority.example";

struct Case {
  const char* name;
  std::vector<Property> set;
  CaaReason reason;
};

class Rfc9495 : public testing::TestWithParam<Case> {};

TEST_P(Rfc9495, Example) {
  const auto seen = test::set_at("mail.client.example", GetParam().set);
  EXPECT_EQ(test::reason(seen, test::smime(kOurs)), GetParam().reason);
}

INSTANTIATE_TEST_SUITE_P(
    Section5, Rfc9495,
    testing::Values(
        Case{"no_issuemail",
             {property("issue", "ca1.example.net"), property("issue", "ca2.example.org")},
             CaaReason::no_restricting_property},
        Case{"forbidden", {property("issuemail", ";")}, CaaReason::issuance_forbidden},
        Case{"one_of_two_matches",
             {property("issuemail", ";"), property("issuemail", kOurs)},
             CaaReason::issuer_authorized},
        Case{"malformed", {property("issuemail", "%%%%%")}, CaaReason::issuance_forbidden},
        // s4
        Case{
            "issue_forbids_tls_only", {property("issue", ";")}, CaaReason::no_restricting_property},
        Case{"issuewild_forbids_tls_only",
             {property("issuewild", ";")},
             CaaReason::no_restricting_property},
        Case{"issue_does_not_authorize",
             {property("issue", kOurs), property("issuemail", ";")},
             CaaReason::issuance_forbidden},
        Case{"other_issuer",
             {property("issuemail", "other.example")},
             CaaReason::issuer_not_authorized},
        Case{"malformed_beside_ours",
             {property("issuemail", "%%%%%"), property("issuemail", kOurs)},
             CaaReason::issuer_authorized},
        Case{"tag_in_any_case", {property("IssueMail", ";")}, CaaReason::issuance_forbidden},
        Case{"critical_issuemail",
             {property("issuemail", kOurs, 128)},
             CaaReason::issuer_authorized},
        Case{"critical_issuewild_is_understood",
             {property("issuewild", ";", 128)},
             CaaReason::no_restricting_property}),
    [](const auto& info) { return info.param.name; });

TEST(Rfc9495Section4, IssuemailDoesNotRestrictTls) {
  const auto seen = test::set_at("mail.client.example", {property("issuemail", ";")});
  EXPECT_EQ(test::reason(seen, test::tls(kOurs)), CaaReason::no_restricting_property);
  EXPECT_EQ(test::reason(seen, test::wildcard(kOurs)), CaaReason::no_restricting_property);
}

TEST(Rfc9495Section4, MailKnowsNoWildcards) {
  auto question = test::smime(kOurs);
  question.wildcard = true;
  const auto seen =
      test::set_at("client.example", {property("issuewild", ";"), property("issuemail", kOurs)});
  EXPECT_EQ(test::reason(seen, question), CaaReason::issuer_authorized);
}

TEST(Rfc9495Section4, AnInternationalDomainIsSearchedByItsALabels) {
  const auto domain = names::DomainName::parse(
                          "b\xc3\xbc"
                          "cher.example")
                          .value();
  EXPECT_EQ(domain.text(), "xn--bcher-kva.example");
  const auto seen = test::set_at(domain.text(), {property("issuemail", ";")});
  EXPECT_EQ(test::reason(seen, test::smime(kOurs)), CaaReason::issuance_forbidden);
}

}  // namespace
}  // namespace parallax::caa
