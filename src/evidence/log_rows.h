// SPDX-License-Identifier: Apache-2.0
// The log in an evidence file: hashes, leaves and checkpoints by position.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/merkle_log.h"
#include "base/result.h"
#include "evidence/sqlite.h"

namespace parallax::evidence {

// Not thread safe; the database outlives it.
class LogRows {
 public:
  // Error: storage.
  [[nodiscard]] static Result<LogRows> over(Database& database);

  // Leaves in the log. Error: storage.
  [[nodiscard]] Result<std::uint64_t> size();
  // As TileHashes. Error: storage.
  [[nodiscard]] Result<std::vector<std::string>> hashes(unsigned level, std::uint64_t first,
                                                        std::uint64_t count);
  // hashes() as a tree; valid as long as this object stays where it is.
  [[nodiscard]] merkle::PerfectTree tree();
  // `count` leaves from `first` on. Error: storage, also if they are not all there.
  [[nodiscard]] Result<std::vector<std::string>> leaves(std::uint64_t first, std::uint64_t count);
  // The newest checkpoint's note; none in an empty log. Error: storage.
  [[nodiscard]] Result<std::optional<std::string>> checkpoint();
  // The name the log was made with; none before the first record. Error: storage.
  [[nodiscard]] Result<std::optional<std::string>> origin();

 private:
  struct Statements {
    Statement size;
    Statement leaf_hashes;
    Statement tile_roots;
    Statement leaves;
    Statement checkpoint;
    Statement origin;
  };
  explicit LogRows(Statements statements) : statements_(std::move(statements)) {}
  Statements statements_;
};

}  // namespace parallax::evidence
