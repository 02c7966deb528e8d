// SPDX-License-Identifier: Apache-2.0
#include "evidence/writer.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include <fmt/format.h>

#include "base/encoding.h"
#include "evidence/checkpoint.h"
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

Result<Writer> Writer::open(std::string path, LogKey key, StoreSeams seams) {
  if (seams.vfs.empty())
    if (auto made = make_private(path); !made) return fail(made.error());
  Writer writer(std::move(path), std::move(key), std::move(seams));
  if (auto connected = writer.connect(); !connected) return fail(connected.error());
  return writer;
}

Status Writer::connect() {
  auto database = Database::open(path_, Access::read_write, seams_.vfs);
  if (!database) return fail(database.error());
  if (auto done = configure(*database, seams_.synchronous); !done) return done;
  if (auto done = ensure_schema(*database); !done)
    return fail(std::move(done.error()).with("file", path_));
  auto log = LogRows::over(*database);
  if (!log) return fail(std::move(log.error()));
  auto rows = WriterRows::over(*database);
  if (!rows) return fail(std::move(rows.error()));
  const auto origin = log->origin();
  if (!origin) return fail(origin.error());
  if (*origin && **origin != key_.origin())
    return fail(Error{
        ErrorCode::configuration,
        fmt::format("the evidence file holds the log \"{}\", not \"{}\"", **origin, key_.origin()),
        {{"file", path_}}});
  auto tip = read_tip(*log, *rows);
  if (!tip) return fail(std::move(tip.error()));
  connection_.emplace(
      Connection{std::move(*database), std::move(*log), std::move(*rows), std::move(*tip)});
  return {};
}

Result<Writer::Tip> Writer::read_tip(LogRows& log, WriterRows& rows) {
  const auto size = log.size();
  if (!size) return fail(size.error());
  auto frontier = merkle::Frontier::of(*size, log.tree());
  if (!frontier) return fail(std::move(frontier.error()));
  const auto latest = rows.latest();
  if (!latest) return fail(latest.error());
  return Tip{std::move(*frontier), *latest};
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
  Connection& connection = *connection_;
  if (auto begun = connection.database.execute("BEGIN IMMEDIATE"); !begun)
    return fail(begun.error());
  Tip tip = connection.tip;
  const auto size = connection.log.size();
  if (!size) return fail(size.error());
  if (*size != tip.frontier.size()) {  // another process has written since
    auto moved = read_tip(connection.log, connection.rows);
    if (!moved) return fail(std::move(moved.error()));
    tip = std::move(*moved);
  }
  const std::uint64_t before = tip.frontier.size();
  Indexes indexes;
  indexes.reserve(records.size());
  for (const PreparedRecord* record : records) {
    auto written = write_one(*record, tip);
    if (!written) return fail(std::move(written.error()));
    indexes.push_back(std::move(*written));
  }
  if (tip.frontier.size() > before)
    if (auto sealed = seal(tip); !sealed) return fail(sealed.error());
  if (auto committed = connection.database.execute("COMMIT"); !committed)
    return fail(committed.error());
  connection.tip = std::move(tip);
  return indexes;
}

Result<Result<std::uint64_t>> Writer::write_one(const PreparedRecord& record, Tip& tip) {
  WriterRows& rows = connection_->rows;
  const auto decided = rows.is_decided(record);
  if (!decided) return fail(decided.error());
  if (*decided)
    return Result<std::uint64_t>(fail(ErrorCode::conflict, "this order has been decided already"));
  const auto recorded = parse_instant(record.recorded);
  if (!recorded) return Result<std::uint64_t>(fail(recorded.error()));
  if (tip.latest && *recorded < *tip.latest - kClockSlack)
    return Result<std::uint64_t>(
        fail(ErrorCode::storage,
             fmt::format("the clock went back: the log has a record of {}, and does not take one "
                         "of {}; set the clock right",
                         format_instant(*tip.latest), record.recorded)));
  const std::uint64_t index = tip.frontier.size();
  const auto answer = answer_of(record, index);
  if (!answer) return Result<std::uint64_t>(fail(answer.error()));

  if (index == 0)
    if (auto named = rows.insert_origin(key_.origin()); !named) return fail(named.error());
  if (auto inserted = rows.insert(record, index, *answer); !inserted) return fail(inserted.error());
  auto leaf = hex_decode(record.leaf_hash);
  if (!leaf) return fail(std::move(leaf.error()));
  const auto completed = tip.frontier.append(std::move(*leaf));
  if (auto kept = rows.insert_tile_roots(index, completed); !kept) return fail(kept.error());
  tip.latest = std::max(tip.latest.value_or(*recorded), *recorded);
  octets_since_tidy_ += record.size() + answer->size();
  return Result<std::uint64_t>(index);
}

Status Writer::seal(const Tip& tip) {
  const std::string text =
      format_checkpoint({key_.origin(), tip.frontier.size(), tip.frontier.root()});
  return connection_->rows.insert_checkpoint(tip.frontier.size(),
                                             format_note({text, {key_.sign(text)}}));
}

Status Writer::tidy() {
  if (!connection_ || octets_since_tidy_ < seams_.tidy_octets) return {};
  octets_since_tidy_ = 0;
  return connection_->database.checkpoint();
}

}  // namespace parallax::evidence
