// SPDX-License-Identifier: Apache-2.0
#include "caa/property.h"

#include <algorithm>

#include <fmt/format.h>

#include "caa/ascii.h"

namespace parallax::caa {
namespace {

constexpr std::size_t kRdataHeaderSize = 2;  // flags and tag length (RFC 8659 s4.1)
constexpr std::size_t kEscapeDigits = 3;     // RFC 1035 s5.1: \DDD

bool is_plain(char c) { return c >= 0x20 && c < 0x7f && c != '"' && c != '\\'; }

}  // namespace

bool Property::has_tag(std::string_view name) const { return equal_ignoring_case(tag, name); }

Result<Property> parse_rdata(std::string_view rdata) {
  if (rdata.size() < kRdataHeaderSize)
    return fail(ErrorCode::malformed, "a CAA record is shorter than its two fixed octets");
  const auto tag_size = static_cast<std::size_t>(static_cast<unsigned char>(rdata[1]));
  if (tag_size == 0) return fail(ErrorCode::malformed, "a CAA record has an empty tag");
  if (tag_size > rdata.size() - kRdataHeaderSize)
    return fail(ErrorCode::malformed, "the tag of a CAA record ends beyond the record");
  const auto tag = rdata.substr(kRdataHeaderSize, tag_size);
  if (!is_property_tag(tag))
    return fail(ErrorCode::malformed,
                "the tag of a CAA record holds an octet other than a letter or a digit");
  return Property{static_cast<std::uint8_t>(rdata[0]), std::string(tag),
                  std::string(rdata.substr(kRdataHeaderSize + tag_size))};
}

std::string to_text(const Property& property) {
  return fmt::format("{} {} \"{}\"", property.flags, property.tag, escape_value(property.value));
}

std::string escape_value(std::string_view octets) {
  std::string text;
  text.reserve(octets.size());
  for (const char c : octets) {
    if (is_plain(c))
      text += c;
    else if (c == '"' || c == '\\')
      text.append({'\\', c});
    else
      text += fmt::format("\\{:03}", static_cast<unsigned char>(c));
  }
  return text;
}

Result<std::string> unescape_value(std::string_view text) {
  const auto bad = [] {
    return fail(ErrorCode::malformed, "not the escaped text of a CAA value (RFC 1035 section 5.1)");
  };
  std::string octets;
  octets.reserve(text.size());
  while (!text.empty()) {
    if (is_plain(text[0])) {
      octets += text[0];
      text.remove_prefix(1);
      continue;
    }
    if (text[0] != '\\' || text.size() < 2) return bad();
    if (text[1] == '"' || text[1] == '\\') {
      octets += text[1];
      text.remove_prefix(2);
      continue;
    }
    if (text.size() < 1 + kEscapeDigits) return bad();
    const auto digits = text.substr(1, kEscapeDigits);
    if (!std::all_of(digits.begin(), digits.end(), is_digit)) return bad();
    const int number = (digits[0] - '0') * 100 + (digits[1] - '0') * 10 + (digits[2] - '0');
    if (number > 255) return bad();
    const char octet = static_cast<char>(number);
    // One text per value, so that two texts never mean the same record.
    if (is_plain(octet) || octet == '"' || octet == '\\') return bad();
    octets += octet;
    text.remove_prefix(1 + kEscapeDigits);
  }
  return octets;
}

}  // namespace parallax::caa
