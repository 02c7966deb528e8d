// SPDX-License-Identifier: Apache-2.0
#include "evidence/sqlite_store.h"

#include <chrono>
#include <utility>
#include <vector>

#include <boost/asio/async_result.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <sqlite3.h>

#include "base/log.h"

namespace parallax::evidence {
namespace {

namespace asio = boost::asio;

// Records that share one transaction at most: bounds how long the first of them waits.
constexpr std::size_t kGroupMax = 256;
// How long a late observation, which no caller waits for, may stay before it gets a transaction
// of its own. At a crash it is lost then, as it is when it comes a moment later.
constexpr std::chrono::milliseconds kLatePatience{100};
constexpr std::size_t kReadingsMax = 4096;
// What a reading counts for while it waits.
constexpr std::size_t kReadingOctets = 1024;

}  // namespace

template <class T>
class SqliteStore::ReadingOf final : public Reading {
 public:
  ReadingOf(std::function<Result<T>(ReadSession&)> what, Completion<T> done)
      : what_(std::move(what)), done_(std::move(done)) {}
  void carry_out(ReadSession& session) && override { std::move(done_).complete(what_(session)); }
  void refuse(Error error) && override { std::move(done_).complete(fail(std::move(error))); }

 private:
  std::function<Result<T>(ReadSession&)> what_;
  Completion<T> done_;
};

Result<std::unique_ptr<SqliteStore>> SqliteStore::open(SqliteStoreSettings settings, LogKey key,
                                                       StoreSeams seams) {
  if (sqlite3_threadsafe() == 0)
    return fail(ErrorCode::configuration, "the SQLite library was built without threads");
  auto writer = Writer::open(settings.path, std::move(key), seams);
  if (!writer) return fail(writer.error());
  return std::unique_ptr<SqliteStore>(
      new SqliteStore(std::move(settings), std::move(seams), std::move(*writer)));
}

SqliteStore::SqliteStore(SqliteStoreSettings settings, StoreSeams seams, Writer writer)
    : path_(std::move(settings.path)),
      seams_(std::move(seams)),
      writer_(std::move(writer)),
      appends_({settings.queue_records_max, settings.queue_octets_max, kLatePatience}),
      readings_({kReadingsMax, kReadingsMax * kReadingOctets, {}}),
      write_thread_(&SqliteStore::write_loop, this),
      read_thread_(&SqliteStore::read_loop, this) {}

SqliteStore::~SqliteStore() {
  appends_.close();
  readings_.close();
  write_thread_.join();
  read_thread_.join();
}

Task<Result<std::uint64_t>> SqliteStore::append(Record record) {
  auto prepared = prepare(std::move(record), system_random());
  if (!prepared) co_return fail(prepared.error());
  const auto executor = co_await asio::this_coro::executor;
  auto start = [this, executor](auto handler, PreparedRecord ready) {
    enqueue(std::move(ready), Completion<std::uint64_t>(executor, std::move(handler)));
  };
  auto result =
      co_await asio::async_initiate<const asio::use_awaitable_t<>, void(Result<std::uint64_t>)>(
          start, asio::use_awaitable, std::move(*prepared));
  co_return result;
}

template <class T>
Task<Result<T>> SqliteStore::read(std::function<Result<T>(ReadSession&)> what) {
  const auto executor = co_await asio::this_coro::executor;
  auto start = [this, executor](auto handler, std::function<Result<T>(ReadSession&)> reading) {
    enqueue(std::make_unique<ReadingOf<T>>(std::move(reading),
                                           Completion<T>(executor, std::move(handler))));
  };
  auto result = co_await asio::async_initiate<const asio::use_awaitable_t<>, void(Result<T>)>(
      start, asio::use_awaitable, std::move(what));
  co_return result;
}

Task<Result<std::optional<StoredRecord>>> SqliteStore::find_decision(std::string client,
                                                                     std::string order_id) {
  return read<std::optional<StoredRecord>>(
      [client = std::move(client), order_id = std::move(order_id)](ReadSession& session) {
        return session.find_decision(client, order_id);
      });
}

Task<Result<std::optional<std::string>>> SqliteStore::checkpoint() {
  return read<std::optional<std::string>>(
      [](ReadSession& session) { return session.checkpoint(); });
}

Task<Result<std::string>> SqliteStore::tile(TileAddress address) {
  return read<std::string>([address](ReadSession& session) { return session.tile(address); });
}

void SqliteStore::enqueue(PreparedRecord record, Completion<std::uint64_t> done) {
  const std::size_t octets = record.size();
  const auto urgency =
      record.kind == RecordKind::late_observation ? Urgency::patient : Urgency::now;
  Append append{std::move(record), std::move(done)};
  if (appends_.push(append, octets, urgency)) return;
  std::move(append.done)
      .complete(fail(ErrorCode::overloaded, "too many records wait to be written"));
}

void SqliteStore::enqueue(std::unique_ptr<Reading> reading) {
  if (readings_.push(reading, kReadingOctets)) return;
  std::move(*reading).refuse(
      Error{ErrorCode::overloaded, "too many lookups wait for the evidence", {}});
}

void SqliteStore::write_loop() {
  for (;;) {
    auto group = appends_.pop(kGroupMax);
    if (group.empty()) return;
    write_group(std::move(group));
    if (const auto tidied = writer_.tidy(); !tidied)
      log::warning("evidence.checkpoint-failed", {{"error", describe(tidied.error())}});
  }
}

void SqliteStore::write_group(std::vector<Append> group) {
  std::vector<const PreparedRecord*> records;
  records.reserve(group.size());
  for (const Append& append : group) records.push_back(&append.record);
  auto indexes = writer_.write(records);
  note_health(indexes ? Status{} : Status{fail(indexes.error())});
  for (std::size_t i = 0; i < group.size(); ++i) {
    auto result = indexes ? std::move((*indexes)[i]) : Result<std::uint64_t>{fail(indexes.error())};
    std::move(group[i].done).complete(std::move(result));
  }
}

void SqliteStore::read_loop() {
  ReadSession session(path_, seams_.vfs);
  for (;;) {
    auto readings = readings_.pop(1);
    if (readings.empty()) return;
    std::move(*readings.front()).carry_out(session);
  }
}

void SqliteStore::note_health(const Status& status) {
  const bool was = healthy_.exchange(status.has_value());
  if (was && !status) log::error("evidence.write-failed", {{"error", describe(status.error())}});
  if (!was && status) log::info("evidence.write-recovered");
}

}  // namespace parallax::evidence
