// SPDX-License-Identifier: Apache-2.0
// Answers to control checks in the shape of Open MPIC: POST /mpic at a coordinator, POST /dcv at a
// perspective.
#include <gtest/gtest.h>

#include "base/encoding.h"
#include "service/mpic.h"
#include "service/mpic_dcv_answer.h"
#include "service/perspective_dcv.h"
#include "service/service_fixture.h"

namespace parallax::service {
namespace {

using testing::parsed;
using testing::run;

const std::string kDigest = base64url_encode(sha256("key authorization"));
const std::string kBody =
    R"({"check_type":"dcv","domain_or_ip_target":"Example.com","dcv_check_parameters":
        {"validation_method":"acme-dns-01","key_authorization_hash":")" +
    kDigest + R"("}})";

class MpicDcvTest : public testing::ClientFileTest {
 protected:
  void SetUp() override {
    ClientFileTest::SetUp();
    api_.emplace(OrderServices{desk_, *authenticator_, testing::suffixes(), random_}, info_,
                 clock_);
    api_->install(router_);
  }
  net::HttpResponse send(const std::string& body) {
    auto response = run(router_.answer(testing::post("/mpic", body, token_)));
    testing::keep_sample("POST", "/mpic", response);
    return response;
  }
  testing::FakeDesk desk_;
  testing::FakeInfo info_;
  ManualClock clock_{testing::test_time()};
  Router router_;
  std::optional<MpicApi> api_;
};

TEST_F(MpicDcvTest, AnswersWithEveryKey) {
  const auto response = send(kBody);
  ASSERT_EQ(response.status, 200u) << response.body;
  json::value got = parsed(response);
  const json::array perspectives = got.at("perspectives").as_array();
  got.as_object().erase("perspectives");
  EXPECT_EQ(got, parse_json(R"({"mpic_completed":true,"request_orchestration_parameters":null,
      "actual_orchestration_parameters":{"perspective_count":5,"quorum_count":4,"attempt_count":1},
      "check_type":"dcv","domain_or_ip_target":"Example.com","is_valid":true,
      "trace_identifier":null,"dcv_check_parameters":{"validation_method":"acme-dns-01",
          "key_authorization_hash":")" +
                            kDigest + R"(","dns_record_type":"TXT",
          "dns_name_prefix":"_acme-challenge","require_exact_case":true},
      "previous_attempt_results":null})")
                     .value());
  ASSERT_EQ(perspectives.size(), 5u);
  EXPECT_EQ(perspectives[0], parse_json(R"({"perspective_code":"primary-1","check_response":{
      "check_completed":true,"check_passed":true,"errors":null,
      "timestamp_ns":1795366800012000000,"check_type":"dcv",
      "details":{"validation_method":"acme-dns-01","records_seen":["value"],"response_code":0,
          "ad_flag":true,"found_at":"_acme-challenge.example.com",
          "cname_chain":["challenges.example.net."]}}})")
                                 .value());
  EXPECT_EQ(perspectives[2].at("check_response").at("check_passed"), json::value(false));
  EXPECT_TRUE(perspectives[2].at("check_response").at("errors").is_null());
  EXPECT_EQ(perspectives[3].at("check_response"), parse_json(R"({
      "check_completed":false,"check_passed":false,
      "errors":[{"error_type":"mpic_error:coordinator:remote_check",
                 "error_message":"connection refused"}],
      "timestamp_ns":1795366800000000000,"check_type":"dcv",
      "details":{"validation_method":"acme-dns-01","records_seen":null,"response_code":null,
          "ad_flag":null,"found_at":null,"cname_chain":null}})")
                                                      .value());
}

TEST_F(MpicDcvTest, TheControlPartDecides) {
  desk_.outcome = orders::Outcome::undetermined;
  const json::value got = parsed(send(kBody));
  EXPECT_FALSE(got.at("is_valid").as_bool());
  EXPECT_FALSE(got.at("mpic_completed").as_bool());
  const json::value check = got.at("perspectives").at(0).at("check_response");
  EXPECT_FALSE(check.at("check_completed").as_bool());
  EXPECT_EQ(check.at("errors").at(0).at("error_type").as_string(), "mpic_error:dcv_checker:lookup");
  ASSERT_EQ(desk_.placed.size(), 1u);
  EXPECT_TRUE(desk_.placed[0].control_alone);
}

