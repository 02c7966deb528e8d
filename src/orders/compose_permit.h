// SPDX-License-Identifier: Apache-2.0
// From a decision to the permit that goes with it. Pure.
#pragma once

#include <optional>
#include <string>

#include "orders/order.h"
#include "permit/permit.h"

namespace parallax::orders {

// What a coordinator makes permits with.
struct PermitTerms {
  SigningKey key;
  std::string log;  // origin of the evidence log
};

// The permit of a decision that permits its whole order, with its place in the log; nullopt for
// every other decision, and where nothing but control was asked for. `rules` is the digest of the
// rules it was decided under (rules::digest).
[[nodiscard]] std::optional<permit::Permit> compose_permit(const Order& order,
                                                           const Decision& decision,
                                                           const std::string& log,
                                                           const std::string& rules);

}  // namespace parallax::orders
