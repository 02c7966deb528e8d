// SPDX-License-Identifier: Apache-2.0
// The text forms are in answers, records and metrics: they do not change.
#include <set>

#include <gtest/gtest.h>

#include "caa/facts.h"

namespace parallax::caa {
namespace {

TEST(Vocabulary, ReasonsHaveStableDistinctTextsBothWays) {
  const std::vector<std::string_view> texts = {"no-caa-records",
                                               "no-restricting-property",
                                               "issuer-authorized",
                                               "insecure-lookup-failure",
                                               "issuer-not-authorized",
                                               "issuance-forbidden",
                                               "parameters-not-satisfied",
                                               "critical-property",
                                               "malformed-record",
                                               "internal-name",
                                               "lookup-failed",
                                               "lookup-timed-out",
                                               "bogus"};
  std::set<CaaReason> reasons;
  for (const auto text : texts) {
    SCOPED_TRACE(text);
    const auto reason = parse_caa_reason(text);
    ASSERT_TRUE(reason);
    EXPECT_EQ(to_string(*reason), text);
    reasons.insert(*reason);
  }
  EXPECT_EQ(reasons.size(), static_cast<std::size_t>(CaaReason::bogus) + 1);
  EXPECT_FALSE(parse_caa_reason("Bogus"));
  EXPECT_FALSE(parse_caa_reason(""));
}

TEST(Vocabulary, CertificateTypesAndOutcomes) {
  EXPECT_EQ(parse_certificate_type("tls").value(), CertificateType::tls_server);
  EXPECT_EQ(parse_certificate_type("smime").value(), CertificateType::smime);
  EXPECT_FALSE(parse_certificate_type("code-signing"));
  EXPECT_EQ(to_string(CertificateType::smime), "smime");
  EXPECT_EQ(to_string(CaaOutcome::permitted), "permitted");
  EXPECT_EQ(to_string(CaaOutcome::prohibited), "prohibited");
  EXPECT_EQ(to_string(CaaOutcome::undetermined), "undetermined");
}

}  // namespace
}  // namespace parallax::caa
