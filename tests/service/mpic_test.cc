// SPDX-License-Identifier: Apache-2.0
#include "service/mpic.h"

#include <gtest/gtest.h>

#include "service/limits.h"
#include "service/service_fixture.h"

namespace parallax::service {
namespace {

using testing::header;
using testing::parsed;
using testing::run;

const std::string kBody = R"({"check_type":"caa","domain_or_ip_target":"Example.com",
    "orchestration_parameters":{"perspective_count":"5"},
    "caa_check_parameters":{"caa_domains":["CA.example"]}})";

class MpicTest : public testing::ClientFileTest {
 protected:
  void SetUp() override {
    ClientFileTest::SetUp();
    api_.emplace(OrderServices{desk_, *authenticator_, testing::suffixes(), random_}, info_,
                 clock_);
    api_->install(router_);
  }
  net::HttpResponse send(net::HttpRequest request) {
    const std::string method = request.method;
    const std::string path = request.path;
    net::HttpResponse response = run(router_.answer(std::move(request)));
    testing::keep_sample(method, path, response);
    return response;
  }
  net::HttpResponse send(const std::string& body) {
    return send(testing::post("/mpic", body, token_));
  }

  testing::FakeDesk desk_;
  testing::FakeInfo info_;
  ManualClock clock_{testing::test_time()};
  Router router_;
  std::optional<MpicApi> api_;
};

TEST_F(MpicTest, AnswersWithEveryKey) {
  const auto response = send(kBody);
  EXPECT_EQ(response.status, 200u);
  json::value got = parsed(response);
  const json::array perspectives = got.at("perspectives").as_array();
  got.as_object().erase("perspectives");
  EXPECT_EQ(got, parse_json(R"({"mpic_completed":true,
      "request_orchestration_parameters":{"perspective_count":5,"quorum_count":null,
          "max_attempts":null,"cohort_for_single_attempt":null},
      "actual_orchestration_parameters":{"perspective_count":5,"quorum_count":4,"attempt_count":1},
      "check_type":"caa","domain_or_ip_target":"Example.com","is_valid":true,
      "trace_identifier":null,
      "caa_check_parameters":{"certificate_type":"tls-server","caa_domains":["CA.example"],
          "allow_lookup_failure":false},
      "previous_attempt_results":null})")
                     .value());

  ASSERT_EQ(perspectives.size(), 6u);
  EXPECT_EQ(perspectives[0], parse_json(R"({"perspective_code":"primary-1","check_response":{
      "check_completed":true,"check_passed":true,"errors":null,
      "timestamp_ns":1795366800012000000,"check_type":"caa",
      "details":{"caa_record_present":true,"found_at":"example.com",
                 "records_seen":["0 issuemail \"ca.example\""]}}})")
                                 .value());
  EXPECT_EQ(perspectives[3].at("check_response").at("check_passed"), json::value(false));
  EXPECT_EQ(perspectives[3].at("check_response").at("check_completed"), json::value(true));
  EXPECT_EQ(perspectives[4].at("check_response"), parse_json(R"({
      "check_completed":false,"check_passed":false,
      "errors":[{"error_type":"mpic_error:coordinator:remote_check",
                 "error_message":"connection refused"}],
      "timestamp_ns":1795366800000000000,"check_type":"caa",
      "details":{"caa_record_present":null,"found_at":null,"records_seen":null}})")
                                                      .value());
}

TEST_F(MpicTest, OutcomesDecideValidity) {
  desk_.outcome = orders::Outcome::refused;
  json::value got = parsed(send(kBody));
  EXPECT_FALSE(got.at("is_valid").as_bool());
  EXPECT_TRUE(got.at("mpic_completed").as_bool());

  desk_.outcome = orders::Outcome::undetermined;
  got = parsed(send(kBody));
  EXPECT_FALSE(got.at("is_valid").as_bool());
  EXPECT_FALSE(got.at("mpic_completed").as_bool());
  const json::value check = got.at("perspectives").at(0).at("check_response");
  EXPECT_FALSE(check.at("check_completed").as_bool());
  EXPECT_EQ(check.at("errors").at(0).at("error_type").as_string(), "mpic_error:caa_checker:lookup");
  EXPECT_TRUE(check.at("details").at("caa_record_present").is_null());
}

