// SPDX-License-Identifier: Apache-2.0
#include "service/problem.h"

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include "base/encoding.h"
#include "net/problem.h"
#include "service/limits.h"

namespace parallax::service {
namespace {

struct Kind {
  unsigned status;
  std::string_view code;
  std::string_view title;
};

Kind describe_kind(ProblemKind kind) {
  switch (kind) {
    case ProblemKind::malformed_request:
      return {400, "malformed-request", "The request is malformed"};
    case ProblemKind::name_not_certifiable:
      return {400, "name-not-certifiable", "A rule forbids certifying this name"};
    case ProblemKind::not_applicable:
      return {400, "not-applicable", "The check does not exist for this name"};
    case ProblemKind::control_refused:
      return {400, "control-refused", "Control cannot be shown this way"};
    case ProblemKind::unauthorized: return {401, "unauthorized", "Authentication is required"};
    case ProblemKind::issuer_not_bound:
      return {403, "issuer-not-bound", "The client may not ask under this issuer name"};
    case ProblemKind::not_found: return {404, "not-found", "There is nothing here"};
    case ProblemKind::method_not_allowed:
      return {405, "method-not-allowed", "The method is not allowed here"};
    case ProblemKind::order_conflict: return {409, "order-conflict", "The order id is taken"};
    case ProblemKind::body_too_large:
      return {413, "body-too-large", "The request body is too large"};
    case ProblemKind::unsupported_media_type:
      return {415, "unsupported-media-type", "The request body must be application/json"};
    case ProblemKind::overloaded: return {503, "overloaded", "Too much is under way"};
    case ProblemKind::storage_unavailable:
      return {503, "storage-unavailable", "The evidence cannot be written"};
    case ProblemKind::internal_error: break;
  }
  return {500, "internal-error", "The server failed"};
}

std::optional<std::string> context_of(const Error& error, std::string_view name) {
  for (const auto& [key, value] : error.context)
    if (key == name) return value;
  return std::nullopt;
}

Problem problem_of(ProblemKind kind, const Error& error) {
  return {kind, error.message, context_of(error, "pointer"), context_of(error, "rule")};
}

// Whether the error is about the way to show control, not about the name that it is shown of.
bool about_control(const Error& error) {
  const auto field = context_of(error, "field");
  return field && *field != "applied_for" && *field != "name";
}

// Details quote what came in; JSON text must be UTF-8 (RFC 8259 s8.1).
std::string as_utf8(const std::string& text) {
  return is_utf8(text) ? text : printable(text, text.size());
}

}  // namespace

unsigned status_of(ProblemKind kind) { return describe_kind(kind).status; }

Problem problem_with_request(const Error& error) {
  switch (error.code) {
    case ErrorCode::malformed: return problem_of(ProblemKind::malformed_request, error);
    case ErrorCode::forbidden:
      return problem_of(
          about_control(error) ? ProblemKind::control_refused : ProblemKind::name_not_certifiable,
          error);
    case ErrorCode::unsupported:
      return problem_of(
          about_control(error) ? ProblemKind::control_refused : ProblemKind::not_applicable, error);
    default: return problem_of(ProblemKind::internal_error, error);
  }
}

Problem problem_with_service(const Error& error) {
  switch (error.code) {
    case ErrorCode::unauthorized: return problem_of(ProblemKind::unauthorized, error);
    case ErrorCode::not_found: return problem_of(ProblemKind::not_found, error);
    case ErrorCode::conflict: return problem_of(ProblemKind::order_conflict, error);
    case ErrorCode::overloaded: return problem_of(ProblemKind::overloaded, error);
    case ErrorCode::timed_out: return problem_of(ProblemKind::overloaded, error);
    case ErrorCode::storage: return problem_of(ProblemKind::storage_unavailable, error);
    case ErrorCode::malformed:
    case ErrorCode::forbidden:
    case ErrorCode::unsupported: return problem_with_request(error);
    default: return problem_of(ProblemKind::internal_error, error);
  }
}

net::HttpResponse to_response(const Problem& problem) {
  const Kind kind = describe_kind(problem.kind);
  boost::json::object body;
  body["type"] = fmt::format("urn:parallax:problem:{}", kind.code);
  body["title"] = kind.title;
  body["status"] = kind.status;
  body["detail"] = as_utf8(problem.detail);
  if (problem.pointer) body["pointer"] = as_utf8(*problem.pointer);
  if (problem.rule) body["rule"] = as_utf8(*problem.rule);

  net::HttpResponse response;
  response.status = kind.status;
  response.content_type = "application/problem+json";
  response.body = boost::json::serialize(body);
  if (problem.kind == ProblemKind::overloaded)
    response.headers.emplace_back("Retry-After", std::to_string(kRetryAfterOverload.count()));
  if (problem.kind == ProblemKind::storage_unavailable)
    response.headers.emplace_back("Retry-After", std::to_string(kRetryAfterStorage.count()));
  if (problem.kind == ProblemKind::unauthorized)
    response.headers.emplace_back("WWW-Authenticate", "Bearer realm=\"parallax\"");
  return response;
}

net::HttpResponse to_detail_response(const Problem& problem) {
  net::HttpResponse response = to_response(problem);
  response.content_type = "application/json";
  boost::json::object body;
  body["detail"] = as_utf8(problem.detail);
  response.body = boost::json::serialize(body);
  return response;
}

net::HttpResponse server_problem(unsigned status, std::string detail) {
  switch (status) {
    case 413: return to_response({ProblemKind::body_too_large, std::move(detail), {}, {}});
    case 500: return to_response({ProblemKind::internal_error, std::move(detail), {}, {}});
    case 503: return to_response({ProblemKind::overloaded, std::move(detail), {}, {}});
    default: return net::problem(status, std::move(detail));
  }
}

}  // namespace parallax::service
