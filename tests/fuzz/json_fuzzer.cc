// SPDX-License-Identifier: Apache-2.0
// Invariant: a document that parses and has a canonical form parses from it to an equal value,
// whose canonical form is the same text.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "base/canonical_json.h"
#include "base/encoding.h"
#include "base/json.h"

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto value = parallax::parse_json(text);
  if (!value) {
    require(parallax::is_utf8(value.error().message));
    return 0;
  }
  const auto canonical = parallax::canonical_json(*value);
  if (!canonical) return 0;
  require(parallax::is_utf8(*canonical));
  const auto again = parallax::parse_json(*canonical);
  require(again.has_value() && *again == *value);
  const auto twice = parallax::canonical_json(*again);
  require(twice.has_value() && *twice == *canonical);
  return 0;
}
