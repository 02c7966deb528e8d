// SPDX-License-Identifier: Apache-2.0
// What a serving process sees to before it opens anything.
#pragma once

#include <cstddef>

#include "base/result.h"
#include "base/time.h"

namespace parallax::cli {

// Descriptors beyond this are not asked for: some systems call a billion their hard limit.
inline constexpr std::size_t kDescriptorsMax = 1'048'576;
// Below it a serving process warns: a worker's two resolvers and its connections share them.
inline constexpr std::size_t kDescriptorsEnough = 8'192;

// Raises the soft limit on open descriptors to the hard one, at most kDescriptorsMax, and returns
// what is in force then. A resolver takes a socket per query under way, and sizes itself by the
// limit it finds: call this first.
std::size_t raise_descriptor_limit();

// A clock from before 2026 was never set. By it the rules of a day long gone would apply, some of
// them laxer than today's, and expired signatures would be valid. Error: configuration.
[[nodiscard]] Status check_clock(Instant now);

// Both, with a warning where descriptors are few. Error: configuration.
[[nodiscard]] Status prepare_process();

}  // namespace parallax::cli
