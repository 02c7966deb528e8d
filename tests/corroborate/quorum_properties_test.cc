// SPDX-License-Identifier: Apache-2.0
// Properties over rosters of every shape: random regions, eligibility and conflicts, all states.
#include <gtest/gtest.h>

#include <rapidcheck/gtest.h>

#include "corroborate/quorum_oracle.h"

namespace parallax::corroborate {
namespace {

using test::OracleCase;

constexpr std::size_t kUsedMax = 10;
constexpr int kStateCount = static_cast<int>(RemoteState::bad_signature) + 1;

template <class Enum>
Enum any(int count) {
  return static_cast<Enum>(*rc::gen::inRange(0, count));
}

OracleCase any_case() {
  OracleCase c;
  c.terms = {*rc::gen::inRange(0u, 7u), *rc::gen::inRange(0u, 3u), *rc::gen::inRange(0u, 4u)};
  c.needed_at_least = *rc::gen::inRange(0u, 9u);
  c.traits.resize(*rc::gen::inRange<std::size_t>(0, kUsedMax + 1));
  for (std::size_t i = 0; i < c.traits.size(); ++i) {
    c.traits[i].rir = any<rules::Rir>(5);
    c.traits[i].eligible = *rc::gen::inRange(0, 5) != 0;
    for (std::size_t j = 0; j < i; ++j) {
      if (*rc::gen::inRange(0, 6) != 0) continue;
      c.traits[i].conflicts |= 1u << j;
      c.traits[j].conflicts |= 1u << i;
    }
  }
  return c;
}

// At most five pending, so that the oracle can try every end.
std::vector<RemoteState> any_states(std::size_t used) {
  std::vector<RemoteState> states;
  int pending = 0;
  for (std::size_t i = 0; i < used; ++i) {
    const bool corroborated = *rc::gen::arbitrary<bool>();
    states.push_back(corroborated ? RemoteState::corroborated : any<RemoteState>(kStateCount));
    if (states.back() == RemoteState::pending && ++pending > 5)
      states.back() = RemoteState::timed_out;
  }
  return states;
}

QuorumResult judge(const OracleCase& c, PrimaryState primary,
                   const std::vector<RemoteState>& states) {
  return judge_quorum(c.terms, primary, c.traits, states, c.needed_at_least);
}

RC_GTEST_PROP(Quorum, IsWhatTryingEverythingFinds, ()) {
  const OracleCase c = any_case();
  const auto states = any_states(c.used());
  const auto primary = any<PrimaryState>(4);
  RC_ASSERT(judge(c, primary, states).outcome == test::oracle(c, primary, states));
}

RC_GTEST_PROP(Quorum, ACorroborationMoreNeverTakesPermissionAway, ()) {
  const OracleCase c = any_case();
  RC_PRE(c.used() > 0);
  auto states = any_states(c.used());
  const auto before = judge(c, PrimaryState::permitted, states).outcome;
  states[*rc::gen::inRange<std::size_t>(0, states.size())] = RemoteState::corroborated;
  const auto after = judge(c, PrimaryState::permitted, states).outcome;
  RC_ASSERT(before != QuorumOutcome::permitted || after == QuorumOutcome::permitted);
}

RC_GTEST_PROP(Quorum, WhatIsFinalStays, ()) {
  const OracleCase c = any_case();
  auto states = any_states(c.used());
  const auto before = judge(c, PrimaryState::permitted, states).outcome;
  for (RemoteState& state : states)
    if (state == RemoteState::pending)
      state = static_cast<RemoteState>(*rc::gen::inRange(1, kStateCount));
  const auto after = judge(c, PrimaryState::permitted, states).outcome;
  RC_ASSERT(after != QuorumOutcome::open);
  RC_ASSERT(before == QuorumOutcome::open || before == after);
}

RC_GTEST_PROP(Quorum, RemotesNeverOverrideThePrimary, ()) {
  const OracleCase c = any_case();
  const auto states = any_states(c.used());
  for (const auto primary :
       {PrimaryState::pending, PrimaryState::prohibited, PrimaryState::undetermined})
    RC_ASSERT(judge(c, primary, states).outcome != QuorumOutcome::permitted);
}

RC_GTEST_PROP(Quorum, KindsOfFailureOtherThanDenialAreInterchangeable, ()) {
  const OracleCase c = any_case();
  const auto states = any_states(c.used());
  auto plain = states;
  for (RemoteState& state : plain)
    if (state > RemoteState::denied) state = RemoteState::lookup_failed;
  const auto primary = any<PrimaryState>(4);
  RC_ASSERT(judge(c, primary, states).outcome == judge(c, primary, plain).outcome);
}

RC_GTEST_PROP(Quorum, AskingForMoreNeverPermitsMore, ()) {
  OracleCase c = any_case();
  const auto states = any_states(c.used());
  const bool strict = judge(c, PrimaryState::permitted, states).outcome == QuorumOutcome::permitted;
  c.needed_at_least = 0;
  const bool loose = judge(c, PrimaryState::permitted, states).outcome == QuorumOutcome::permitted;
  RC_ASSERT(!strict || loose);
}

}  // namespace
}  // namespace parallax::corroborate
