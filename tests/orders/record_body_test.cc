// SPDX-License-Identifier: Apache-2.0
// What a record holds: enough to judge the decision again without the server.
#include "orders/record_body.h"

#include <gmock/gmock.h>

#include "base/canonical_json.h"
#include "base/json.h"
#include "orders/desk_stage.h"

namespace parallax::orders {
namespace {

using corroborate::NonCorroboration;
using test::DeskStage;
using test::domain;
using test::order_for;
using test::Placed;
using test::wildcard;
using testing::ElementsAre;

std::vector<std::string> keys(const json::value& value) {
  std::vector<std::string> out;
  for (const auto& member : value.as_object()) out.emplace_back(member.key());
  std::sort(out.begin(), out.end());
  return out;
}

class RecordBody : public testing::Test {
 protected:
  void SetUp() override {
    Order order = order_for({domain("example.com"), wildcard("*.example.com")});
    order.account_uri = "https://ca.example/acct/1";
    order.trace_id = "trace";
    stage.place(order, placed);
    stage.remotes[0]->answer(corroborate::test::denying("example.com"));
    for (std::size_t i = 1; i < 5; ++i) DeskStage::permit(*stage.remotes[i]);
    DeskStage::permit(stage.primary);
    stage.stage.settle();
    ASSERT_TRUE(placed && *placed);
    body = stage.store.kept.at(0).body;
  }
  Placed placed;
  DeskStage stage;
  json::value body;
};

TEST_F(RecordBody, HasACanonicalForm) {
  const auto text = canonical_json(body);
  ASSERT_TRUE(text) << describe(text.error());
  EXPECT_EQ(parse_json(*text).value(), parse_json(json::serialize(body)).value());
}

TEST_F(RecordBody, NamesOrderOutcomeTimesAndConfiguration) {
  EXPECT_THAT(keys(body), ElementsAre("checks", "configuration", "decided", "kind", "lab", "names",
                                      "order", "outcome", "permission_expires", "received", "rules",
                                      "rules_digest", "settings", "version"));
  EXPECT_EQ(body.at("kind").as_string(), "decision");
  EXPECT_EQ(body.at("outcome").as_string(), "permitted");
  EXPECT_EQ(body.at("configuration").as_string(), "configuration-digest");
  EXPECT_EQ(body.at("received").as_string(), "2026-12-15T00:00:00.000000000Z");
  const json::value& order = body.at("order");
  EXPECT_THAT(keys(order),
              ElementsAre("account_uri", "client", "corroborations_required", "id", "issuers",
                          "request_digest", "trace_id", "type", "validation_method"));
  EXPECT_EQ(body.at("names").at(0).at("name").as_string(), "example.com");
  EXPECT_EQ(body.at("names").at(1).at("name").as_string(), "*.example.com");
  EXPECT_EQ(body.at("names").at(1).at("question"),
            (json::object{{"wildcard", true}, {"validation_method", nullptr}}));
  EXPECT_EQ(order.at("issuers"), json::array{"ca.example"});
  EXPECT_EQ(order.at("type").as_string(), "tls");
  EXPECT_TRUE(order.at("validation_method").is_null());
}

TEST_F(RecordBody, HasEveryPerspectivesSignedStatement) {
  ASSERT_EQ(body.at("checks").as_array().size(), 1u);
  const json::value& check = body.at("checks").at(0);
  EXPECT_THAT(keys(check),
              ElementsAre("attempt", "check", "digest", "perspectives", "primary", "remotes"));
  EXPECT_EQ(check.at("perspectives").as_array().size(), 6u);
  EXPECT_EQ(check.at("perspectives").at(1).at("code").as_string(), "eu-1");
  EXPECT_EQ(check.at("perspectives").at(1).at("validates").as_bool(), true);
  std::vector<json::value> reports{check.at("primary")};
  for (const json::value& remote : check.at("remotes").as_array()) reports.push_back(remote);
  ASSERT_EQ(reports.size(), 6u);
  observe::StatementVerifier verifier(corroborate::test::test_key().verifying_key());
  for (const json::value& report : reports) {
    const auto statement =
        observe::signed_statement_from_json(report.at("observation"), "/observation");
    ASSERT_TRUE(statement) << describe(statement.error());
    EXPECT_TRUE(verifier.holds(*statement));
    const auto observation = observe::read_statement(statement->statement);
    ASSERT_TRUE(observation);
    EXPECT_EQ(observation->perspective, report.at("code").as_string());
    EXPECT_EQ(observation->check_digest, check.at("digest").as_string());
  }
}

TEST_F(RecordBody, HasTheQuorumPerName) {
  ASSERT_EQ(body.at("names").as_array().size(), 2u);
  for (const json::value& name : body.at("names").as_array()) {
    EXPECT_THAT(keys(name), ElementsAre("asked", "caa", "check", "control", "decided_by", "dnssec",
                                        "explanation", "name", "outcome", "permission_expires",
                                        "question", "quorum", "reason", "rules"));
    EXPECT_FALSE(name.at("decided_by").as_string().empty());
    EXPECT_EQ(name.at("check").to_number<int>(), 0);
    EXPECT_EQ(name.at("dnssec").as_string(), "secure");
    EXPECT_FALSE(name.at("explanation").as_string().empty());
    const json::value& quorum = name.at("quorum");
    EXPECT_THAT(keys(quorum), ElementsAre("corroborated", "needed", "reasons", "remotes", "rirs",
                                          "text", "used"));
    EXPECT_EQ(quorum.at("text").as_string(), "4/5");
    EXPECT_EQ(quorum.at("needed").to_number<int>(), 4);
    EXPECT_EQ(quorum.at("remotes"), (json::array{"denied", "corroborated", "corroborated",
                                                 "corroborated", "corroborated"}));
    EXPECT_EQ(quorum.at("rirs"), (json::array{"ARIN", "APNIC", "LACNIC", "AFRINIC"}));
  }
}

TEST_F(RecordBody, NamesNothingInTheLog) {
  EXPECT_EQ(record_parts(body),
            (std::vector<std::string>{"/order", "/checks/0", "/names/0", "/names/1"}));
  const auto committed = evidence::commit_parts(body, record_parts(body), system_random()).value();
  const std::string leaf = canonical_json(committed.leaf).value();
  for (const char* told : {"example.com", "ca.example", "client", "eu-1", "nonce", "statement"})
    EXPECT_EQ(leaf.find(told), std::string::npos) << told;
  EXPECT_EQ(evidence::open_parts(committed.leaf, committed.parts).value(), body);
}

TEST_F(RecordBody, CitesEveryRuleAppliedWithWhereItStood) {
  std::vector<std::string> ids;
  for (const json::value& rule : body.at("rules").as_array()) {
    EXPECT_THAT(keys(rule), ElementsAre("ballot", "document", "id", "section", "version"));
    ids.emplace_back(rule.at("id").as_string());
  }
  for (const char* id : {"mpic.remotes-minimum", "mpic.rir-regions", "mpic.non-corroborations"})
    EXPECT_THAT(ids, testing::Contains(id));
  for (const json::value& name : body.at("names").as_array())
    for (const json::value& id : name.at("rules").as_array())
      EXPECT_THAT(ids, testing::Contains(std::string(id.as_string())));
}

TEST(RecordBodyOfFailures, NamesKindAndMessageAndWhoWasStillPending) {
  Placed placed;
  DeskStage stage;
  stage.place(order_for({domain("example.com")}), placed);
  stage.remotes[0]->answer(corroborate::test::failed(NonCorroboration::wrong_identity));
  for (std::size_t i = 1; i < 4; ++i) DeskStage::permit(*stage.remotes[i]);
  stage.primary.answer(corroborate::test::denying("example.com"));
  stage.stage.settle();
  ASSERT_TRUE(placed && *placed);
  const json::value& body = stage.store.kept.at(0).body;
  EXPECT_EQ(body.at("outcome").as_string(), "refused");
  EXPECT_TRUE(body.at("permission_expires").is_null());
  const json::array& remotes = body.at("checks").at(0).at("remotes").as_array();
  EXPECT_EQ(remotes[0].at("failure"),
            (json::object{{"kind", "wrong-identity"}, {"message", "planned: wrong-identity"}}));
  EXPECT_TRUE(remotes[0].at("observation").is_null());
  EXPECT_TRUE(remotes[4].at("failure").is_null());
  EXPECT_TRUE(remotes[4].at("observation").is_null());
  EXPECT_TRUE(remotes[4].at("asked").as_bool());
  EXPECT_EQ(body.at("names").at(0).at("quorum").at("remotes").at(4).as_string(), "pending");
}

}  // namespace
}  // namespace parallax::orders
