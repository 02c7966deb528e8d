// SPDX-License-Identifier: Apache-2.0
// The figures of a quorum go with the states recorded beside them, whenever answers come; and what
// an attempt may not take for an observation.
#include <algorithm>

#include <gmock/gmock.h>

#include "corroborate/attempt_stage.h"

namespace parallax::corroborate {
namespace {

using test::AttemptStage;
using test::denying;
using test::permitting;
using testing::HasSubstr;

std::size_t count(const Judgement& judgement, RemoteState state) {
  return static_cast<std::size_t>(
      std::count(judgement.remotes.begin(), judgement.remotes.end(), state));
}

TEST(AttemptConsistency, AnswersOfOneMomentAreAllCounted) {
  AttemptStage stage(5);
  stage.start();
  stage.primary.answer(permitting(stage.domain()));
  for (auto& remote : stage.remote) remote->answer(permitting(stage.domain()));
  stage.stage.settle();
  ASSERT_TRUE(stage.done());
  const Judgement& judgement = stage.result->judgements[0];
  EXPECT_EQ(judgement.quorum.outcome, QuorumOutcome::permitted);
  EXPECT_EQ(judgement.quorum.corroborated, count(judgement, RemoteState::corroborated));
  EXPECT_EQ(judgement.quorum.corroborated + stage.late.size(), 5u) << "none is lost";
}

TEST(AttemptConsistency, AnEarlyFinalQuestionKeepsItsOutcomeAndFollowsTheStates) {
  AttemptStage stage(5);
  caa::CaaQuestion foreign = caa::test::tls("foreign.example");
  stage.plan.questions.push_back(foreign);  // the primary prohibits this one at once
  stage.start();
  stage.primary_says(permitting(stage.domain()));
  EXPECT_FALSE(stage.done());
  for (std::size_t i = 0; i < 4; ++i) stage.remote_says(i, permitting(stage.domain()));
  ASSERT_TRUE(stage.done());
  EXPECT_EQ(stage.outcome(0), QuorumOutcome::permitted);
  EXPECT_EQ(stage.outcome(1), QuorumOutcome::refused);
  for (const Judgement& judgement : stage.result->judgements)
    EXPECT_EQ(judgement.quorum.corroborated, count(judgement, RemoteState::corroborated));
  EXPECT_EQ(count(stage.result->judgements[1], RemoteState::denied), 4u);
}

TEST(AttemptConsistency, WhoWasNeverAskedDidNotTimeOut) {
  AttemptStage stage(5);
  stage.plan.remotes_after_primary = true;
  stage.start(Deadline::at(Deadline::clock::now()));
  ASSERT_TRUE(stage.done());
  EXPECT_EQ(stage.outcome(), QuorumOutcome::undetermined);
  for (std::size_t i = 0; i < 5; ++i) {
    EXPECT_EQ(stage.state(i), RemoteState::pending);
    EXPECT_FALSE(stage.result->remotes[i].asked);
  }
}

PerspectiveReply from_lab(PerspectiveReply reply) {
  reply->observation.lab = true;
  return reply;
}

TEST(AttemptLab, WhatALabSawCountsInALabOnly) {
  for (const bool lab : {false, true}) {
    SCOPED_TRACE(lab ? "lab" : "production");
    AttemptStage stage(5);
    stage.plan.lab = lab;
    stage.start();
    stage.primary_says(permitting(stage.domain()));
    for (std::size_t i = 0; i < 3; ++i) stage.remote_says(i, permitting(stage.domain()));
    auto& fourth = *stage.remote[3];
    stage.remote_says(
        3, from_lab(test::saw(fourth.request(), fourth.code(), permitting(stage.domain()))));
    EXPECT_EQ(stage.done(), lab);
    stage.remote_says(4, denying(stage.domain()));
    ASSERT_TRUE(stage.done());
    if (lab) {
      EXPECT_EQ(stage.outcome(), QuorumOutcome::permitted);
      continue;
    }
    EXPECT_EQ(stage.outcome(), QuorumOutcome::undetermined);
    EXPECT_EQ(stage.state(3), RemoteState::bad_signature);
    EXPECT_THAT(stage.result->remotes[3].reply->error().message, HasSubstr("lab"));
  }
}

TEST(AttemptLab, AProductionPrimaryIsNoLab) {
  AttemptStage stage(5);
  stage.start();
  stage.primary.answer(
      from_lab(test::saw(stage.primary.request(), "primary", permitting(stage.domain()))));
  stage.stage.settle();
  ASSERT_TRUE(stage.done());
  EXPECT_EQ(stage.outcome(), QuorumOutcome::undetermined);
}

}  // namespace
}  // namespace parallax::corroborate
