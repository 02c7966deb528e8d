// SPDX-License-Identifier: Apache-2.0
// Drives the reader as the guarded client does, over the octets of a hostile server that then
// closes. Whatever comes: no bound is exceeded, a body is marked if and only if it was cut, and how
// the octets were cut into pieces changes nothing.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>

#include "net/impl/message_reader.h"

namespace {

using namespace parallax::net::impl;

constexpr MessageLimits kLimits{512, 64, 4096, true};
constexpr int kInterimMax = 8;

void require(bool holds) {
  if (!holds) std::abort();
}

// The final response as text, or "" if there is none.
std::string response(std::string_view input, std::size_t piece) {
  MessageReader reader(MessageKind::response, kLimits);
  for (int interim = 0; interim < kInterimMax;) {
    ReadStep step = reader.advance();
    if (step == ReadStep::need_more && !input.empty()) {
      const auto room = reader.prepare();
      require(!room.empty());
      const std::size_t size = std::min({piece, input.size(), room.size()});
      std::memcpy(room.data(), input.data(), size);
      reader.commit(size);
      input.remove_prefix(size);
      continue;
    }
    if (step == ReadStep::need_more) step = reader.end_of_input();
    if (step == ReadStep::refused) {
      require(!reader.refusal().detail.empty());
      return "";
    }
    require(step == ReadStep::head || step == ReadStep::complete);
    require(reader.consumed() <= kLimits.message_bytes_max);
    if (step == ReadStep::head) {
      require(reader.head().status >= 200 && reader.head().body.empty());
      continue;
    }
    const Message message = reader.take();
    require(message.body.size() <= kLimits.body_bytes_max);
    if (message.body_truncated) require(message.body.size() == kLimits.body_bytes_max);
    if (message.status < 200) {
      ++interim;
      continue;
    }
    std::string text = std::to_string(message.status) + (message.body_truncated ? "+" : "-");
    for (const auto& [name, value] : message.headers) text += name + ":" + value + "\n";
    return text + "\n" + message.body;
  }
  return "";
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 1) return 0;
  const std::size_t piece = 1 + data[0] % 64;
  const std::string_view input(reinterpret_cast<const char*>(data) + 1, size - 1);
  require(response(input, input.size() + 1) == response(input, piece));
  return 0;
}
