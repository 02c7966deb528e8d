// SPDX-License-Identifier: Apache-2.0
// Whether a value is long enough to be a Random Value (TLS BR 1.6.1: 112 bits of entropy or more).
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/result.h"

namespace parallax::dcv {

inline constexpr unsigned kRandomBitsMin = 112;

// The least length at which text in the alphabet of `value` can carry 112 bits: 34 decimal digits,
// 28 hex digits, 23 of base32 (RFC 4648, one case), 22 letters of one case and digits, 19
// characters of base64url or of anything richer. Where case does not count, nothing is richer
// than 22. A value is in the smallest alphabet that holds it: one of base64url with 19 to 22
// characters looks like a smaller one by chance once in 28,000 times or less, and is refused then;
// longer ones never. Only length is judged: nobody can see entropy.
[[nodiscard]] std::size_t random_length_min(std::string_view value, bool case_counts = true);

// A Random Value or a Request Token, which is longer by nature: not empty, at most
// kChallengeSizeMax octets of UTF-8 without controls, and long enough. Errors: malformed (not a
// value at all), forbidden (too short), with `field` and the rule.
[[nodiscard]] Status check_random_value(std::string_view value, bool case_counts,
                                        const std::string& field);

}  // namespace parallax::dcv
