// SPDX-License-Identifier: Apache-2.0
// Decimal numbers of which there is one text each.
#pragma once

#include <charconv>
#include <cstdint>
#include <optional>
#include <string_view>

namespace parallax::evidence {

// Digits without sign, without leading zeros, at most `max`; else nothing.
[[nodiscard]] inline std::optional<std::uint64_t> parse_decimal(std::string_view text,
                                                                std::uint64_t max) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool whole = error == std::errc() && end == text.data() + text.size();
  if (!whole || number > max || (text.size() > 1 && text.front() == '0')) return std::nullopt;
  return number;
}

}  // namespace parallax::evidence
