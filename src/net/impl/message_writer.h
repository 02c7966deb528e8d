// SPDX-License-Identifier: Apache-2.0
// Messages as octets: head and body in one string, so that they leave in one write and one TLS
// record.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "net/http.h"

namespace parallax::net::impl {

// How the answer is framed, besides what the handler said.
struct ResponseFraming {
  bool close = false;         // say Connection: close
  bool answers_head = false;  // leave the body out, keep its length
  std::string_view date;      // value of the Date header
};

// Appends the response to `out`. Error (out is unchanged): malformed, a header that would break the
// framing; a bug of the handler.
[[nodiscard]] Status write_response(const HttpResponse& response, ResponseFraming framing,
                                    std::string& out);

// Appends the request to `out`. A `host` header of the request wins over `host`. Error (out is
// unchanged): malformed.
[[nodiscard]] Status write_request(const HttpRequest& request, std::string_view host,
                                   std::string& out);

// RFC 9110 s5.6.7, e.g. "Sun, 22 Nov 2026 17:00:00 GMT"; recomputed once a second per thread.
[[nodiscard]] std::string_view http_date();

}  // namespace parallax::net::impl
