// SPDX-License-Identifier: Apache-2.0
#include "service/status_route.h"

#include "base/log.h"
#include "service/problem.h"

namespace parallax::service {
namespace {

Task<net::HttpResponse> refuse(Error error) {
  const Problem problem = problem_with_service(error);
  if (status_of(problem.kind) >= 500) log::error("status-refused", {{"error", describe(error)}});
  co_return to_detail_response(problem);
}

}  // namespace

RouteHandler status_route(const Authenticator& authenticator, StatusAccess access,
                          RouteHandler handler) {
  if (access == StatusAccess::anybody) return handler;
  return [&authenticator, handler = std::move(handler)](net::HttpRequest request,
                                                        std::string parameter) {
    const auto caller = authenticator.authenticate(request);
    if (!caller) return refuse(caller.error());
    return handler(std::move(request), std::move(parameter));
  };
}

}  // namespace parallax::service
