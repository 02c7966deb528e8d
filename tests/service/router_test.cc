// SPDX-License-Identifier: Apache-2.0
#include "service/router.h"

#include <gtest/gtest.h>

#include "service/service_fixture.h"

namespace parallax::service {
namespace {

using testing::header;
using testing::run;

Task<net::HttpResponse> say(std::string text) { co_return net::HttpResponse{200, "x", text, {}}; }

class RouterTest : public ::testing::Test {
 protected:
  void SetUp() override {
    router_.add("POST", "/mpic", [](net::HttpRequest, std::string) { return say("mpic"); });
    router_.add("GET", "/v1/orders/{id}",
                [](net::HttpRequest, std::string id) { return say("get " + id); });
    router_.add("POST", "/v1/orders", [](net::HttpRequest, std::string) { return say("post"); });
  }
  net::HttpResponse ask(std::string method, std::string path) {
    net::HttpRequest request;
    request.method = std::move(method);
    request.path = std::move(path);
    return run(router_.answer(std::move(request)));
  }
  Router router_;
};

TEST_F(RouterTest, FindsTheRoute) {
  EXPECT_EQ(ask("POST", "/mpic").body, "mpic");
  EXPECT_EQ(ask("POST", "/v1/orders").body, "post");
  EXPECT_EQ(ask("GET", "/v1/orders/a%3ab").body, "get a:b");
  EXPECT_EQ(router_.patterns().size(), 3u);
}

TEST_F(RouterTest, KnowsNoOtherPath) {
  for (const char* path : {"/", "/mpic/", "//mpic", "/MPIC", "/mpic/x", "/v", "/v10"}) {
    SCOPED_TRACE(path);
    const auto response = ask("POST", path);
    EXPECT_EQ(response.status, 404u);
    EXPECT_EQ(response.body, R"({"detail":"Not Found"})");
  }
  const std::string long_id(kPathParameterSizeMax + 1, 'a');
  for (const std::string& path :
       std::vector<std::string>{"/v1", "/v1/", "/v1/orders/", "/v1/orders/a/b", "/v1/orders/%4",
                                "/v1/orders/%zz", "/v1/orders/" + long_id}) {
    SCOPED_TRACE(path);
    const auto response = ask("GET", path);
    EXPECT_EQ(response.status, 404u);
    EXPECT_EQ(response.content_type, "application/problem+json");
  }
}

TEST_F(RouterTest, SaysWhichMethodsThereAre) {
  const auto open_mpic = ask("GET", "/mpic");
  EXPECT_EQ(open_mpic.status, 405u);
  EXPECT_EQ(open_mpic.body, R"({"detail":"Method Not Allowed"})");
  EXPECT_EQ(header(open_mpic, "Allow"), "POST");
  const auto own = ask("DELETE", "/v1/orders/x");
  EXPECT_EQ(own.status, 405u);
  EXPECT_EQ(own.content_type, "application/problem+json");
  EXPECT_EQ(header(own, "Allow"), "GET");
}

}  // namespace
}  // namespace parallax::service
