// SPDX-License-Identifier: Apache-2.0
#include "names/quoted.h"

#include <fmt/format.h>
#include <unictype.h>
#include <unistr.h>

#include "base/encoding.h"

namespace parallax::names {
namespace {

constexpr std::size_t kQuotedSizeMax = 80;

bool harmless(ucs4_t code_point) {
  constexpr std::uint32_t kVisible = UC_CATEGORY_MASK_L | UC_CATEGORY_MASK_M | UC_CATEGORY_MASK_N |
                                     UC_CATEGORY_MASK_P | UC_CATEGORY_MASK_S;
  return code_point == ' ' || uc_is_general_category_withtable(code_point, kVisible);
}

}  // namespace

std::string quoted(std::string_view text) {
  if (!is_utf8(text)) return "\"" + printable(text, kQuotedSizeMax) + "\"";
  std::string out = "\"";
  const auto* at = reinterpret_cast<const std::uint8_t*>(text.data());
  std::size_t left = text.size();
  while (left > 0) {
    ucs4_t code_point = 0;
    const auto size = static_cast<std::size_t>(u8_mbtouc(&code_point, at, left));
    if (text.size() - left + size > kQuotedSizeMax) return out + "...\"";
    if (harmless(code_point))
      out.append(reinterpret_cast<const char*>(at), size);
    else
      fmt::format_to(std::back_inserter(out), "\\u{{{:04x}}}", code_point);
    at += size;
    left -= size;
  }
  return out + "\"";
}

}  // namespace parallax::names
