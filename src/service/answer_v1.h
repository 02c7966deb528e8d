// SPDX-License-Identifier: Apache-2.0
// A decision as the /v1 interface tells it (schema `Corroboration` in docs/openapi.json).
#pragma once

#include <string>

#include "orders/order.h"

namespace parallax::service {

// The JSON text of the answer. Times are RFC 3339 with nanoseconds; DNS octets that are no text
// are escaped as in zone files, so that the result is always UTF-8.
[[nodiscard]] std::string write_v1_answer(const orders::Decision& decision);

}  // namespace parallax::service
