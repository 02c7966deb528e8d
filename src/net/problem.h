// SPDX-License-Identifier: Apache-2.0
// Error answers as problem details (RFC 9457).
#pragma once

#include <string>

#include "net/http.h"

namespace parallax::net {

// application/problem+json with type "about:blank", the status's own title, and `detail` for
// humans. `detail` is UTF-8; anything else in it is written as printable ASCII.
[[nodiscard]] HttpResponse problem(unsigned status, std::string detail);

// The reason phrase of a status code (RFC 9110 s15), "Unknown Status" if it has none.
[[nodiscard]] std::string status_title(unsigned status);

}  // namespace parallax::net
