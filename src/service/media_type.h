// SPDX-License-Identifier: Apache-2.0
// What a request body must look like from outside before anybody parses it.
#pragma once

#include <optional>

#include "net/http.h"
#include "service/problem.h"

namespace parallax::service {

// The problem with the body's wrapping, if there is one: another Content-Type than
// application/json (RFC 9110 s8.3; parameters are ignored, RFC 8259 s11 defines none), any
// Content-Encoding but identity, or more than kOrderBodySizeMax octets.
[[nodiscard]] std::optional<Problem> problem_with_wrapping(const net::HttpRequest& request);

}  // namespace parallax::service
