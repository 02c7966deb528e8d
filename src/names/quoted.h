// SPDX-License-Identifier: Apache-2.0
// Foreign text inside a sentence meant for people.
#pragma once

#include <string>
#include <string_view>

namespace parallax::names {

// `text` in double quotes, cut after 80 octets. Letters, marks, numbers, punctuation and symbols
// of any script stand as they are; controls, format characters (which could reverse the line they
// are shown in) and broken UTF-8 are written as escapes.
[[nodiscard]] std::string quoted(std::string_view text);

}  // namespace parallax::names
