// SPDX-License-Identifier: Apache-2.0
#include "corroborate/roster.h"

#include <functional>

#include <gmock/gmock.h>

#include "corroborate/scripted.h"
#include "rules/requirements.h"

namespace parallax::corroborate {
namespace {

using test::good_roster;
using test::perspective;
using testing::HasSubstr;
using testing::IsEmpty;

Date date(std::string_view text) { return parse_date(text).value(); }
rules::Coordinates at(std::string_view text) { return rules::Coordinates::parse(text).value(); }

std::vector<RosterFinding> errors(const Roster& roster, std::string_view on) {
  std::vector<RosterFinding> out;
  for (auto& finding : check_roster(roster, date(on)))
    if (finding.severity == Severity::error) out.push_back(std::move(finding));
  return out;
}

Roster cut_to(std::size_t remotes) {
  Roster roster = good_roster();
  roster.remotes.resize(remotes, roster.remotes.front());
  return roster;
}

TEST(Roster, AGoodOneHasNoFindings) {
  for (const char* on : {"2025-09-15", "2026-11-22", "2026-12-14", "2026-12-15", "2030-01-01"})
    EXPECT_THAT(check_roster(good_roster(), date(on)), IsEmpty()) << on;
}

struct Broken {
  const char* name;
  std::function<void(Roster&)> breaks;
  const char* message;
  const char* rule;
};

const Broken kBroken[] = {
    {"too_few", [](Roster& r) { r.remotes.resize(3, r.remotes[0]); },
     "3 remote Network Perspectives are configured, 5 are required", "mpic.remotes-minimum"},
    {"one_region",
     [](Roster& r) {
       for (auto& remote : r.remotes) remote.rir = remote.resolver_rir = rules::Rir::apnic;
     },
     "the remotes lie in 1 RIR service region(s), corroborating ones must lie in 2",
     "mpic.rir-regions"},
    {"near_each_other", [](Roster& r) { r.remotes[0].location = at("-23.0, -46.0"); },
     "the perspectives of eu-1 and sa-1 are 89 km apart, 500 km are required",
     "mpic.distance-minimum"},
    {"near_the_primary", [](Roster& r) { r.remotes[4].location = at("40.71, -74.01"); },
     "the perspectives of primary and us-1 are", "mpic.distance-minimum"},
    {"shared_resolver",
     [](Roster& r) { r.remotes[1].resolver_location = r.remotes[0].resolver_location; },
     "the resolvers of eu-1 and ap-1 are 0 km apart", "mpic.resolver-distance"},
    {"resolver_beside_the_primarys",
     [](Roster& r) { r.remotes[4].resolver_location = r.primary.location; },
     "the resolvers of primary and us-1 are 0 km apart", "mpic.resolver-distance"},
    {"resolver_abroad", [](Roster& r) { r.remotes[2].resolver_rir = rules::Rir::arin; },
     "the resolver of sa-1 lies in the region of ARIN, the perspective in that of LACNIC",
     "mpic.resolver-region"},
    {"primarys_resolver_abroad", [](Roster& r) { r.primary.resolver_rir = rules::Rir::apnic; },
     "the resolver of primary lies in the region of APNIC", "mpic.resolver-region"},
};

class BrokenRoster : public testing::TestWithParam<Broken> {};

TEST_P(BrokenRoster, IsAnErrorThatNamesRuleAndFigure) {
  Roster roster = good_roster();
  GetParam().breaks(roster);
  const auto found = errors(roster, "2026-12-15");
  ASSERT_EQ(found.size(), 1u);
  EXPECT_THAT(found[0].message, HasSubstr(GetParam().message));
  EXPECT_EQ(found[0].rule, GetParam().rule);
  EXPECT_FALSE(found[0].from);
}

INSTANTIATE_TEST_SUITE_P(Roster, BrokenRoster, testing::ValuesIn(kBroken),
                         [](const auto& param) { return std::string(param.param.name); });

TEST(Roster, FourRemotesDoUntilTheDayFiveAreRequired) {
  struct Case {
    const char* on;
    std::size_t remotes;
    std::size_t errors;
    std::size_t warnings;
  };
  const Case cases[] = {
      {"2026-11-22", 4, 0, 1}, {"2026-12-14", 4, 0, 1}, {"2026-12-15", 4, 1, 0},
      {"2026-12-14", 5, 0, 0}, {"2026-06-14", 3, 0, 2}, {"2026-06-15", 3, 1, 1},
      {"2025-09-15", 2, 0, 3},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(std::string(c.on) + " with " + std::to_string(c.remotes));
    const auto found = check_roster(cut_to(c.remotes), date(c.on));
    const auto wrong = errors(cut_to(c.remotes), c.on);
    EXPECT_EQ(wrong.size(), c.errors);
    EXPECT_EQ(found.size() - wrong.size(), c.warnings);
  }
}

TEST(Roster, AFutureBreachIsAWarningWithItsDate) {
  const auto found = check_roster(cut_to(4), date("2026-11-22"));
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].severity, Severity::warning);
  EXPECT_EQ(found[0].from, date("2026-12-15"));
  EXPECT_EQ(found[0].message,
            "from 2026-12-15 on: 4 remote Network Perspectives are configured, 5 are required");
}

