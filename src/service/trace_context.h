// SPDX-License-Identifier: Apache-2.0
// W3C Trace Context (Recommendation of 23 November 2021): the `traceparent` header, carried
// through logs and records and sent back, so that a caller finds its order again.
#pragma once

#include <string>

#include "net/http.h"

namespace parallax::service {

// The request's traceparent if it is a valid one of version 00 (s3.2), else empty: an invalid one
// is ignored (s4.3), never an error.
[[nodiscard]] std::string traceparent_of(const net::HttpRequest& request);

}  // namespace parallax::service
