// SPDX-License-Identifier: Apache-2.0
#include "net/http.h"

namespace parallax::net {

std::optional<std::string_view> HttpRequest::header(std::string_view name) const {
  for (const auto& [header_name, value] : headers)
    if (header_name == name) return value;
  return std::nullopt;
}

}  // namespace parallax::net
