// SPDX-License-Identifier: Apache-2.0
#include "dcv/random_value.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/encoding.h"
#include "dcv/check.h"
#include "dcv/methods/question.h"

namespace parallax::dcv {
namespace {

constexpr std::size_t kDecimalMin = 34;    // log2(10) = 3.32 bits each
constexpr std::size_t kHexMin = 28;        // 4 bits each
constexpr std::size_t kBase32Min = 23;     // 5 bits each
constexpr std::size_t kBase36Min = 22;     // 5.17 bits each
constexpr std::size_t kBase64UrlMin = 19;  // 6 bits each
constexpr const char* kRule = "TLS BR 1.6.1 (Random Value)";

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_hex(char c) { return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }
bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
bool is_control(char c) { return (c >= 0 && c < 0x20) || c == 0x7f; }

std::string_view alphabet_of(std::size_t length_min) {
  if (length_min == kDecimalMin) return "decimal digits";
  if (length_min == kHexMin) return "hex digits";
  if (length_min == kBase32Min) return "base32 characters";
  return length_min == kBase36Min ? "characters without regard to case" : "characters";
}

bool is_base32_digit(char c) { return c >= '2' && c <= '7'; }

// Letters of one case, and digits of the kind given.
bool of_one_case(std::string_view value, bool (*digit)(char)) {
  const auto all = [value, digit](bool (*letter)(char)) {
    return std::all_of(value.begin(), value.end(),
                       [letter, digit](char c) { return digit(c) || letter(c); });
  };
  return all(is_lower) || all(is_upper);
}

}  // namespace

std::size_t random_length_min(std::string_view value, bool case_counts) {
  if (std::all_of(value.begin(), value.end(), is_digit)) return kDecimalMin;
  if (std::all_of(value.begin(), value.end(), is_hex)) return kHexMin;
  if (of_one_case(value, is_base32_digit)) return kBase32Min;
  return of_one_case(value, is_digit) || !case_counts ? kBase36Min : kBase64UrlMin;
}

Status check_random_value(std::string_view value, bool case_counts, const std::string& field) {
  if (value.empty())
    return refuse(ErrorCode::malformed, "the expected value is empty", field, kRule);
  if (value.size() > kChallengeSizeMax)
    return refuse(ErrorCode::malformed,
                  fmt::format("the expected value has {} octets; {} is the most", value.size(),
                              kChallengeSizeMax),
                  field, kRule);
  if (!is_utf8(value) || std::any_of(value.begin(), value.end(), is_control))
    return refuse(ErrorCode::malformed,
                  "the expected value holds control characters, or is not UTF-8", field, kRule);
  const std::size_t length_min = random_length_min(value, case_counts);
  if (value.size() >= length_min) return {};
  return refuse(ErrorCode::forbidden,
                fmt::format("the expected value has {} {}, too few to carry {} bits: use {} or "
                            "more",
                            value.size(), alphabet_of(length_min), kRandomBitsMin, length_min),
                field, kRule);
}

}  // namespace parallax::dcv
