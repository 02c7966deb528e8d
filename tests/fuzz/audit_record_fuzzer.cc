// SPDX-License-Identifier: Apache-2.0
// A record's body from a file that anybody may have written: it is refused or judged, and what is
// judged without a key to trust never holds more than its own shape.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "audit/decision.h"
#include "audit/stored.h"
#include "base/json.h"
#include "evidence/record.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace parallax;
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  static const auto suffixes =
      names::PublicSuffixList::load(names::kDefaultPublicSuffixFile).value();
  static_cast<void>(audit::PerspectiveKeys::parse(input));
  audit::StoredRow row;
  row.leaf = input;
  row.leaf_hash = evidence::leaf_hash(row.leaf);
  static_cast<void>(audit::audit_leaf(row));
  const auto body = parse_json(input);
  if (!body) return 0;
  audit::PerspectiveKeys keys;
  if (const auto decision = audit::read_decision(*body)) {
    const auto held = audit::audit_decision(*decision, keys, suffixes);
    if (held && held->observations > 0) std::abort();
  }
  if (const auto late = audit::read_late(*body)) {
    const auto held = audit::audit_late(*late, nullptr, keys);
    if (held && held->observations > 0) std::abort();
  }
  return 0;
}
