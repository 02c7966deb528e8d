// SPDX-License-Identifier: Apache-2.0
#include "rules/requirements.h"

#include <gtest/gtest.h>

#include "rules/rule.h"

namespace parallax::rules {
namespace {

Date on(const char* text) { return parse_date(text).value(); }

// The day before and the day of every phase.
TEST(Requirements, FollowThePhases) {
  const struct {
    const char* at;
    unsigned remotes;
    bool enforced;
    unsigned regions;
    unsigned distance_km;
    bool dnssec;
    bool issuemail;
    bool parameters;
  } cases[] = {
      {"2024-01-01", 0, false, 0, 0, false, false, false},
      {"2025-03-14", 0, false, 0, 0, false, false, false},
      {"2025-03-15", 2, false, 0, 500, false, true, false},
      {"2025-09-14", 2, false, 0, 500, false, true, false},
      {"2025-09-15", 2, true, 0, 500, false, true, false},
      {"2026-03-14", 2, true, 0, 500, false, true, false},
      {"2026-03-15", 3, true, 2, 500, true, true, false},
      {"2026-06-14", 3, true, 2, 500, true, true, false},
      {"2026-06-15", 4, true, 2, 500, true, true, false},
      {"2026-06-16", 4, true, 2, 500, true, true, false},
      {"2026-12-14", 4, true, 2, 500, true, true, false},
      {"2026-12-15", 5, true, 2, 500, true, true, false},
      {"2027-03-14", 5, true, 2, 500, true, true, false},
      {"2027-03-15", 5, true, 2, 500, true, true, true},
      {"2030-12-31", 5, true, 2, 500, true, true, true},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.at);
    const Requirements asked = requirements_at(on(c.at));
    EXPECT_EQ(asked.at, on(c.at));
    EXPECT_EQ(asked.remotes_required.value, c.remotes);
    EXPECT_EQ(asked.quorum_enforced.value, c.enforced);
    EXPECT_EQ(asked.rir_regions_required.value, c.regions);
    EXPECT_EQ(asked.distance_min_km.value, c.distance_km);
    EXPECT_EQ(asked.resolver_distance_min_km.value, c.distance_km);
    EXPECT_EQ(asked.resolver_in_perspective_region.value, c.distance_km != 0);
    EXPECT_EQ(asked.caa_window.value, std::chrono::hours(8));
    EXPECT_EQ(asked.dnssec_at_primary.value, c.dnssec);
    EXPECT_EQ(asked.caa_issuemail_required.value, c.issuemail);
    EXPECT_EQ(asked.caa_parameters_required.value, c.parameters);
    EXPECT_EQ(asked.evidence_retention.value, std::chrono::years(2));
  }
}

TEST(Requirements, NameTheRulesTheyStandOn) {
  const Date today = on("2026-11-22");
  const Requirements asked = requirements_at(today);
  using Ids = std::vector<std::string_view>;
  EXPECT_EQ(asked.remotes_required.rules, Ids{"mpic.remotes-minimum"});
  EXPECT_EQ(asked.quorum_enforced.rules, Ids{"mpic.non-corroborations"});
  EXPECT_EQ(asked.rir_regions_required.rules, Ids{"mpic.rir-regions"});
  EXPECT_EQ(asked.distance_min_km.rules,
            (Ids{"mpic.distance-minimum", "mpic.distance-reading"}));
  EXPECT_EQ(asked.caa_window.rules,
            (Ids{"caa.window", "caa.window-smime", "caa.window-no-record"}));
  for (const auto& ids : {asked.dnssec_at_primary.rules, asked.evidence_retention.rules,
                          asked.resolver_distance_min_km.rules, asked.caa_issuemail_required.rules})
    for (const std::string_view id : ids) EXPECT_TRUE(rule(id, today)) << id;
}

TEST(Requirements, NameNoRuleBeforeThereIsOne) {
  const Requirements asked = requirements_at(on("2025-03-14"));
  EXPECT_TRUE(asked.remotes_required.rules.empty());
  EXPECT_TRUE(asked.quorum_enforced.rules.empty());
  EXPECT_TRUE(asked.dnssec_at_primary.rules.empty());
}

TEST(AllowedNonCorroborations, FollowTheTable) {
  const unsigned expected[] = {0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2};
  for (unsigned remotes = 0; remotes <= kQuorumTableMax; ++remotes)
    EXPECT_EQ(allowed_non_corroborations(remotes), expected[remotes]) << remotes;
  EXPECT_EQ(allowed_non_corroborations(1000), 2U);
}

TEST(Requirements, NeverLoosenAsTimeGoesOn) {
  Requirements before = requirements_at(on("2024-01-01"));
  for (Date at = before.at; at < on("2031-01-01"); at += std::chrono::days(1)) {
    const Requirements now = requirements_at(at);
    EXPECT_GE(now.remotes_required.value, before.remotes_required.value);
    EXPECT_GE(now.rir_regions_required.value, before.rir_regions_required.value);
    EXPECT_GE(now.distance_min_km.value, before.distance_min_km.value);
    EXPECT_GE(now.quorum_enforced.value, before.quorum_enforced.value);
    EXPECT_GE(now.dnssec_at_primary.value, before.dnssec_at_primary.value);
    before = now;
  }
}

}  // namespace
}  // namespace parallax::rules
