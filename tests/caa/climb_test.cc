// SPDX-License-Identifier: Apache-2.0
// The climb: which set is the relevant one, failures on the way, and remotes that lie about it.
#include <gtest/gtest.h>

#include "caa/facts.h"

namespace parallax::caa {
namespace {

using dns::LookupStatus;
using dns::Verdict;
using test::answer;
using test::climb;
using test::failure;
using test::insecure_failure;
using test::property;

constexpr const char* kDomain = "a.b.example.com";
const CaaQuestion kQuestion = test::smime("ca.example");
const std::vector<Property> kOurs = {property("issuemail", "ca.example")};
const std::vector<Property> kDeny = {property("issuemail", ";")};
const AssessmentSettings kPolicyOn{.permit_insecure_lookup_failure = true};

TEST(Climb, TheNearestNonEmptySetIsTheRelevantOne) {
  EXPECT_EQ(test::reason(climb(kDomain, {answer("b.example.com", kOurs), answer("com", kDeny)}),
                         kQuestion),
            CaaReason::issuer_authorized);
  EXPECT_EQ(test::reason(climb(kDomain, {answer(kDomain, kDeny), answer("example.com", kOurs)}),
                         kQuestion),
            CaaReason::issuance_forbidden);
}

TEST(Climb, TheTopLevelDomainCounts) {
  EXPECT_EQ(test::reason(climb(kDomain, {answer("com", kDeny)}), kQuestion),
            CaaReason::issuance_forbidden);
  EXPECT_EQ(test::reason(climb("com", {answer("com", kDeny)}), kQuestion),
            CaaReason::issuance_forbidden);
  EXPECT_EQ(test::reason(climb("com"), kQuestion), CaaReason::no_caa_records);
}

TEST(Climb, AChildSetHidesItsParentsWhateverItHolds) {
  for (const auto& hiding : {property("iodef", "mailto:x@example.com"), property("issue", ";"),
                             property("contactemail", "x@example.com"), property("future", "")}) {
    SCOPED_TRACE(hiding.tag);
    const auto seen = climb(kDomain, {answer("b.example.com", {hiding}), answer("com", kDeny)});
    const auto made = assess(seen, kQuestion, {});
    EXPECT_EQ(made.reason, CaaReason::no_restricting_property);
    EXPECT_EQ(made.found_at, test::name("b.example.com"));
  }
}

TEST(Climb, NonexistentNamesBelowAnExistingTopLevelDomainAreEmpty) {
  EXPECT_EQ(test::reason(climb(kDomain, {test::nxdomain(kDomain), test::nxdomain("b.example.com")}),
                         kQuestion),
            CaaReason::no_caa_records);
}

TEST(Climb, ATopLevelDomainProvedAbsentIsAnInternalName) {
  const auto made = assess(
      climb("mail.corp", {test::nxdomain("mail.corp"), test::nxdomain("corp")}), kQuestion, {});
  EXPECT_EQ(made.outcome, CaaOutcome::prohibited);
  EXPECT_EQ(made.reason, CaaReason::internal_name);
}

TEST(Climb, ATopLevelDomainAbsentWithoutProofIsUndetermined) {
  for (const bool validating : {true, false}) {
    auto seen =
        climb("mail.corp",
              {test::nxdomain("corp", validating ? Verdict::insecure : Verdict::indeterminate)});
    seen.validating = validating;
    EXPECT_EQ(test::reason(seen, kQuestion), CaaReason::lookup_failed);
  }
}

struct FailureCase {
  const char* name;
  LookupStatus status;
  CaaReason reason;
};
class FailedLookup : public testing::TestWithParam<FailureCase> {};

TEST_P(FailedLookup, NearerThanTheSetDecides) {
  for (const auto* at : {kDomain, "b.example.com"}) {
    const auto seen =
        climb(kDomain, {failure(at, GetParam().status), answer("example.com", kOurs)});
    for (const auto& settings : {AssessmentSettings{}, kPolicyOn}) {
      const auto made = assess(seen, kQuestion, settings);
      EXPECT_EQ(made.outcome, CaaOutcome::undetermined);
      EXPECT_EQ(made.reason, GetParam().reason);
      EXPECT_EQ(made.permission_window.count(), 0);
    }
  }
}

TEST_P(FailedLookup, BeyondTheSetDoesNotMatter) {
  const auto seen =
      climb(kDomain, {answer("b.example.com", kOurs), failure("example.com", GetParam().status)});
  EXPECT_EQ(test::reason(seen, kQuestion), CaaReason::issuer_authorized);
}

INSTANTIATE_TEST_SUITE_P(
    Climb, FailedLookup,
    testing::Values(FailureCase{"failed", LookupStatus::failed, CaaReason::lookup_failed},
                    FailureCase{"timed_out", LookupStatus::timed_out, CaaReason::lookup_timed_out},
                    FailureCase{"bogus", LookupStatus::bogus, CaaReason::bogus}),
    [](const auto& info) { return info.param.name; });

TEST(FailurePolicy, AllConditionsHoldAndItIsTurnedOn) {
  for (const auto status : {LookupStatus::failed, LookupStatus::timed_out}) {
    auto lookup = insecure_failure(kDomain, "example.com");
    lookup.status = status;
    const auto made = assess(climb(kDomain, {lookup}), kQuestion, kPolicyOn);
    EXPECT_EQ(made.outcome, CaaOutcome::permitted);
    EXPECT_EQ(made.reason, CaaReason::insecure_lookup_failure);
    EXPECT_EQ(made.verdict, Verdict::insecure);
    EXPECT_EQ(made.permission_window, std::chrono::hours(8));
  }
}

TEST(FailurePolicy, AParentsSetStandsPastACountedFailure) {
  const auto lookup = insecure_failure(kDomain, "example.com");
  EXPECT_EQ(
      test::reason(climb(kDomain, {lookup, answer("example.com", kDeny)}), kQuestion, kPolicyOn),
      CaaReason::issuance_forbidden);
  EXPECT_EQ(
      test::reason(climb(kDomain, {lookup, answer("example.com", kOurs)}), kQuestion, kPolicyOn),
      CaaReason::insecure_lookup_failure);
}

TEST(FailurePolicy, AFurtherFailureThatDoesNotCountStillDecides) {
  EXPECT_EQ(test::reason(climb(kDomain, {insecure_failure(kDomain, "b.example.com"),
                                         failure("b.example.com")}),
                         kQuestion, kPolicyOn),
            CaaReason::lookup_failed);
}

struct ConditionCase {
  const char* name;
  void (*spoil)(CaaLookup&);
};
class FailurePolicyCondition : public testing::TestWithParam<ConditionCase> {};

TEST_P(FailurePolicyCondition, MissingMeansUndetermined) {
  auto lookup = insecure_failure(kDomain, "example.com");
  GetParam().spoil(lookup);
  EXPECT_EQ(assess(climb(kDomain, {lookup}), kQuestion, kPolicyOn).outcome,
            CaaOutcome::undetermined);
}

INSTANTIATE_TEST_SUITE_P(
    FailurePolicy, FailurePolicyCondition,
    testing::Values(
        ConditionCase{"not_retried", [](CaaLookup& l) { l.attempts = 1; }},
        ConditionCase{"no_proof_sought", [](CaaLookup& l) { l.insecurity.reset(); }},
        ConditionCase{"not_proved", [](CaaLookup& l) { l.insecurity->proved = false; }},
        ConditionCase{"proof_without_steps", [](CaaLookup& l) { l.insecurity->steps.clear(); }},
        ConditionCase{"proof_for_a_sibling",
                      [](CaaLookup& l) { l.insecurity->insecure_at = "c.example.com"; }},
        ConditionCase{"proof_below",
                      [](CaaLookup& l) { l.insecurity->insecure_at = "x.a.b.example.com"; }},
        ConditionCase{"proof_by_suffix_of_text",
                      [](CaaLookup& l) { l.insecurity->insecure_at = "le.com"; }},
        ConditionCase{"proof_for_the_root", [](CaaLookup& l) { l.insecurity->insecure_at = "."; }},
        ConditionCase{"proof_for_nothing", [](CaaLookup& l) { l.insecurity->insecure_at = ""; }},
        ConditionCase{"behind_an_alias",
                      [](CaaLookup& l) { l.alias_chain = {"target.secure.example"}; }},
        ConditionCase{"bogus_status", [](CaaLookup& l) { l.status = LookupStatus::bogus; }},
        ConditionCase{"bogus_verdict", [](CaaLookup& l) { l.verdict = Verdict::bogus; }}),
    [](const auto& info) { return info.param.name; });

TEST(FailurePolicy, OffByDefault) {
  EXPECT_EQ(test::reason(climb(kDomain, {insecure_failure(kDomain, "example.com")}), kQuestion),
            CaaReason::lookup_failed);
}

struct LieCase {
  const char* name;
  void (*tell)(CaaObservation&);
};
class LyingRemote : public testing::TestWithParam<LieCase> {};

// The honest climb permits, with and without a set; whatever the remote makes of it must not.
TEST_P(LyingRemote, IsNeverPermitted) {
  auto seen = climb(kDomain);
  ASSERT_EQ(assess(seen, kQuestion, {}).outcome, CaaOutcome::permitted);
  GetParam().tell(seen);
  const auto made = assess(seen, kQuestion, kPolicyOn);
  EXPECT_EQ(made.outcome, CaaOutcome::undetermined);
  EXPECT_FALSE(made.explanation.empty());
  EXPECT_EQ(made.permission_window.count(), 0);
}

INSTANTIATE_TEST_SUITE_P(
    Climb, LyingRemote,
    testing::Values(
        LieCase{"nothing", [](CaaObservation& o) { o.lookups.clear(); }},
        LieCase{"no_top_level_domain", [](CaaObservation& o) { o.lookups.pop_back(); }},
        LieCase{"only_the_name", [](CaaObservation& o) { o.lookups.resize(1, o.lookups[0]); }},
        LieCase{"gap", [](CaaObservation& o) { o.lookups.erase(o.lookups.begin() + 1); }},
        LieCase{"starts_at_the_parent",
                [](CaaObservation& o) { o.lookups.erase(o.lookups.begin()); }},
        LieCase{"wrong_order", [](CaaObservation& o) { std::swap(o.lookups[0], o.lookups[1]); }},
        LieCase{"repeated", [](CaaObservation& o) { o.lookups[1] = o.lookups[0]; }},
        LieCase{"foreign_domain", [](CaaObservation& o) { o.domain = test::name("other.com"); }},
        LieCase{"foreign_step",
                [](CaaObservation& o) { o.lookups[1].name = test::name("b.example.org"); }},
        LieCase{"beyond_the_top", [](CaaObservation& o) { o.lookups.push_back(answer("net")); }},
        LieCase{"foreign_set_ahead",
                [](CaaObservation& o) {
                  o.lookups.insert(o.lookups.begin(), answer("x.example.net", kOurs));
                }},
        LieCase{"foreign_set_behind_ours",
                [](CaaObservation& o) {
                  o.lookups[0].properties = kOurs;
                  o.lookups[2].name = test::name("other.com");
                }},
        LieCase{"answered_yet_bogus",
                [](CaaObservation& o) { o.lookups[2].verdict = Verdict::bogus; }},
        LieCase{"answered_yet_indeterminate",
                [](CaaObservation& o) { o.lookups[2].verdict = Verdict::indeterminate; }},
        LieCase{"answered_with_servfail",
                [](CaaObservation& o) { o.lookups[2].rcode = dns::Rcode::servfail; }},
        LieCase{"records_at_a_nonexistent_name",
                [](CaaObservation& o) {
                  o.lookups[0].rcode = dns::Rcode::nxdomain;
                  o.lookups[0].properties = kOurs;
                }},
        LieCase{"failed_with_records",
                [](CaaObservation& o) {
                  o.lookups[0] = failure(kDomain);
                  o.lookups[0].properties = kOurs;
                }}),
    [](const auto& info) { return info.param.name; });

TEST(NonValidatingRemote, MayPermitOnAnsweredLookups) {
  for (auto seen : {climb(kDomain), test::set_at(kDomain, kOurs)}) {
    seen.validating = false;
    for (auto& lookup : seen.lookups) lookup.verdict = Verdict::indeterminate;
    const auto made = assess(seen, kQuestion, {});
    EXPECT_EQ(made.outcome, CaaOutcome::permitted);
    EXPECT_EQ(made.verdict, Verdict::indeterminate);
  }
}

TEST(Verdict, IsTheWeakestOfTheLookupsThatDecided) {
  auto insecure = answer("b.example.com");
  insecure.verdict = Verdict::insecure;
  EXPECT_EQ(assess(climb(kDomain, {insecure}), kQuestion, {}).verdict, Verdict::insecure);
  EXPECT_EQ(assess(climb(kDomain), kQuestion, {}).verdict, Verdict::secure);
  EXPECT_EQ(assess(climb(kDomain, {answer(kDomain, kOurs), insecure}), kQuestion, {}).verdict,
            Verdict::secure);
  EXPECT_EQ(assess(climb(kDomain, {failure("com", LookupStatus::bogus)}), kQuestion, {}).verdict,
            Verdict::bogus);
}

}  // namespace
}  // namespace parallax::caa
