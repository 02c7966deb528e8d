// SPDX-License-Identifier: Apache-2.0
// Orders that ask for control: control first, CAA once it was shown, one record and one answer.
#include <boost/json/serialize.hpp>
#include <gmock/gmock.h>

#include "base/json.h"
#include "orders/control_samples.h"
#include "orders/desk_stage.h"

namespace parallax::orders {
namespace {

using rules::ControlMethod;
using test::DeskStage;
using test::dns_change;
using test::domain;
using test::mailbox;
using test::order_for;
using test::Placed;
using test::ScriptedPerspective;
using test::wildcard;
using testing::HasSubstr;

// Answers all that the perspective was asked: control with this TXT record, CAA with permission.
std::size_t answer(ScriptedPerspective& perspective, const std::string& txt) {
  std::size_t answered = 0;
  for (std::size_t call = 0; call < perspective.asked(); ++call) {
    if (!perspective.waiting(call)) continue;
    const observe::Check& check = perspective.request(call).check;
    const std::string subject = observe::subject_of(check);
    if (std::holds_alternative<dcv::ControlCheck>(check))
      perspective.answer(test::saw_txt(subject, txt), call);
    else
      perspective.answer(corroborate::test::permitting(subject), call);
    ++answered;
  }
  return answered;
}

// Lets everybody answer until the order is decided: the remotes as told, the primary too.
Result<Answered> decide(DeskStage& stage, Order order, const std::string& primary,
                        const std::vector<std::string>& remotes = {}) {
  Placed placed;
  stage.place(std::move(order), placed);
  std::size_t answered = 1;
  while (answered > 0) {
    answered = answer(stage.primary, primary);
    for (std::size_t i = 0; i < stage.remotes.size(); ++i)
      answered += answer(*stage.remotes[i], i < remotes.size() ? remotes[i] : primary);
    stage.stage.settle();
  }
  return placed.value();
}

std::size_t asked_for_caa(const ScriptedPerspective& perspective) {
  std::size_t count = 0;
  for (std::size_t call = 0; call < perspective.asked(); ++call)
    count += std::holds_alternative<observe::CaaCheck>(perspective.request(call).check) ? 1 : 0;
  return count;
}

Order controlled(names::CertificateName name, ControlRequest request) {
  Order order = order_for({std::move(name)});
  order.controls = {std::move(request)};
  return order;
}

TEST(DeskControl, CaaFollowsControlThatWasShown) {
  DeskStage stage;
  const auto answered = decide(stage, controlled(domain("example.com"), dns_change("example.com")),
                               test::kRandomValue);
  ASSERT_TRUE(answered) << describe(answered.error());
  const NameDecision& name = answered->decision->names.at(0);
  EXPECT_EQ(name.outcome, Outcome::permitted);
  ASSERT_TRUE(name.control);
  EXPECT_EQ(name.control->outcome, Outcome::permitted);
  EXPECT_EQ(name.control->reason, "challenge-found");
  EXPECT_EQ(name.caa, CaaPart::checked);
  EXPECT_EQ(asked_for_caa(stage.primary), 1u);
  ASSERT_TRUE(name.control->reuse_until);
  EXPECT_LT(*name.permission_expires, *name.control->reuse_until) << "CAA lasts hours, not days";
}

TEST(DeskControl, WithoutControlCaaIsNotAskedFor) {
  DeskStage stage;
  const auto answered =
      decide(stage, controlled(domain("example.com"), dns_change("example.com")), "something else");
  ASSERT_TRUE(answered) << describe(answered.error());
  const NameDecision& name = answered->decision->names.at(0);
  EXPECT_EQ(name.outcome, Outcome::refused);
  EXPECT_EQ(name.reason, "challenge-differs");
  EXPECT_EQ(name.caa, CaaPart::not_asked);
  EXPECT_FALSE(name.permission_expires);
  EXPECT_EQ(asked_for_caa(stage.primary), 0u);
  EXPECT_EQ(stage.remotes[0]->asked(), 0u) << "the remotes wait for the primary";
}

TEST(DeskControl, BothAreCheckedIfTheCallerWantsBoth) {
  DeskStage stage;
  Order order = controlled(domain("example.com"), dns_change("example.com"));
  order.caa_regardless = true;
  const auto answered = decide(stage, std::move(order), "something else");
  ASSERT_TRUE(answered) << describe(answered.error());
  const NameDecision& name = answered->decision->names.at(0);
  EXPECT_EQ(name.outcome, Outcome::refused) << "CAA alone permits nothing";
  EXPECT_EQ(asked_for_caa(stage.primary), 1u);
}

TEST(DeskControl, TwoRemotesThatSeeAnotherValueMissTheQuorum) {
  DeskStage stage;
  const auto answered = decide(stage, controlled(domain("example.com"), dns_change("example.com")),
                               test::kRandomValue, {"hijacked", "hijacked"});
  ASSERT_TRUE(answered) << describe(answered.error());
  const NameDecision& name = answered->decision->names.at(0);
  EXPECT_EQ(name.outcome, Outcome::refused);
  EXPECT_EQ(name.reason, "quorum-not-met");
  EXPECT_THAT(name.explanation, HasSubstr("hijacked"));
  EXPECT_EQ(name.caa, CaaPart::not_asked);
}

TEST(DeskControl, OneRemoteThatSeesAnotherValueIsOutvoted) {
  DeskStage stage;
  const auto answered = decide(stage, controlled(domain("example.com"), dns_change("example.com")),
                               test::kRandomValue, {"hijacked"});
  ASSERT_TRUE(answered) << describe(answered.error());
  const NameDecision& name = answered->decision->names.at(0);
  EXPECT_EQ(name.outcome, Outcome::permitted);
  EXPECT_EQ(name.control->perspectives.at(1).result, "denied");
}

TEST(DeskControl, AMailboxShownToTheCallerNeedsThePrimaryAlone) {
  DeskStage stage;
  Order order = controlled(mailbox("alice@example.com"), {ControlMethod::mailbox_email, {}});
  order.type = caa::CertificateType::smime;
  const auto answered = decide(stage, std::move(order), "");
  ASSERT_TRUE(answered) << describe(answered.error());
  const NameDecision& name = answered->decision->names.at(0);
  EXPECT_EQ(name.outcome, Outcome::permitted);
  EXPECT_EQ(name.control->reason, "shown-by-caller");
  EXPECT_THAT(name.control->without_remotes, HasSubstr("3.2.2.2"));
  EXPECT_EQ(name.remotes_used, 0u);
  for (const auto& remote : stage.remotes) EXPECT_EQ(remote->asked(), 0u);
}

TEST(DeskControl, ANameAndItsWildcardShareTheirChecks) {
  DeskStage stage;
  Order order = order_for({domain("example.com"), wildcard("*.example.com")});
  order.controls = {dns_change("example.com"), dns_change("example.com")};
  const auto answered = decide(stage, std::move(order), test::kRandomValue);
  ASSERT_TRUE(answered) << describe(answered.error());
  EXPECT_EQ(answered->decision->outcome, Outcome::permitted);
  EXPECT_EQ(stage.primary.asked(), 2u) << "one control check, one CAA check";
}

TEST(DeskControl, AnAddressHasNoCaa) {
  DeskStage stage;
  const auto address = names::IpAddress::parse("9.9.9.9").value();
  const auto answered = decide(stage, controlled(address, test::http_01(address)), "");
  ASSERT_TRUE(answered) << describe(answered.error());
  const NameDecision& name = answered->decision->names.at(0);
  EXPECT_EQ(name.caa, CaaPart::not_applicable);
  EXPECT_NE(name.outcome, Outcome::permitted) << "what was seen is no answer to the question";
}

TEST(DeskControl, TheRecordHoldsControlAndWhatEverybodySaw) {
  DeskStage stage;
  const auto answered = decide(stage, controlled(domain("example.com"), dns_change("example.com")),
                               test::kRandomValue);
  ASSERT_TRUE(answered) << describe(answered.error());
  ASSERT_FALSE(stage.store.kept.empty());
  const json::value& body = stage.store.kept.front().body;
  const json::value& control = body.at("names").at(0).at("control");
  EXPECT_EQ(control.at("method"), "dns-change");
  EXPECT_EQ(control.at("outcome"), "permitted");
  EXPECT_EQ(control.at("quorum").at("used").to_number<int>(), 5);
  EXPECT_EQ(body.at("checks").at(0).at("check").at("kind"), "control");
  EXPECT_EQ(body.at("checks").at(1).at("check").at("kind"), "caa");
  EXPECT_EQ(body.at("names").at(0).at("asked").at("method"), "dns-change");
}

}  // namespace
}  // namespace parallax::orders
