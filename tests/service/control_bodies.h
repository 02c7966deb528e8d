// SPDX-License-Identifier: Apache-2.0
// Bodies of /v1 that ask for control, and what the service makes of them.
#pragma once

#include <string>
#include <string_view>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "base/encoding.h"
#include "orders/plan.h"
#include "service/order_request.h"
#include "service/problem.h"
#include "service/service_fixture.h"

namespace parallax::service::control_test {

using testing::domain;

inline constexpr const char* kValue = "Zx7mQ2pL9vN4tR8sK1wB";
inline const std::string kDigest = base64url_encode(sha256("key authorization"));

inline std::string body(std::string_view name, std::string_view control,
                        std::string_view type = "tls") {
  return fmt::format(R"({{"type":"{}","issuers":["ca.example"],)"
                     R"("names":["a.example.com",{{"name":"{}","control":{}}}]}})",
                     type, name, control);
}

inline Result<OrderRequest> parse(const std::string& text) {
  return parse_order_request(text, "generated", testing::suffixes());
}

// What the service answers: parsed, planned, and the error put into its place.
inline Result<OrderRequest> admit(const std::string& text) {
  auto request = parse(text);
  if (!request) return request;
  const orders::PlanSettings settings{false, false, false, &testing::suffixes()};
  auto plan = orders::plan_order(request->order, testing::test_time(), settings);
  if (!plan) return fail(located(plan.error(), request->places));
  return request;
}

inline const dcv::ControlCheck& check_of(const OrderRequest& request) {
  return *request.order.controls.at(1)->check;
}

inline std::string with(std::string_view method, std::string_view members) {
  return fmt::format(R"({{"method":"{}"{}{}}})", method, members.empty() ? "" : ",", members);
}

inline std::string dns(std::string_view value, std::string_view more = "") {
  return with("dns-change",
              fmt::format(R"("value":"{}"{}{})", value, more.empty() ? "" : ",", more));
}

inline std::string web(std::string_view path, std::string_view more = "") {
  return with("website-change", fmt::format(R"("path":"{}","value":"{}"{}{})", path, kValue,
                                            more.empty() ? "" : ",", more));
}

inline std::string http(std::string_view more = "") {
  return with(
      "acme-http-01",
      fmt::format(
          R"("token":"token-of-this-order","key_authorization":"token-of-this-order.{}"{}{})",
          std::string(43, 'A'), more.empty() ? "" : ",", more));
}

inline std::string hash(std::string_view method) {
  return with(method, fmt::format(R"("key_authorization_hash":"{}")", kDigest));
}

inline std::string reverse(std::string_view name, std::string_view control) {
  return with("reverse-address-lookup", fmt::format(R"("name":"{}","control":{})", name, control));
}

// What is refused, and where.
struct Bad {
  const char* name;
  std::string body;
  const char* pointer;  // below /names/1
  const char* problem;
  const char* says;
};

inline void expect_refused(const Bad& bad) {
  SCOPED_TRACE(bad.name);
  const auto request = admit(bad.body);
  ASSERT_FALSE(request.has_value());
  const Problem problem = problem_with_request(request.error());
  const auto response = to_response(problem);
  EXPECT_EQ(response.status, 400u);
  EXPECT_EQ(problem.pointer, std::string("/names/1") + bad.pointer) << describe(request.error());
  EXPECT_NE(response.body.find(fmt::format("urn:parallax:problem:{}\"", bad.problem)),
            std::string::npos)
      << response.body;
  EXPECT_NE(describe(request.error()).find(bad.says), std::string::npos)
      << describe(request.error());
  const bool about_control = std::string_view(bad.pointer).starts_with("/control");
  EXPECT_TRUE(!about_control || (problem.rule && !problem.rule->empty()))
      << describe(request.error());
}

inline constexpr const char* kMalformed = "malformed-request";
inline constexpr const char* kRefused = "control-refused";
inline constexpr const char* kNot = "name-not-certifiable";

}  // namespace parallax::service::control_test
