// SPDX-License-Identifier: Apache-2.0
// A thin owner of SQLite's handles: connections and statements that close themselves and report
// failures as values. Nothing here knows what is stored.
//
// Not thread safe: a connection and its statements are used by one thread at a time.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

struct sqlite3;
struct sqlite3_stmt;

namespace parallax::evidence {

// One prepared statement. Parameters count from 1, columns from 0, as in SQLite.
class Statement {
 public:
  // Bound text is borrowed: it must live until the next reset().
  void bind(int parameter, std::string_view text);
  void bind(int parameter, std::int64_t number);

  // True if there is a row to read, false at the end. A failed bind is reported here.
  // Error: storage.
  [[nodiscard]] Result<bool> step();
  // Steps a statement that returns no rows to its end, and resets it. Error: storage.
  [[nodiscard]] Status run();
  // Makes the statement ready for another turn; until then it may hold a read transaction open.
  void reset();

  [[nodiscard]] std::string text(int column) const;
  [[nodiscard]] std::int64_t integer(int column) const;

 private:
  friend class Database;
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const;
  };
  explicit Statement(sqlite3_stmt* statement) : handle_(statement) {}

  std::unique_ptr<sqlite3_stmt, Finalize> handle_;
  int bind_error_ = 0;
};

enum class Access { read_only, read_write };

class Database {
 public:
  // Opens an existing file, or creates one if `access` allows it. `vfs` empty: the system's own.
  // Waits up to kBusyWait for locks of other connections. Errors: not_found, storage.
  [[nodiscard]] static Result<Database> open(const std::string& path, Access access,
                                             const std::string& vfs = {});

  // Runs statements whose results nobody needs. Error: storage.
  [[nodiscard]] Status execute(const std::string& sql);
  [[nodiscard]] Result<Statement> prepare(std::string_view sql);
  // The single integer that a query such as a pragma returns. Error: storage.
  [[nodiscard]] Result<std::int64_t> integer(std::string_view sql);

  [[nodiscard]] bool in_transaction() const;
  // Copies what it can from the write-ahead log into the database without making anybody wait.
  // Error: storage.
  [[nodiscard]] Status checkpoint();

 private:
  struct Close {
    void operator()(sqlite3* database) const;
  };
  explicit Database(sqlite3* database) : handle_(database) {}

  std::unique_ptr<sqlite3, Close> handle_;
};

}  // namespace parallax::evidence