TEST_F(MpicDcvTest, TellsWhatPlanningRefuses) {
  desk_.error = Error{ErrorCode::forbidden,
                      "acme-dns-01 is switched off here",
                      {{"field", "method"}, {"rule", "TLS BR 3.2.2.4.7"}}};
  const auto response = send(kBody);
  EXPECT_EQ(response.status, 400u);
  EXPECT_EQ(parsed(response), parse_json(R"j({"error":"request-validation-failed",
      "validation_issues":[{"issue_type":"invalid-validation-method",
          "message":"validation_method: acme-dns-01 is switched off here (TLS BR 3.2.2.4.7)"
}]
})j")
                                  .value());
}

TEST_F(MpicDcvTest, PersistentIssuersMustBeBound) {
  const auto response = send(R"({"domain_or_ip_target":"example.com","dcv_check_parameters":
      {"validation_method":"dns-persistent","issuer_domain_names":["rival.example"],
       "expected_account_uri":"acct:a@b"}})");
  EXPECT_EQ(response.status, 403u);
  EXPECT_TRUE(desk_.placed.empty());
}

MpicDcvParameters parameters(rules::ControlMethod method, dcv::Challenge challenge) {
  return {method, {}, std::move(challenge), std::nullopt};
}

dcv::ControlDetermination found(dcv::ControlOutcome outcome, dcv::ControlReason reason) {
  dcv::ControlDetermination out;
  out.outcome = outcome;
  out.reason = reason;
  out.explanation = "why";
  return out;
}

TEST(MpicDcvAnswer, NamesErrorsAsOpenMpicDoes) {
  using Outcome = dcv::ControlOutcome;
  using Reason = dcv::ControlReason;
  const struct {
    const char* title;
    Outcome outcome;
    Reason reason;
    std::size_t hops;
    const char* type;  // "": no error
  } cases[] = {
      {"shown", Outcome::shown, Reason::challenge_found, 1, ""},
      {"another page", Outcome::not_shown, Reason::challenge_differs, 1, ""},
      {"status", Outcome::not_shown, Reason::http_status, 1, "mpic_error:http"},
      {"redirect", Outcome::not_shown, Reason::redirect_refused, 2, "mpic_error:redirect:invalid"},
      {"redirect inside", Outcome::not_shown, Reason::address_refused, 2,
       "mpic_error:redirect:invalid"},
      {"inside at once", Outcome::not_shown, Reason::address_refused, 1,
       "mpic_error:dcv_checker:lookup"},
      {"refused", Outcome::undetermined, Reason::connection_failed, 1,
       "mpic_error:dcv_checker:lookup"},
      {"timeout", Outcome::undetermined, Reason::timed_out, 1, "mpic_error:dcv_checker:lookup"},
      {"bogus", Outcome::undetermined, Reason::bogus, 1, "mpic_error:dcv_checker:lookup"},
      {"no HTTP", Outcome::not_shown, Reason::protocol_error, 1, "mpic_error:dcv_checker:lookup"},
  };
  const auto asked = parameters(rules::ControlMethod::acme_http, dcv::HttpValue{});
  for (const auto& each : cases) {
    SCOPED_TRACE(each.title);
    dcv::ControlObservation seen;
    seen.http = dcv::SeenHttp{std::vector(each.hops, dcv::SeenHop{"http://a/", "9.9.9.9", 0})};
    const json::object got =
        dcv_check_response(asked, seen, found(each.outcome, each.reason), testing::test_time());
    EXPECT_EQ(got.at("check_completed").as_bool(), each.outcome != Outcome::undetermined);
    EXPECT_EQ(got.at("check_passed").as_bool(), each.outcome == Outcome::shown);
    if (*each.type == '\0')
      EXPECT_TRUE(got.at("errors").is_null());
    else
      EXPECT_EQ(got.at("errors").at(0).at("error_type").as_string(), each.type);
  }
}

