// SPDX-License-Identifier: Apache-2.0
// The embedded evidence store: one SQLite file (docs/evidence-file.md), one thread that writes it
// in groups, one that reads decisions back.
#pragma once

#include <atomic>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <thread>

#include "base/result.h"
#include "evidence/bounded_queue.h"
#include "evidence/completion.h"
#include "evidence/log_view.h"
#include "evidence/read_session.h"
#include "evidence/record.h"
#include "evidence/store.h"
#include "evidence/writer.h"

namespace parallax::evidence {

struct SqliteStoreSettings {
  std::string path;
  std::size_t queue_records_max = 4096;                           // appends waiting to be written
  std::size_t queue_octets_max = std::size_t{128} * 1024 * 1024;  // the same, in octets
};

// Thread safe. No worker ever blocks on the disk: appends queue for the writer thread, which
// takes all that wait (up to a bound) into one transaction and one fsync, so cost per record
// falls as load grows; lookups queue for the reader thread. Each awaiting coroutine is resumed by
// a post to its own executor.
//
// Destroy it before the io_contexts its callers run on: the destructor writes what is queued and
// posts the results.
class SqliteStore final : public EvidenceStore, public LogView {
 public:
  // Opens or creates the file; `key` signs its checkpoints. Errors: configuration (another schema,
  // another kind of database, the log of another origin), storage.
  [[nodiscard]] static Result<std::unique_ptr<SqliteStore>> open(SqliteStoreSettings settings,
                                                                 LogKey key, StoreSeams seams = {});
  ~SqliteStore() override;
  SqliteStore(const SqliteStore&) = delete;
  SqliteStore& operator=(const SqliteStore&) = delete;

  [[nodiscard]] Task<Result<std::uint64_t>> append(Record record) override;
  [[nodiscard]] Task<Result<std::optional<StoredRecord>>> find_decision(
      std::string client, std::string order_id) override;
  [[nodiscard]] Task<Result<std::optional<std::string>>> checkpoint() override;
  [[nodiscard]] Task<Result<std::string>> tile(TileAddress address) override;

  // False from a failed write until the next one that succeeds; new orders had better be refused
  // meanwhile, but an append is always tried.
  [[nodiscard]] bool healthy() const { return healthy_; }
  // Appends waiting for the writer, for metrics.
  [[nodiscard]] std::size_t queue_depth() const { return appends_.size(); }

 private:
  struct Append {
    PreparedRecord record;
    Completion<std::uint64_t> done;
  };
  // Something to read, and who waits for it.
  class Reading {
   public:
    virtual ~Reading() = default;
    virtual void carry_out(ReadSession& session) && = 0;
    virtual void refuse(Error error) && = 0;
  };
  template <class T>
  class ReadingOf;

  SqliteStore(SqliteStoreSettings settings, StoreSeams seams, Writer writer);
  void enqueue(PreparedRecord record, Completion<std::uint64_t> done);
  void enqueue(std::unique_ptr<Reading> reading);
  template <class T>
  [[nodiscard]] Task<Result<T>> read(std::function<Result<T>(ReadSession&)> what);
  void write_loop();
  void write_group(std::vector<Append> group);
  void read_loop();
  void note_health(const Status& status);

  const std::string path_;
  const StoreSeams seams_;
  Writer writer_;  // the writer thread's alone
  BoundedQueue<Append> appends_;
  BoundedQueue<std::unique_ptr<Reading>> readings_;
  std::atomic<bool> healthy_{true};
  std::thread write_thread_;  // last: they use all of the above
  std::thread read_thread_;
};

}  // namespace parallax::evidence
