// SPDX-License-Identifier: Apache-2.0
// ASCII as the CAA grammars mean it (RFC 5234 appendix B.1), independent of any locale.
#pragma once

#include <algorithm>
#include <string_view>

namespace parallax::caa {

[[nodiscard]] inline bool is_digit(char c) { return c >= '0' && c <= '9'; }
[[nodiscard]] inline bool is_alphanumeric(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
[[nodiscard]] inline bool is_wsp(char c) { return c == ' ' || c == '\t'; }
[[nodiscard]] inline char to_lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

[[nodiscard]] inline bool equal_ignoring_case(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return to_lower(x) == to_lower(y); });
}

// A property tag: 1 to 255 letters and digits (RFC 8659 s4.1).
[[nodiscard]] inline bool is_property_tag(std::string_view tag) {
  return !tag.empty() && tag.size() <= 255 && std::all_of(tag.begin(), tag.end(), is_alphanumeric);
}

}  // namespace parallax::caa
