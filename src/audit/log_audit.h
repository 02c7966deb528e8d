// SPDX-License-Identifier: Apache-2.0
// A log walked from its first leaf to its last, and the checkpoints on the way: the tree is made
// anew from the leaves, so that checkpoints that hold are consistent with one another. Pure; holds
// a logarithm of the log.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/merkle_log.h"
#include "base/result.h"
#include "base/time.h"
#include "evidence/checkpoint.h"
#include "evidence/signed_note.h"

namespace parallax::audit {

// The newest checkpoint that a witness cosigned, as far as the walk has come.
struct Witnessed {
  std::string name;
  std::uint64_t size = 0;
  std::optional<Instant> at;  // none: it cosigned nothing yet
};

class LogAudit {
 public:
  LogAudit(std::vector<evidence::NoteKey> log_keys, std::vector<evidence::NoteKey> witnesses);

  // Takes the next leaf by its hash, and returns the perfect subtrees that it completes (see
  // merkle::Frontier). Error: untrusted (a time more than kClockSlack before one before it).
  [[nodiscard]] Result<std::vector<std::string>> append(std::string leaf_hash, Instant recorded);

  // A checkpoint over the leaves taken so far. Errors: untrusted (a signature, another log, size or
  // root), malformed.
  [[nodiscard]] Status check(std::string_view note);

  // The log that checkpoints were of; empty before the first.
  [[nodiscard]] const std::string& origin() const { return origin_; }
  [[nodiscard]] std::uint64_t size() const { return frontier_.size(); }
  [[nodiscard]] std::string root() const { return frontier_.root(); }
  // The size of the newest checkpoint that held; 0 before the first.
  [[nodiscard]] std::uint64_t covered() const { return covered_; }
  [[nodiscard]] const std::vector<Witnessed>& witnessed() const { return witnessed_; }

 private:
  std::vector<evidence::NoteKey> log_keys_;
  std::vector<evidence::NoteKey> witnesses_;
  merkle::Frontier frontier_;
  std::optional<Instant> latest_;
  std::string origin_;
  std::uint64_t covered_ = 0;
  std::vector<Witnessed> witnessed_;
};

}  // namespace parallax::audit
