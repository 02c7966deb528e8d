// SPDX-License-Identifier: Apache-2.0
#include "service/mpic_request.h"

#include <gtest/gtest.h>

#include "base/json.h"
#include "service/service_fixture.h"

namespace parallax::service {
namespace {

using testing::domain;

tl::expected<MpicRequest, json::array> parse(std::string_view body) {
  static const testing::FakeInfo info;
  const Caller caller{"portal", {domain("ca.example"), domain("ca.test")}};
  return parse_mpic_request(body, caller, info, date_of(testing::test_time()), testing::suffixes());
}

struct Bad {
  const char* name;
  const char* body;
  const char* kind;   // "type" or "issue_type"
  const char* where;  // serialized "loc", or the message
};

TEST(MpicRequest, RefusesBySchema) {
  const std::vector<Bad> cases = {
      {"not JSON", "{", "json_invalid", "[]"},
      {"duplicate key", R"({"check_type":"caa","check_type":"dcv"})", "json_invalid", "[]"},
      {"array", "[]", "model_type", "[]"},
      {"no target", R"({"check_type":"caa"})", "missing", R"(["domain_or_ip_target"])"},
      {"target number", R"({"check_type":"caa","domain_or_ip_target":5})", "string_type",
       R"(["domain_or_ip_target"])"},
      {"target null", R"({"check_type":"caa","domain_or_ip_target":null})", "string_type",
       R"(["domain_or_ip_target"])"},
      {"check type unknown", R"({"check_type":"x","domain_or_ip_target":"example.com"})",
       "literal_error", R"(["check_type"])"},
      {"no check type", R"({"domain_or_ip_target":"example.com"})", "missing", R"(["check_type"])"},
      {"count text", R"({"check_type":"caa","domain_or_ip_target":"example.com",
          "orchestration_parameters":{"perspective_count":"many"}})",
       "int_parsing", R"(["orchestration_parameters","perspective_count"])"},
      {"count fraction", R"({"check_type":"caa","domain_or_ip_target":"example.com",
          "orchestration_parameters":{"quorum_count":2.5}})",
       "int_type", R"(["orchestration_parameters","quorum_count"])"},
      {"orchestration list", R"({"check_type":"caa","domain_or_ip_target":"example.com",
          "orchestration_parameters":[]})",
       "model_type", R"(["orchestration_parameters"])"},
      {"certificate type", R"({"domain_or_ip_target":"example.com",
          "caa_check_parameters":{"certificate_type":"smime"}})",
       "literal_error", R"(["caa_check_parameters","certificate_type"])"},
      {"domains text", R"({"domain_or_ip_target":"example.com",
          "caa_check_parameters":{"caa_domains":"ca.example"}})",
       "list_type", R"(["caa_check_parameters","caa_domains"])"},
      {"domain number", R"({"domain_or_ip_target":"example.com",
          "caa_check_parameters":{"caa_domains":["ca.example",7]}})",
       "string_type", R"(["caa_check_parameters","caa_domains",1])"},
      {"failure flag", R"({"domain_or_ip_target":"example.com",
          "caa_check_parameters":{"allow_lookup_failure":"maybe"}})",
       "bool_parsing", R"(["caa_check_parameters","allow_lookup_failure"])"},
      {"no parameters of dcv", R"({"check_type":"dcv","domain_or_ip_target":"example.com"})",
       "missing", R"(["dcv_check_parameters"])"},
      {"trace number", R"({"check_type":"caa","domain_or_ip_target":"example.com",
          "trace_identifier":1})",
       "string_type", R"(["trace_identifier"])"},
  };
  for (const Bad& bad : cases) {
    SCOPED_TRACE(bad.name);
    const auto request = parse(bad.body);
    ASSERT_FALSE(request.has_value());
    const json::object& issue = request.error().at(0).as_object();
    EXPECT_EQ(issue.at("type").as_string(), bad.kind);
    EXPECT_EQ(json::serialize(issue.at("loc")), bad.where);
    EXPECT_TRUE(issue.contains("msg"));
    EXPECT_TRUE(issue.contains("input"));
  }
}

