// SPDX-License-Identifier: Apache-2.0
#include "service/log_routes.h"

#include "base/log.h"
#include "service/problem.h"

namespace parallax::service {
namespace {

// A checkpoint is replaced by the next group of records; what is in a full tile never changes.
constexpr const char* kMutable = "no-cache";
constexpr const char* kImmutable = "public, max-age=31536000, immutable";

net::HttpResponse text_of(std::string note) {
  return {200, "text/plain; charset=utf-8", std::move(note), {{"Cache-Control", kMutable}}};
}

net::HttpResponse octets_of(std::string tile) {
  return {200, "application/octet-stream", std::move(tile), {{"Cache-Control", kImmutable}}};
}

net::HttpResponse not_found(std::string detail) {
  return to_detail_response({ProblemKind::not_found, std::move(detail), {}, {}});
}

net::HttpResponse failed(const Error& error) {
  if (error.code == ErrorCode::not_found) return not_found("The log does not reach that far.");
  const Problem problem = problem_with_service(error);
  if (problem.kind != ProblemKind::overloaded)
    log::error("log-unreadable", {{"error", describe(error)}});
  return to_detail_response(problem);
}

Task<net::HttpResponse> checkpoint(evidence::LogView* log) {
  auto note = co_await log->checkpoint();
  if (!note) co_return failed(note.error());
  if (!*note) co_return not_found("The log is empty.");
  co_return text_of(std::move(**note));
}

Task<net::HttpResponse> tile(evidence::LogView* log, std::string path) {
  const auto address = evidence::parse_tile(path);
  if (!address) co_return not_found("This is no path of a tile.");
  auto octets = co_await log->tile(*address);
  if (!octets) co_return failed(octets.error());
  co_return octets_of(std::move(*octets));
}

}  // namespace

void install_log_routes(Router& router, evidence::LogView& log, const Authenticator& authenticator,
                        StatusAccess access) {
  router.add(
      "GET", "/log/checkpoint",
      status_route(authenticator, access, [&log](const net::HttpRequest&, const std::string&) {
        return checkpoint(&log);
      }));
  router.add_tree(
      "GET", "/log/tile/{tile}",
      status_route(authenticator, access, [&log](const net::HttpRequest&, std::string path) {
        return tile(&log, std::move(path));
      }));
}

}  // namespace parallax::service
