// SPDX-License-Identifier: Apache-2.0
#include "service/api_v1.h"

#include <fmt/format.h>

#include "base/encoding.h"
#include "base/log.h"
#include "service/answer_v1.h"
#include "service/media_type.h"
#include "service/order_request.h"
#include "service/problem.h"
#include "service/trace_context.h"

namespace parallax::service {
namespace {

constexpr std::size_t kGeneratedIdOctets = 16;

// Answers are decisions of one moment: nobody between us and the caller may keep them.
net::HttpResponse answer(std::string body) {
  net::HttpResponse response;
  response.body = std::move(body);
  response.headers.emplace_back("Cache-Control", "no-store");
  return response;
}

net::HttpResponse refuse(const Error& error) {
  const Problem problem = problem_with_service(error);
  if (status_of(problem.kind) >= 500) log::error("order-failed", {{"error", describe(error)}});
  return to_response(problem);
}

}  // namespace

void ApiV1::install(Router& router) {
  router.add("POST", "/v1/corroborations",
             [this](net::HttpRequest request, std::string) { return post(std::move(request)); });
  router.add("GET", "/v1/corroborations/{id}", [this](net::HttpRequest request, std::string id) {
    return get(std::move(request), std::move(id));
  });
}

tl::expected<OrderRequest, net::HttpResponse> ApiV1::admit(const net::HttpRequest& request) const {
  const auto caller = services_.authenticator.authenticate(request);
  if (!caller) return tl::unexpected(refuse(caller.error()));
  if (const auto problem = problem_with_wrapping(request))
    return tl::unexpected(to_response(*problem));
  auto asked = parse_order_request(
      request.body, hex_encode(services_.random.octets(kGeneratedIdOctets)), services_.suffixes);
  if (!asked) return tl::unexpected(to_response(problem_with_request(asked.error())));
  orders::Order& order = asked->order;
  if (const auto bound = check_issuers(*caller, issuers_named(order)); !bound)
    return tl::unexpected(to_response(
        {ProblemKind::issuer_not_bound, bound.error().message, "/issuers", std::nullopt}));
  order.client = caller->client;
  order.request_digest = request_digest(order);
  order.trace_id = traceparent_of(request);
  return *std::move(asked);
}

Task<net::HttpResponse> ApiV1::post(net::HttpRequest request) {
  auto asked = admit(request);
  if (!asked) co_return std::move(asked.error());
  auto answered = co_await services_.desk.place(std::move(asked->order), write_v1_answer);
  if (!answered) co_return refuse(located(std::move(answered.error()), asked->places));
  net::HttpResponse response = answer(std::move(answered->answer));
  if (answered->replayed) response.headers.emplace_back("Idempotency-Replayed", "true");
  co_return response;
}

Task<net::HttpResponse> ApiV1::get(net::HttpRequest request, std::string id) {
  const auto caller = services_.authenticator.authenticate(request);
  if (!caller) co_return refuse(caller.error());
  const Problem none{ProblemKind::not_found,
                     fmt::format("This client has placed no order \"{}\".", printable(id, 140)),
                     std::nullopt, std::nullopt};
  if (!valid_order_id(id)) co_return to_response(none);
  auto stored = co_await services_.desk.recall(caller->client, std::move(id));
  if (!stored && stored.error().code == ErrorCode::not_found) co_return to_response(none);
  if (!stored) co_return refuse(stored.error());
  co_return answer(std::move(*stored));
}

}  // namespace parallax::service
