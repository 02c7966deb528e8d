// SPDX-License-Identifier: Apache-2.0
#include "service/mpic.h"

#include <algorithm>
#include <optional>

#include <boost/json/object.hpp>
#include <fmt/format.h>

#include "base/encoding.h"
#include "base/log.h"
#include "service/answer_json.h"
#include "service/limits.h"
#include "service/mpic_answer.h"
#include "service/mpic_request.h"
#include "service/order_request.h"
#include "service/problem.h"
#include "service/trace_context.h"

namespace parallax::service {
namespace {

namespace json = boost::json;

constexpr std::size_t kGeneratedIdOctets = 16;
// The published specification that request and answer follow.
constexpr std::string_view kSpecificationVersion = "3.5.0";

net::HttpResponse validation_failed(json::array issues) {
  json::object body;
  body["error"] = "request-validation-failed";
  body["validation_issues"] = std::move(issues);
  return json_response(400, body);
}

json::array one_issue(std::string_view type, std::string_view message) {
  json::object issue;
  issue["issue_type"] = json::string(type);
  issue["message"] = json::string(message);
  return {std::move(issue)};
}

// `control`: the method asked for, of check_type dcv.
net::HttpResponse refuse(const Error& error,
                         std::optional<rules::ControlMethod> control = std::nullopt) {
  const bool about_control = std::any_of(error.context.begin(), error.context.end(),
                                         [](const auto& entry) { return entry.first == "field"; });
  if (control && about_control)
    return validation_failed(
        one_issue(mpic_issue_type(error, *control), mpic_sentence(error, *control)));
  if (error.code == ErrorCode::forbidden)  // remote counts below the rules, seen at the desk
    return validation_failed(one_issue("invalid-perspective-count", error.message));
  const Problem problem = problem_with_service(error);
  if (status_of(problem.kind) >= 500) log::error("order-failed", {{"error", describe(error)}});
  return to_detail_response(problem);
}

}  // namespace

Task<net::HttpResponse> healthy() { co_return json_response(200, {{"status", "healthy"}}); }

void MpicApi::install(Router& router) {
  router.add("POST", "/mpic", [this](net::HttpRequest request, const std::string&) {
    return post(std::move(request));
  });
  router.add("GET", "/healthz",
             [](const net::HttpRequest&, const std::string&) { return healthy(); });
  router.add("GET", "/configz",
             status_route(
                 services_.authenticator, access_,
                 [this](const net::HttpRequest&, const std::string&) { return configuration(); }));
}

Task<net::HttpResponse> MpicApi::post(net::HttpRequest request) {
  const auto caller = services_.authenticator.authenticate(request);
  if (!caller) co_return refuse(caller.error());
  if (request.body.size() > kRequestBodySizeMax)
    co_return to_response({ProblemKind::body_too_large, "Request body too large", {}, {}});
  auto parsed =
      parse_mpic_request(request.body, *caller, info_, date_of(clock_.now()), services_.suffixes);
  if (!parsed) co_return validation_failed(std::move(parsed.error()));
  if (const auto bound = check_issuers(*caller, issuers_named(parsed->order)); !bound)
    co_return to_detail_response({ProblemKind::issuer_not_bound, bound.error().message, {}, {}});

  orders::Order& order = parsed->order;
  order.fresh_id = true;
  order.id =
      std::string(kMpicOrderPrefix) + hex_encode(services_.random.octets(kGeneratedIdOctets));
  order.client = caller->client;
  order.request_digest = request_digest(order);
  if (order.trace_id.empty()) order.trace_id = traceparent_of(request);
  orders::Order placed = order;
  const auto control =
      parsed->dcv ? std::optional(parsed->dcv->method) : std::optional<rules::ControlMethod>();
  auto write = [sent = std::move(*parsed), &info = info_](const orders::Decision& decision) {
    return write_mpic_answer(sent, info, decision);
  };
  auto answered = co_await services_.desk.place(std::move(placed), std::move(write));
  if (!answered) co_return refuse(answered.error(), control);
  net::HttpResponse response;
  response.body = std::move(answered->answer);
  if (info_.lab()) response.headers.emplace_back("Parallax-Lab", "true");
  co_return response;
}

Task<net::HttpResponse> MpicApi::configuration() {
  const Date today = date_of(clock_.now());
  const auto remotes = info_.remotes();
  json::array codes;
  codes.emplace_back(json::string(info_.primary()));
  for (const std::string& code : remotes) codes.emplace_back(json::string(code));
  const auto count = static_cast<unsigned>(remotes.size());
  json::object body;
  body["open_mpic_api_spec_version"] = json::string(kSpecificationVersion);
  body["app_version"] = PARALLAX_VERSION;
  body["mpic_core_version"] = nullptr;
  body["default_perspective_count"] = count;
  body["minimum_perspective_count"] = info_.remotes_required(today);
  body["default_quorum_count"] = info_.corroborations_required(count, today);
  body["global_max_attempts"] = 1;
  body["primary_perspective"] = json::string(info_.primary());
  body["perspectives"] = std::move(codes);
  body["lab"] = info_.lab();
  co_return json_response(200, body);
}

}  // namespace parallax::service
