// SPDX-License-Identifier: Apache-2.0
#include "rules/rule.h"

#include <map>
#include <set>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "rules/table.h"

namespace parallax::rules {
namespace {

Date on(const char* text) { return parse_date(text).value(); }

std::vector<Phase> all_phases() {
  std::vector<Phase> phases;
  for (const auto part : table_parts()) phases.insert(phases.end(), part.begin(), part.end());
  return phases;
}

TEST(Table, PhasesFollowEachOtherWithoutGapOrOverlap) {
  std::map<std::string_view, Date> ends;
  for (const Phase& phase : all_phases()) {
    SCOPED_TRACE(phase.id);
    EXPECT_LT(phase.from, phase.until);
    const auto [last, first_phase] = ends.emplace(phase.id, phase.until);
    if (!first_phase) {
      EXPECT_EQ(last->second, phase.from);
      last->second = phase.until;
    }
  }
  for (const auto& [id, end] : ends) EXPECT_EQ(end, kOpenEnd) << id;
}

TEST(Table, RowsAreCompleteAndCitableFromTheirFirstDay) {
  for (const Phase& phase : all_phases()) {
    SCOPED_TRACE(phase.id);
    EXPECT_FALSE(phase.ballot.empty());
    EXPECT_TRUE(phase.text.ends_with('.'));
    ASSERT_FALSE(phase.places.empty());
    // A rule can be published before it takes effect, never after.
    EXPECT_LE(phase.places.front().since, std::max(phase.from, on("2015-04-16")));
    for (std::size_t i = 1; i < phase.places.size(); ++i)
      EXPECT_LT(phase.places[i - 1].since, phase.places[i].since);
  }
}

RC_GTEST_PROP(Rules, ExactlyOneValueOfEachHoldsOnAnyDay, ()) {
  const Date at = on("2024-01-01") + std::chrono::days(*rc::gen::inRange(0, 2557));
  std::map<std::string_view, int> holding;
  for (const Phase& phase : all_phases()) {
    int& count = holding[phase.id];
    if (phase.from <= at && at < phase.until) ++count;
  }
  std::set<std::string_view> listed;
  for (const Rule& in_force : rules_in_force(at)) {
    RC_ASSERT(listed.insert(in_force.id).second);
    RC_ASSERT(in_force.from <= at);
    RC_ASSERT(!in_force.until || at < *in_force.until);
  }
  for (const auto& [id, count] : holding) {
    RC_ASSERT(count <= 1);
    RC_ASSERT((count == 1) == rule(id, at).has_value());
    RC_ASSERT((count == 1) == (listed.count(id) == 1));
  }
}

TEST(Rules, MinimumOfRemotesIsCitedPhaseByPhase) {
  const struct {
    const char* at;
    int value;
    const char* from;
    const char* until;  // nullptr: open
  } cases[] = {
      {"2025-03-15", 2, "2025-03-15", "2025-09-15"}, {"2025-09-15", 2, "2025-09-15", "2026-03-15"},
      {"2026-03-15", 3, "2026-03-15", "2026-06-15"}, {"2026-06-15", 4, "2026-06-15", "2026-12-15"},
      {"2026-12-15", 5, "2026-12-15", nullptr},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.at);
    const auto found = rule("mpic.remotes-minimum", on(c.at));
    ASSERT_TRUE(found);
    EXPECT_EQ(found->value, c.value);
    EXPECT_EQ(to_string(found->document), "TLS BR");
    EXPECT_EQ(found->version, "2.0.7");
    EXPECT_EQ(found->section, "3.2.2.9");
    EXPECT_EQ(found->ballot, "SC-067");
    EXPECT_EQ(found->from, on(c.from));
    EXPECT_EQ(found->until, c.until ? std::optional(on(c.until)) : std::nullopt);
    EXPECT_FALSE(found->house);
  }
  EXPECT_FALSE(rule("mpic.remotes-minimum", on("2025-03-14")));
}

TEST(Rules, AreCitedWhereTheyStoodOnTheDay) {
  const struct {
    const char* id;
    const char* at;
    const char* version;
    const char* section;
  } cases[] = {
      {"caa.issue", "2026-06-15", "1.4.3", "3.2.2.8"},
      {"caa.issue", "2026-06-16", "2.2.8", "4.2.2.1"},
      {"dnssec.caa", "2026-03-15", "2.1.6", "3.2.2.8.1"},
      {"dnssec.caa", "2026-06-16", "2.2.8", "4.2.2.1.3"},
      {"dnssec.caa", "2026-09-06", "2.2.8", "4.2.2.1.3"},
      {"dnssec.caa", "2026-09-07", "2.3.0", "4.2.2.2"},
      {"dnssec.control", "2026-09-06", "2.1.6", "3.2.2.4"},
      {"dnssec.control", "2026-09-07", "2.3.0", "4.2.2.2"},
      {"dnssec.caa-smime", "2026-11-22", "1.0.12", "4.2.2.1.1"},
      {"dnssec.evidence", "2026-09-07", "2.3.0", "4.2.2.2.7"},
      {"caa.issuemail", "2026-11-22", "1.0.3", "4.2.2.1"},
      {"mpic.smime", "2026-11-22", "1.0.8", "4.2.2.2"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(std::string(c.id) + " on " + c.at);
    const auto found = rule(c.id, on(c.at));
    ASSERT_TRUE(found);
    EXPECT_EQ(found->version, c.version);
    EXPECT_EQ(found->section, c.section);
  }
}

TEST(Rules, ShouldBecomesMustOnItsDay) {
  const struct {
    const char* id;
    const char* first_should;
    const char* first_must;
  } cases[] = {
      {"mpic.smime", "2025-03-15", "2025-05-15"},
      {"caa.issuemail", "2024-09-15", "2025-03-15"},
      {"caa.parameters", "2026-06-16", "2027-03-15"},
      {"mpic.non-corroborations", "2025-03-15", "2025-09-15"},
  };
  constexpr std::chrono::days kDay(1);
  for (const auto& c : cases) {
    SCOPED_TRACE(c.id);
    EXPECT_FALSE(rule(c.id, on(c.first_should) - kDay));
    EXPECT_EQ(rule(c.id, on(c.first_should))->force, Force::should);
    EXPECT_EQ(rule(c.id, on(c.first_must) - kDay)->force, Force::should);
    EXPECT_EQ(rule(c.id, on(c.first_must))->force, Force::must);
  }
}

TEST(Rules, HouseRulesAreMarked) {
  const Date today = on("2026-11-22");
  for (const char* id :
       {"mpic.distance-reading", "mpic.fixed-set", "mpic.bogus-remote", "caa.window-no-record",
        "caa.parameters-issuemail", "caa.parameter-repeated", "names.internal-mailbox"}) {
    SCOPED_TRACE(id);
    ASSERT_TRUE(rule(id, today));
    EXPECT_TRUE(rule(id, today)->house);
  }
}

TEST(Rules, UnknownIdIsNoRule) {
  EXPECT_FALSE(rule("", on("2026-11-22")));
  EXPECT_FALSE(rule("mpic.remotes", on("2026-11-22")));
}

TEST(DecisionRules, DependOnTheKindOfCertificate) {
  const Date today = on("2026-11-22");
  const auto holds = [today](Scope scope, std::string_view id) {
    const auto ids = decision_rules(scope, today);
    return std::ranges::find(ids, id) != ids.end();
  };
  for (const Scope scope : {Scope::tls, Scope::smime}) {
    EXPECT_TRUE(holds(scope, "mpic.remotes-minimum"));
    EXPECT_TRUE(holds(scope, "caa.window-no-record"));
    EXPECT_FALSE(holds(scope, "dnssec.control"));
    EXPECT_FALSE(holds(scope, "names.internal"));
    for (const std::string_view id : decision_rules(scope, today))
      EXPECT_FALSE(id.starts_with("dcv.")) << id;
  }
  for (const char* id : {"caa.issue", "caa.parameters", "dnssec.caa", "caa.window"}) {
    EXPECT_TRUE(holds(Scope::tls, id)) << id;
    EXPECT_FALSE(holds(Scope::smime, id)) << id;
  }
  for (const char* id : {"caa.issuemail", "mpic.smime", "dnssec.caa-smime", "caa.window-smime"}) {
    EXPECT_TRUE(holds(Scope::smime, id)) << id;
    EXPECT_FALSE(holds(Scope::tls, id)) << id;
  }
}

TEST(NextChanges, SayWhatComesAfterADay) {
  const struct {
    const char* on;
    const char* id;
    std::optional<int> value;
  } expected[] = {
      {"2026-12-15", "mpic.remotes-minimum", 5},
      {"2027-03-15", "caa.parameters", std::nullopt},
      {"2027-03-15", "dcv.contact-phone-caa", std::nullopt},
      {"2027-03-15", "dcv.contact-phone-txt", std::nullopt},
      {"2027-03-15", "dcv.ip-contact-email", std::nullopt},
      {"2027-03-15", "dcv.ip-contact-phone", std::nullopt},
      {"2027-03-15", "dcv.reuse-tls", 100},
      {"2027-03-15", "dcv.reverse-lookup", std::nullopt},
      {"2028-03-15", "dcv.constructed-email", std::nullopt},
      {"2028-03-15", "dcv.contact-email-caa", std::nullopt},
      {"2028-03-15", "dcv.contact-email-txt", std::nullopt},
      {"2029-03-15", "dcv.reuse-tls", 10},
  };
  const auto changes = next_changes(on("2026-11-22"));
  ASSERT_EQ(changes.size(), std::size(expected));
  for (std::size_t i = 0; i < changes.size(); ++i) {
    SCOPED_TRACE(std::string(expected[i].id) + " on " + expected[i].on);
    EXPECT_EQ(changes[i].on, on(expected[i].on));
    EXPECT_EQ(changes[i].kind, ChangeKind::changes);
    EXPECT_EQ(changes[i].rule.id, expected[i].id);
    EXPECT_EQ(changes[i].rule.value, expected[i].value);
  }
  EXPECT_TRUE(next_changes(on("2029-03-15")).empty());
}

TEST(NextChanges, TellBeginningsFromMoves) {
  const auto changes = next_changes(on("2026-06-15"));
  const auto kind_of = [&changes](std::string_view id, const char* day) {
    for (const Change& change : changes)
      if (change.rule.id == id && change.on == on(day)) return std::optional(change.kind);
    return std::optional<ChangeKind>();
  };
  EXPECT_EQ(kind_of("caa.parameters", "2026-06-16"), ChangeKind::begins);
  EXPECT_EQ(kind_of("caa.issue", "2026-06-16"), ChangeKind::moves);
  EXPECT_EQ(kind_of("dnssec.caa", "2026-09-07"), ChangeKind::moves);
  EXPECT_EQ(kind_of("dnssec.evidence", "2026-09-07"), ChangeKind::begins);
  EXPECT_EQ(kind_of("mpic.remotes-minimum", "2026-12-15"), ChangeKind::changes);
}

// What holds on a day is what held the day before, but for the changes announced for that day.
TEST(NextChanges, LeaveNothingOut) {
  using Cited = std::map<std::string_view, std::tuple<std::string_view, std::string_view, Force,
                                                      std::optional<int>, std::string_view>>;
  const auto cite = [](Date at) {
    Cited all;
    for (const Rule& r : rules_in_force(at))
      all.emplace(r.id, std::tuple(r.version, r.section, r.force, r.value, r.text));
    return all;
  };
  std::set<std::pair<Date, std::string_view>> announced;
  for (const Change& change : next_changes(on("2016-12-31")))
    EXPECT_TRUE(announced.emplace(change.on, change.rule.id).second) << change.rule.id;
  std::set<std::pair<Date, std::string_view>> seen;
  Cited before = cite(on("2016-12-31"));
  for (Date at = on("2017-01-01"); at < on("2030-01-01"); at += std::chrono::days(1)) {
    Cited now = cite(at);
    for (const auto& [id, cited] : now)
      if (!before.contains(id) || before.at(id) != cited) seen.emplace(at, id);
    for (const auto& [id, cited] : before)
      if (!now.contains(id)) seen.emplace(at, id);
    before = std::move(now);
  }
  EXPECT_EQ(seen, announced);
}

}  // namespace
}  // namespace parallax::rules
