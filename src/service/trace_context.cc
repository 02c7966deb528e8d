// SPDX-License-Identifier: Apache-2.0
#include "service/trace_context.h"

#include <algorithm>

namespace parallax::service {
namespace {

bool lower_hex(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

bool all_zero(std::string_view text) {
  return text.find_first_not_of('0') == std::string_view::npos;
}

// 00-<32 hex trace-id>-<16 hex parent-id>-<2 hex flags>; all-zero ids are invalid.
bool valid(std::string_view text) {
  constexpr std::size_t kSize = 55;
  if (text.size() != kSize || text.substr(0, 3) != "00-") return false;
  if (text[35] != '-' || text[52] != '-') return false;
  const auto trace_id = text.substr(3, 32);
  const auto parent_id = text.substr(36, 16);
  return lower_hex(trace_id) && lower_hex(parent_id) && lower_hex(text.substr(53, 2)) &&
         !all_zero(trace_id) && !all_zero(parent_id);
}

}  // namespace

std::string traceparent_of(const net::HttpRequest& request) {
  const auto header = request.header("traceparent");
  return header && valid(*header) ? std::string(*header) : std::string();
}

}  // namespace parallax::service