TEST(Roster, ADeclaredRegionThatTheCoordinatesContradictIsAWarning) {
  Roster roster = good_roster();
  roster.remotes[1].rir = roster.remotes[1].resolver_rir = rules::Rir::ripe_ncc;  // Tokyo
  const auto found = check_roster(roster, date("2026-12-15"));
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].severity, Severity::warning);
  EXPECT_THAT(found[0].message, HasSubstr("ap-1 is declared in the region of RIPE NCC"));
  EXPECT_THAT(found[0].message, HasSubstr("APNIC serves"));
}

TEST(Roster, MitigationMustBeStated) {
  Roster roster = good_roster();
  roster.remotes[0].bgp_mitigation.clear();
  const auto found = check_roster(roster, date("2026-12-15"));
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].severity, Severity::warning);
  EXPECT_THAT(found[0].message, HasSubstr("bgp_mitigation of eu-1"));
}

TEST(Traits, SayWhoIsEligibleAndWhoConflicts) {
  Roster roster = good_roster();
  roster.remotes[1].location = at("50.0, 9.0");       // beside eu-1
  roster.remotes[2].resolver_rir = rules::Rir::arin;  // out of region
  roster.remotes[4].resolver_location = roster.primary.resolver_location;
  const auto traits = traits_of(roster, {0, 1, 2, 3, 4}, date("2026-12-15"));
  ASSERT_EQ(traits.size(), 5u);
  EXPECT_EQ(traits[0].conflicts, 1u << 1);
  EXPECT_EQ(traits[1].conflicts, 1u << 0);
  for (const std::size_t i : {2u, 3u, 4u}) EXPECT_EQ(traits[i].conflicts, 0u) << i;
  const std::vector<bool> eligible{true, true, false, true, false};
  for (std::size_t i = 0; i < 5; ++i) EXPECT_EQ(traits[i].eligible, eligible[i]) << i;
}

TEST(Traits, OfASubsetAreNumberedWithinIt) {
  Roster roster = good_roster();
  roster.remotes[4].location = at("-34.0, 18.0");  // beside af-1, index 3
  const auto traits = traits_of(roster, {4, 0, 3}, date("2026-12-15"));
  ASSERT_EQ(traits.size(), 3u);
  EXPECT_EQ(traits[0].conflicts, 1u << 2);
  EXPECT_EQ(traits[1].conflicts, 0u);
  EXPECT_EQ(traits[2].conflicts, 1u << 0);
  EXPECT_EQ(traits[1].rir, rules::Rir::ripe_ncc);
}

TEST(Terms, FollowTheDate) {
  struct Case {
    const char* on;
    std::size_t used;
    QuorumTerms terms;
  };
  const Case cases[] = {
      {"2025-09-15", 2, {2, 1, 0}},  {"2026-03-15", 3, {3, 1, 2}}, {"2026-06-15", 5, {4, 1, 2}},
      {"2026-12-14", 6, {4, 2, 2}},  {"2026-12-15", 5, {5, 1, 2}}, {"2026-12-15", 6, {5, 2, 2}},
      {"2026-12-15", 32, {5, 2, 2}},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.on);
    const QuorumTerms terms = terms_at(date(c.on), c.used);
    EXPECT_EQ(terms.remotes_required, c.terms.remotes_required);
    EXPECT_EQ(terms.allowed_non_corroborations, c.terms.allowed_non_corroborations);
    EXPECT_EQ(terms.rir_regions_required, c.terms.rir_regions_required);
  }
}

TEST(Roster, IsWrittenDownWhole) {
  PerspectiveInfo info = perspective("eu-1", rules::Rir::ripe_ncc, "50.11, 8.68");
  info.validates = false;
  EXPECT_EQ(to_json(info), (boost::json::object{{"code", "eu-1"},
                                                {"rir", "RIPE NCC"},
                                                {"location", "50.1100, 8.6800"},
                                                {"resolver_rir", "RIPE NCC"},
                                                {"resolver_location", "50.1100, 8.6800"},
                                                {"provider", "hosting"},
                                                {"bgp_mitigation", "RPKI-validating transit"},
                                                {"validates", false}}));
}

TEST(Roster, IsReadBackAsItWasWritten) {
  PerspectiveInfo info = perspective("eu-1", rules::Rir::ripe_ncc, "50.11, 8.68");
  info.resolver_rir = rules::Rir::lacnic;
  info.resolver_location = at("-23.5512, -46.6333");
  info.validates = false;
  const auto read = perspective_from_json(to_json(info), "");
  ASSERT_TRUE(read) << describe(read.error());
  EXPECT_EQ(to_json(*read), to_json(info));
}

TEST(Roster, WhatIsNoPerspectiveIsRefusedWithItsPlace) {
  const auto good = to_json(good_roster().primary).as_object();
  for (const auto& member : good) {
    SCOPED_TRACE(std::string(member.key()));
    const std::string place = "/perspectives/0/" + std::string(member.key());
    boost::json::object without = good;
    without.erase(member.key());
    const auto missing = perspective_from_json(without, "/perspectives/0");
    ASSERT_FALSE(missing);
    EXPECT_THAT(describe(missing.error()), HasSubstr(place));
    boost::json::object other = good;
    other[member.key()] = 7;
    const auto mistyped = perspective_from_json(other, "/perspectives/0");
    ASSERT_FALSE(mistyped);
    EXPECT_THAT(describe(mistyped.error()), HasSubstr(place));
  }
  EXPECT_FALSE(perspective_from_json("eu-1", ""));
}

}  // namespace
}  // namespace parallax::corroborate
