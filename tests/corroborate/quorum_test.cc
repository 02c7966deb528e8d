// SPDX-License-Identifier: Apache-2.0
// TLS BR 3.2.2.9, clause by clause.
#include "corroborate/quorum.h"

#include <map>
#include <string_view>

#include <gmock/gmock.h>

#include "corroborate/quorum_oracle.h"
#include "corroborate/roster.h"

namespace parallax::corroborate {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// One letter a remote: p pending, c corroborated, d denied, f lookup failed, b bogus, t timed out,
// u unreachable, i wrong identity, s bad signature.
std::vector<RemoteState> states_of(std::string_view letters) {
  constexpr std::string_view kLetters = "pcdfbtuis";
  std::vector<RemoteState> states;
  for (const char letter : letters)
    states.push_back(static_cast<RemoteState>(kLetters.find(letter)));
  return states;
}

// One letter a remote: a ARIN, r RIPE NCC, p APNIC, l LACNIC, f AFRINIC.
std::vector<RemoteTraits> regions_of(std::string_view letters) {
  constexpr std::string_view kLetters = "arplf";
  std::vector<RemoteTraits> traits;
  for (const char letter : letters)
    traits.push_back({static_cast<rules::Rir>(kLetters.find(letter)), true, 0});
  return traits;
}

Date date(std::string_view text) { return parse_date(text).value(); }

struct Case {
  const char* name;
  const char* on;
  PrimaryState primary;
  const char* regions;
  const char* states;
  QuorumOutcome outcome;
  const char* text;
  const char* reason;
};

constexpr auto kYes = PrimaryState::permitted;
constexpr auto kNo = PrimaryState::prohibited;
constexpr auto kUnknown = PrimaryState::undetermined;
constexpr auto kWaiting = PrimaryState::pending;
constexpr auto kOpen = QuorumOutcome::open;
constexpr auto kPermitted = QuorumOutcome::permitted;
constexpr auto kRefused = QuorumOutcome::refused;
constexpr auto kUndetermined = QuorumOutcome::undetermined;

const Case kCases[] = {
    // "2-5 remotes: 1, 6 or more: 2" non-corroborations.
    {"two_of_two", "2025-09-15", kYes, "ar", "cc", kPermitted, "2/2", "met"},
    {"one_of_two", "2025-09-15", kYes, "ar", "ct", kPermitted, "1/2", "met"},
    {"none_of_two", "2025-09-15", kYes, "ar", "tt", kUndetermined, "0/2", "1 are needed"},
    {"four_of_five", "2026-12-15", kYes, "arplf", "ccccd", kPermitted, "4/5", "met"},
    {"three_of_five", "2026-12-15", kYes, "arplf", "cccft", kUndetermined, "3/5", "4 are needed"},
    {"four_of_six", "2026-12-15", kYes, "arplfa", "ccccdd", kPermitted, "4/6", "met"},
    {"three_of_six", "2026-12-15", kYes, "arplfa", "cccfff", kUndetermined, "3/6", "4 are needed"},
    {"six_of_eight", "2026-12-15", kYes, "arplfarp", "ccccccdd", kPermitted, "6/8", "met"},
    {"five_of_eight", "2026-12-15", kYes, "arplfarp", "cccccdfd", kUndetermined, "5/8",
     "2 denied, 1 lookup-failed"},
    // Minimum remotes used, by date.
    {"one_remote", "2025-09-15", kYes, "a", "c", kRefused, "1/1", "1 remotes are used, 2"},
    {"two_until_2026_03", "2026-03-14", kYes, "ar", "cc", kPermitted, "2/2", "met"},
    {"two_from_2026_03", "2026-03-15", kYes, "ar", "cc", kRefused, "2/2", "3 are required"},
    {"three_from_2026_06", "2026-06-15", kYes, "arp", "ccc", kRefused, "3/3", "4 are required"},
    {"four_before_2026_12", "2026-12-14", kYes, "arpl", "cccc", kPermitted, "4/4", "met"},
    {"four_from_2026_12", "2026-12-15", kYes, "arpl", "cccc", kRefused, "4/4", "5 are required"},
    {"no_remotes", "2026-12-15", kYes, "", "", kRefused, "0/0", "0 remotes are used"},
    {"too_few_even_while_waiting", "2026-12-15", kWaiting, "arpl", "pppp", kRefused, "0/4", ""},
    // Two RIR regions among the corroborating, from 2026-03-15.
    {"one_region_before", "2026-03-14", kYes, "aaaaa", "ccccc", kPermitted, "5/5", "met"},
    {"one_region_from", "2026-03-15", kYes, "aaaaa", "ccccc", kUndetermined, "5/5",
     "lie in 1 RIR region(s), 2 are required"},
    {"second_region_failed", "2026-12-15", kYes, "aaaar", "cccct", kUndetermined, "4/5",
     "1 RIR region(s)"},
    {"second_region_among_four", "2026-12-15", kYes, "aaaar", "ccctc", kPermitted, "4/5", "met"},
    {"waits_for_second_region", "2026-12-15", kYes, "aaaar", "ccccp", kOpen, "4/5", ""},
    // Remotes never override the primary.
    {"primary_prohibits", "2026-12-15", kNo, "arplf", "ccccc", kRefused, "5/5", "prohibits"},
    {"primary_prohibits_at_once", "2026-12-15", kNo, "arplf", "ppppp", kRefused, "0/5", ""},
    {"primary_cannot_tell", "2026-12-15", kUnknown, "arplf", "ccccc", kUndetermined, "5/5", ""},
    {"primary_pending", "2026-12-15", kWaiting, "arplf", "ccccc", kOpen, "5/5", ""},
    {"primary_pending_all_deny", "2026-12-15", kWaiting, "arplf", "ddddd", kOpen, "0/5", ""},
    // Final as soon as nothing outstanding can change it.
    {"fifth_not_needed", "2026-12-15", kYes, "arplf", "ccccp", kPermitted, "4/5", "met"},
    {"fifth_needed", "2026-12-15", kYes, "arplf", "cccdp", kOpen, "3/5", ""},
    {"two_denied", "2026-12-15", kYes, "arplf", "ddppp", kRefused, "0/5", "2 denied"},
    {"two_failed_may_turn_to_refusal", "2026-12-15", kYes, "arplf", "ftppp", kOpen, "0/5", ""},
    {"one_denied_two_failed", "2026-12-15", kYes, "arplf", "dfccc", kUndetermined, "3/5",
     "1 denied, 1 lookup-failed"},
    // Silence, errors and timeouts are non-corroborations, each under its own name.
    {"bogus", "2026-12-15", kYes, "arplf", "cccbb", kUndetermined, "3/5", "2 bogus"},
    {"timed_out", "2026-12-15", kYes, "arplf", "ccctt", kUndetermined, "3/5", "2 timed-out"},
    {"unreachable", "2026-12-15", kYes, "arplf", "cccuu", kUndetermined, "3/5", "2 unreachable"},
    {"wrong_identity", "2026-12-15", kYes, "arplf", "cccii", kUndetermined, "3/5",
     "2 wrong-identity"},
    {"bad_signature", "2026-12-15", kYes, "arplf", "cccss", kUndetermined, "3/5",
     "2 bad-signature"},
};

class QuorumClause : public testing::TestWithParam<Case> {};

TEST_P(QuorumClause, Holds) {
  const Case& c = GetParam();
  const auto traits = regions_of(c.regions);
  const QuorumResult result =
      judge_quorum(terms_at(date(c.on), traits.size()), c.primary, traits, states_of(c.states));
  EXPECT_EQ(result.outcome, c.outcome);
  EXPECT_EQ(result.text(), c.text);
  if (c.outcome == kOpen)
    EXPECT_THAT(result.reasons, IsEmpty());
  else
    EXPECT_THAT(result.reasons, ElementsAre(HasSubstr(c.reason)));
}

INSTANTIATE_TEST_SUITE_P(Br3229, QuorumClause, testing::ValuesIn(kCases),
                         [](const auto& param) { return std::string(param.param.name); });

const QuorumTerms kTerms{5, 1, 2};

TEST(Quorum, RemotesThatAreNotDistinctCountOnce) {
  auto traits = regions_of("arplf");
  traits[0].conflicts = 1u << 1;
  traits[1].conflicts = 1u << 0;
  const auto both = judge_quorum(kTerms, kYes, traits, states_of("ccccc"));
  EXPECT_EQ(both.outcome, kPermitted);
  EXPECT_EQ(both.text(), "4/5");
  EXPECT_EQ(judge_quorum(kTerms, kYes, traits, states_of("cccct")).outcome, kUndetermined);
  EXPECT_EQ(judge_quorum(kTerms, kYes, traits, states_of("tcccc")).outcome, kPermitted);
}

TEST(Quorum, OfTwoThatAreNotDistinctTheOneThatBringsTheRegionCounts) {
  auto traits = regions_of("raaaa");
  traits[0].conflicts = 1u << 4;
  traits[4].conflicts = 1u << 0;
  const auto result = judge_quorum(kTerms, kYes, traits, states_of("ccccc"));
  EXPECT_EQ(result.outcome, kPermitted);
  EXPECT_THAT(result.rirs, ElementsAre(rules::Rir::arin, rules::Rir::ripe_ncc));
}

TEST(Quorum, IneligibleRemotesAreUsedButNeverCount) {
  auto traits = regions_of("arplf");
  traits[2].eligible = false;
  EXPECT_EQ(judge_quorum(kTerms, kYes, traits, states_of("ccccc")).text(), "4/5");
  EXPECT_EQ(judge_quorum(kTerms, kYes, traits, states_of("ccccf")).outcome, kUndetermined);
  traits[3].eligible = false;
  EXPECT_EQ(judge_quorum(kTerms, kYes, traits, states_of("ccccc")).outcome, kUndetermined);
}

TEST(Quorum, ACallerMayAskForMoreButNotForLess) {
  const auto traits = regions_of("arplf");
  const auto judged = [&](const char* states, unsigned least) {
    return judge_quorum(kTerms, kYes, traits, states_of(states), least);
  };
  EXPECT_EQ(judged("ccccp", 5).outcome, kOpen);
  EXPECT_EQ(judged("ccccc", 5).outcome, kPermitted);
  EXPECT_EQ(judged("ccccf", 5).outcome, kUndetermined);
  EXPECT_EQ(judged("ccccd", 5).outcome, kRefused) << "the denial alone misses what was asked";
  EXPECT_EQ(judged("cccff", 1).outcome, kUndetermined);
  EXPECT_EQ(judged("ccccc", 6).outcome, kUndetermined);
}

TEST(Quorum, EveryKindOfNonCorroborationHasAStateOfTheSameName) {
  for (int i = 0; i <= static_cast<int>(NonCorroboration::bad_signature); ++i) {
    const auto kind = static_cast<NonCorroboration>(i);
    EXPECT_EQ(to_string(state_of(kind)), to_string(kind));
  }
  EXPECT_EQ(to_string(RemoteState::pending), "pending");
  EXPECT_EQ(to_string(RemoteState::corroborated), "corroborated");
}

}  // namespace
}  // namespace parallax::corroborate
