// SPDX-License-Identifier: Apache-2.0
// What Prometheus is told. Every series exists from the start, so that the hot path only
// increments (registering in prometheus-cpp is not thread safe) and no label can be invented from
// outside.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "net/http.h"
#include "orders/order.h"

namespace parallax::service {

class Router;

// Thread safe once made.
class Metrics {
 public:
  struct Names {
    std::vector<std::string> perspectives;  // codes, the primary's included
    std::vector<std::string> queues;        // whose depth set_queue_depth() reports
  };
  explicit Metrics(const Names& names);
  ~Metrics();
  Metrics(const Metrics&) = delete;
  Metrics& operator=(const Metrics&) = delete;

  // A fresh decision, never a replayed one; wire it to the desk's `decided`:
  //   parallax_orders_total{outcome}, parallax_decisions_total{outcome,reason} (per name),
  //   parallax_order_seconds, parallax_perspective_results_total{perspective,result},
  //   parallax_perspective_seconds{perspective}, parallax_dns_lookups_total{perspective,verdict}.
  // Unknown labels count as "other"; what is pending has no latency.
  void observe(const orders::Decision& decision);

  // parallax_http_requests_total{route,status}; routes other than kRoutePatterns are "other".
  void count_request(std::string_view route, unsigned status);

  // parallax_queue_depth{queue}; unknown queues are left out.
  void set_queue_depth(std::string_view queue, std::size_t depth);

  // The text exposition format, version 0.0.4.
  [[nodiscard]] std::string text() const;

  // GET /metrics for whoever reaches the listener: a perspective's, where the handshake lets in
  // nothing but certificates of the private CA.
  void install(Router& router);
  [[nodiscard]] Task<net::HttpResponse> page() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace parallax::service