TEST(MpicDcvAnswer, TellsRedirectsAndThePage) {
  const auto asked = parameters(rules::ControlMethod::website_change, dcv::HttpValue{});
  dcv::ControlObservation seen;
  seen.http = dcv::SeenHttp{
      {{"http://a.example/x", "9.9.9.9", 301, "/y"}, {"http://a.example/y", "9.9.9.9", 200}},
      std::string(200, 'p')};
  const json::object got = dcv_check_response(
      asked, seen, found(dcv::ControlOutcome::shown, dcv::ControlReason::challenge_found),
      testing::test_time());
  json::value expected = parse_json(R"({"validation_method":"website-change",
      "response_history":[{"status_code":301,"url":"/y"}],"response_url":"http://a.example/x",
      "response_status_code":200})")
                             .value();
  expected.as_object()["response_page"] = json::string(base64_encode(std::string(100, 'p')));
  EXPECT_EQ(got.at("details"), expected);
}

TEST(MpicDcvAnswer, ShowsOnlyTheContactsOfACaaSet) {
  const auto asked =
      parameters(rules::ControlMethod::contact_email_caa, dcv::ContactValue{"a@b.example"});
  dcv::SeenLookup lookup{"challenge", "example.com", dns::RecordType::caa};
  lookup.status = dns::LookupStatus::answered;
  lookup.rcode = dns::Rcode::noerror;
  lookup.rdata = {std::string("\x00\x05issueca.example", 17),
                  std::string("\x00\x0c"
                              "contactemaila@b.example",
                              25),
                  std::string("\x00", 1)};
  dcv::ControlObservation seen;
  seen.lookups.push_back(lookup);
  const json::object got = dcv_check_response(
      asked, seen, found(dcv::ControlOutcome::shown, dcv::ControlReason::challenge_found),
      testing::test_time());
  EXPECT_EQ(json::serialize(got.at("details").at("records_seen")), R"(["a@b.example","\\# 1 00"])");
  EXPECT_EQ(got.at("details").at("ad_flag"), json::value(false));
}

TEST(MpicDcvAnswer, ACertificateThatIsNoneHasNoName) {
  const auto asked = parameters(rules::ControlMethod::acme_tls_alpn, dcv::TlsAlpnValue{});
  dcv::ControlObservation seen;
  seen.tls = dcv::SeenTls{"9.9.9.9", "a.example"};
  seen.tls->certificate = "\x30\x82garbage";
  const json::object got = dcv_check_response(
      asked, seen, found(dcv::ControlOutcome::not_shown, dcv::ControlReason::certificate_unusable),
      testing::test_time());
  EXPECT_EQ(got.at("details"), parse_json(R"({"validation_method":"acme-tls-alpn-01",
      "common_name":null})")
                                   .value());
  EXPECT_EQ(got.at("errors").at(0).at("error_type").as_string(), "mpic_error:dcv_checker:lookup");
}

class FakeObserver final : public LocalControlObserver {
 public:
  Task<Sight> observe(dcv::ControlCheck check) override {
    asked.push_back(std::move(check));
    Sight out{testing::seen_challenge(outcome), {}};
    out.found = outcome == orders::Outcome::permitted
                    ? found(dcv::ControlOutcome::shown, dcv::ControlReason::challenge_found)
                    : found(dcv::ControlOutcome::undetermined, dcv::ControlReason::timed_out);
    co_return out;
  }
  orders::Outcome outcome = orders::Outcome::permitted;
  std::vector<dcv::ControlCheck> asked;
};

class PerspectiveDcvTest : public ::testing::Test {
 protected:
  void serve(PerspectiveDcv::Settings settings = {}) {
    dcv_.emplace(observer_, testing::suffixes(), clock_, std::move(settings));
    dcv_->install(router_);
  }
  net::HttpResponse send(std::string body) {
    auto response = run(router_.answer(testing::post("/dcv", std::move(body), "")));
    testing::keep_sample("POST", "/dcv", response);
    return response;
  }
  FakeObserver observer_;
  ManualClock clock_{testing::test_time()};
  Router router_;
  std::optional<PerspectiveDcv> dcv_;
};

