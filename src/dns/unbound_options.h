// SPDX-License-Identifier: Apache-2.0
// How libunbound is configured, as data: also what a benchmark of bare libunbound needs to ask the
// same way.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "dns/settings.h"

namespace parallax::dns {

// Option names with trailing colon, as ub_ctx_set_option takes them, and values, in order.
[[nodiscard]] std::vector<std::pair<std::string, std::string>> unbound_options(
    const ResolverSettings& settings);

}  // namespace parallax::dns
