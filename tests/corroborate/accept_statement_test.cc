// SPDX-License-Identifier: Apache-2.0
// What a reply must be before anything in it is believed.
#include <functional>

#include <gmock/gmock.h>

#include "corroborate/scripted.h"

namespace parallax::corroborate {
namespace {

using observe::Observation;
using observe::SignedStatement;
using test::test_key;
using testing::HasSubstr;

observe::ObservationRequest request() {
  return {"order-1", 2, "AAAAAAAAAAAAAAAAAAAAAA",
          observe::CaaCheck{caa::test::name("example.com"), false}};
}

PerspectiveReply accept(SignedStatement statement) {
  observe::StatementVerifier verifier(test_key().verifying_key());
  return accept_statement(std::move(statement), request(), "eu-1", verifier);
}

Observation honest() {
  return test::observation_of(request(), "eu-1", test::permitting("example.com"));
}

TEST(AcceptStatement, TakesWhatWasAskedAndKeepsTheProof) {
  const SignedStatement statement = test::signed_by(test_key(), honest());
  const auto reply = accept(statement);
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->observation.perspective, "eu-1");
  EXPECT_EQ(std::get<caa::CaaObservation>(reply->observation.seen).domain.text(), "example.com");
  EXPECT_EQ(reply->statement, statement);
}

struct Lie {
  const char* name;
  std::function<void(Observation&)> tell;
  NonCorroboration kind;
  const char* message;
};

constexpr const char* kOtherRequest = "the statement answers another request";

const Lie kLies[] = {
    {"another_code", [](Observation& o) { o.perspective = "ap-1"; },
     NonCorroboration::wrong_identity, "\"ap-1\" answered in the place of eu-1"},
    {"code_in_other_case", [](Observation& o) { o.perspective = "EU-1"; },
     NonCorroboration::wrong_identity, "answered in the place of eu-1"},
    {"hostile_code", [](Observation& o) { o.perspective = "\x1b[2J\n"; },
     NonCorroboration::wrong_identity, "\\x1b[2J\\x0a"},
    {"no_code", [](Observation& o) { o.perspective = ""; }, NonCorroboration::wrong_identity, ""},
    {"another_order", [](Observation& o) { o.order_id = "order-2"; },
     NonCorroboration::bad_signature, kOtherRequest},
    {"another_attempt", [](Observation& o) { o.attempt = 1; }, NonCorroboration::bad_signature,
     kOtherRequest},
    {"another_nonce", [](Observation& o) { o.nonce.back() = 'Q'; }, NonCorroboration::bad_signature,
     kOtherRequest},
    {"no_nonce", [](Observation& o) { o.nonce.clear(); }, NonCorroboration::bad_signature,
     kOtherRequest},
    {"another_digest", [](Observation& o) { o.check_digest[0] ^= 1; },
     NonCorroboration::bad_signature, kOtherRequest},
    {"another_domain", [](Observation& o) { o.seen = test::permitting("example.org"); },
     NonCorroboration::bad_signature, kOtherRequest},
    {"parent_domain", [](Observation& o) { o.seen = test::permitting("com"); },
     NonCorroboration::bad_signature, kOtherRequest},
};

class LyingStatement : public testing::TestWithParam<Lie> {};

TEST_P(LyingStatement, IsNotAccepted) {
  Observation observation = honest();
  GetParam().tell(observation);
  const auto reply = accept(test::signed_by(test_key(), observation));
  ASSERT_FALSE(reply);
  EXPECT_EQ(reply.error().kind, GetParam().kind);
  EXPECT_THAT(reply.error().message, HasSubstr(GetParam().message));
}

INSTANTIATE_TEST_SUITE_P(AcceptStatement, LyingStatement, testing::ValuesIn(kLies),
                         [](const auto& param) { return std::string(param.param.name); });

TEST(AcceptStatement, RefusesAnotherKeysSignature) {
  const auto reply = accept(test::signed_by(SigningKey::generate(), honest()));
  ASSERT_FALSE(reply);
  EXPECT_EQ(reply.error().kind, NonCorroboration::bad_signature);
  EXPECT_EQ(reply.error().message, "the statement is not signed by the key of eu-1");
}

TEST(AcceptStatement, RefusesAnAlteredStatement) {
  SignedStatement statement = test::signed_by(test_key(), honest());
  const auto at = statement.statement.find("ca.example");
  ASSERT_NE(at, std::string::npos);
  statement.statement[at] = 'd';
  const auto reply = accept(std::move(statement));
  ASSERT_FALSE(reply);
  EXPECT_EQ(reply.error().kind, NonCorroboration::bad_signature);
}

TEST(AcceptStatement, RefusesSignedGarbage) {
  const std::string good = observe::write_statement(honest(), false).value();
  const std::pair<const char*, std::string> cases[] = {
      {"empty", ""},
      {"not_json", "permitted"},
      {"null", "null"},
      {"array", "[]"},
      {"empty_object", "{}"},
      {"not_utf8", "\xff\xfe"},
      {"deep", std::string(5000, '[')},
      {"cut_short", good.substr(0, good.size() / 2)},
      {"twice", good + good},
      {"unknown_member", "{\"extra\":1," + good.substr(1)},
      {"duplicate_member", "{\"attempt\":2," + good.substr(1)},
  };
  for (const auto& [name, text] : cases) {
    SCOPED_TRACE(name);
    const auto reply = accept(observe::sign_batch({text}, test_key()).front());
    ASSERT_FALSE(reply);
    EXPECT_EQ(reply.error().kind, NonCorroboration::bad_signature);
    EXPECT_THAT(reply.error().message, HasSubstr("cannot be read"));
  }
}

TEST(AcceptStatement, AReplayOfAnEarlierAnswerIsRefused) {
  observe::ObservationRequest earlier = request();
  earlier.nonce = "BAAAAAAAAAAAAAAAAAAAAA";
  const auto old = test::observation_of(earlier, "eu-1", test::permitting("example.com"));
  const auto reply = accept(test::signed_by(test_key(), old));
  ASSERT_FALSE(reply);
  EXPECT_EQ(reply.error().kind, NonCorroboration::bad_signature);
}

}  // namespace
}  // namespace parallax::corroborate
