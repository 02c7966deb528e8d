// SPDX-License-Identifier: Apache-2.0
#include "corroborate/attempt.h"

#include <set>

#include <gmock/gmock.h>

#include "base/encoding.h"
#include "corroborate/attempt_stage.h"
#include "corroborate/quorum_oracle.h"

namespace parallax::corroborate {
namespace {

using test::AttemptStage;
using test::denying;
using test::failed;
using test::permitting;
using test::unresolved;
using testing::HasSubstr;

TEST(Attempt, AHungRemoteDelaysNothing) {
  AttemptStage stage(5);
  stage.start();
  stage.primary_says(permitting(stage.domain()));
  for (std::size_t i = 0; i < 4; ++i) {
    EXPECT_FALSE(stage.done());
    stage.remote_says(i, permitting(stage.domain()));
  }
  ASSERT_TRUE(stage.done());
  EXPECT_EQ(stage.outcome(), QuorumOutcome::permitted);
  EXPECT_EQ(stage.state(4), RemoteState::pending);
  EXPECT_TRUE(stage.result->remotes[4].asked);
  EXPECT_FALSE(stage.result->remotes[4].reply);
  EXPECT_EQ(stage.group.size(), 1u) << "the straggler goes on";
}

TEST(Attempt, AStragglerIsReportedLateExactlyOnce) {
  AttemptStage stage(5);
  stage.start();
  stage.primary_says(permitting(stage.domain()));
  for (std::size_t i = 0; i < 4; ++i) stage.remote_says(i, permitting(stage.domain()));
  EXPECT_TRUE(stage.late.empty());
  stage.remote_says(4, denying(stage.domain()));
  ASSERT_EQ(stage.late.size(), 1u);
  EXPECT_EQ(stage.late[0].code, "remote-4");
  ASSERT_TRUE(stage.late[0].reply && *stage.late[0].reply);
  ASSERT_EQ(stage.late[0].determinations.size(), 1u);
  EXPECT_EQ(stage.late[0].determinations[0].outcome, caa::CaaOutcome::prohibited);
  EXPECT_EQ(stage.outcome(), QuorumOutcome::permitted) << "what is final stays";
  EXPECT_EQ(stage.group.size(), 0u);
}

TEST(Attempt, APrimaryThatProhibitsIsFinalAtOnce) {
  AttemptStage stage(5);
  stage.start();
  stage.primary_says(denying(stage.domain()));
  ASSERT_TRUE(stage.done());
  EXPECT_EQ(stage.outcome(), QuorumOutcome::refused);
  for (std::size_t i = 0; i < 5; ++i) stage.remote_says(i, permitting(stage.domain()));
  EXPECT_EQ(stage.late.size(), 5u);
  EXPECT_EQ(stage.outcome(), QuorumOutcome::refused);
}

TEST(Attempt, WaitsForThePrimaryWhateverTheRemotesSay) {
  AttemptStage stage(5);
  stage.start();
  for (std::size_t i = 0; i < 5; ++i) stage.remote_says(i, permitting(stage.domain()));
  EXPECT_FALSE(stage.done());
  stage.primary.answer(failed(NonCorroboration::unreachable));
  stage.stage.settle();
  ASSERT_TRUE(stage.done());
  EXPECT_EQ(stage.outcome(), QuorumOutcome::undetermined);
  EXPECT_TRUE(stage.late.empty());
}

TEST(Attempt, RemotesAfterPrimaryAreAskedOnlyWhenThePrimaryPermits) {
  struct Case {
    const char* name;
    caa::CaaObservation seen;
    bool asked;
    QuorumOutcome outcome;
  };
  const Case cases[] = {
      {"permits", permitting("example.com"), true, QuorumOutcome::open},
      {"prohibits", denying("example.com"), false, QuorumOutcome::refused},
      {"cannot_tell", unresolved("example.com", dns::LookupStatus::failed), false,
       QuorumOutcome::undetermined},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.name);
    AttemptStage stage(5);
    stage.plan.remotes_after_primary = true;
    stage.start();
    for (const auto& remote : stage.remote) EXPECT_EQ(remote->asked(), 0u);
    stage.primary_says(c.seen);
    for (const auto& remote : stage.remote) EXPECT_EQ(remote->asked(), c.asked ? 1u : 0u);
    EXPECT_EQ(stage.done(), !c.asked);
    if (!c.asked) {
      EXPECT_EQ(stage.outcome(), c.outcome);
      EXPECT_FALSE(stage.result->remotes[0].asked);
      continue;
    }
    for (std::size_t i = 0; i < 4; ++i) stage.remote_says(i, permitting(stage.domain()));
    ASSERT_TRUE(stage.done());
    EXPECT_EQ(stage.outcome(), QuorumOutcome::permitted);
  }
}

TEST(Attempt, EveryRequestCarriesTheCheckAndANonceOfItsOwn) {
  AttemptStage stage(5);
  stage.start();
  std::set<std::string> nonces{stage.primary.request().nonce};
  for (const auto& remote : stage.remote) {
    const observe::ObservationRequest& request = remote->request();
    EXPECT_EQ(request.order_id, "order-1");
    EXPECT_EQ(request.attempt, 1u);
    EXPECT_EQ(request.check, stage.plan.check);
    EXPECT_EQ(base64url_decode(request.nonce).value().size(), 16u);
    nonces.insert(request.nonce);
  }
  EXPECT_EQ(nonces.size(), 6u);
}

TEST(Attempt, AtTheDeadlineWhatIsPendingHasTimedOut) {
  AttemptStage stage(5);
  stage.start(Deadline::after(std::chrono::seconds(0)));
  ASSERT_TRUE(stage.done());
  EXPECT_EQ(stage.outcome(), QuorumOutcome::undetermined);
  EXPECT_EQ(stage.result->judgements[0].primary, PrimaryState::undetermined);
  for (std::size_t i = 0; i < 5; ++i) EXPECT_EQ(stage.state(i), RemoteState::timed_out);
  stage.primary_says(permitting(stage.domain()));
  stage.remote_says(0, permitting(stage.domain()));
  EXPECT_EQ(stage.outcome(), QuorumOutcome::undetermined);
  ASSERT_EQ(stage.late.size(), 1u) << "late reports are the remotes'";
  EXPECT_EQ(stage.late[0].code, "remote-0");
}

TEST(Attempt, NamesThatShareACheckAreJudgedEachAndWaitedForAll) {
  AttemptStage stage(5);
  stage.plan.questions = {caa::test::tls("ca.example"), caa::test::wildcard("ca.example")};
  const auto only_plain =
      caa::test::set_at("example.com", {caa::test::property("issue", "ca.example"),
                                        caa::test::property("issuewild", "other.example")});
  stage.start();
  stage.primary_says(only_plain);
  EXPECT_FALSE(stage.done()) << "the wildcard is refused already, the name is open";
  for (std::size_t i = 0; i < 4; ++i) stage.remote_says(i, only_plain);
  ASSERT_TRUE(stage.done());
  EXPECT_EQ(stage.outcome(0), QuorumOutcome::permitted);
  EXPECT_EQ(stage.outcome(1), QuorumOutcome::refused);
  EXPECT_EQ(stage.primary.asked(), 1u);
}

TEST(Attempt, KeepsTheKindsOfFailureApart) {
  using dns::LookupStatus;
  struct Case {
    const char* name;
    std::optional<NonCorroboration> kind;
    LookupStatus status;
    RemoteState state;
  };
  const Case cases[] = {
      {"lookup_failed", {}, LookupStatus::failed, RemoteState::lookup_failed},
      {"bogus", {}, LookupStatus::bogus, RemoteState::bogus},
      {"lookup_timed_out", {}, LookupStatus::timed_out, RemoteState::timed_out},
      {"timed_out", NonCorroboration::timed_out, {}, RemoteState::timed_out},
      {"unreachable", NonCorroboration::unreachable, {}, RemoteState::unreachable},
      {"wrong_identity", NonCorroboration::wrong_identity, {}, RemoteState::wrong_identity},
      {"bad_signature", NonCorroboration::bad_signature, {}, RemoteState::bad_signature},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.name);
    AttemptStage stage(2);
    stage.start();
    stage.primary_says(permitting(stage.domain()));
    const auto reply = c.kind ? failed(*c.kind)
                              : test::saw(stage.remote[0]->request(), "remote-0",
                                          unresolved(stage.domain(), c.status));
    stage.remote_says(0, reply);
    stage.remote_says(1, failed(NonCorroboration::unreachable));
    ASSERT_TRUE(stage.done());
    EXPECT_EQ(stage.state(0), c.state);
    EXPECT_EQ(stage.outcome(), QuorumOutcome::undetermined);
  }
}

