// SPDX-License-Identifier: Apache-2.0
// Whatever the applicants' servers send, what the perspectives keep of it fits into one record; and
// if a record could not hold it after all, the attempt is on record, and the client is not told
// that its request was wrong.
#include <gmock/gmock.h>

#include "base/json.h"
#include "dcv/seen_bounds.h"
#include "evidence/record.h"
#include "orders/desk_stage.h"

namespace parallax::orders {
namespace {

using test::DeskStage;
using test::domain;
using test::order_for;
using test::Placed;
using test::ScriptedPerspective;
using testing::HasSubstr;

constexpr std::size_t kPerspectives = 7;  // a usual roster: the Primary and six remotes

// The longest value a check may look for.
const std::string kLongValue = test::kRandomValue + std::string(dcv::kChallengeSizeMax - 40, 'v');

std::string txt(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size(); at += 255) {
    const auto part = text.substr(at, 255);
    out += static_cast<char>(part.size());
    out += part;
  }
  return out;
}

// The largest observation that shows control: the value, and others beside it up to the bound.
dcv::ControlObservation largest(const std::string& name, bool packets) {
  dcv::ControlObservation seen;
  seen.lookups = {test::looked_up("challenge", name, dns::RecordType::txt, {txt(kLongValue)})};
  while (dcv::within_bounds(seen)) seen.lookups[0].rdata.push_back(txt(std::string(90, 'x')));
  seen.lookups[0].rdata.pop_back();
  if (packets) seen.lookups[0].packet = std::string(dcv::kSeenPacketsMax, 'p');
  return seen;
}

std::size_t answer(ScriptedPerspective& perspective, bool primary) {
  std::size_t answered = 0;
  for (std::size_t call = 0; call < perspective.asked(); ++call) {
    if (!perspective.waiting(call)) continue;
    const auto& request = perspective.request(call);
    const std::string subject = observe::subject_of(request.check);
    ++answered;
    if (std::holds_alternative<observe::CaaCheck>(request.check)) {
      perspective.answer(corroborate::test::permitting(subject), call);
      continue;
    }
    auto observation =
        corroborate::test::observation_of(request, perspective.code(), largest(subject, primary));
    auto text = observe::write_statement(observation, primary).value();
    auto proof = observe::sign_batch({std::move(text)}, corroborate::test::test_key()).front();
    perspective.answer(observe::SignedObservation{std::move(observation), std::move(proof)}, call);
  }
  return answered;
}

Order largest_order() {
  std::vector<names::CertificateName> names;
  std::vector<std::optional<ControlRequest>> controls;
  for (std::size_t i = 0; i < kNamesPerOrderMax; ++i) {
    const std::string name =
        fmt::format("n{}.{}.{}.example.com", i, std::string(60, 'a'), std::string(60, 'b'));
    auto control = test::dns_change(name);
    std::get<dcv::DnsValue>(control.check->challenge).value = kLongValue;
    names.push_back(domain(name));
    controls.emplace_back(std::move(control));
  }
  Order order = order_for(std::move(names));
  order.controls = std::move(controls);
  return order;
}

TEST(RecordSize, HoldsAHundredNamesAtTheBoundsOfEveryPerspective) {
  Placed placed;
  DeskStage stage;
  stage.place(largest_order(), placed);
  for (std::size_t answered = 1; answered > 0;) {
    answered = answer(stage.primary, true);
    for (auto& remote : stage.remotes) answered += answer(*remote, false);
    stage.stage.settle();
  }
  ASSERT_TRUE(placed && *placed) << describe(placed->error());
  ASSERT_EQ((*placed)->decision->outcome, Outcome::permitted);
  const auto record = evidence::prepare(stage.store.kept.at(0), system_random());
  ASSERT_TRUE(record) << describe(record.error());
  // Of the stage's perspectives the Primary alone brings packets; each more would bring as much as
  // the others do at most.
  const std::size_t perspectives = 1 + stage.remotes.size();
  EXPECT_GT(record->size(), kNamesPerOrderMax * perspectives * (dcv::kSeenCostMax - 512));
  EXPECT_LE(record->size() / perspectives * kPerspectives, evidence::kRecordSizeMax);
}

class NotKept : public testing::Test {
 protected:
  void SetUp() override {
    stage.store.failures_once = {Error{ErrorCode::internal, "too large", {}}};
    answered = stage.place_permitted(order_for({domain("example.com")}));
  }
  DeskStage stage;
  Result<Answered> answered = fail(ErrorCode::not_found, "not placed");
};

TEST_F(NotKept, IsAFailureOfTheServer) {
  ASSERT_FALSE(answered);
  EXPECT_EQ(answered.error().code, ErrorCode::internal);
  EXPECT_THAT(answered.error().message, HasSubstr("on record"));
}

TEST_F(NotKept, LeavesTheAttemptOnRecordWithoutTheStatements) {
  ASSERT_EQ(stage.store.kept.size(), 1u);
  const evidence::Record& record = stage.store.kept.at(0);
  EXPECT_EQ(record.outcome, "undetermined");
  EXPECT_EQ(record.names, std::vector<std::string>{"example.com"});
  EXPECT_EQ(record.body.at("outcome").as_string(), "undetermined");
  EXPECT_TRUE(record.body.at("permission_expires").is_null());
  const json::value& name = record.body.at("names").at(0);
  EXPECT_EQ(name.at("outcome").as_string(), "undetermined");
  EXPECT_EQ(name.at("reason").as_string(), "observations-not-kept");
  EXPECT_EQ(name.at("quorum").at("text").as_string(), "5/5") << "what was found stays";
  const json::value& primary = record.body.at("checks").at(0).at("primary");
  EXPECT_GT(primary.at("observation").at("left_out_octets").to_number<int>(), 100);
  EXPECT_EQ(primary.at("observation").at("sha256").as_string().size(), 64u);
  EXPECT_FALSE(primary.at("observation").as_object().contains("statement"));
}

TEST_F(NotKept, AnswersARepeatOfItsIdTheSame) {
  Placed again;
  stage.place(order_for({domain("example.com")}), again);
  ASSERT_TRUE(again && !*again);
  EXPECT_EQ(again->error().code, ErrorCode::internal);
  EXPECT_EQ(stage.store.kept.size(), 1u);
  std::optional<Result<std::string>> recalled;
  stage.stage.start(stage.desk->recall("portal", "order-1"), recalled);
  stage.stage.settle();
  ASSERT_TRUE(recalled && !*recalled);
  EXPECT_EQ(recalled->error().code, ErrorCode::internal);
}

TEST_F(NotKept, IsCountedAsUndetermined) {
  ASSERT_EQ(stage.counted.size(), 1u);
  EXPECT_EQ(stage.counted[0].outcome, Outcome::undetermined);
  EXPECT_FALSE(stage.counted[0].names.at(0).permission_expires);
}

}  // namespace
}  // namespace parallax::orders
