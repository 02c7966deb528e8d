// SPDX-License-Identifier: Apache-2.0
// Problem details for HTTP APIs (RFC 9457): the error answers of the /v1 interface.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "base/result.h"
#include "net/http.h"

namespace parallax::service {

// Every kind of problem the interface answers with. The last part of the `type` URN is the text
// form of this; clients branch on it, people read `detail`.
enum class ProblemKind {
  malformed_request,       // 400: the body does not follow the documented form
  name_not_certifiable,    // 400: a rule forbids the name itself; `rule` says which
  not_applicable,          // 400: well formed, but CAA does not exist for it
  control_refused,         // 400: control cannot be shown this way; `rule` says by which rule
  unauthorized,            // 401
  issuer_not_bound,        // 403
  not_found,               // 404
  method_not_allowed,      // 405
  order_conflict,          // 409
  body_too_large,          // 413
  unsupported_media_type,  // 415
  overloaded,              // 503 with Retry-After
  storage_unavailable,     // 503 with Retry-After
  internal_error,          // 500
};

struct Problem {
  ProblemKind kind = ProblemKind::internal_error;
  std::string detail;                  // one sentence about this occurrence
  std::optional<std::string> pointer;  // JSON pointer (RFC 6901) into the request body
  std::optional<std::string> rule;     // e.g. "TLS BR 4.2.2"
};

[[nodiscard]] unsigned status_of(ProblemKind kind);

// The kind for an error in a request body: malformed, forbidden and unsupported have their own (the
// latter two another if the error's "field" is part of how control is shown), everything else is
// an internal error. Pointer and rule come from the error's context.
[[nodiscard]] Problem problem_with_request(const Error& error);

// The kind for an error of the order desk or of authentication.
[[nodiscard]] Problem problem_with_service(const Error& error);

// application/problem+json, with Retry-After and WWW-Authenticate where they belong.
[[nodiscard]] net::HttpResponse to_response(const Problem& problem);

// The same status and headers with the body that Open MPIC's clients know: {"detail": ...}.
[[nodiscard]] net::HttpResponse to_detail_response(const Problem& problem);

// For errors that net::HttpServer makes itself, before any path is looked at: what has a kind here
// is told as that kind, the rest stays "about:blank".
[[nodiscard]] net::HttpResponse server_problem(unsigned status, std::string detail);

}  // namespace parallax::service
