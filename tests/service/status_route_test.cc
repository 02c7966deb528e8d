// SPDX-License-Identifier: Apache-2.0
#include "service/status_route.h"

#include <fstream>

#include <gtest/gtest.h>

#include "service/service_fixture.h"

namespace parallax::service {
namespace {

using testing::header;
using testing::run;

Task<net::HttpResponse> tell(net::HttpRequest, std::string parameter) {
  net::HttpResponse response;
  response.body = "told " + parameter;
  co_return response;
}

using StatusRoute = testing::ClientFileTest;

TEST_F(StatusRoute, AnswersClients) {
  const RouteHandler route = status_route(*authenticator_, StatusAccess::clients, tell);
  const auto told = run(route(testing::get("/metrics", token_), "x"));
  EXPECT_EQ(told.status, 200u);
  EXPECT_EQ(told.body, "told x");

  struct Case {
    const char* name;
    net::HttpRequest request;
  };
  net::HttpRequest stranger = testing::get("/metrics", "");
  stranger.client = net::ClientCertificate{"portal", {"portal.example"}, std::string(64, 'a')};
  const Case cases[] = {
      {"no_token", testing::get("/metrics", "")},
      {"another_token", testing::get("/metrics", "not-" + token_)},
      {"unbound_certificate", stranger},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.name);
    const auto refused = run(route(c.request, ""));
    EXPECT_EQ(refused.status, 401u);
    EXPECT_EQ(refused.content_type, "application/json");
    EXPECT_EQ(refused.body.find("{\"detail\":"), 0u);
    EXPECT_EQ(refused.body.find("told"), std::string::npos);
    EXPECT_EQ(header(refused, "WWW-Authenticate"), "Bearer realm=\"parallax\"");
  }
}

TEST_F(StatusRoute, AnswersNobodyWhileTheClientFileIsUnusable) {
  const RouteHandler route = status_route(*authenticator_, StatusAccess::clients, tell);
  std::ofstream(path_) << "{";
  EXPECT_EQ(run(route(testing::get("/metrics", token_), "")).status, 503u);
}

TEST_F(StatusRoute, AnswersAnybodyWhereTheOperatorSaysSo) {
  const RouteHandler route = status_route(*authenticator_, StatusAccess::anybody, tell);
  EXPECT_EQ(run(route(testing::get("/metrics", ""), "")).status, 200u);
}

}  // namespace
}  // namespace parallax::service
