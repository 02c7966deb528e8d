// SPDX-License-Identifier: Apache-2.0
// What a relevant set says: tags, flags, issuers, windows.
#include "caa/assess.h"

#include <gtest/gtest.h>

#include "caa/facts.h"

namespace parallax::caa {
namespace {

using test::property;
using test::set_at;

constexpr const char* kDomain = "example.com";

struct Case {
  const char* name;
  CaaQuestion question;
  std::vector<Property> set;
  CaaReason reason;
};

class RelevantSet : public testing::TestWithParam<Case> {};

TEST_P(RelevantSet, IsJudged) {
  const auto& c = GetParam();
  const auto made = assess(set_at(kDomain, c.set), c.question, {});
  EXPECT_EQ(made.reason, c.reason);
  EXPECT_EQ(made.records, c.set);
  EXPECT_EQ(made.found_at, test::name(kDomain));
  EXPECT_FALSE(made.explanation.empty());
  EXPECT_EQ(made.permission_window.count() > 0, made.outcome == CaaOutcome::permitted);
}

INSTANTIATE_TEST_SUITE_P(
    Issuers, RelevantSet,
    testing::Values(Case{"other_case",
                         test::tls("ca.example"),
                         {property("issue", "CA.Example")},
                         CaaReason::issuer_authorized},
                    Case{"longer_name",
                         test::tls("ca.example"),
                         {property("issue", "ca.example.net")},
                         CaaReason::issuer_not_authorized},
                    Case{"subdomain",
                         test::tls("ca.example"),
                         {property("issue", "www.ca.example")},
                         CaaReason::issuer_not_authorized},
                    Case{"suffix_of_text",
                         test::tls("ca.example"),
                         {property("issue", "myca.example")},
                         CaaReason::issuer_not_authorized},
                    Case{"parent",
                         test::tls("ca.example"),
                         {property("issue", "example")},
                         CaaReason::issuer_not_authorized},
                    Case{"in_a_parameter",
                         test::tls("ca.example"),
                         {property("issue", ";x=ca.example")},
                         CaaReason::issuance_forbidden},
                    Case{"trailing_dot_is_malformed",
                         test::tls("ca.example"),
                         {property("issue", "ca.example.")},
                         CaaReason::issuance_forbidden},
                    Case{"second_issuer_of_the_ca",
                         test::question(CertificateType::tls_server, {"a.example", "ca.example"}),
                         {property("issue", "ca.example")},
                         CaaReason::issuer_authorized},
                    Case{"one_record_is_enough",
                         test::tls("ca.example"),
                         {property("issue", ";"), property("issue", "%%"),
                          property("issue", "x.example"),
                          property("issue", "ca.example; accounturi=https://x.example/1"),
                          property("issue", "ca.example")},
                         CaaReason::issuer_authorized},
                    Case{"malformed_tail_never_authorizes",
                         test::tls("ca.example"),
                         {property("issue", "ca.example; a=b;")},
                         CaaReason::issuance_forbidden},
                    Case{"unknown_parameter_ignored",
                         test::tls("ca.example"),
                         {property("issue", "ca.example; policy=ev")},
                         CaaReason::issuer_authorized}),
    [](const auto& info) { return info.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Tags, RelevantSet,
    testing::Values(Case{"issue_upper_case",
                         test::tls("ca.example"),
                         {property("ISSUE", ";")},
                         CaaReason::issuance_forbidden},
                    Case{"issuewild_ignored_without_wildcard",
                         test::tls("ca.example"),
                         {property("issuewild", ";")},
                         CaaReason::no_restricting_property},
                    Case{"issuewild_alone_for_wildcard",
                         test::wildcard("ca.example"),
                         {property("issue", "ca.example"), property("IssueWild", "x.example")},
                         CaaReason::issuer_not_authorized},
                    Case{"malformed_issuewild_still_hides_issue",
                         test::wildcard("ca.example"),
                         {property("issue", "ca.example"), property("issuewild", "%%")},
                         CaaReason::issuance_forbidden},
                    Case{"issue_for_wildcard_without_issuewild",
                         test::wildcard("ca.example"),
                         {property("issue", "ca.example")},
                         CaaReason::issuer_authorized},
                    Case{"unknown_tag_restricts_nothing",
                         test::tls("ca.example"),
                         {property("issues", ";")},
                         CaaReason::no_restricting_property}),
    [](const auto& info) { return info.param.name; });

INSTANTIATE_TEST_SUITE_P(
    CriticalFlag, RelevantSet,
    testing::Values(Case{"unknown_tag",
                         test::tls("ca.example"),
                         {property("issue", "ca.example"), property("tbs", "x", 128)},
                         CaaReason::critical_property},
                    Case{"unknown_tag_in_a_mail_check",
                         test::smime("ca.example"),
                         {property("issuemail", "ca.example"), property("tbs", "", 128)},
                         CaaReason::critical_property},
                    Case{"registered_but_unsupported",
                         test::tls("ca.example"),
                         {property("issuevmc", ";", 128)},
                         CaaReason::critical_property},
                    Case{"with_other_bits",
                         test::tls("ca.example"),
                         {property("tbs", "x", 255)},
                         CaaReason::critical_property},
                    Case{"other_bits_alone",
                         test::tls("ca.example"),
                         {property("tbs", "x", 127)},
                         CaaReason::no_restricting_property},
                    Case{"understood_tags",
                         test::tls("ca.example"),
                         {property("issue", "ca.example", 128), property("issuewild", ";", 128),
                          property("issuemail", ";", 128),
                          property("iodef", "mailto:x@y.example", 128),
                          property("contactemail", "x@y.example", 128),
                          property("contactphone", "+1555", 128), property("ISSUE", ";", 128)},
                         CaaReason::issuer_authorized},
                    Case{"critical_issue_naming_another",
                         test::tls("ca.example"),
                         {property("issue", "x.example", 128)},
                         CaaReason::issuer_not_authorized}),
    [](const auto& info) { return info.param.name; });

TEST(FlagOne, IsIgnoredUnlessTheOperatorDeviates) {
  const auto seen = set_at(kDomain, {property("tbs", "x", 1), property("issue", "ca.example")});
  EXPECT_EQ(test::reason(seen, test::tls("ca.example")), CaaReason::issuer_authorized);
  EXPECT_EQ(test::reason(seen, test::tls("ca.example"), {.flag_one_is_critical = true}),
            CaaReason::critical_property);
  EXPECT_EQ(test::reason(set_at(kDomain, {property("tbs", "x", 2)}), test::tls("ca.example"),
                         {.flag_one_is_critical = true}),
            CaaReason::no_restricting_property);
}

TEST(UnreadableRdata, ProhibitsWhateverStandsBesideIt) {
  for (const auto& beside : {std::vector<Property>{}, {property("issue", "ca.example")}}) {
    auto lookup = test::answer(kDomain, beside);
    lookup.malformed_rdata = {"0000"};
    const auto made = assess(test::climb(kDomain, {lookup}), test::tls("ca.example"), {});
    EXPECT_EQ(made.outcome, CaaOutcome::prohibited);
    EXPECT_EQ(made.reason, CaaReason::malformed_record);
    EXPECT_EQ(made.found_at, test::name(kDomain));
  }
}

TEST(PermissionWindow, IsTheGreaterOfTtlAndEightHours) {
  const std::tuple<std::uint32_t, std::int64_t> cases[] = {
      {0, 28800},          {300, 28800},       {28800, 28800},
      {28801, 28801},      {604800, 604800},   {0x7fffffff, 0x7fffffff},
      {0x80000000, 28800}, {0xffffffff, 28800}};  // RFC 2181 s8
  for (const auto& [ttl_s, window_s] : cases) {
    SCOPED_TRACE(ttl_s);
    const auto lookup = test::answer(kDomain, {property("issue", "ca.example")}, ttl_s);
    const auto made = assess(test::climb(kDomain, {lookup}), test::tls("ca.example"), {});
    EXPECT_EQ(made.permission_window.count(), window_s);
  }
  EXPECT_EQ(assess(test::climb(kDomain), test::tls("ca.example"), {}).permission_window,
            std::chrono::hours(8));
}

TEST(ManyRecords, TheThousandAndFirstAuthorizes) {
  std::vector<Property> set(1000, property("issue", "other.example"));
  EXPECT_EQ(test::reason(set_at(kDomain, set), test::tls("ca.example")),
            CaaReason::issuer_not_authorized);
  set.push_back(property("issue", "ca.example"));
  EXPECT_EQ(test::reason(set_at(kDomain, set), test::tls("ca.example")),
            CaaReason::issuer_authorized);
}

TEST(Parameters, OneRecordMustSatisfyThemTogether) {
  auto question = test::tls("ca.example");
  question.account_uri = "https://ca.example/acct/1";
  question.validation_method = "dns-01";
  const auto seen = set_at(
      kDomain, {property("issue",
                         "ca.example; accounturi=https://ca.example/acct/1; "
                         "validationmethods=http-01"),
                property("issue", "ca.example; validationmethods=dns-01; accounturi=urn:x")});
  EXPECT_EQ(test::reason(seen, question), CaaReason::parameters_not_satisfied);
}

}  // namespace
}  // namespace parallax::caa
