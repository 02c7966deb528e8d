// SPDX-License-Identifier: Apache-2.0
// The life of an order at the desk: claimed, decided, recorded, and only then answered.
#include <boost/json/serialize.hpp>
#include <gmock/gmock.h>

#include "base/json.h"
#include "corroborate/scripted.h"
#include "orders/desk_stage.h"

namespace parallax::orders {
namespace {

using corroborate::NonCorroboration;
using corroborate::test::denying;
using corroborate::test::failed;
using corroborate::test::ScriptedPerspective;
using test::DeskStage;
using test::domain;
using test::mailbox;
using test::order_for;
using test::Placed;
using test::wildcard;
using testing::HasSubstr;

TEST(Desk, NothingIsAnsweredBeforeTheRecordIsKept) {
  DeskStage stage;
  stage.store.open = false;
  Placed placed;
  stage.place(order_for({domain("example.com")}), placed);
  stage.permit_all();
  EXPECT_EQ(stage.store.appends, 1u);
  EXPECT_FALSE(placed);
  EXPECT_TRUE(stage.counted.empty());
  stage.store.let_pass();
  stage.stage.settle();
  ASSERT_TRUE(placed);
  ASSERT_TRUE(*placed) << describe(placed->error());
  EXPECT_EQ((*placed)->answer, "permitted at 0");
  EXPECT_FALSE((*placed)->replayed);
  EXPECT_EQ(stage.store.answers.at(0), (*placed)->answer) << "the answer sent is the one kept";
  EXPECT_EQ(stage.counted.size(), 1u);
}

TEST(Desk, WhatTheStoreCannotKeepIsNotAnswered) {
  for (const ErrorCode code : {ErrorCode::storage, ErrorCode::overloaded, ErrorCode::conflict}) {
    SCOPED_TRACE(to_string(code));
    DeskStage stage;
    stage.store.open = false;
    Placed placed;
    stage.place(order_for({domain("example.com")}), placed);
    stage.permit_all();
    stage.store.failure = Error{code, "planned", {}};
    stage.store.let_pass();
    stage.stage.settle();
    ASSERT_TRUE(placed);
    ASSERT_FALSE(*placed);
    EXPECT_EQ(placed->error().code, code);
    EXPECT_TRUE(stage.counted.empty());
    EXPECT_TRUE(stage.under_way.with([](const auto& ids) { return ids.empty(); }));
  }
}

TEST(Desk, AStoreThatCannotBeReadRefusesTheOrderUnasked) {
  DeskStage stage;
  stage.store.failure = Error{ErrorCode::storage, "disk", {}};
  Placed placed;
  stage.place(order_for({domain("example.com")}), placed);
  ASSERT_TRUE(placed);
  EXPECT_EQ(placed->error().code, ErrorCode::storage);
  EXPECT_EQ(stage.primary.asked(), 0u);
}

TEST(Desk, TheSameOrderAgainGetsTheStoredAnswer) {
  DeskStage stage;
  const auto first = stage.place_permitted(order_for({domain("example.com")}));
  ASSERT_TRUE(first);
  const std::size_t asked = stage.primary.asked();
  stage.clock.advance(std::chrono::hours(2));
  Placed again;
  stage.place(order_for({domain("example.com")}), again);
  ASSERT_TRUE(again && *again);
  EXPECT_TRUE((*again)->replayed);
  EXPECT_FALSE((*again)->decision);
  EXPECT_EQ((*again)->answer, first->answer);
  EXPECT_EQ(stage.primary.asked(), asked) << "nobody is asked again";
}

TEST(Desk, TheSameIdForAnotherRequestIsAConflict) {
  DeskStage stage;
  ASSERT_TRUE(stage.place_permitted(order_for({domain("example.com")})));
  Order other = order_for({domain("example.org")});
  other.request_digest = "digest-2";
  Placed placed;
  stage.place(other, placed);
  ASSERT_TRUE(placed);
  ASSERT_FALSE(*placed);
  EXPECT_EQ(placed->error().code, ErrorCode::conflict);
  EXPECT_THAT(placed->error().message, HasSubstr("order-1"));
}

TEST(Desk, OrderIdsAreEachClientsOwn) {
  DeskStage stage;
  ASSERT_TRUE(stage.place_permitted(order_for({domain("example.com")})));
  Order other = order_for({domain("example.org")});
  other.client = "another";
  other.request_digest = "digest-2";
  const auto placed = stage.place_permitted(other);
  ASSERT_TRUE(placed);
  EXPECT_FALSE(placed->replayed);
}

TEST(Desk, AnIdUnderWayIsAConflictUntilItIsDone) {
  DeskStage stage;
  Placed first;
  Placed second;
  stage.place(order_for({domain("example.com")}), first);
  stage.place(order_for({domain("example.com")}), second);
  ASSERT_TRUE(second);
  EXPECT_EQ(second->error().code, ErrorCode::conflict);
  EXPECT_THAT(second->error().message, HasSubstr("under way"));
  EXPECT_FALSE(first);
  stage.permit_all();
  ASSERT_TRUE(first && *first);
  Placed third;
  stage.place(order_for({domain("example.com")}), third);
  ASSERT_TRUE(third && *third);
  EXPECT_TRUE((*third)->replayed);
}

TEST(Desk, AFreshIdIsNotLookedUp) {
  DeskStage stage;
  Order order = order_for({domain("example.com")});
  order.fresh_id = true;
  ASSERT_TRUE(stage.place_permitted(order));
  EXPECT_EQ(stage.store.lookups, 0u);
}

TEST(Desk, RecallsWhatItAnswered) {
  DeskStage stage;
  ASSERT_TRUE(stage.place_permitted(order_for({domain("example.com")})));
  std::optional<Result<std::string>> recalled;
  stage.stage.start(stage.desk->recall("portal", "order-1"), recalled);
  std::optional<Result<std::string>> unknown;
  stage.stage.start(stage.desk->recall("another", "order-1"), unknown);
  stage.stage.settle();
  ASSERT_TRUE(recalled && unknown);
  EXPECT_EQ(recalled->value(), "permitted at 0");
  EXPECT_EQ(unknown->error().code, ErrorCode::not_found);
}

TEST(Desk, NamesOfOneDomainShareACheck) {
  DeskStage stage;
  const auto answered = stage.place_permitted(
      order_for({domain("example.com"), wildcard("*.example.com"), domain("example.org")}));
  ASSERT_TRUE(answered);
  EXPECT_EQ(stage.primary.asked(), 2u);
  EXPECT_EQ(stage.store.kept.at(0).names,
            (std::vector<std::string>{"example.com", "*.example.com", "example.org"}));
}

TEST(Desk, MailboxesOfOneDomainShareACheckAndTheirLocalPartsStayHome) {
  DeskStage stage;
  const auto answered = stage.place_permitted(
      order_for({mailbox("alice.secret@example.com"), mailbox("bob.secret@example.com"),
                 mailbox("\"carol secret\"@example.org")},
                caa::CertificateType::smime));
  ASSERT_TRUE(answered);
  EXPECT_EQ(answered->answer, "permitted at 0");
  for (ScriptedPerspective* perspective : stage.everybody()) {
    ASSERT_EQ(perspective->asked(), 2u);
    for (std::size_t call = 0; call < 2; ++call) {
      const std::string sent = json::serialize(observe::to_json(perspective->request(call)));
      EXPECT_EQ(sent.find("secret"), std::string::npos) << sent;
      EXPECT_EQ(sent.find('@'), std::string::npos) << sent;
    }
  }
}

TEST(Desk, FewerRemotesThanTheRulesRequireAreRefusedUnasked) {
  struct Case {
    const char* name;
    unsigned count;
    const char* on;
    const char* message;
  };
  const Case cases[] = {
      {"four_when_five_are_required", 4, "2026-12-15T00:00:00Z",
       "4 remotes were asked for, 5 are required (TLS BR 3.2.2.9)"},
      {"none", 0, "2026-12-15T00:00:00Z", "0 remotes were asked for, 5 are required"},
      {"three_before", 3, "2026-12-14T23:59:59Z", "3 remotes were asked for, 4 are required"},
      {"more_than_there_are", 6, "2026-12-15T00:00:00Z", "the roster has 5"},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.name);
    DeskStage stage;
    stage.clock.set(parse_instant(c.on).value());
    Order order = order_for({domain("example.com")});
    order.remote_count = c.count;
    Placed placed;
    stage.place(order, placed);
    ASSERT_TRUE(placed);
    ASSERT_FALSE(*placed);
    EXPECT_EQ(placed->error().code, ErrorCode::forbidden);
    EXPECT_THAT(placed->error().message, HasSubstr(c.message));
    EXPECT_EQ(stage.primary.asked(), 0u);
    EXPECT_EQ(stage.store.appends, 0u);
  }
}

TEST(Desk, ASubsetOfTheRosterIsUsedWhereTheRulesAllowIt) {
  DeskStage stage;
  stage.clock.set(parse_instant("2026-12-14T23:59:59Z").value());
  Order order = order_for({domain("example.com")});
  order.remote_count = 4;
  const auto answered = stage.place_permitted(order);
  ASSERT_TRUE(answered);
  EXPECT_EQ(answered->decision->names.at(0).remotes_used, 4u);
  std::size_t asked = 0;
  for (const auto& remote : stage.remotes) asked += remote->asked();
  EXPECT_EQ(asked, 4u);
}

TEST(Desk, NamesWithoutCaaAreRefusedUnasked) {
  Placed placed;
  DeskStage stage;
  stage.place(order_for({names::IpAddress::parse("192.0.2.1").value()}), placed);
  ASSERT_TRUE(placed);
  EXPECT_EQ(placed->error().code, ErrorCode::unsupported);
  EXPECT_EQ(stage.primary.asked(), 0u);
}

TEST(Desk, AStragglerBecomesALateRecordOfItsOwn) {
  Placed placed;
  DeskStage stage;
  stage.place(order_for({domain("example.com")}), placed);
  DeskStage::permit(stage.primary);
  for (std::size_t i = 0; i < 4; ++i) DeskStage::permit(*stage.remotes[i]);
  stage.stage.settle();
  ASSERT_TRUE(placed && *placed);
  ASSERT_EQ(stage.store.kept.size(), 1u);
  stage.remotes[4]->answer(denying("example.com"));
  stage.stage.settle();
  ASSERT_EQ(stage.store.kept.size(), 2u);
  const evidence::Record& late = stage.store.kept[1];
  EXPECT_EQ(late.kind, evidence::RecordKind::late_observation);
  EXPECT_EQ(late.order_id, "order-1");
  EXPECT_EQ(late.client, "portal");
  EXPECT_FALSE(late.answer);
  EXPECT_EQ(late.body.at("kind").as_string(), "late-observation");
  EXPECT_EQ(late.body.at("late").at("report").at("code").as_string(), "us-1");
  EXPECT_FALSE(late.body.at("late").at("report").at("observation").is_null());
  EXPECT_EQ(stage.group.size(), 0u);
}

TEST(Desk, TheWorstNameDecidesTheOrderAndEveryNameIsDecided) {
  Placed placed;
  DeskStage stage;
  stage.place(order_for({domain("good.example"), domain("bad.example")}), placed);
  for (std::size_t call = 0; call < 2; ++call)
    if (observe::subject_of(stage.primary.request(call).check) == "bad.example")
      stage.primary.answer(denying("bad.example"), call);
  stage.permit_all();
  ASSERT_TRUE(placed && *placed);
  const Decision& decision = *(*placed)->decision;
  EXPECT_EQ(decision.outcome, Outcome::refused);
  EXPECT_FALSE(decision.permission_expires);
  EXPECT_EQ(decision.names.at(0).outcome, Outcome::permitted);
  EXPECT_TRUE(decision.names.at(0).permission_expires);
  EXPECT_EQ(decision.names.at(1).outcome, Outcome::refused);
}

TEST(Desk, AHundredNamesAreAllDecided) {
  DeskStage stage;
  std::vector<names::CertificateName> names;
  for (int i = 0; i < 100; ++i) names.push_back(domain("n" + std::to_string(i) + ".example"));
  const auto answered = stage.place_permitted(order_for(names));
  ASSERT_TRUE(answered);
  EXPECT_EQ(answered->decision->names.size(), 100u);
  EXPECT_EQ(answered->decision->outcome, Outcome::permitted);
  EXPECT_EQ(stage.primary.asked(), 100u);
}

TEST(Desk, AQuorumMissedThroughFailuresSaysWhoFailed) {
  Placed placed;
  DeskStage stage;
  stage.place(order_for({domain("example.com")}), placed);
  stage.remotes[0]->answer(failed(NonCorroboration::unreachable));
  stage.remotes[1]->answer(failed(NonCorroboration::bad_signature));
  stage.permit_all();
  ASSERT_TRUE(placed && *placed);
  const NameDecision& name = (*placed)->decision->names.at(0);
  EXPECT_EQ(name.outcome, Outcome::undetermined);
  EXPECT_EQ(name.reason, "quorum-not-met");
  EXPECT_EQ(name.quorum, "3/5") << "answers of one moment are all counted";
  EXPECT_THAT(name.explanation, HasSubstr("eu-1: planned: unreachable"));
  EXPECT_THAT(name.explanation, HasSubstr("ap-1: planned: bad-signature"));
}

TEST(Desk, ARemotesDeclarationComesFromTheRoster) {
  DeskStage stage;
  stage.roster.remotes[0].validates = false;
  Placed placed;
  stage.place(order_for({domain("example.com")}), placed);
  for (const std::size_t i : {0u, 1u}) {
    auto seen = corroborate::test::permitting("example.com");
    seen.validating = false;
    stage.remotes[i]->answer(std::move(seen));
  }
  stage.permit_all();
  ASSERT_TRUE(placed && *placed);
  const NameDecision& name = (*placed)->decision->names.at(0);
  EXPECT_EQ(name.outcome, Outcome::permitted);
  EXPECT_EQ(name.quorum, "4/5");
  EXPECT_EQ(name.perspectives.at(1).result, "corroborated");
  EXPECT_EQ(name.perspectives.at(2).result, "bad-signature");
}

TEST(Desk, APrimaryWithoutAnObservationIsExplained) {
  Placed placed;
  DeskStage stage;
  stage.place(order_for({domain("example.com")}), placed);
  stage.primary.answer(failed(NonCorroboration::bad_signature));
  stage.permit_all();
  ASSERT_TRUE(placed && *placed);
  const NameDecision& name = (*placed)->decision->names.at(0);
  EXPECT_EQ(name.outcome, Outcome::undetermined);
  EXPECT_EQ(name.reason, "primary-unavailable");
  EXPECT_THAT(name.explanation, HasSubstr("planned: bad-signature"));
}

}  // namespace
}  // namespace parallax::orders
