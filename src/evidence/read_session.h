// SPDX-License-Identifier: Apache-2.0
// What the reading thread of an evidence file works with.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "evidence/log_rows.h"
#include "evidence/rows.h"
#include "evidence/sqlite.h"
#include "evidence/tile.h"

namespace parallax::evidence {

// A read connection with its statements, opened when first needed and again after a failure.
// Blocking; not thread safe.
class ReadSession {
 public:
  ReadSession(std::string path, std::string vfs) : path_(std::move(path)), vfs_(std::move(vfs)) {}

  // Error: storage.
  [[nodiscard]] Result<std::optional<StoredRecord>> find_decision(std::string_view client,
                                                                  std::string_view order_id);
  [[nodiscard]] Result<std::optional<std::string>> checkpoint();
  // Errors: not_found, storage.
  [[nodiscard]] Result<std::string> tile(const TileAddress& address);

 private:
  struct Connection {
    Database database;
    RecordRows records;
    LogRows log;
  };
  [[nodiscard]] Status connect();
  [[nodiscard]] Result<std::string> read_tile(const TileAddress& address);
  // Hands the result on; a connection that failed is not used again.
  template <class T>
  Result<T> kept(Result<T> result) {
    if (!result && result.error().code == ErrorCode::storage) connection_.reset();
    return result;
  }

  std::string path_;
  std::string vfs_;
  std::unique_ptr<Connection> connection_;
};

}  // namespace parallax::evidence
