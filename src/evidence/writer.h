// SPDX-License-Identifier: Apache-2.0
// Writes groups of records, each group one transaction and one fsync.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "evidence/record.h"
#include "evidence/sqlite.h"

namespace parallax::evidence {

// SQLite's `synchronous` setting. Anything below `full` loses acknowledged records with the
// power; the others exist so that tests can show the difference.
enum class Synchronous { off, normal, full };

// What tests put in the place of the real thing. No setting reaches this.
struct StoreSeams {
  std::string vfs;  // name of a registered SQLite VFS; empty: the system's own
  Synchronous synchronous = Synchronous::full;
  // Octets of records after which the write-ahead log is moved into the database.
  std::size_t tidy_octets = std::size_t{4} * 1024 * 1024;
};

// Not thread safe: used by one thread at a time.
class Writer {
 public:
  // Opens or creates the file with mode 0600. Errors: configuration, storage.
  [[nodiscard]] static Result<Writer> open(std::string path, StoreSeams seams);

  // Gives each record the next index, in order, and returns once all are durable: an index each,
  // or conflict for a decision that exists, or internal for an answer that cannot be kept.
  // Answers are written here, on the caller's thread. Error (storage): none of them was written. A
  // connection that failed is opened anew by the next write.
  using Indexes = std::vector<Result<std::uint64_t>>;
  [[nodiscard]] Result<Indexes> write(const std::vector<const PreparedRecord*>& records);

  // Moves the write-ahead log into the database when it has grown; call when nobody waits.
  // Error: storage; nothing is lost, the log stays longer.
  [[nodiscard]] Status tidy();

 private:
  struct Connection {
    Database database;
    Statement next_index;
    Statement decided;
    Statement insert_record;
    Statement insert_name;
  };

  Writer(std::string path, StoreSeams seams) : path_(std::move(path)), seams_(std::move(seams)) {}
  [[nodiscard]] Status connect();
  [[nodiscard]] Result<Indexes> write_all(const std::vector<const PreparedRecord*>& records);
  [[nodiscard]] Result<bool> is_decided(const PreparedRecord& record);
  [[nodiscard]] Status insert(const PreparedRecord& record, std::int64_t index,
                              std::string_view answer);

  std::string path_;
  StoreSeams seams_;
  std::optional<Connection> connection_;
  std::size_t octets_since_tidy_ = 0;
};

}  // namespace parallax::evidence
