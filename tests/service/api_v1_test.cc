// SPDX-License-Identifier: Apache-2.0
#include "service/api_v1.h"

#include <gtest/gtest.h>

#include "service/limits.h"
#include "service/service_fixture.h"

namespace parallax::service {
namespace {

using testing::header;
using testing::parsed;
using testing::run;

constexpr const char* kPath = "/v1/corroborations";
const std::string kBody =
    R"({"id":"order-1","type":"smime","names":["alice@example.com"],"issuers":["ca.example"]})";

class ApiV1Test : public testing::ClientFileTest {
 protected:
  void SetUp() override {
    ClientFileTest::SetUp();
    api_.emplace(OrderServices{desk_, *authenticator_, testing::suffixes(), random_});
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
    return send(testing::post(kPath, body, token_));
  }
  void expect_problem(const net::HttpResponse& response, unsigned status, std::string_view kind,
                      std::string_view detail) {
    EXPECT_EQ(response.status, status);
    EXPECT_EQ(response.content_type, "application/problem+json");
    const json::value body = parsed(response);
    EXPECT_EQ(body.at("type").as_string(), "urn:parallax:problem:" + std::string(kind));
    EXPECT_EQ(body.at("status").as_int64(), status);
    EXPECT_NE(std::string(body.at("detail").as_string()).find(detail), std::string::npos)
        << response.body;
  }

