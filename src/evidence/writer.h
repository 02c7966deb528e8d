// SPDX-License-Identifier: Apache-2.0
// Writes groups of records, each group one transaction and one fsync.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/merkle_log.h"
#include "base/result.h"
#include "base/time.h"
#include "evidence/log_key.h"
#include "evidence/log_rows.h"
#include "evidence/record.h"
#include "evidence/sqlite.h"
#include "evidence/writer_rows.h"

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

// How far back the clock may seem to go between two records: they are not written in the order in
// which they were made.
inline constexpr std::chrono::seconds kClockSlack{60};

// Not thread safe: used by one thread at a time.
class Writer {
 public:
  // Opens or creates the file with mode 0600. Errors: configuration (also: it holds the log of
  // another origin), storage.
  [[nodiscard]] static Result<Writer> open(std::string path, LogKey key, StoreSeams seams);

  // Gives each record the next index, in order, and returns once all are durable, together with a
  // checkpoint that covers them: an index each, or conflict for a decision that exists, internal
  // for an answer that cannot be kept, storage for a time more than kClockSlack before that of a
  // record in the log. Answers are written here, on the caller's thread. Error (storage): none of
  // them was written. A connection that failed is opened anew by the next write.
  using Indexes = std::vector<Result<std::uint64_t>>;
  [[nodiscard]] Result<Indexes> write(const std::vector<const PreparedRecord*>& records);

  // Moves the write-ahead log into the database when it has grown; call when nobody waits.
  // Error: storage; nothing is lost, the log stays longer.
  [[nodiscard]] Status tidy();

 private:
  // Where the log ends.
  struct Tip {
    merkle::Frontier frontier;
    std::optional<Instant> latest;  // time of any record
  };
  struct Connection {
    Database database;
    LogRows log;
    WriterRows rows;
    Tip tip;  // as of the last commit
  };

  Writer(std::string path, LogKey key, StoreSeams seams)
      : path_(std::move(path)), key_(std::move(key)), seams_(std::move(seams)) {}
  [[nodiscard]] Status connect();
  [[nodiscard]] static Result<Tip> read_tip(LogRows& log, WriterRows& rows);
  [[nodiscard]] Result<Indexes> write_all(const std::vector<const PreparedRecord*>& records);
  // Writes one record behind `tip`, and moves that; the outer error ends the group.
  [[nodiscard]] Result<Result<std::uint64_t>> write_one(const PreparedRecord& record, Tip& tip);
  // Signs for the log as it ends in `tip`. Error: storage.
  [[nodiscard]] Status seal(const Tip& tip);

  std::string path_;
  LogKey key_;
  StoreSeams seams_;
  std::optional<Connection> connection_;
  std::size_t octets_since_tidy_ = 0;
};

}  // namespace parallax::evidence
