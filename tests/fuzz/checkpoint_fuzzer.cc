// SPDX-License-Identifier: Apache-2.0
// A checkpoint and a tile's path from outside: what is read is written back as it was.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "evidence/checkpoint.h"
#include "evidence/tile.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace parallax::evidence;
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  if (const auto note = parse_note(input)) {
    if (format_note(*note) != input) std::abort();
    const auto checkpoint = parse_checkpoint(note->text);
    if (checkpoint && !note->text.starts_with(format_checkpoint(*checkpoint))) std::abort();
  }
  if (const auto tile = parse_tile(input))
    if (format_tile(*tile) != input) std::abort();
  static_cast<void>(NoteKey::parse(input));
  return 0;
}