TEST(MpicRequest, RefusesByLogic) {
  const std::vector<Bad> cases = {
      {"no perspectives", R"({"check_type":"caa","domain_or_ip_target":"example.com",
          "orchestration_parameters":{"perspective_count":0}})",
       "invalid-perspective-count", "Invalid perspective count: 0"},
      {"negative", R"({"check_type":"caa","domain_or_ip_target":"example.com",
          "orchestration_parameters":{"perspective_count":"-3"}})",
       "invalid-perspective-count", "Invalid perspective count: -3"},
      {"above the roster", R"({"check_type":"caa","domain_or_ip_target":"example.com",
          "orchestration_parameters":{"perspective_count":8}})",
       "invalid-perspective-count", "Invalid perspective count: 8"},
      {"quorum of one", R"({"check_type":"caa","domain_or_ip_target":"example.com",
          "orchestration_parameters":{"quorum_count":1}})",
       "invalid-quorum-count", "Invalid quorum count: 1"},
      {"quorum of none", R"({"check_type":"caa","domain_or_ip_target":"example.com",
          "orchestration_parameters":{"quorum_count":0}})",
       "invalid-quorum-count", "Invalid quorum count: 0"},
      {"quorum of a raised count", R"({"check_type":"caa","domain_or_ip_target":"example.com",
          "orchestration_parameters":{"perspective_count":2,"quorum_count":1}})",
       "invalid-quorum-count", "Invalid quorum count: 1"},
      {"quorum above the remotes", R"({"check_type":"caa","domain_or_ip_target":"example.com",
          "orchestration_parameters":{"perspective_count":5,"quorum_count":6}})",
       "invalid-quorum-count", "Invalid quorum count: 6"},
      {"attempts", R"({"check_type":"caa","domain_or_ip_target":"example.com",
          "orchestration_parameters":{"max_attempts":0}})",
       "invalid-max-attempts", "0"},
      {"cohort", R"({"check_type":"caa","domain_or_ip_target":"example.com",
          "orchestration_parameters":{"cohort_for_single_attempt":0}})",
       "invalid-cohort", "0"},
      {"IP", R"({"check_type":"caa","domain_or_ip_target":"8.8.8.8"})",
       "invalid-domain-or-ip-target", "IP address"},
      {"empty target", R"({"check_type":"caa","domain_or_ip_target":""})",
       "invalid-domain-or-ip-target", ""},
      {"mailbox", R"({"check_type":"caa","domain_or_ip_target":"a@example.com"})",
       "invalid-domain-or-ip-target", "domain part"},
      {"smime wildcard", R"({"domain_or_ip_target":"*.example.com",
          "caa_check_parameters":{"certificate_type":"s-mime"}})",
       "invalid-domain-or-ip-target", "wildcard"},
      {"no caa domains", R"({"domain_or_ip_target":"example.com",
          "caa_check_parameters":{"caa_domains":[]}})",
       "invalid-caa-domains", "empty"},
      {"caa domain no name", R"({"domain_or_ip_target":"example.com",
          "caa_check_parameters":{"caa_domains":["ca example"]}})",
       "invalid-caa-domains", ""},
  };
  for (const Bad& bad : cases) {
    SCOPED_TRACE(bad.name);
    const auto request = parse(bad.body);
    ASSERT_FALSE(request.has_value());
    const json::object& issue = request.error().at(0).as_object();
    EXPECT_EQ(issue.at("issue_type").as_string(), bad.kind);
    EXPECT_NE(std::string(issue.at("message").as_string()).find(bad.where), std::string::npos)
        << issue.at("message");
  }
}

TEST(MpicRequest, TellsEveryIssue) {
  const auto request = parse(R"({"check_type":"caa","domain_or_ip_target":"8.8.8.8",
      "orchestration_parameters":{"quorum_count":1,"max_attempts":0},
      "caa_check_parameters":{"caa_domains":[]}})");
  ASSERT_FALSE(request.has_value());
  EXPECT_EQ(request.error().size(), 4u);
}

TEST(MpicRequest, TakesNumbersAndBooleansAsText) {
  const auto request = parse(R"({"check_type":"caa","domain_or_ip_target":"Example.com.",
      "orchestration_parameters":{"perspective_count":"5","quorum_count":5.0,"max_attempts":"3"},
      "caa_check_parameters":{"certificate_type":"s-mime","caa_domains":["CA.example"],
                              "allow_lookup_failure":"true"},
      "trace_identifier":"t-1","unknown":{"ignored":true}})");
  ASSERT_TRUE(request.has_value()) << json::serialize(request.error());
  EXPECT_EQ(request->order.remote_count, 5u);
  EXPECT_EQ(request->order.corroborations_required, 5u);
  EXPECT_EQ(request->order.type, caa::CertificateType::smime);
  EXPECT_EQ(request->order.issuers, std::vector{domain("ca.example")});
  EXPECT_EQ(request->order.trace_id, "t-1");
  EXPECT_EQ(names::text_of(request->order.names.at(0)), "example.com");
  EXPECT_EQ(request->target, "Example.com.");
  EXPECT_EQ(request->caa_domains, std::vector<std::string>{"CA.example"});
  EXPECT_TRUE(request->allow_lookup_failure);
  EXPECT_EQ(request->orchestration->max_attempts, 3);
}

TEST(MpicRequest, FillsInDefaults) {
  const auto request =
      parse(R"({"domain_or_ip_target":"*.example.com","caa_check_parameters":{}})");
  ASSERT_TRUE(request.has_value()) << json::serialize(request.error());
  EXPECT_EQ(request->order.type, caa::CertificateType::tls_server);
  EXPECT_EQ(request->caa_domains, (std::vector<std::string>{"ca.example", "ca.test"}));
  EXPECT_EQ(request->order.issuers.size(), 2u);
  EXPECT_FALSE(request->order.remote_count.has_value());
  EXPECT_FALSE(request->order.corroborations_required.has_value());
  EXPECT_FALSE(request->orchestration.has_value());
  EXPECT_FALSE(request->allow_lookup_failure);
  EXPECT_EQ(names::text_of(request->order.names.at(0)), "*.example.com");
}

TEST(MpicRequest, RaisesCountsToTheRules) {
  const auto request = parse(R"({"check_type":"caa","domain_or_ip_target":"example.com",
      "orchestration_parameters":{"perspective_count":1,"quorum_count":2}})");
  ASSERT_TRUE(request.has_value()) << json::serialize(request.error());
  EXPECT_EQ(request->order.remote_count, 3u);
  EXPECT_EQ(request->orchestration->perspective_count, 1);
}

}  // namespace
}  // namespace parallax::service
