// SPDX-License-Identifier: Apache-2.0
// Drives the guarded reader over hostile octets. Whatever comes: no limit is exceeded, no body is
// accepted under a framing that two parsers could read differently, nothing in a header can break
// out of it, and how the octets were cut does not change what is accepted.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include "net/impl/message_reader.h"

namespace {

using namespace parallax::net;
using namespace parallax::net::impl;

constexpr MessageLimits kLimits{512, 1024, 2048};

void require(bool holds) {
  if (!holds) std::abort();
}

void check(const Message& message) {
  std::size_t encodings = 0;
  std::size_t lengths = 0;
  std::size_t head_octets = message.method.size() + message.target.size();
  for (const auto& [name, value] : message.headers) {
    head_octets += name.size() + value.size();
    require(!name.empty());
    for (const char c : name + value) require(c != '\r' && c != '\n' && c != '\0');
    for (const char c : name) require(c < 'A' || c > 'Z');
    if (name == "transfer-encoding") {
      ++encodings;
      std::string lower = value;
      std::transform(lower.begin(), lower.end(), lower.begin(),
                     [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
      require(lower == "chunked" && !message.http_1_0);
    }
    if (name == "content-length") {
      ++lengths;
      require(!value.empty() && value.find_first_not_of("0123456789") == std::string::npos);
      const bool bodiless =
          message.status / 100 == 1 || message.status == 204 || message.status == 304;
      if (!bodiless) require(std::stoull(value) == message.body.size());
    }
  }
  require(encodings + lengths <= 1);
  if (encodings + lengths == 0) require(message.body.empty());
  require(message.body.size() <= kLimits.body_bytes_max);
  require(head_octets <= kLimits.header_bytes_max);
}

// Every message accepted from `input`, in pieces of at most `piece` octets, as text.
std::vector<std::string> accepted(MessageKind kind, std::string_view input, std::size_t piece) {
  std::vector<std::string> messages;
  MessageReader reader(kind, kLimits);
  for (;;) {
    const ReadStep step = reader.advance();
    require(reader.consumed() <= kLimits.message_bytes_max || step == ReadStep::refused);
    if (step == ReadStep::refused) {
      require(reader.refusal().status >= 400 && reader.refusal().status < 500);
      return messages;
    }
    if (step == ReadStep::head) continue;
    if (step == ReadStep::complete) {
      const Message message = reader.take();
      check(message);
      std::string text = message.method + " " + message.target + " ";
      text += std::to_string(message.status) + "\n";
      for (const auto& [name, value] : message.headers) text += name + ":" + value + "\n";
      messages.push_back(text + "\n" + message.body);
      continue;
    }
    if (input.empty()) return messages;
    const auto room = reader.prepare();
    require(!room.empty());
    const std::size_t size = std::min({piece, input.size(), room.size()});
    std::memcpy(room.data(), input.data(), size);
    reader.commit(size);
    input.remove_prefix(size);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const MessageKind kind = data[0] % 2 == 0 ? MessageKind::request : MessageKind::response;
  const std::size_t piece = 1 + data[1] % 64;
  const std::string_view input(reinterpret_cast<const char*>(data) + 2, size - 2);
  const auto whole = accepted(kind, input, input.size() + 1);
  require(whole == accepted(kind, input, piece));
  return 0;
}
