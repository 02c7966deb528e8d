// SPDX-License-Identifier: Apache-2.0
#include "base/result.h"

namespace parallax {

std::string_view to_string(ErrorCode code) noexcept {
  switch (code) {
    case ErrorCode::malformed: return "malformed";
    case ErrorCode::unsupported: return "unsupported";
    case ErrorCode::forbidden: return "forbidden";
    case ErrorCode::not_found: return "not-found";
    case ErrorCode::conflict: return "conflict";
    case ErrorCode::unauthorized: return "unauthorized";
    case ErrorCode::timed_out: return "timed-out";
    case ErrorCode::unreachable: return "unreachable";
    case ErrorCode::overloaded: return "overloaded";
    case ErrorCode::untrusted: return "untrusted";
    case ErrorCode::storage: return "storage";
    case ErrorCode::configuration: return "configuration";
    case ErrorCode::internal: return "internal";
  }
  return "internal";
}

Error Error::with(std::string name, std::string value) && {
  context.emplace_back(std::move(name), std::move(value));
  return std::move(*this);
}

std::string describe(const Error& error) {
  std::string text = error.message;
  if (error.context.empty()) return text;
  text += " (";
  for (const auto& [name, value] : error.context) {
    if (text.back() != '(') text += ", ";
    text.append(name).append("=").append(value);
  }
  return text + ")";
}

}  // namespace parallax
