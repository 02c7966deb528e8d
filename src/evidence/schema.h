// SPDX-License-Identifier: Apache-2.0
// The shape of an evidence file (docs/evidence-file.md) and the check that a file has it.
#pragma once

#include <cstdint>

#include "base/result.h"
#include "evidence/sqlite.h"

namespace parallax::evidence {

// Kept in the file's user_version; raised with every change of shape.
inline constexpr std::int64_t kSchemaVersion = 2;
// Kept in the file's application_id: "PLXE".
inline constexpr std::int64_t kApplicationId = 0x504C5845;

// Lays the schema into an empty file, atomically; a file that has it is left alone.
// Errors: configuration (written by a newer Parallax, or not an evidence file), storage.
[[nodiscard]] Status ensure_schema(Database& database);

// Says whether this build can read the file. Errors as above.
[[nodiscard]] Status check_schema(Database& database);

}  // namespace parallax::evidence