TEST(Attempt, AnObservationOfAnotherDomainOrWithAGapPermitsNothing) {
  caa::CaaObservation gap = caa::test::climb("www.example.com");
  gap.lookups.erase(gap.lookups.begin() + 1);
  caa::CaaObservation nothing{.domain = caa::test::name("www.example.com")};
  caa::CaaObservation short_climb = caa::test::climb("www.example.com");
  short_climb.lookups.pop_back();
  for (const auto& lie : {gap, nothing, short_climb}) {
    AttemptStage stage(2, "www.example.com");
    stage.start();
    stage.primary_says(permitting(stage.domain()));
    stage.remote_says(0, lie);
    stage.remote_says(1, lie);
    ASSERT_TRUE(stage.done());
    EXPECT_EQ(stage.outcome(), QuorumOutcome::undetermined);
    EXPECT_EQ(stage.state(0), RemoteState::lookup_failed);
  }
}

caa::CaaObservation not_validated(caa::CaaObservation seen) {
  seen.validating = false;
  for (auto& lookup : seen.lookups) lookup.verdict = dns::Verdict::indeterminate;
  return seen;
}

TEST(Attempt, ARemoteThatSaysItDidNotValidateIsHeldToItsDeclaration) {
  for (const bool declared : {true, false}) {
    SCOPED_TRACE(declared);
    AttemptStage stage(5);
    stage.plan.remotes[0].validates = declared;
    stage.start();
    stage.primary_says(permitting(stage.domain()));
    stage.remote_says(0, not_validated(permitting(stage.domain())));
    for (std::size_t i = 1; i < 4; ++i) stage.remote_says(i, permitting(stage.domain()));
    EXPECT_EQ(stage.done(), !declared);
    stage.remote_says(4, permitting(stage.domain()));
    ASSERT_TRUE(stage.done());
    EXPECT_EQ(stage.outcome(), QuorumOutcome::permitted);
    EXPECT_EQ(stage.state(0), declared ? RemoteState::bad_signature : RemoteState::corroborated);
    const PerspectiveReply& kept = *stage.result->remotes[0].reply;
    EXPECT_EQ(kept.has_value(), !declared);
    if (!kept)
      EXPECT_THAT(kept.error().message, HasSubstr("does not match the declaration of remote-0"));
  }
}

TEST(Attempt, ARemoteMayValidateWithoutHavingDeclaredIt) {
  AttemptStage stage(2);
  for (Participant& remote : stage.plan.remotes) remote.validates = false;
  stage.start();
  stage.primary_says(permitting(stage.domain()));
  stage.remote_says(0, permitting(stage.domain()));
  EXPECT_FALSE(stage.done()) << "two regions are asked for";
  stage.remote_says(1, unresolved(stage.domain(), dns::LookupStatus::bogus));
  ASSERT_TRUE(stage.done());
  EXPECT_EQ(stage.state(1), RemoteState::bogus);
}

TEST(Attempt, APrimaryThatDidNotValidateDeterminesNothing) {
  AttemptStage stage(5);
  stage.start();
  stage.primary_says(not_validated(permitting(stage.domain())));
  ASSERT_TRUE(stage.done());
  EXPECT_EQ(stage.outcome(), QuorumOutcome::undetermined);
  EXPECT_EQ(stage.result->judgements[0].primary, PrimaryState::undetermined);
}

}  // namespace
}  // namespace parallax::corroborate
