// SPDX-License-Identifier: Apache-2.0
// An evidence file read in the order of its log, whatever is in it: unlike evidence::RecordRows,
// nothing is refused here that the audit has to name.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "audit/stored.h"
#include "base/result.h"
#include "evidence/sqlite.h"

namespace parallax::audit {

// Rows of a page: between two pages nothing pins the write-ahead log of a coordinator that writes.
inline constexpr std::uint64_t kPageRows = 1000;

struct StoredCheckpoint {
  std::uint64_t size = 0;
  std::string note;
};

// How far a log goes at one moment.
struct LogEnd {
  std::uint64_t records = 0;
  std::uint64_t covered = 0;  // by the newest checkpoint
  std::string newest;         // the time of the last record, as stored
};

// Not thread safe; the database outlives it. Every call's error: storage.
class Rows {
 public:
  [[nodiscard]] static Result<Rows> over(evidence::Database& database);

  [[nodiscard]] Result<LogEnd> end();
  // The next record below `end`, by ascending index; none at the end. See read_opening()
  // for names and parts.
  [[nodiscard]] Result<std::optional<StoredRow>> next(std::uint64_t end);
  // Adds names and parts. Error: untrusted too (a salt that is no hex).
  [[nodiscard]] Status read_opening(StoredRow& row);
  // The decision of an order, with its parts.
  [[nodiscard]] Result<std::optional<StoredRow>> decision(std::string_view client,
                                                          std::string_view order_id);
  // The first checkpoint over more than `size` records; none if there is none.
  [[nodiscard]] Result<std::optional<StoredCheckpoint>> checkpoint_after(std::uint64_t size);
  // A stored hash of a tile level, hex; none if it is not there.
  [[nodiscard]] Result<std::optional<std::string>> tile_root(unsigned level, std::uint64_t index);

 private:
  struct Statements {
    evidence::Statement end;
    evidence::Statement page;
    evidence::Statement names;
    evidence::Statement parts;
    evidence::Statement decision;
    evidence::Statement checkpoint;
    evidence::Statement tile_root;
  };
  explicit Rows(Statements statements) : statements_(std::move(statements)) {}
  [[nodiscard]] Result<bool> step_page(std::uint64_t end);

  Statements statements_;
  std::uint64_t next_ = 0;      // the smallest index that may come
  std::uint64_t page_end_ = 0;  // of the page under way; 0: none is
};

}  // namespace parallax::audit
