// SPDX-License-Identifier: Apache-2.0
// Public incidents at certificate authorities (Mozilla CA Certificate Compliance bugs), each as the
// judgement that makes it impossible here.
#include <gtest/gtest.h>

#include "caa/facts.h"

namespace parallax::caa {
namespace {

using test::property;

const AssessmentSettings kPolicyOn{.permit_insecure_lookup_failure = true};

// 1409735, 1409859: a lookup failure in a signed zone was taken as permission.
TEST(Incident1409735, AFailureWithoutProofOfInsecurityIsNeverPermission) {
  for (const auto status :
       {dns::LookupStatus::failed, dns::LookupStatus::timed_out, dns::LookupStatus::bogus}) {
    auto lookup = test::failure("signed.example", status);
    EXPECT_EQ(
        assess(test::climb("signed.example", {lookup}), test::tls("ca.example"), kPolicyOn).outcome,
        CaaOutcome::undetermined);
    lookup.insecurity = dns::InsecurityProof{
        false, "the delegation is secure", "", {{"example", "DS validated", ""}}};
    EXPECT_EQ(
        assess(test::climb("signed.example", {lookup}), test::tls("ca.example"), kPolicyOn).outcome,
        CaaOutcome::undetermined);
  }
}

// 1409764: an unknown critical tag was ignored.
TEST(Incident1409764, AnUnknownCriticalTagProhibitsBesideAnAuthorization) {
  for (const auto flags : std::vector<std::uint8_t>{128, 129, 255}) {
    const auto seen = test::set_at("example.com",
                                   {property("issue", "ca.example"), property("crit", "x", flags)});
    EXPECT_EQ(test::reason(seen, test::tls("ca.example")), CaaReason::critical_property);
  }
}

// 1841534: issued after the window of the check had passed.
TEST(Incident1841534, EveryPermissionHasAnEnd) {
  EXPECT_EQ(assess(test::climb("example.com"), test::tls("ca.example"), {}).permission_window,
            std::chrono::hours(8));
  EXPECT_EQ(
      assess(test::set_at("example.com", {property("issue", ";")}), test::tls("ca.example"), {})
          .permission_window,
      std::chrono::seconds(0));
}

// 1904748: issuewild was mishandled.
TEST(Incident1904748, IssuewildDecidesWildcardsAndOnlyThose) {
  const auto seen =
      test::set_at("example.com", {property("issue", "ca.example"), property("issuewild", ";")});
  EXPECT_EQ(test::reason(seen, test::wildcard("ca.example")), CaaReason::issuance_forbidden);
  EXPECT_EQ(test::reason(seen, test::tls("ca.example")), CaaReason::issuer_authorized);
}

// 1904749: the issuer was matched as a substring.
TEST(Incident1904749, IssuersCompareAsWholeNames) {
  for (const auto* named : {"ca.example.net", "notca.example", "ca.example-x.net", "a.example",
                            "example", "x.example; y=ca.example", "x.ca.example"}) {
    SCOPED_TRACE(named);
    EXPECT_EQ(
        assess(test::set_at("example.com", {property("issue", named)}), test::tls("ca.example"), {})
            .outcome,
        CaaOutcome::prohibited);
  }
}

// 1931615, 1938236: an empty issuer set meant no restriction.
TEST(Incident1938236, WithoutAnIssuerNothingIsPermitted) {
  const CaaQuestion nobody = test::question(CertificateType::tls_server, {});
  for (const auto& seen : {test::climb("example.com"), test::set_at("example.com", {}),
                           test::set_at("example.com", {property("issue", ";")}),
                           test::set_at("example.com", {property("issuewild", "x.example")})})
    EXPECT_EQ(assess(seen, nobody, kPolicyOn).outcome, CaaOutcome::prohibited);
}

// 2017185: CAA handling during a disruption of the CA's own network: nothing can be proved then.
TEST(Incident2017185, AnOwnNetworkFailureIsNeverPermission) {
  CaaObservation seen = test::climb("a.example.com");
  for (auto& lookup : seen.lookups) {
    lookup = test::failure(lookup.name.text(), dns::LookupStatus::timed_out);
    lookup.insecurity = dns::InsecurityProof{false, "the root did not answer", "", {}};
  }
  EXPECT_EQ(assess(seen, test::tls("ca.example"), kPolicyOn).outcome, CaaOutcome::undetermined);
}

}  // namespace
}  // namespace parallax::caa
