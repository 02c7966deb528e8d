// SPDX-License-Identifier: Apache-2.0
#include "service/metrics.h"

#include <array>
#include <map>

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include "dcv/assess.h"
#include "service/router.h"

namespace parallax::service {
namespace {

constexpr std::string_view kOther = "other";

constexpr std::array<std::string_view, 3> kOutcomes = {"permitted", "refused", "undetermined"};

// Every CaaReason and ControlReason, and those that the desk adds.
std::vector<std::string> reasons() {
  std::vector<std::string> out;
  for (int i = 0; i <= static_cast<int>(caa::CaaReason::bogus); ++i)
    out.emplace_back(caa::to_string(static_cast<caa::CaaReason>(i)));
  for (int i = 0; i <= static_cast<int>(dcv::ControlReason::bogus); ++i)
    out.emplace_back(dcv::to_string(static_cast<dcv::ControlReason>(i)));
  out.emplace_back("shown-by-caller");
  out.emplace_back("quorum-not-met");
  out.emplace_back("primary-unavailable");
  out.emplace_back(kOther);
  return out;
}

constexpr std::array<std::string_view, 10> kResults = {
    "corroborated", "denied",         "lookup-failed", "bogus",   "timed-out",
    "unreachable",  "wrong-identity", "bad-signature", "pending", kOther};

constexpr std::array<dns::Verdict, 4> kVerdicts = {
    dns::Verdict::secure, dns::Verdict::insecure, dns::Verdict::bogus, dns::Verdict::indeterminate};

constexpr std::array<std::string_view, 14> kStatuses = {"200", "400", "401", "403", "404",
                                                        "405", "408", "409", "413", "415",
                                                        "422", "500", "503", kOther};

// From a tenth of a warm lookup to the longest check deadline, in seconds.
prometheus::Histogram::BucketBoundaries latency_buckets() {
  return {0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 15, 30};
}

// Series of one family by one or two label values, fixed when it is filled.
template <class Series>
class Table {
 public:
  void put(std::string_view a, std::string_view b, Series& series) {
    series_[{std::string(a), std::string(b)}] = &series;
  }
  // The series of these labels; unknown values become kOther, one after the other.
  [[nodiscard]] Series* at(std::string_view a, std::string_view b = {}) const {
    for (const auto& first : {a, kOther})
      for (const auto& second : {b, kOther})
        if (const auto found = series_.find(std::pair(std::string(first), std::string(second)));
            found != series_.end())
          return found->second;
    return nullptr;
  }

 private:
  std::map<std::pair<std::string, std::string>, Series*> series_;
};

void increment(const Table<prometheus::Counter>& table, std::string_view a,
               std::string_view b = {}) {
  if (auto* counter = table.at(a, b)) counter->Increment();
}

double seconds(std::chrono::nanoseconds span) {
  return std::chrono::duration<double>(span).count();
}

std::string label(std::string_view text) { return std::string(text); }

}  // namespace

struct Metrics::Impl {
  prometheus::Registry registry;
  Table<prometheus::Counter> orders, decisions, results, lookups, requests;
  Table<prometheus::Histogram> latencies;
  Table<prometheus::Gauge> queues;
  prometheus::Histogram* order_latency = nullptr;

  void add_decisions() {
    auto& orders_family = prometheus::BuildCounter()
                              .Name("parallax_orders_total")
                              .Help("Orders decided, by outcome")
                              .Register(registry);
    auto& decisions_family = prometheus::BuildCounter()
                                 .Name("parallax_decisions_total")
                                 .Help("Names decided, by outcome and reason")
                                 .Register(registry);
    for (const auto outcome : kOutcomes) {
      orders.put(outcome, "", orders_family.Add({{"outcome", label(outcome)}}));
      for (const std::string& reason : reasons())
        decisions.put(outcome, reason,
                      decisions_family.Add({{"outcome", label(outcome)}, {"reason", reason}}));
    }
    auto& seconds_family = prometheus::BuildHistogram()
                               .Name("parallax_order_seconds")
                               .Help("Time from receiving an order to deciding it")
                               .Register(registry);
    order_latency = &seconds_family.Add({}, latency_buckets());
  }

