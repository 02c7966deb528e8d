// SPDX-License-Identifier: Apache-2.0
#include "service/router.h"

#include <algorithm>
#include <optional>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/encoding.h"
#include "service/metrics.h"
#include "service/problem.h"
#include "service/trace_context.h"

namespace parallax::service {
namespace {

constexpr std::string_view kUnmatched = "unmatched";

// RFC 3986 s2.1; nullopt for a broken escape.
std::optional<std::string> percent_decode(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out += text[i];
      continue;
    }
    if (i + 2 >= text.size()) return std::nullopt;
    const auto octet = hex_decode(text.substr(i + 1, 2));
    if (!octet) return std::nullopt;
    out += *octet;
    i += 2;
  }
  return out;
}

// The parameter's value if `path` fits `pattern` ("" for a pattern without one); of a `tree` it may
// hold slashes.
std::optional<std::string> fit(std::string_view pattern, bool tree, std::string_view path) {
  const std::size_t open = pattern.find('{');
  if (open == std::string_view::npos)
    return pattern == path ? std::optional<std::string>("") : std::nullopt;
  if (!path.starts_with(pattern.substr(0, open))) return std::nullopt;
  const std::string_view segment = path.substr(open);
  if (segment.empty() || segment.size() > kPathParameterSizeMax ||
      (!tree && segment.find('/') != std::string_view::npos))
    return std::nullopt;
  return percent_decode(segment);
}

bool own_interface(std::string_view path) { return path == "/v1" || path.starts_with("/v1/"); }

net::HttpResponse no_such_path(const net::HttpRequest& request) {
  if (own_interface(request.path))
    return to_response(
        {ProblemKind::not_found, fmt::format("There is no {}.", printable(request.path)), {}, {}});
  return {404, "application/json", R"({"detail":"Not Found"})", {}};
}

net::HttpResponse wrong_method(const net::HttpRequest& request,
                               const std::vector<std::string>& allowed) {
  net::HttpResponse response{405, "application/json", R"({"detail":"Method Not Allowed"})", {}};
  if (own_interface(request.path))
    response = to_response({ProblemKind::method_not_allowed,
                            fmt::format("{} is not allowed here; use {}.",
                                        printable(request.method, 20), fmt::join(allowed, " or ")),
                            {},
                            {}});
  response.headers.emplace_back("Allow", fmt::format("{}", fmt::join(allowed, ", ")));
  return response;
}

}  // namespace

void Router::add(std::string method, std::string pattern, RouteHandler handler) {
  routes_.push_back({std::move(method), std::move(pattern), std::move(handler)});
}

void Router::add_tree(std::string method, std::string pattern, RouteHandler handler) {
  routes_.push_back({std::move(method), std::move(pattern), std::move(handler), true});
}

std::vector<std::string> Router::patterns() const {
  std::vector<std::string> out;
  for (const Route& route : routes_)
    if (std::find(out.begin(), out.end(), route.pattern) == out.end()) out.push_back(route.pattern);
  return out;
}

Router::Match Router::match(const net::HttpRequest& request) const {
  Match found;
  for (const Route& route : routes_) {
    auto parameter = fit(route.pattern, route.tree, request.path);
    if (!parameter) continue;
    found.allowed.push_back(route.method);
    if (found.route == nullptr && route.method == request.method) {
      found.route = &route;
      found.parameter = std::move(*parameter);
    }
  }
  return found;
}

Task<net::HttpResponse> Router::answer(net::HttpRequest request) const {
  const Match found = match(request);
  const std::string trace = traceparent_of(request);
  net::HttpResponse response;
  if (found.route != nullptr)
    response = co_await found.route->handler(std::move(request), found.parameter);
  else if (found.allowed.empty())
    response = no_such_path(request);
  else
    response = wrong_method(request, found.allowed);
  if (!trace.empty()) response.headers.emplace_back("traceparent", trace);
  if (metrics_ != nullptr)
    metrics_->count_request(
        found.route != nullptr ? std::string_view(found.route->pattern) : kUnmatched,
        response.status);
  co_return response;
}

net::HttpHandler Router::handler() const {
  return [this](net::HttpRequest request) { return answer(std::move(request)); };
}

}  // namespace parallax::service
