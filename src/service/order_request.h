// SPDX-License-Identifier: Apache-2.0
// The body of POST /v1/corroborations, parsed into an order.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "names/public_suffix.h"
#include "orders/order.h"
#include "service/control_request.h"

namespace parallax::service {

// Order ids that begin so are made by the Open MPIC adapter; nobody else may use them.
inline constexpr std::string_view kMpicOrderPrefix = "mpic-";

// True for 1 to kOrderIdSizeMax characters out of [A-Za-z0-9._:-] that leave kMpicOrderPrefix
// alone.
[[nodiscard]] bool valid_order_id(std::string_view id);

// Where a name of the order stands in the body.
struct NamePlace {
  std::size_t index = 0;                  // in `names`
  std::optional<ControlMethods> methods;  // none where control is not asked for
};

struct OrderRequest {
  orders::Order order;
  std::vector<NamePlace> places;  // in parallel with order.names
};

// The order that `body` asks for, without client, digest and trace. Strict: unknown members,
// duplicate keys and mistyped values are errors. Equal names (canonical text) and equal issuers
// are collapsed, first come first; one name cannot be asked with two ways of showing control.
// `generated_id` stands in where the body gives no id. Errors carry "pointer" (RFC 6901) and
// perhaps "rule": malformed, unsupported, forbidden.
[[nodiscard]] Result<OrderRequest> parse_order_request(std::string_view body,
                                                       std::string generated_id,
                                                       const names::PublicSuffixList& suffixes);

// An error of planning the order, with the "pointer" that its "name" (index into order.names) and
// "field" come to.
[[nodiscard]] Error located(Error error, const std::vector<NamePlace>& places);

// Every issuer domain name the order speaks in: its own and those of persistent records.
[[nodiscard]] std::vector<names::DomainName> issuers_named(const orders::Order& order);

// SHA-256 (hex) over the canonical JSON (RFC 8785) of what the order asks and who asks it; the
// order id is left out. Names (each with its control) and issuers count as sets: a repeat that
// lists them in another order is the same request.
[[nodiscard]] std::string request_digest(const orders::Order& order);

}  // namespace parallax::service
