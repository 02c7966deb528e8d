// SPDX-License-Identifier: Apache-2.0
// The `control` member of a name's answer (schema `Control` in docs/openapi.json): ADN, derivation,
// what each perspective saw, agreement, quorum, reuse limit.
#pragma once

#include <cstddef>

#include <boost/json/value.hpp>

#include "orders/order.h"

namespace parallax::service {

// Octets of an HTTP body that an answer shows; the record holds what was observed of it.
inline constexpr std::size_t kBodyShownMax = 512;

// Null where control was not asked for.
[[nodiscard]] boost::json::value control_answer(
    const std::optional<orders::ControlDecision>& decision);

}  // namespace parallax::service
