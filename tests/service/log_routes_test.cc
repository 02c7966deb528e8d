// SPDX-License-Identifier: Apache-2.0
#include "service/log_routes.h"

#include <gtest/gtest.h>

#include "service/service_fixture.h"

namespace parallax::service {
namespace {

using testing::get;
using testing::header;
using testing::run;

// A log with one tile and one bundle, or one that fails.
class FakeLog final : public evidence::LogView {
 public:
  Task<Result<std::optional<std::string>>> checkpoint() override {
    if (error) co_return fail(*error);
    co_return note;
  }
  Task<Result<std::string>> tile(evidence::TileAddress address) override {
    asked.push_back(address);
    if (error) co_return fail(*error);
    co_return octets;
  }

  std::optional<std::string> note = "log.example\n1\nroot\n\n\xE2\x80\x94 log.example c2ln\n";
  std::string octets{"\0\xFF", 2};
  std::optional<Error> error;
  std::vector<evidence::TileAddress> asked;
};

class LogRoutes : public testing::ClientFileTest {
 protected:
  net::HttpResponse ask(const std::string& path, StatusAccess access = StatusAccess::anybody,
                        const std::string& token = "") {
    Router router;
    install_log_routes(router, log_, *authenticator_, access);
    return run(router.answer(get(path, token)));
  }
  FakeLog log_;
};

TEST_F(LogRoutes, ServeTheCheckpointAsItIsSigned) {
  const auto response = ask("/log/checkpoint");
  EXPECT_EQ(response.status, 200u);
  EXPECT_EQ(response.content_type, "text/plain; charset=utf-8");
  EXPECT_EQ(response.body, *log_.note);
  EXPECT_EQ(header(response, "Cache-Control"), "no-cache");
  testing::keep_sample("GET", "/log/checkpoint", response);
  log_.note.reset();
  const auto empty = ask("/log/checkpoint");
  EXPECT_EQ(empty.status, 404u);
  EXPECT_EQ(empty.body, R"({"detail":"The log is empty."})");
  testing::keep_sample("GET", "/log/checkpoint", empty);
}

TEST_F(LogRoutes, ServeTilesAndBundlesByTheirPaths) {
  const auto response = ask("/log/tile/0/x001/x234/067");
  EXPECT_EQ(response.status, 200u);
  EXPECT_EQ(response.content_type, "application/octet-stream");
  EXPECT_EQ(response.body, log_.octets);
  EXPECT_NE(header(response, "Cache-Control").find("immutable"), std::string::npos);
  EXPECT_EQ(ask("/log/tile/entries/000.p/3").status, 200u);
  const std::vector<evidence::TileAddress> expected{{0, 1234067, 256}, {std::nullopt, 0, 3}};
  EXPECT_EQ(log_.asked, expected);
}

TEST_F(LogRoutes, KnowNoOtherPaths) {
  for (const char* path : {"/log", "/log/", "/log/tile", "/log/tile/", "/log/tile/0",
                           "/log/tile/8/000", "/log/tile/0/000.p/256", "/log/tile/0/x000/000",
                           "/log/tile/0//000", "/log/tile/0/../0/000", "/log/checkpoint/"}) {
    SCOPED_TRACE(path);
    EXPECT_EQ(ask(path).status, 404u);
  }
  EXPECT_TRUE(log_.asked.empty());
}

TEST_F(LogRoutes, TellFailuresApart) {
  struct Case {
    const char* name;
    ErrorCode code;
    unsigned status;
  };
  const Case cases[] = {
      {"beyond_the_end", ErrorCode::not_found, 404},
      {"too_many_readers", ErrorCode::overloaded, 503},
      {"disk", ErrorCode::storage, 503},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.name);
    log_.error = Error{c.code, "told in the log only", {}};
    const auto response = ask("/log/tile/0/000");
    EXPECT_EQ(response.status, c.status);
    EXPECT_EQ(response.body.find("{\"detail\":"), 0u);
    testing::keep_sample("GET", "/log/tile/{tile}", response);
  }
}

TEST_F(LogRoutes, CanBeKeptForClients) {
  EXPECT_EQ(ask("/log/checkpoint", StatusAccess::clients).status, 401u);
  EXPECT_EQ(ask("/log/checkpoint", StatusAccess::clients, token_).status, 200u);
  EXPECT_EQ(ask("/log/tile/0/000", StatusAccess::clients).status, 401u);
  EXPECT_TRUE(log_.asked.empty());
}

}  // namespace
}  // namespace parallax::service