  testing::FakeDesk desk_;
  Router router_;
  std::optional<ApiV1> api_;
};

TEST_F(ApiV1Test, PlacesTheOrderOfTheCaller) {
  for (const auto outcome :
       {orders::Outcome::permitted, orders::Outcome::refused, orders::Outcome::undetermined}) {
    desk_.outcome = outcome;
    const auto response = send(kBody);
    EXPECT_EQ(response.status, 200u);
    EXPECT_EQ(response.content_type, "application/json");
    EXPECT_EQ(header(response, "Cache-Control"), "no-store");
    EXPECT_EQ(header(response, "Idempotency-Replayed"), "");
    EXPECT_EQ(parsed(response).at("outcome").as_string(), orders::to_string(outcome));
  }
  const orders::Order& order = desk_.placed.at(0);
  EXPECT_EQ(order.client, "portal");
  EXPECT_EQ(order.id, "order-1");
  EXPECT_EQ(order.request_digest.size(), 64u);
  EXPECT_EQ(names::text_of(order.names.at(0)), "alice@example.com");
}

TEST_F(ApiV1Test, GeneratesAnIdAndAnswersUnderIt) {
  const auto response = send(R"({"type":"tls","names":["example.com"],"issuers":["ca.test"]})");
  const std::string id(parsed(response).at("id").as_string());
  EXPECT_EQ(id.size(), 32u);
  EXPECT_TRUE(desk_.placed.at(0).fresh_id);
  const auto again = send(testing::get("/v1/corroborations/" + id, token_));
  EXPECT_EQ(again.status, 200u);
  EXPECT_EQ(again.body, response.body);
}

TEST_F(ApiV1Test, SaysWhenTheAnswerIsAnEarlierOne) {
  desk_.replay = true;
  EXPECT_EQ(header(send(kBody), "Idempotency-Replayed"), "true");
}

TEST_F(ApiV1Test, CarriesTraceContextThrough) {
  const std::string trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
  auto request = testing::post(kPath, kBody, token_);
  request.headers.emplace_back("traceparent", trace);
  EXPECT_EQ(header(send(std::move(request)), "traceparent"), trace);
  EXPECT_EQ(desk_.placed.at(0).trace_id, trace);
}

TEST_F(ApiV1Test, IgnoresInvalidTraceContext) {
  for (const char* trace : {"", "00", "00-00000000000000000000000000000000-b7ad6b7169203331-01",
                            "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
                            "00-0AF7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
                            "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
                            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-x"}) {
    SCOPED_TRACE(trace);
    auto request = testing::post(kPath, kBody, token_);
    request.headers.emplace_back("traceparent", trace);
    EXPECT_EQ(header(send(std::move(request)), "traceparent"), "");
    EXPECT_EQ(desk_.placed.back().trace_id, "");
  }
}

TEST_F(ApiV1Test, NamesFieldAndRuleOfBadInput) {
  const auto malformed =
      send(R"({"type":"smime","names":["a@example.com","alice@"],"issuers":["ca.example"]})");
  expect_problem(malformed, 400, "malformed-request", "");
  EXPECT_EQ(parsed(malformed).at("pointer").as_string(), "/names/1");

  const auto forbidden = send(R"({"type":"tls","names":["*.co.uk"],"issuers":["ca.example"]})");
  expect_problem(forbidden, 400, "name-not-certifiable", "");
  EXPECT_EQ(parsed(forbidden).at("pointer").as_string(), "/names/0");
  EXPECT_NE(std::string(parsed(forbidden).at("rule").as_string()), "");

  expect_problem(send(R"({"type":"tls","names":["8.8.8.8"],"issuers":["ca.example"]})"), 400,
                 "not-applicable", "IP address");
  EXPECT_TRUE(desk_.placed.empty());
}

TEST_F(ApiV1Test, RefusesIssuersTheClientIsNotBoundTo) {
  const auto response = send(
      R"({"type":"smime","names":["a@example.com"],"issuers":["ca.example","rival.example"]})");
  expect_problem(response, 403, "issuer-not-bound", "rival.example");
  EXPECT_EQ(parsed(response).at("pointer").as_string(), "/issuers");
  EXPECT_TRUE(desk_.placed.empty());
}

TEST_F(ApiV1Test, AsksForAuthentication) {
  const auto response = send(testing::post(kPath, kBody, ""));
  expect_problem(response, 401, "unauthorized", "token");
  EXPECT_EQ(header(response, "WWW-Authenticate"), "Bearer realm=\"parallax\"");
  expect_problem(send(testing::get("/v1/corroborations/x", "plx_wrong")), 401, "unauthorized",
                 "not known");
}

TEST_F(ApiV1Test, WantsPlainJson) {
  struct Case {
    const char* name;
    const char* type;
    const char* coding;
    unsigned status;
  };
  const std::vector<Case> cases = {
      {"none", nullptr, nullptr, 415},
      {"form", "application/x-www-form-urlencoded", nullptr, 415},
      {"text", "text/plain", nullptr, 415},
      {"suffix", "application/problem+json", nullptr, 415},
      {"gzip", "application/json", "gzip", 415},
      {"plain", "application/json", nullptr, 200},
      {"identity", "application/json", "identity", 200},
      {"charset", "Application/JSON ; charset=utf-8", nullptr, 200},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.name);
    auto request = testing::post(kPath, kBody, token_);
    request.headers.pop_back();
    if (c.type != nullptr) request.headers.emplace_back("content-type", c.type);
    if (c.coding != nullptr) request.headers.emplace_back("content-encoding", c.coding);
    const auto response = send(std::move(request));
    EXPECT_EQ(response.status, c.status);
    if (c.status == 415) expect_problem(response, 415, "unsupported-media-type", "");
  }
}

TEST_F(ApiV1Test, RefusesBodiesTooLarge) {
  expect_problem(send(std::string(kOrderBodySizeMax + 1, ' ')), 413, "body-too-large", "octets");
  expect_problem(send(std::string(kOrderBodySizeMax, ' ')), 400, "malformed-request", "");
}

TEST_F(ApiV1Test, TellsWhatTheDeskRefuses) {
  struct Case {
    Error error;
    unsigned status;
    const char* kind;
    const char* retry_after;
  };
  const std::vector<Case> cases = {
      {{ErrorCode::conflict, "the id was used for another request", {}}, 409, "order-conflict", ""},
      {{ErrorCode::overloaded, "too many orders under way", {}}, 503, "overloaded", "1"},
      {{ErrorCode::timed_out, "no answer in time", {}}, 503, "overloaded", "1"},
      {{ErrorCode::storage, "database or disk is full", {}}, 503, "storage-unavailable", "30"},
      {{ErrorCode::internal, "a library failed", {}}, 500, "internal-error", ""},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.kind);
    desk_.error = c.error;
    const auto response = send(kBody);
    expect_problem(response, c.status, c.kind, c.error.message);
    EXPECT_EQ(header(response, "Retry-After"), c.retry_after);
  }
}

TEST_F(ApiV1Test, KeepsOrdersOfOtherClientsApart) {
  send(kBody);
  desk_.answers[{"other", "theirs"}] = "{}";
  desk_.answers[{"portal", "mpic-1"}] = "{}";
  for (const char* id : {"theirs", "unknown", "mpic-1", "a%2Fb", "%zz", "%00"}) {
    SCOPED_TRACE(id);
    EXPECT_EQ(send(testing::get(std::string("/v1/corroborations/") + id, token_)).status, 404u);
  }
}

TEST_F(ApiV1Test, FindsOrdersByPercentEncodedId) {
  desk_.answers[{"portal", "a:b"}] = "{}";
  auto request = testing::get("/v1/corroborations/a%3Ab", token_);
  EXPECT_EQ(run(router_.answer(std::move(request))).status, 200u);
}

}  // namespace
}  // namespace parallax::service
