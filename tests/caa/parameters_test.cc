// SPDX-License-Identifier: Apache-2.0
#include "caa/parameters.h"

#include <gtest/gtest.h>

namespace parallax::caa {
namespace {

constexpr const char* kAccount = "https://ca.example/acct/1";

struct Case {
  const char* name;
  std::vector<Parameter> parameters;
  bool satisfied;
};

class ParametersOfOneRequest : public testing::TestWithParam<Case> {};

// The request: account kAccount, validated with dns-01.
TEST_P(ParametersOfOneRequest, AreJudged) {
  EXPECT_EQ(parameters_satisfied(GetParam().parameters, kAccount, "dns-01"), GetParam().satisfied);
}

INSTANTIATE_TEST_SUITE_P(
    Rfc8657, ParametersOfOneRequest,
    testing::Values(
        Case{"none", {}, true}, Case{"unknown_ignored", {{"policy", "ev"}}, true},
        Case{"account_equal", {{"accounturi", kAccount}}, true},
        Case{"account_other", {{"accounturi", "https://ca.example/acct/2"}}, false},
        Case{"account_prefix", {{"accounturi", "https://ca.example/acct/"}}, false},
        Case{"account_longer", {{"accounturi", "https://ca.example/acct/11"}}, false},
        Case{"account_other_case", {{"accounturi", "https://CA.example/acct/1"}}, false},
        Case{"account_empty", {{"accounturi", ""}}, false},
        Case{"account_twice_equal", {{"accounturi", kAccount}, {"accounturi", kAccount}}, false},
        Case{"account_twice_by_case", {{"accounturi", kAccount}, {"AccountURI", kAccount}}, false},
        Case{"account_tag_other_case", {{"AccountUri", "https://ca.example/acct/2"}}, false},
        Case{"method_equal", {{"validationmethods", "dns-01"}}, true},
        Case{"method_among", {{"validationmethods", "http-01,dns-01,xyz-01"}}, true},
        Case{"method_equivalent", {{"validationmethods", "ca-tbr-7"}}, true},
        Case{"method_other", {{"validationmethods", "http-01"}}, false},
        Case{"method_other_tbr", {{"validationmethods", "ca-tbr-19"}}, false},
        Case{"method_prefix", {{"validationmethods", "dns-0"}}, false},
        Case{"method_longer", {{"validationmethods", "dns-011"}}, false},
        Case{"method_other_case", {{"validationmethods", "DNS-01"}}, false},
        Case{"methods_empty", {{"validationmethods", ""}}, false},
        Case{"methods_comma", {{"validationmethods", ","}}, false},
        Case{"methods_trailing_comma", {{"validationmethods", "dns-01,"}}, false},
        Case{"methods_leading_comma", {{"validationmethods", ",dns-01"}}, false},
        Case{"methods_bad_octet", {{"validationmethods", "dns-01,x_y"}}, false},
        Case{"methods_twice",
             {{"validationmethods", "dns-01"}, {"validationmethods", "dns-01"}},
             false},
        Case{"both", {{"accounturi", kAccount}, {"validationmethods", "dns-01"}}, true},
        Case{"account_fits_method_not",
             {{"accounturi", kAccount}, {"validationmethods", "http-01"}},
             false},
        Case{"method_fits_account_not",
             {{"accounturi", "https://x.example/"}, {"validationmethods", "dns-01"}},
             false}),
    [](const auto& info) { return info.param.name; });

TEST(Parameters, WithoutAccountOrMethodARestrictionCannotBeSatisfied) {
  EXPECT_FALSE(parameters_satisfied({{"accounturi", kAccount}}, std::nullopt, "dns-01"));
  EXPECT_FALSE(parameters_satisfied({{"validationmethods", "dns-01"}}, kAccount, std::nullopt));
  EXPECT_TRUE(parameters_satisfied({}, std::nullopt, std::nullopt));
}

TEST(Parameters, AnInvalidAccountUriIsNeverRecognised) {
  for (const std::string uri : {"", "1234", ":x", "acct:", "1a:b", "a_b:c", "acct:a<b"}) {
    SCOPED_TRACE(uri);
    EXPECT_FALSE(is_uri(uri));
    EXPECT_FALSE(parameters_satisfied({{"accounturi", uri}}, uri, std::nullopt));
  }
  EXPECT_TRUE(parameters_satisfied({{"accounturi", "acct:1@ca.example"}}, "acct:1@ca.example",
                                   std::nullopt));
}

// TLS BR 4.2.2.1.2.
TEST(SameMethod, KnowsTheEqualLabels) {
  const std::pair<const char*, const char*> equal[] = {{"http-01", "ca-tbr-19"},
                                                       {"dns-01", "ca-tbr-7"},
                                                       {"tls-alpn-01", "ca-tbr-20"},
                                                       {"dns-account-01", "ca-tbr-21"},
                                                       {"dns-persist-01", "ca-tbr-22"}};
  for (const auto& [acme, tbr] : equal) {
    SCOPED_TRACE(acme);
    EXPECT_TRUE(same_method(acme, tbr));
    EXPECT_TRUE(same_method(tbr, acme));
    EXPECT_TRUE(same_method(tbr, tbr));
    EXPECT_FALSE(same_method(acme, "ca-tbr-18"));
  }
  EXPECT_FALSE(same_method("ca-tbr-7", "ca-tbr-19"));
  EXPECT_FALSE(same_method("CA-TBR-7", "dns-01"));
}

TEST(MethodLabel, IsRegisteredOrBeginsWithCa) {
  struct Label {
    const char* name;
    std::string text;
    bool known;
  };
  const Label labels[] = {
      {"registered", "dns-01", true},
      {"registered_for_mail", "email-reply-00", true},
      {"of_the_baseline_requirements", "ca-tbr-13", true},
      {"of_a_ca", "ca-x", true},
      {"longest", "ca-" + std::string(61, 'x'), true},
      {"longer", "ca-" + std::string(62, 'x'), false},
      {"empty", "", false},
      {"unknown", "zzz", false},
      {"other_case", "DNS-01", false},
      {"prefix_alone", "ca-", false},
      {"prefix_in_other_case", "CA-tbr-7", false},
      {"two_labels", "dns-01,http-01", false},
      {"two_labels_behind_the_prefix", "ca-tbr-7,dns-01", false},
      {"space", "dns-01 ", false},
      {"underscore", "ca-a_b", false},
      {"nul", std::string("ca-a\0", 5), false},
  };
  for (const Label& label : labels) {
    SCOPED_TRACE(label.name);
    const Status known = check_method_label(label.text);
    EXPECT_EQ(known.has_value(), label.known);
    if (!known) EXPECT_EQ(known.error().code, ErrorCode::malformed);
  }
}

TEST(MethodLabel, IsQuotedInPrintableForm) {
  EXPECT_TRUE(check_method_label("\x1b[2J").error().message.starts_with("\"\\x1b[2J\" is no "));
  EXPECT_LT(check_method_label(std::string(10'000, 'x')).error().message.size(), 300u);
}

}  // namespace
}  // namespace parallax::caa