TEST_F(MpicTest, EachCallIsAnOrderOfItsOwn) {
  send(kBody);
  send(kBody);
  ASSERT_EQ(desk_.placed.size(), 2u);
  EXPECT_NE(desk_.placed[0].id, desk_.placed[1].id);
  for (const auto& order : desk_.placed) {
    EXPECT_TRUE(order.id.starts_with("mpic-"));
    EXPECT_TRUE(order.fresh_id);
    EXPECT_EQ(order.client, "portal");
    EXPECT_EQ(order.remote_count, 5u);
  }
}

TEST_F(MpicTest, KeepsTheTraceIdentifier) {
  const auto got = parsed(send(R"({"check_type":"caa","domain_or_ip_target":"example.com",
      "trace_identifier":"trace 7"})"));
  EXPECT_EQ(got.at("trace_identifier").as_string(), "trace 7");
  EXPECT_TRUE(got.at("request_orchestration_parameters").is_null());
  EXPECT_EQ(desk_.placed.at(0).trace_id, "trace 7");
}

TEST_F(MpicTest, ShowsTheStricterQuorumAsked) {
  const auto got = parsed(send(R"({"check_type":"caa","domain_or_ip_target":"example.com",
      "orchestration_parameters":{"perspective_count":5,"quorum_count":5}})"));
  EXPECT_EQ(got.at("actual_orchestration_parameters").at("quorum_count").as_int64(), 5);
}

TEST_F(MpicTest, RefusesInOpenMpicsShape) {
  const auto logic = send(R"({"check_type":"caa","domain_or_ip_target":"example.com",
      "orchestration_parameters":{"perspective_count":9}})");
  EXPECT_EQ(logic.status, 400u);
  EXPECT_EQ(parsed(logic), parse_json(R"({"error":"request-validation-failed",
      "validation_issues":[{"issue_type":"invalid-perspective-count",
                            "message":"Invalid perspective count: 9"}]})")
                               .value());
  const auto schema = send(R"({"check_type":"caa"})");
  EXPECT_EQ(schema.status, 400u);
  EXPECT_EQ(parsed(schema).at("validation_issues").at(0).at("type").as_string(), "missing");
  EXPECT_TRUE(desk_.placed.empty());
}

TEST_F(MpicTest, WantsKnownClientsAndTheirIssuers) {
  EXPECT_EQ(send(testing::post("/mpic", kBody, "")).status, 401u);
  const auto foreign = send(R"({"domain_or_ip_target":"example.com",
      "caa_check_parameters":{"caa_domains":["rival.example"]}})");
  EXPECT_EQ(foreign.status, 403u);
  EXPECT_NE(foreign.body.find("rival.example"), std::string::npos);
  EXPECT_EQ(send(std::string(kRequestBodySizeMax + 1, ' ')).status, 413u);
  EXPECT_TRUE(desk_.placed.empty());
}

TEST_F(MpicTest, TellsWhatTheDeskRefuses) {
  desk_.error = Error{ErrorCode::forbidden, "5 remotes are required", {}};
  EXPECT_EQ(send(kBody).status, 400u);
  desk_.error = Error{ErrorCode::storage, "disk full", {}};
  const auto full = send(kBody);
  EXPECT_EQ(full.status, 503u);
  EXPECT_EQ(full.body, R"({"detail":"disk full"})");
  EXPECT_EQ(header(full, "Retry-After"), "30");
}

TEST_F(MpicTest, MarksTheLabInAHeader) {
  EXPECT_EQ(header(send(kBody), "Parallax-Lab"), "");
  info_.in_lab = true;
  EXPECT_EQ(header(send(kBody), "Parallax-Lab"), "true");
}

TEST_F(MpicTest, TellsHealthAndConfiguration) {
  EXPECT_EQ(send(testing::get("/healthz", "")).body, R"({"status":"healthy"})");
  EXPECT_EQ(send(testing::get("/configz", "")).status, 401u);
  const auto configuration = parsed(send(testing::get("/configz", token_)));
  EXPECT_EQ(configuration.at("default_perspective_count").as_int64(), 7);
  EXPECT_EQ(configuration.at("minimum_perspective_count").as_int64(), 3);
  EXPECT_EQ(configuration.at("default_quorum_count").as_int64(), 5);
  EXPECT_EQ(configuration.at("perspectives").as_array().size(), 8u);
  EXPECT_EQ(send(testing::get("/mpic", "")).status, 405u);
}

}  // namespace
}  // namespace parallax::service
