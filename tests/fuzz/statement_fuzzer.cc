// SPDX-License-Identifier: Apache-2.0
// What perspectives and coordinators send each other, from a stranger: whatever decodes is encoded
// back to what decodes the same, and no stranger's statement holds under our key.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "base/json.h"
#include "observe/statement.h"

namespace {

using namespace parallax;
using namespace parallax::observe;

void require(bool condition) {
  if (!condition) std::abort();
}

void try_statement(std::string_view text) {
  const auto observation = read_statement(text);
  if (!observation) return;
  const auto written = write_statement(*observation, true);
  // Strings from parsed JSON are UTF-8, so it can be written again.
  require(written.has_value());
  const auto again = read_statement(*written);
  require(again.has_value());
  require(write_statement(*again, true).value() == *written);
}

void try_signed(const json::value& value) {
  const auto statement = signed_statement_from_json(value, "");
  if (!statement) return;
  const auto again = signed_statement_from_json(to_json(*statement), "");
  require(again && *again == *statement);
  static StatementVerifier verifier(SigningKey::generate().verifying_key());
  require(!verifier.holds(*statement));
}

void try_request(const json::value& value) {
  const auto request = request_from_json(value, "");
  if (!request) return;
  const json::value encoded = to_json(*request);
  const auto again = request_from_json(encoded, "");
  require(again && to_json(*again) == encoded);
  require(again->check == request->check && digest(again->check) == digest(request->check));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  try_statement(text);
  const auto value = parse_json(text);
  if (!value) return 0;
  try_signed(*value);
  try_request(*value);
  return 0;
}