  void add_perspectives(std::vector<std::string> codes) {
    codes.emplace_back(kOther);
    auto& results_family = prometheus::BuildCounter()
                               .Name("parallax_perspective_results_total")
                               .Help("What perspectives contributed, by result")
                               .Register(registry);
    auto& latency_family = prometheus::BuildHistogram()
                               .Name("parallax_perspective_seconds")
                               .Help("Time a perspective took to answer")
                               .Register(registry);
    auto& lookups_family = prometheus::BuildCounter()
                               .Name("parallax_dns_lookups_total")
                               .Help("DNS lookups behind decisions, by DNSSEC verdict")
                               .Register(registry);
    for (const std::string& code : codes) {
      latencies.put(code, "", latency_family.Add({{"perspective", code}}, latency_buckets()));
      for (const auto result : kResults)
        results.put(code, result,
                    results_family.Add({{"perspective", code}, {"result", label(result)}}));
      for (const auto verdict : kVerdicts) {
        const std::string text(dns::to_string(verdict));
        lookups.put(code, text, lookups_family.Add({{"perspective", code}, {"verdict", text}}));
      }
    }
  }

  void add_service(const Names& names) {
    std::vector<std::string_view> routes(kRoutePatterns.begin(), kRoutePatterns.end());
    routes.push_back(kOther);
    auto& requests_family = prometheus::BuildCounter()
                                .Name("parallax_http_requests_total")
                                .Help("HTTP requests answered, by route and status")
                                .Register(registry);
    for (const auto route : routes)
      for (const auto status : kStatuses)
        requests.put(route, status,
                     requests_family.Add({{"route", label(route)}, {"status", label(status)}}));
    auto& queues_family = prometheus::BuildGauge()
                              .Name("parallax_queue_depth")
                              .Help("Entries waiting or under way in a bounded queue")
                              .Register(registry);
    for (const std::string& queue : names.queues)
      queues.put(queue, "", queues_family.Add({{"queue", queue}}));
  }

  void observe(const orders::PerspectiveFinding& finding) {
    increment(results, finding.code, finding.result);
    if (finding.result != "pending")
      if (auto* latency = latencies.at(finding.code)) latency->Observe(seconds(finding.elapsed));
    if (!finding.observation) return;
    for (const auto& lookup : finding.observation->lookups)
      increment(lookups, finding.code, dns::to_string(lookup.verdict));
  }
};

Metrics::Metrics(const Names& names) : impl_(std::make_unique<Impl>()) {
  impl_->add_decisions();
  impl_->add_perspectives(names.perspectives);
  impl_->add_service(names);
}

Metrics::~Metrics() = default;

void Metrics::observe(const orders::Decision& decision) {
  increment(impl_->orders, orders::to_string(decision.outcome));
  impl_->order_latency->Observe(seconds(decision.decided - decision.received));
  for (const auto& name : decision.names) {
    increment(impl_->decisions, orders::to_string(name.outcome), name.reason);
    for (const auto& finding : name.perspectives) impl_->observe(finding);
  }
}

void Metrics::count_request(std::string_view route, unsigned status) {
  increment(impl_->requests, route, std::to_string(status));
}

void Metrics::set_queue_depth(std::string_view queue, std::size_t depth) {
  if (auto* gauge = impl_->queues.at(queue)) gauge->Set(static_cast<double>(depth));
}

std::string Metrics::text() const {
  return prometheus::TextSerializer().Serialize(impl_->registry.Collect());
}

Task<net::HttpResponse> Metrics::page() const {
  net::HttpResponse response;
  response.content_type = "text/plain; version=0.0.4; charset=utf-8";
  response.body = text();
  co_return response;
}

void Metrics::install(Router& router) {
  router.add("GET", "/metrics", [this](net::HttpRequest, std::string) { return page(); });
}

}  // namespace parallax::service
