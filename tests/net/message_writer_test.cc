// SPDX-License-Identifier: Apache-2.0
#include "net/impl/message_writer.h"

#include <gtest/gtest.h>

#include "net/problem.h"

namespace parallax::net::impl {
namespace {

TEST(WriteResponse, HeadAndBodyInOneString) {
  HttpResponse response;
  response.body = "{}";
  response.headers = {{"Retry-After", "1"}};
  std::string out;
  ASSERT_TRUE(write_response(response, {true, false, "now"}, out));
  EXPECT_EQ(out,
            "HTTP/1.1 200 OK\r\nDate: now\r\nContent-Type: application/json\r\n"
            "Content-Length: 2\r\nConnection: close\r\nRetry-After: 1\r\n\r\n{}");
}

TEST(WriteResponse, AnswersToHeadKeepTheLength) {
  HttpResponse response;
  response.body = "{}";
  std::string out;
  ASSERT_TRUE(write_response(response, {false, true, "now"}, out));
  EXPECT_NE(out.find("Content-Length: 2\r\n"), std::string::npos);
  EXPECT_TRUE(out.ends_with("\r\n\r\n"));
}

TEST(WriteResponse, RefusesWhatWouldBreakTheFraming) {
  const std::pair<const char*, HttpHeaders> cases[] = {
      {"line_break_in_value", {{"X", "a\r\nSet-Cookie: b"}}},
      {"nul_in_value", {{"X", std::string("a\0", 2)}}},
      {"line_break_in_name", {{"X\r\nY", "a"}}},
      {"empty_name", {{"", "a"}}},
      {"space_in_name", {{"X Y", "a"}}},
      {"own_length", {{"Content-Length", "7"}}},
      {"own_encoding", {{"Transfer-Encoding", "chunked"}}},
      {"own_connection", {{"Connection", "close"}}},
  };
  for (const auto& [name, headers] : cases) {
    SCOPED_TRACE(name);
    HttpResponse response;
    response.headers = headers;
    std::string out = "before";
    EXPECT_FALSE(write_response(response, {}, out));
    EXPECT_EQ(out, "before");
    HttpRequest request;
    request.method = "GET";
    request.path = "/";
    request.headers = headers;
    EXPECT_FALSE(write_request(request, "h", out));
    EXPECT_EQ(out, "before");
  }
}

TEST(WriteRequest, LineHostAndLength) {
  HttpRequest request;
  request.method = "POST";
  request.path = "/v1/x";
  request.query = "a=b";
  request.headers = {{"content-type", "application/json"}};
  request.body = "{}";
  std::string out;
  ASSERT_TRUE(write_request(request, "server:8443", out));
  EXPECT_EQ(out,
            "POST /v1/x?a=b HTTP/1.1\r\nHost: server:8443\r\ncontent-type: application/json\r\n"
            "Content-Length: 2\r\n\r\n{}");
}

TEST(WriteRequest, RefusesABadRequestLine) {
  const std::array<std::array<const char*, 4>, 6> cases{{
      {"empty_method", "", "/", ""},
      {"two_words", "GET /", "/", ""},
      {"no_slash", "GET", "x", ""},
      {"space_in_path", "GET", "/ HTTP/1.1", ""},
      {"line_break_in_path", "GET", "/\r\n", ""},
      {"space_in_query", "GET", "/", "a b"},
  }};
  for (const auto& [name, method, path, query] : cases) {
    SCOPED_TRACE(name);
    HttpRequest request;
    request.method = method;
    request.path = path;
    request.query = query;
    std::string out;
    EXPECT_FALSE(write_request(request, "h", out));
  }
}

TEST(Problem, IsRfc9457) {
  const HttpResponse response = problem(413, "too \"large\"");
  EXPECT_EQ(response.status, 413u);
  EXPECT_EQ(response.content_type, "application/problem+json");
  EXPECT_EQ(response.body, R"({"type":"about:blank","title":"Content Too Large","status":413,)"
                           R"("detail":"too \"large\""})");
}

}  // namespace
}  // namespace parallax::net::impl
