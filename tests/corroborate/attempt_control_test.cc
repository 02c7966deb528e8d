// SPDX-License-Identifier: Apache-2.0
// Attempts at control checks: remotes corroborate the primary's challenge information, not just
// any.
#include <gtest/gtest.h>

#include "corroborate/attempt_stage.h"

namespace parallax::corroborate {
namespace {

using test::AttemptStage;

// What a perspective saw: the text stands for the challenge information, empty for nothing.
dcv::ControlObservation sight(const std::string& challenge) {
  dcv::ControlObservation seen;
  dcv::SeenLookup lookup;
  lookup.rdata = {challenge};
  seen.lookups = {lookup};
  return seen;
}

dcv::ControlDetermination judge(const dcv::ControlCheck& /*asked*/,
                                const dcv::ControlObservation& seen) {
  dcv::ControlDetermination found;
  const std::string& challenge = seen.lookups.at(0).rdata.at(0);
  if (challenge == "bogus") {
    found.reason = dcv::ControlReason::bogus;
  } else if (challenge == "slow") {
    found.reason = dcv::ControlReason::timed_out;
  } else if (challenge == "broken") {
    found.reason = dcv::ControlReason::lookup_failed;
  } else if (challenge.empty()) {
    found.outcome = dcv::ControlOutcome::not_shown;
    found.reason = dcv::ControlReason::challenge_missing;
  } else {
    found.outcome = dcv::ControlOutcome::shown;
    found.reason = dcv::ControlReason::challenge_found;
    found.challenge_information = challenge;
  }
  return found;
}

struct ControlStage : AttemptStage {
  explicit ControlStage(std::size_t remotes, bool after_primary = true) : AttemptStage(remotes) {
    const auto name = names::DomainName::parse("example.com").value();
    plan.check = dcv::ControlCheck{rules::ControlMethod::dns_change,
                                   name,
                                   std::nullopt,
                                   std::nullopt,
                                   false,
                                   dcv::DnsValue{dns::RecordType::txt, "", "value", true, true}};
    plan.questions.clear();
    plan.judge_control = judge;
    plan.remotes_after_primary = after_primary;
  }
};

TEST(ControlAttempt, RemotesAreAskedOnceThePrimaryHasSeenTheChallenge) {
  ControlStage stage(5);
  stage.start();
  EXPECT_EQ(stage.remote[0]->asked(), 0u);
  stage.primary_says(sight("value"));
  for (std::size_t i = 0; i < 4; ++i) stage.remote_says(i, sight("value"));
  ASSERT_TRUE(stage.done());
  EXPECT_EQ(stage.outcome(), QuorumOutcome::permitted);
  EXPECT_EQ(stage.state(4), RemoteState::pending);
}

TEST(ControlAttempt, NobodyElseIsAskedIfThePrimarySawNothing) {
  ControlStage stage(5);
  stage.start();
  stage.primary_says(sight(""));
  ASSERT_TRUE(stage.done());
  EXPECT_EQ(stage.outcome(), QuorumOutcome::refused);
  for (const auto& remote : stage.remote) EXPECT_EQ(remote->asked(), 0u);
}

TEST(ControlAttempt, AnotherChallengeIsNoCorroboration) {
  ControlStage stage(5);
  stage.start();
  stage.primary_says(sight("value"));
  stage.remote_says(0, sight("another value"));
  stage.remote_says(1, sight("another value"));
  ASSERT_TRUE(stage.done());
  EXPECT_EQ(stage.outcome(), QuorumOutcome::refused);
  EXPECT_EQ(stage.state(0), RemoteState::denied);
}

TEST(ControlAttempt, SideBySideRemotesWaitForThePrimary) {
  ControlStage stage(5, false);
  stage.start();
  for (std::size_t i = 0; i < 4; ++i) stage.remote_says(i, sight("value"));
  EXPECT_FALSE(stage.done()) << "what they saw counts only beside what the primary saw";
  stage.primary_says(sight("value"));
  ASSERT_TRUE(stage.done());
  EXPECT_EQ(stage.outcome(), QuorumOutcome::permitted);
}

TEST(ControlAttempt, SideBySideRemotesThatSawAnotherChallengeDeny) {
  ControlStage stage(5, false);
  stage.start();
  for (std::size_t i = 0; i < 5; ++i) stage.remote_says(i, sight("stale value"));
  stage.primary_says(sight("value"));
  ASSERT_TRUE(stage.done());
  EXPECT_EQ(stage.outcome(), QuorumOutcome::refused);
}

TEST(ControlAttempt, FailuresAreKeptApart) {
  struct Case {
    const char* name;
    std::string seen;
    RemoteState state;
  };
  for (const Case& each : {
           Case{"Bogus", "bogus", RemoteState::bogus},
           Case{"TimedOut", "slow", RemoteState::timed_out},
           Case{"LookupFailed", "broken", RemoteState::lookup_failed},
           Case{"Missing", "", RemoteState::denied},
           Case{"Different", "other", RemoteState::denied},
       }) {
    SCOPED_TRACE(each.name);
    ControlStage stage(5);
    stage.start();
    stage.primary_says(sight("value"));
    stage.remote_says(0, sight(each.seen));
    for (std::size_t i = 1; i < 5; ++i) stage.remote_says(i, sight("value"));
    ASSERT_TRUE(stage.done());
    EXPECT_EQ(stage.outcome(), QuorumOutcome::permitted);
    EXPECT_EQ(stage.state(0), each.state);
  }
}

TEST(ControlAttempt, RemotesFollowThePrimarysMailServer) {
  ControlStage stage(5);
  const auto mail = names::DomainName::parse("example.com").value();
  const auto host = names::DomainName::parse("mx1.example.com").value();
  std::get<dcv::ControlCheck>(stage.plan.check).mail_server = dcv::MailServerOf{mail, std::nullopt};
  stage.start();
  dcv::ControlObservation seen = sight("value");
  seen.smtp_host = host;
  stage.primary_says(seen);
  for (const auto& remote : stage.remote) {
    const auto& check = std::get<dcv::ControlCheck>(remote->request().check);
    ASSERT_TRUE(check.mail_server && check.mail_server->smtp_host);
    EXPECT_EQ(*check.mail_server->smtp_host, host);
  }
}

}  // namespace
}  // namespace parallax::corroborate
