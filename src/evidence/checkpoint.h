// SPDX-License-Identifier: Apache-2.0
// A log's signed word on its size and root (C2SP tlog-checkpoint).
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "evidence/signed_note.h"

namespace parallax::evidence {

// Sizes beyond this are refused: SQL databases count to 2^63 - 1.
inline constexpr std::uint64_t kTreeSizeMax = INT64_MAX;

struct Checkpoint {
  std::string origin;  // names the log
  std::uint64_t size = 0;
  std::string root;  // 32 octets

  friend bool operator==(const Checkpoint&, const Checkpoint&) = default;
};

// The note's text: three lines, no extension lines. Requires an origin that NoteKey accepts as
// name.
[[nodiscard]] std::string format_checkpoint(const Checkpoint& checkpoint);
// Extension lines are allowed and ignored. Error: malformed.
[[nodiscard]] Result<Checkpoint> parse_checkpoint(std::string_view text);

// A checkpoint that the log signed, and who witnessed it.
struct OpenedCheckpoint {
  Checkpoint checkpoint;
  std::vector<VerifiedSignature> witnesses;  // positions in the witnesses given
};

// Parses the note, and verifies the log's signature and those of the witnesses that signed; how
// many there must be is the caller's policy. Errors: malformed, untrusted (not signed by any of
// `log_keys`, an origin that is not the signing key's name, a signature that does not hold).
[[nodiscard]] Result<OpenedCheckpoint> open_checkpoint(std::string_view note,
                                                       std::span<const NoteKey> log_keys,
                                                       std::span<const NoteKey> witnesses);

}  // namespace parallax::evidence
