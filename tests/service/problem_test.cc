// SPDX-License-Identifier: Apache-2.0
#include "service/problem.h"

#include <gtest/gtest.h>

#include "service/service_fixture.h"

namespace parallax::service {
namespace {

using testing::header;
using testing::parsed;

TEST(ServerProblem, HasTheKindsOfTheInterface) {
  struct Case {
    const char* name;
    unsigned status;
    const char* type;
    const char* retry_after;
  };
  const Case cases[] = {
      {"framing", 400, "about:blank", ""},
      {"slow", 408, "about:blank", ""},
      {"too_large", 413, "urn:parallax:problem:body-too-large", ""},
      {"head_too_large", 431, "about:blank", ""},
      {"handler_failed", 500, "urn:parallax:problem:internal-error", ""},
      {"too_many", 503, "urn:parallax:problem:overloaded", "1"},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.name);
    const net::HttpResponse response = server_problem(c.status, "what \"happened\"");
    EXPECT_EQ(response.status, c.status);
    EXPECT_EQ(response.content_type, "application/problem+json");
    EXPECT_EQ(header(response, "Retry-After"), c.retry_after);
    const json::value body = parsed(response);
    EXPECT_EQ(body.at("type").as_string(), c.type);
    EXPECT_EQ(body.at("status").as_int64(), c.status);
    EXPECT_EQ(body.at("detail").as_string(), "what \"happened\"");
  }
}

TEST(DetailResponse, KeepsStatusAndHeadersOfTheProblem) {
  const net::HttpResponse response =
      to_detail_response({ProblemKind::unauthorized, "no \xff token", {}, {}});
  EXPECT_EQ(response.status, 401u);
  EXPECT_EQ(response.content_type, "application/json");
  EXPECT_EQ(header(response, "WWW-Authenticate"), "Bearer realm=\"parallax\"");
  EXPECT_EQ(response.body, R"({"detail":"no \\xff token"})");
}

}  // namespace
}  // namespace parallax::service
