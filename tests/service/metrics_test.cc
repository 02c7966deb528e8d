// SPDX-License-Identifier: Apache-2.0
#include "service/metrics.h"

#include <thread>

#include <gtest/gtest.h>

#include "service/router.h"
#include "service/service_fixture.h"

namespace parallax::service {
namespace {

Metrics::Names names() { return {{"primary-1", "remote-1", "remote-2"}, {"evidence"}}; }

orders::Decision decision(orders::Outcome outcome) {
  orders::Order order;
  order.names = {testing::domain("example.com"), testing::domain("example.net")};
  return testing::decision_on(order, outcome, false);
}

void expect_line(const Metrics& metrics, const std::string& line) {
  EXPECT_NE(metrics.text().find("\n" + line + "\n"), std::string::npos) << line;
}

TEST(Metrics, CountsDecisions) {
  Metrics metrics(names());
  metrics.observe(decision(orders::Outcome::permitted));
  metrics.observe(decision(orders::Outcome::refused));
  metrics.observe(decision(orders::Outcome::refused));
  expect_line(metrics, R"(parallax_orders_total{outcome="refused"} 2)");
  expect_line(metrics,
              R"(parallax_decisions_total{outcome="permitted",reason="issuer-authorized"} 2)");
  expect_line(metrics,
              R"(parallax_decisions_total{outcome="refused",reason="issuer-not-authorized"} 4)");
  expect_line(metrics, R"(parallax_decisions_total{outcome="undetermined",reason="bogus"} 0)");
  expect_line(metrics, "parallax_order_seconds_count 3");
}

TEST(Metrics, CountsWhatPerspectivesContributed) {
  Metrics metrics(names());
  metrics.observe(decision(orders::Outcome::permitted));
  expect_line(metrics, R"(parallax_perspective_results_total)"
                       R"({perspective="remote-1",result="corroborated"} 2)");
  expect_line(metrics, R"(parallax_perspective_seconds_count{perspective="primary-1"} 2)");
  expect_line(metrics, R"(parallax_dns_lookups_total{perspective="remote-2",verdict="secure"} 2)");
}

TEST(Metrics, FoldsUnknownLabelsAndLeavesOutPendingLatency) {
  Metrics metrics(names());
  auto odd = decision(orders::Outcome::refused);
  odd.names[0].reason = "new-reason";
  metrics.observe(odd);
  expect_line(metrics, R"(parallax_decisions_total{outcome="refused",reason="other"} 1)");
  // remote-3, -4 and -5 are not in the roster; -5 is pending.
  expect_line(metrics,
              R"(parallax_perspective_results_total{perspective="other",result="pending"} 2)");
  expect_line(metrics, R"(parallax_perspective_seconds_count{perspective="other"} 4)");
}

TEST(Metrics, CountsRequests) {
  Metrics metrics(names());
  metrics.count_request("/mpic", 200);
  metrics.count_request("/mpic", 418);
  metrics.count_request("/etc/passwd", 404);
  expect_line(metrics, R"(parallax_http_requests_total{route="/mpic",status="200"} 1)");
  expect_line(metrics, R"(parallax_http_requests_total{route="/mpic",status="other"} 1)");
  expect_line(metrics, R"(parallax_http_requests_total{route="other",status="404"} 1)");
  EXPECT_EQ(metrics.text().find("passwd"), std::string::npos);
}

TEST(Metrics, ReportsQueues) {
  Metrics metrics(names());
  metrics.set_queue_depth("evidence", 17);
  metrics.set_queue_depth("unknown", 1);
  expect_line(metrics, R"(parallax_queue_depth{queue="evidence"} 17)");
  EXPECT_EQ(metrics.text().find("unknown"), std::string::npos);
}

TEST(Metrics, CountsFromSeveralThreads) {
  Metrics metrics(names());
  const auto count = [&metrics] {
    for (int i = 0; i < 500; ++i) metrics.count_request("/mpic", 200);
  };
  std::thread one(count);
  std::thread two(count);
  one.join();
  two.join();
  expect_line(metrics, R"(parallax_http_requests_total{route="/mpic",status="200"} 1000)");
}

TEST(Metrics, IsServedAsPrometheusText) {
  Metrics metrics(names());
  Router router(&metrics);
  metrics.install(router);
  net::HttpRequest request = testing::get("/metrics", "");
  const auto response = testing::run(router.answer(request));
  EXPECT_EQ(response.status, 200u);
  EXPECT_EQ(response.content_type, "text/plain; version=0.0.4; charset=utf-8");
  EXPECT_NE(response.body.find("# TYPE parallax_perspective_seconds histogram"), std::string::npos);
  testing::keep_sample("GET", "/metrics", response);
  expect_line(metrics, R"(parallax_http_requests_total{route="/metrics",status="200"} 1)");
}

}  // namespace
}  // namespace parallax::service
