// SPDX-License-Identifier: Apache-2.0
// A whole evidence file, verified offline: the log, its checkpoints, every record in it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "audit/keys.h"
#include "audit/log_audit.h"
#include "base/result.h"
#include "names/public_suffix.h"

namespace parallax::audit {

// What the auditor brings along; none of it comes from the file.
struct VerifySettings {
  std::string database;
  std::vector<evidence::NoteKey> log_keys;   // never empty
  std::vector<evidence::NoteKey> witnesses;  // each must have cosigned a checkpoint
  std::optional<std::string> older;          // a checkpoint that somebody kept
  // Records whose parts and decisions are looked at; the log is always walked as a whole.
  std::uint64_t first = 0;
  std::uint64_t last = UINT64_MAX;
};

// What held so far.
struct Verified {
  std::string origin;
  std::uint64_t records = 0;  // leaves in the tree
  std::string root;           // 32 octets, of these records
  std::uint64_t checkpoints = 0;
  std::uint64_t covered = 0;           // records under a checkpoint that held
  std::optional<std::uint64_t> older;  // the size of the older checkpoint
  std::vector<Witnessed> witnessed;    // in parallel with the witnesses
  std::uint64_t decisions = 0;         // made anew
  std::uint64_t late = 0;              // late observations
  std::uint64_t observations = 0;      // signatures of perspectives
  std::uint64_t quorums = 0;           // made anew
  std::uint64_t names = 0;             // decisions of names made anew
  std::uint64_t names_by_control_alone = 0;
  std::uint64_t parts = 0;  // openings
  std::uint64_t parts_erased = 0;
  std::uint64_t records_erased = 0;    // with a part that is gone
  std::uint64_t records_left_out = 0;  // observations were left out; they permit nothing
};

// Reads the file from its first record to the last that it has now, one record at a time, and
// fills `verified` on the way. Blocking. Errors: not_found, storage, configuration (the file cannot
// be read); otherwise the first thing that does not hold: untrusted, malformed or unsupported, with
// "perspective", "part" and "record" or "checkpoint" in the context.
[[nodiscard]] Status verify(const VerifySettings& settings, PerspectiveKeys& keys,
                            const names::PublicSuffixList& suffixes, Verified& verified);

}  // namespace parallax::audit
