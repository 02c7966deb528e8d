// SPDX-License-Identifier: Apache-2.0
// Rows of an evidence file as records. Data is checked again on its way out.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/result.h"
#include "evidence/sqlite.h"
#include "evidence/store.h"

namespace parallax::evidence {

// The columns that RecordRows::read() expects of a SELECT from `record`.
inline constexpr std::string_view kRecordColumns =
    "idx, kind, client, order_id, recorded, outcome, request_digest, leaf, leaf_hash";

// Not thread safe; the database outlives it.
class RecordRows {
 public:
  // Error: storage.
  [[nodiscard]] static Result<RecordRows> over(Database& database);

  // The record in the current row of `row`, with answer, names and parts as far as they are still
  // kept. Error: storage (I/O, a leaf that does not hash to its leaf hash, or a part that is not
  // what the leaf committed to).
  [[nodiscard]] Result<StoredRecord> read(const Statement& row);

  // The decision of a client's order, if there is one. Error: storage.
  [[nodiscard]] Result<std::optional<StoredRecord>> find_decision(std::string_view client,
                                                                  std::string_view order_id);

 private:
  struct Statements {
    Statement answer;
    Statement names;
    Statement parts;
    Statement decision;
  };
  explicit RecordRows(Statements statements) : statements_(std::move(statements)) {}
  [[nodiscard]] Status read_opening(std::int64_t row, StoredRecord& record);
  [[nodiscard]] Status read_parts(std::int64_t row, StoredRecord& record);

  Statements statements_;
};

}  // namespace parallax::evidence
