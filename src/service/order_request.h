// SPDX-License-Identifier: Apache-2.0
// The body of POST /v1/corroborations, parsed into an order.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "names/public_suffix.h"
#include "orders/order.h"

namespace parallax::service {

// Order ids that begin so are made by the Open MPIC adapter; nobody else may use them.
inline constexpr std::string_view kMpicOrderPrefix = "mpic-";

// True for 1 to kOrderIdSizeMax characters out of [A-Za-z0-9._:-] that leave kMpicOrderPrefix
// alone.
[[nodiscard]] bool valid_order_id(std::string_view id);

// The order that `body` asks for, without client, digest and trace. Strict: unknown members,
// duplicate keys and mistyped values are errors. Equal names (canonical text) and equal issuers
// are collapsed, first come first. `generated_id` stands in where the body gives no id.
// Errors carry "pointer" (RFC 6901) and perhaps "rule": malformed, unsupported, forbidden.
[[nodiscard]] Result<orders::Order> parse_order_request(std::string_view body,
                                                        std::string generated_id,
                                                        const names::PublicSuffixList& suffixes);

// SHA-256 (hex) over the canonical JSON (RFC 8785) of what the order asks and who asks it; the
// order id is left out. Names and issuers count as sets: a repeat that lists them in another order
// is the same request.
[[nodiscard]] std::string request_digest(const orders::Order& order);

}  // namespace parallax::service
