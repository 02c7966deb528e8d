// SPDX-License-Identifier: Apache-2.0
#include "evidence/writer.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include <fmt/format.h>

#include "evidence/schema.h"

namespace parallax::evidence {
namespace {

// A write-ahead log that a burst made longer than this is cut back once it has been moved.
constexpr std::size_t kLogOctetsKept = std::size_t{16} * 1024 * 1024;

tl::unexpected<Error> file_error(const std::string& path, std::string_view what) {
  return fail(Error{ErrorCode::storage,
                    fmt::format("the evidence file {}: {}", what, std::strerror(errno)),
                    {{"file", path}}});
}

// SQLite gives its log and index files the mode of the database; so the file is made first, for
// the owner's eyes only, and a looser mode is tightened.
Status make_private(const std::string& path) {
  const int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, S_IRUSR | S_IWUSR);
  if (descriptor < 0) return file_error(path, "cannot be opened");
  const int tightened = ::fchmod(descriptor, S_IRUSR | S_IWUSR);
  auto status = tightened == 0 ? Status{} : Status{file_error(path, "cannot be made private")};
  ::close(descriptor);
  return status;
}

std::string_view name_of(Synchronous synchronous) {
  switch (synchronous) {
    case Synchronous::off: return "OFF";
    case Synchronous::normal: return "NORMAL";
    case Synchronous::full: return "FULL";
  }
  return "FULL";
}

// In WAL mode, FULL syncs the log at every commit; NORMAL would do so only at checkpoints.
// fullfsync and checkpoint_fullfsync ask for the stronger flush where a system's fsync stops at
// the drive's cache (macOS); elsewhere they change nothing. Checkpoints are ours (see tidy()), so
// that no waiting append pays for one.
Status configure(Database& database, Synchronous synchronous) {
  return database.execute(
      fmt::format("PRAGMA journal_mode = WAL;"
                  "PRAGMA synchronous = {};"
                  "PRAGMA fullfsync = ON;"
                  "PRAGMA checkpoint_fullfsync = ON;"
                  "PRAGMA wal_autocheckpoint = 0;"
                  "PRAGMA journal_size_limit = {};",
                  name_of(synchronous), kLogOctetsKept));
}

}  // namespace

Result<Writer> Writer::open(std::string path, StoreSeams seams) {
  if (seams.vfs.empty())
    if (auto made = make_private(path); !made) return fail(made.error());
  Writer writer(std::move(path), std::move(seams));
  if (auto connected = writer.connect(); !connected) return fail(connected.error());
  return writer;
}

Status Writer::connect() {
  auto database = Database::open(path_, Access::read_write, seams_.vfs);
  if (!database) return fail(database.error());
  if (auto done = configure(*database, seams_.synchronous); !done) return done;
  if (auto done = ensure_schema(*database); !done)
    return fail(std::move(done.error()).with("file", path_));

  auto next_index = database->prepare("SELECT coalesce(max(idx) + 1, 0) FROM record");
  if (!next_index) return fail(next_index.error());
  auto decided = database->prepare(
      "SELECT 1 FROM record WHERE kind = 'decision' AND client = ? AND order_id = ?");
  if (!decided) return fail(decided.error());
  auto insert_record = database->prepare(
      "INSERT INTO record (idx, kind, client, order_id, recorded, outcome, request_digest, "
      "answer, body, leaf_hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
  if (!insert_record) return fail(insert_record.error());
  auto insert_name =
      database->prepare("INSERT INTO record_name (record, position, name) VALUES (?, ?, ?)");
  if (!insert_name) return fail(insert_name.error());
  connection_.emplace(Connection{std::move(*database), std::move(*next_index), std::move(*decided),
                                 std::move(*insert_record), std::move(*insert_name)});
  return {};
}

Result<Writer::Indexes> Writer::write(const std::vector<const PreparedRecord*>& records) {
  if (!connection_)
    if (auto connected = connect(); !connected) return fail(connected.error());
  auto indexes = write_all(records);
  if (indexes) return indexes;
  // After a failed write the safest state is none: closing rolls back, and the next write starts
  // from what is durable.
  connection_.reset();
  return indexes;
}

Result<Writer::Indexes> Writer::write_all(const std::vector<const PreparedRecord*>& records) {
  if (auto begun = connection_->database.execute("BEGIN IMMEDIATE"); !begun)
    return fail(begun.error());
  const auto first = connection_->next_index.step();
  if (!first) return fail(first.error());
  std::int64_t next = connection_->next_index.integer(0);
  connection_->next_index.reset();

  Indexes indexes;
  indexes.reserve(records.size());
  for (const PreparedRecord* record : records) {
    const auto decided = is_decided(*record);
    if (!decided) return fail(decided.error());
    if (*decided) {
      indexes.emplace_back(fail(ErrorCode::conflict, "this order has been decided already"));
      continue;
    }
    const auto answer = answer_of(*record, static_cast<std::uint64_t>(next));
    if (!answer) {
      indexes.emplace_back(fail(answer.error()));
      continue;
    }
    if (auto inserted = insert(*record, next, *answer); !inserted) return fail(inserted.error());
    octets_since_tidy_ += record->size() + answer->size();
    indexes.emplace_back(static_cast<std::uint64_t>(next++));
  }
  if (auto committed = connection_->database.execute("COMMIT"); !committed)
    return fail(committed.error());
  return indexes;
}

Result<bool> Writer::is_decided(const PreparedRecord& record) {
  if (record.kind != RecordKind::decision) return false;
  Statement& decided = connection_->decided;
  decided.bind(1, record.client);
  decided.bind(2, record.order_id);
  auto found = decided.step();
  decided.reset();
  return found;
}

Status Writer::insert(const PreparedRecord& record, std::int64_t index, std::string_view answer) {
  Statement& row = connection_->insert_record;
  row.bind(1, index);
  row.bind(2, to_string(record.kind));
  row.bind(3, record.client);
  row.bind(4, record.order_id);
  row.bind(5, record.recorded);
  row.bind(6, record.outcome);
  row.bind(7, record.request_digest);
  row.bind(8, answer);
  row.bind(9, record.body);
  row.bind(10, record.leaf_hash);
  if (auto done = row.run(); !done) return done;

  Statement& name_row = connection_->insert_name;
  std::int64_t position = 0;
  for (const std::string& name : record.names) {
    name_row.bind(1, index);
    name_row.bind(2, position++);
    name_row.bind(3, name);
    if (auto done = name_row.run(); !done) return done;
  }
  return {};
}

Status Writer::tidy() {
  if (!connection_ || octets_since_tidy_ < seams_.tidy_octets) return {};
  octets_since_tidy_ = 0;
  return connection_->database.checkpoint();
}

}  // namespace parallax::evidence
