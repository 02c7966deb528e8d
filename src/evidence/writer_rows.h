// SPDX-License-Identifier: Apache-2.0
// The rows that writing an evidence file adds, inside the caller's transaction.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/time.h"
#include "evidence/record.h"
#include "evidence/sqlite.h"

namespace parallax::evidence {

// Not thread safe; the database outlives it. Every error is storage.
class WriterRows {
 public:
  [[nodiscard]] static Result<WriterRows> over(Database& database);

  [[nodiscard]] Result<bool> is_decided(const PreparedRecord& record);
  // The latest time of a record; none in an empty log.
  [[nodiscard]] Result<std::optional<Instant>> latest();
  [[nodiscard]] Status insert_origin(std::string_view origin);
  [[nodiscard]] Status insert(const PreparedRecord& record, std::uint64_t index,
                              std::string_view answer);
  // `completed` as Frontier::append() returns it for the leaf at `index`: the roots of tiles among
  // them are kept.
  [[nodiscard]] Status insert_tile_roots(std::uint64_t index,
                                         std::span<const std::string> completed);
  [[nodiscard]] Status insert_checkpoint(std::uint64_t size, std::string_view note);

 private:
  struct Statements {
    Statement decided;
    Statement latest;
    Statement origin;
    Statement record;
    Statement answer;
    Statement name;
    Statement part;
    Statement tile_root;
    Statement checkpoint;
  };
  explicit WriterRows(Statements statements) : statements_(std::move(statements)) {}
  Statements statements_;
};

}  // namespace parallax::evidence
