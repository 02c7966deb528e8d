// SPDX-License-Identifier: Apache-2.0
// Reads an evidence file for a person or a program, also while a coordinator writes it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "evidence/rows.h"
#include "evidence/sqlite.h"
#include "evidence/store.h"

namespace parallax::evidence {

inline constexpr unsigned kListLimitMax = 1000;
// A page of records stops growing here, however many were asked for.
inline constexpr std::size_t kListOctetsMax = std::size_t{64} * 1024 * 1024;

// Blocking, for commands, never for a worker. Not thread safe.
class EvidenceReader {
 public:
  // Opens the file read-only. Errors: not_found (no such file), configuration (a newer schema,
  // another kind of database), storage.
  [[nodiscard]] static Result<EvidenceReader> open(const std::string& path);

  // Newest first, at most filter.limit; fewer if they reach kListOctetsMax. The next page is
  // asked with before_index set to the last index received; the end is an empty page.
  // Errors: malformed (a limit outside 1 to kListLimitMax), storage.
  [[nodiscard]] Result<std::vector<StoredRecord>> list(const ListFilter& filter);

  // Errors: not_found, storage.
  [[nodiscard]] Result<StoredRecord> show(std::uint64_t index);

  // Records in the file. Error: storage.
  [[nodiscard]] Result<std::uint64_t> count();

 private:
  EvidenceReader(Database database, RecordRows rows);

  Database database_;
  RecordRows rows_;
};

}  // namespace parallax::evidence