TEST_F(PerspectiveDcvTest, TellsWhatItSees) {
  serve();
  const auto response = send(kBody);
  EXPECT_EQ(response.status, 200u);
  EXPECT_TRUE(parsed(response).at("check_passed").as_bool());
  ASSERT_EQ(observer_.asked.size(), 1u);
  EXPECT_EQ(dcv::text_of(observer_.asked[0].applied_for), "example.com");
}

TEST_F(PerspectiveDcvTest, AnErrorIsAStatusToo) {
  serve();
  observer_.outcome = orders::Outcome::undetermined;
  const auto response = send(kBody);
  EXPECT_EQ(response.status, 500u);
  EXPECT_FALSE(parsed(response).at("check_completed").as_bool());
}

TEST_F(PerspectiveDcvTest, AnswersOnlyWhoMayAsk) {
  serve({false, [](const net::HttpRequest&) { return false; }});
  EXPECT_EQ(send(kBody).status, 403u);
  EXPECT_TRUE(observer_.asked.empty());
}

TEST_F(PerspectiveDcvTest, ReachesInsideOnlyInTheLab) {
  const std::string body = R"({"domain_or_ip_target":"127.0.6.1","dcv_check_parameters":
      {"validation_method":"reverse-address-lookup","challenge_value":"a.example"}})";
  serve({true, {}});
  EXPECT_EQ(send(body).status, 200u);
}

TEST_F(PerspectiveDcvTest, RefusesDiscouragedMethodsWhereTheyAreSwitchedOff) {
  const std::string body = R"({"domain_or_ip_target":"example.com","dcv_check_parameters":
      {"validation_method":"contact-email-txt","challenge_value":"a@b.example"}})";
  serve({false, {}, true});
  const auto response = send(body);
  EXPECT_EQ(response.status, 422u);
  EXPECT_NE(response.body.find("switched off here"), std::string::npos) << response.body;
  EXPECT_TRUE(observer_.asked.empty());
  EXPECT_EQ(send(kBody).status, 200u) << "other methods are as before";
}

TEST_F(PerspectiveDcvTest, RefusesBadBodies) {
  serve();
  const struct {
    const char* title;
    std::string body;
    const char* type;
    const char* loc;
  } cases[] = {
      {"not JSON", "x", "json_invalid", R"(["body"])"},
      {"array", "[]", "model_type", R"(["body"])"},
      {"no target", R"({"dcv_check_parameters":{"validation_method":"acme-dns-01"}})", "missing",
       R"(["body","domain_or_ip_target"])"},
      {"no parameters", R"({"domain_or_ip_target":"a.example"})", "missing",
       R"(["body","dcv_check_parameters"])"},
      {"parameters null", R"({"domain_or_ip_target":"a.example","dcv_check_parameters":null})",
       "missing", R"(["body","dcv_check_parameters"])"},
      {"method unknown",
       R"({"domain_or_ip_target":"a.example","dcv_check_parameters":{"validation_method":"x"}})",
       "literal_error", R"(["body","dcv_check_parameters","validation_method"])"},
      {"retired",
       R"({"domain_or_ip_target":"a.example.com",
           "dcv_check_parameters":{"validation_method":"ip-address"}})",
       "value_error", R"(["body","dcv_check_parameters","validation_method"])"},
      {"empty value",
       R"({"domain_or_ip_target":"a.example.com","dcv_check_parameters":
           {"validation_method":"dns-change","dns_record_type":"TXT","challenge_value":""}})",
       "value_error", R"(["body","dcv_check_parameters","challenge_value"])"},
      {"inside",
       R"({"domain_or_ip_target":"6.0.0.127.in-addr.arpa","dcv_check_parameters":
           {"validation_method":"reverse-address-lookup","challenge_value":"a.example"}})",
       "value_error", R"(["body","domain_or_ip_target"])"},
  };
  for (const auto& each : cases) {
    SCOPED_TRACE(each.title);
    const auto response = send(each.body);
    EXPECT_EQ(response.status, 422u);
    const json::value issue = parsed(response).at("detail").at(0);
    EXPECT_EQ(issue.at("type").as_string(), each.type) << response.body;
    EXPECT_EQ(json::serialize(issue.at("loc")), each.loc);
  }
  EXPECT_TRUE(observer_.asked.empty());
}

}  // namespace
}  // namespace parallax::service
