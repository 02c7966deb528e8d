// SPDX-License-Identifier: Apache-2.0
#include "service/perspective_caa.h"

#include <gtest/gtest.h>

#include "service/service_fixture.h"

namespace parallax::service {
namespace {

using testing::domain;
using testing::parsed;
using testing::run;

// Sees one signed CAA set at the name asked for.
class FakeObserver final : public LocalCaaObserver {
 public:
  Task<caa::CaaObservation> observe(names::DomainName name) override {
    asked.push_back(name.text());
    caa::CaaLookup lookup{name};
    lookup.status = dns::LookupStatus::answered;
    lookup.rcode = dns::Rcode::noerror;
    lookup.verdict = dns::Verdict::secure;
    lookup.ttl_s = 60;
    lookup.attempts = 1;
    lookup.properties = {{0, "issue", "ca.example"}, {0, "issuemail", "mail.example"}};
    if (bogus) {
      lookup.status = dns::LookupStatus::bogus;
      lookup.verdict = dns::Verdict::bogus;
      lookup.reason = "signature expired";
      lookup.properties.clear();
    }
    caa::CaaObservation out{name};
    out.lookups.push_back(std::move(lookup));
    co_return out;
  }
  bool bogus = false;
  std::vector<std::string> asked;
};

class PerspectiveCaaTest : public ::testing::Test {
 protected:
  void serve(std::vector<names::DomainName> defaults = {}) {
    caa_.emplace(observer_, testing::suffixes(), clock_,
                 PerspectiveCaa::Settings{{}, std::move(defaults)});
    caa_->install(router_);
  }
  net::HttpResponse send(std::string body) {
    const auto response = run(router_.answer(testing::post("/caa", std::move(body), "")));
    testing::keep_sample("POST", "/caa", response);
    return response;
  }
  FakeObserver observer_;
  ManualClock clock_{testing::test_time()};
  Router router_;
  std::optional<PerspectiveCaa> caa_;
};

TEST_F(PerspectiveCaaTest, JudgesWhatItSees) {
  serve();
  const auto response = send(R"({"domain_or_ip_target":"www.example.com",
      "caa_check_parameters":{"caa_domains":["ca.example"]},"trace_identifier":"t"})");
  EXPECT_EQ(response.status, 200u);
  EXPECT_EQ(parsed(response), parse_json(R"({"check_completed":true,"check_passed":true,
      "errors":null,"timestamp_ns":1795366800000000000,"check_type":"caa",
      "details":{"caa_record_present":true,"found_at":"www.example.com",
                 "records_seen":["0 issue \"ca.example\"","0 issuemail \"mail.example\""]}})")
                                  .value());
  EXPECT_FALSE(parsed(send(R"({"domain_or_ip_target":"www.example.com","caa_check_parameters":
      {"certificate_type":"s-mime","caa_domains":["ca.example"]}})"))
                   .at("check_passed")
                   .as_bool());
}

TEST_F(PerspectiveCaaTest, AnswersOnlyWhoMayAsk) {
  caa_.emplace(observer_, testing::suffixes(), clock_,
               PerspectiveCaa::Settings{{}, {}, [](const net::HttpRequest&) { return false; }});
  caa_->install(router_);
  EXPECT_EQ(send(R"({"domain_or_ip_target":"www.example.com"})").status, 403u);
  EXPECT_TRUE(observer_.asked.empty());
}

TEST_F(PerspectiveCaaTest, SearchesAWildcardAtItsBase) {
  serve({domain("ca.example")});
  EXPECT_TRUE(
      parsed(send(R"({"domain_or_ip_target":"*.example.com"})")).at("check_passed").as_bool());
  EXPECT_EQ(observer_.asked, std::vector<std::string>{"example.com"});
}

TEST_F(PerspectiveCaaTest, ABogusAnswerIsAnIncompleteCheck) {
  serve({domain("ca.example")});
  observer_.bogus = true;
  const auto got = parsed(send(R"({"domain_or_ip_target":"example.com"})"));
  EXPECT_FALSE(got.at("check_completed").as_bool());
  EXPECT_FALSE(got.at("check_passed").as_bool());
  EXPECT_EQ(got.at("errors").at(0).at("error_type").as_string(), "mpic_error:caa_checker:lookup");
}

TEST_F(PerspectiveCaaTest, RefusesBadBodies) {
  serve();
  struct Bad {
    const char* name;
    const char* body;
    const char* type;
    const char* loc;
  };
  const std::vector<Bad> cases = {
      {"not JSON", "x", "json_invalid", R"(["body"])"},
      {"no target", "{}", "missing", R"(["body","domain_or_ip_target"])"},
      {"target number", R"({"domain_or_ip_target":1})", "string_type",
       R"(["body","domain_or_ip_target"])"},
      {"no issuers anywhere", R"({"domain_or_ip_target":"example.com"})", "missing",
       R"(["body","caa_check_parameters","caa_domains"])"},
      {"empty issuers", R"({"domain_or_ip_target":"example.com",
          "caa_check_parameters":{"caa_domains":[]}})",
       "value_error", R"(["body","caa_check_parameters","caa_domains"])"},
      {"IP", R"({"domain_or_ip_target":"8.8.8.8",
          "caa_check_parameters":{"caa_domains":["ca.example"]}})",
       "value_error", R"(["body","domain_or_ip_target"])"},
      {"certificate type", R"({"domain_or_ip_target":"example.com",
          "caa_check_parameters":{"certificate_type":1,"caa_domains":["ca.example"]}})",
       "literal_error", R"(["body","caa_check_parameters","certificate_type"])"},
  };
  for (const Bad& bad : cases) {
    SCOPED_TRACE(bad.name);
    const auto response = send(bad.body);
    EXPECT_EQ(response.status, 422u);
    const json::value issue = parsed(response).at("detail").at(0);
    EXPECT_EQ(issue.at("type").as_string(), bad.type);
    EXPECT_EQ(json::serialize(issue.at("loc")), bad.loc);
  }
  EXPECT_TRUE(observer_.asked.empty());
}

}  // namespace
}  // namespace parallax::service
