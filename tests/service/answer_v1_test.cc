// SPDX-License-Identifier: Apache-2.0
#include "service/answer_v1.h"

#include <gtest/gtest.h>

#include "service/service_fixture.h"

namespace parallax::service {
namespace {

using testing::decision_on;
using testing::domain;

orders::Order one_domain() {
  orders::Order order;
  order.id = "order-1";
  order.names = {domain("example.com")};
  return order;
}

json::value answer(orders::Outcome outcome, bool lab = false) {
  return parse_json(write_v1_answer(decision_on(one_domain(), outcome, lab))).value();
}

TEST(AnswerV1, TellsAPermittedOrder) {
  const json::value got = answer(orders::Outcome::permitted);
  json::value head = got;
  head.as_object().erase("names");
  EXPECT_EQ(head, parse_json(R"({"id":"order-1","outcome":"permitted","lab":false,
      "received":"2026-11-22T17:00:00.000000000Z","decided":"2026-11-22T17:00:00.040000000Z",
      "permission_expires":"2026-11-23T01:00:00.000000000Z","evidence":{"index":7,
      "leaf_hash":"eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee"},
      "permit":"eyJ.permit.signature"})")
                      .value());

  json::value name = got.at("names").at(0);
  const json::array perspectives = name.at("perspectives").as_array();
  name.as_object().erase("perspectives");
  EXPECT_EQ(name, parse_json(R"({"name":"example.com","outcome":"permitted",
      "reason":"issuer-authorized","explanation":"issuemail names ca.example.",
      "control":null,"caa":"checked","dnssec":"secure",
      "found_at":"example.com","records":["0 issuemail \"ca.example\""],"ttl_s":300,
      "permission_expires":"2026-11-23T01:00:00.000000000Z","quorum":"3/5","corroborated":3,
      "remotes_used":5,"rirs":["RIPE NCC","APNIC"],
      "decided_by":null,"rules":["mpic-quorum"]})")
                      .value());

  ASSERT_EQ(perspectives.size(), 6u);
  EXPECT_EQ(perspectives[0], parse_json(R"({"code":"primary-1","primary":true,"rir":"ARIN",
      "result":"corroborated","message":"","outcome":"permitted","reason":"issuer-authorized",
      "found_at":"example.com","records":["0 issuemail \"ca.example\""],
      "lookups":[{"name":"example.com","status":"answered","rcode":"NOERROR","dnssec":"secure",
                  "ttl_s":300,"attempts":1,"reason":""}],"elapsed_ms":12})")
                                 .value());
  EXPECT_EQ(perspectives[4], parse_json(R"({"code":"remote-4","primary":false,"rir":"LACNIC",
      "result":"unreachable","message":"connection refused","outcome":null,"reason":null,
      "found_at":null,"records":[],"lookups":[],"elapsed_ms":0})")
                                 .value());
}

TEST(AnswerV1, GivesNoExpiryUnlessPermitted) {
  for (const auto outcome : {orders::Outcome::refused, orders::Outcome::undetermined}) {
    const json::value got = answer(outcome);
    EXPECT_EQ(got.at("outcome"), json::value(json::string(orders::to_string(outcome))));
    EXPECT_TRUE(got.at("permission_expires").is_null());
    EXPECT_TRUE(got.at("names").at(0).at("permission_expires").is_null());
  }
}

TEST(AnswerV1, MarksTheLab) {
  EXPECT_TRUE(answer(orders::Outcome::permitted, true).at("lab").as_bool());
}

TEST(AnswerV1, StaysTextWhateverAServerSaid) {
  orders::Decision decision = decision_on(one_domain(), orders::Outcome::refused, false);
  decision.names[0].explanation = "quoted \xfe\xff octets";
  decision.names[0].perspectives[1].message = "\x80";
  const auto got = parse_json(write_v1_answer(decision));
  ASSERT_TRUE(got.has_value()) << describe(got.error());
  EXPECT_EQ(got->at("names").at(0).at("explanation").as_string(), "quoted \\xfe\\xff octets");
}

}  // namespace
}  // namespace parallax::service
