// SPDX-License-Identifier: Apache-2.0
// Path and method to handler: a handful of routes, no sockets.
#pragma once

#include <array>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "net/http.h"

namespace parallax::service {

class Metrics;

// Every pattern that some part of the service installs; metrics know no other.
inline constexpr std::array<std::string_view, 12> kRoutePatterns = {"/v1/corroborations",
                                                                    "/v1/corroborations/{id}",
                                                                    "/mpic",
                                                                    "/caa",
                                                                    "/dcv",
                                                                    "/healthz",
                                                                    "/configz",
                                                                    "/metrics",
                                                                    "/openapi.json",
                                                                    "/log/checkpoint",
                                                                    "/log/tile/{tile}",
                                                                   "/.well-known/jwks.json"};

// Answers a request; the second argument is the decoded path parameter, empty without one.
using RouteHandler = std::function<Task<net::HttpResponse>(net::HttpRequest, std::string)>;

// Routes are added while the service is put together, then only read: after that, thread safe.
// Must outlive the handler it hands out and every request in it.
class Router {
 public:
  // `metrics` may be null; it outlives the router.
  explicit Router(Metrics* metrics = nullptr) : metrics_(metrics) {}

  // `pattern` is a path; its last segment may be `{name}`, which takes one segment of 1 to
  // kPathParameterSizeMax octets, percent-decoded (RFC 3986 s2.1).
  void add(std::string method, std::string pattern, RouteHandler handler);
  // As add(), but the last segment takes all that follows, slashes included.
  void add_tree(std::string method, std::string pattern, RouteHandler handler);

  // Answers through the matching route. None: 404; only another method: 405 with Allow. Paths
  // under /v1 get problem details, others the `{"detail": ...}` bodies Open MPIC's clients know.
  // A valid traceparent is sent back. Counts the request under its pattern.
  [[nodiscard]] Task<net::HttpResponse> answer(net::HttpRequest request) const;

  // For net::HttpServer; refers to this router.
  [[nodiscard]] net::HttpHandler handler() const;

  [[nodiscard]] std::vector<std::string> patterns() const;  // distinct

 private:
  struct Route {
    std::string method;
    std::string pattern;
    RouteHandler handler;
    bool tree = false;
  };
  struct Match {
    const Route* route = nullptr;  // none: `allowed` says whether the path exists
    std::string parameter;
    std::vector<std::string> allowed;  // methods of the routes with this path
  };
  [[nodiscard]] Match match(const net::HttpRequest& request) const;

  std::vector<Route> routes_;
  Metrics* metrics_;
};

inline constexpr std::size_t kPathParameterSizeMax = 384;

}  // namespace parallax::service
