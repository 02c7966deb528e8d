// SPDX-License-Identifier: Apache-2.0
// The examples of RFC 8657 appendix A, each with requests that fit and that do not.
#include <gtest/gtest.h>

#include "caa/facts.h"

namespace parallax::caa {
namespace {

using test::property;

constexpr const char* kAccount1234 = "https://example.net/account/1234";
constexpr const char* kAccount2345 = "https://example.net/account/2345";

struct Case {
  const char* name;
  std::vector<const char*> values;  // of issue properties at example.com
  const char* account;
  const char* method;
  bool permitted;
};

class Rfc8657 : public testing::TestWithParam<Case> {};

TEST_P(Rfc8657, Example) {
  const auto& c = GetParam();
  for (const auto* tag : {"issue", "issuewild", "issuemail"}) {
    SCOPED_TRACE(tag);
    std::vector<Property> set;
    for (const auto* value : c.values) set.push_back(property(tag, value));
    auto question = test::tls("example.net");
    if (std::string_view(tag) == "issuewild") question.wildcard = true;
    if (std::string_view(tag) == "issuemail") question.type = CertificateType::smime;
    question.account_uri = c.account;
    question.validation_method = c.method;
    const auto made = assess(test::set_at("example.com", set), question, {});
    EXPECT_EQ(made.reason,
              c.permitted ? CaaReason::issuer_authorized : CaaReason::parameters_not_satisfied);
  }
}

const std::vector<const char*> kTwoAccounts = {
    "example.net; accounturi=https://example.net/account/1234",
    "example.net; accounturi=https://example.net/account/2345"};
const std::vector<const char*> kTwoMethods = {"example.net; validationmethods=dns-01,xyz-01"};
const std::vector<const char*> kTwoMethodsApart = {"example.net; validationmethods=dns-01",
                                                   "example.net; validationmethods=xyz-01"};
const std::vector<const char*> kAccountWithMethod = {
    "example.net; accounturi=https://example.net/account/1234; validationmethods=dns-01",
    "example.net; accounturi=https://example.net/account/2345; validationmethods=http-01"};
const std::vector<const char*> kCaMethod = {"example.net; validationmethods=dns-01,ca-foo"};

INSTANTIATE_TEST_SUITE_P(
    AppendixA, Rfc8657,
    testing::Values(
        Case{"two_accounts_first", kTwoAccounts, kAccount1234, "dns-01", true},
        Case{"two_accounts_second", kTwoAccounts, kAccount2345, "http-01", true},
        Case{"two_accounts_third", kTwoAccounts, "https://example.net/account/1", "dns-01", false},
        Case{"two_methods_dns", kTwoMethods, kAccount1234, "dns-01", true},
        Case{"two_methods_xyz", kTwoMethods, kAccount1234, "xyz-01", true},
        Case{"two_methods_http", kTwoMethods, kAccount1234, "http-01", false},
        Case{"methods_apart_dns", kTwoMethodsApart, kAccount1234, "dns-01", true},
        Case{"methods_apart_xyz", kTwoMethodsApart, kAccount1234, "xyz-01", true},
        Case{"methods_apart_http", kTwoMethodsApart, kAccount1234, "http-01", false},
        Case{"account_with_its_method", kAccountWithMethod, kAccount1234, "dns-01", true},
        Case{"other_account_with_its_method", kAccountWithMethod, kAccount2345, "http-01", true},
        Case{"account_with_others_method", kAccountWithMethod, kAccount1234, "http-01", false},
        Case{"other_account_with_others_method", kAccountWithMethod, kAccount2345, "dns-01", false},
        Case{"ca_method", kCaMethod, kAccount1234, "ca-foo", true},
        Case{"ca_method_dns", kCaMethod, kAccount1234, "dns-01", true},
        Case{"ca_method_http", kCaMethod, kAccount1234, "http-01", false},
        Case{"ca_tbr_equal", kCaMethod, kAccount1234, "ca-tbr-7", true}),
    [](const auto& info) { return info.param.name; });

// s3: an account URI at another CA's name is of no use.
TEST(Rfc8657Section3, TheIssuerIsStillCompared) {
  auto question = test::tls("example.org");
  question.account_uri = kAccount1234;
  const auto seen =
      test::set_at("example.com",
                   {property("issue", "example.net; accounturi=https://example.net/account/1234")});
  EXPECT_EQ(test::reason(seen, question), CaaReason::issuer_not_authorized);
}

}  // namespace
}  // namespace parallax::caa
