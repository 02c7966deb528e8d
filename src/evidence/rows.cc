// SPDX-License-Identifier: Apache-2.0
#include "evidence/rows.h"

#include <utility>

#include <fmt/format.h>

#include "base/canonical_json.h"
#include "base/encoding.h"
#include "base/json.h"
#include "evidence/record.h"

namespace parallax::evidence {
namespace {

tl::unexpected<Error> damaged(std::uint64_t index, std::string_view what) {
  return fail(
      Error{ErrorCode::storage, fmt::format("evidence record {} is damaged: {}", index, what), {}});
}

// Whatever row the statement stands on must not outlive the look at it: it pins a snapshot, and
// with it the write-ahead log.
class ResetAtEnd {
 public:
  explicit ResetAtEnd(Statement& statement) : statement_(statement) {}
  ~ResetAtEnd() { statement_.reset(); }
  ResetAtEnd(const ResetAtEnd&) = delete;
  ResetAtEnd& operator=(const ResetAtEnd&) = delete;

 private:
  Statement& statement_;
};

// The leaf's JSON with every part that is still kept; the leaf's own text if there is none.
Result<std::string> opened_body(const StoredRecord& record) {
  if (record.parts.empty()) return record.leaf;
  auto leaf = parse_json(record.leaf);
  if (!leaf) return fail(std::move(leaf.error()));
  const auto body = open_parts(std::move(*leaf), record.parts);
  if (!body) return fail(body.error());
  return canonical_json(*body);
}

}  // namespace

Result<RecordRows> RecordRows::over(Database& database) {
  auto answer = database.prepare("SELECT answer FROM record_answer WHERE record = ?");
  if (!answer) return fail(std::move(answer.error()));
  auto names = database.prepare("SELECT name FROM record_name WHERE record = ? ORDER BY position");
  if (!names) return fail(std::move(names.error()));
  auto parts = database.prepare(
      "SELECT pointer, salt, text FROM record_part WHERE record = ? ORDER BY position");
  if (!parts) return fail(std::move(parts.error()));
  auto decision = database.prepare(
      fmt::format("SELECT {} FROM record WHERE kind = 'decision' AND client = ? AND order_id = ?",
                  kRecordColumns));
  if (!decision) return fail(std::move(decision.error()));
  return RecordRows(
      Statements{std::move(*answer), std::move(*names), std::move(*parts), std::move(*decision)});
}

Result<StoredRecord> RecordRows::read(const Statement& row) {
  StoredRecord record;
  record.index = static_cast<std::uint64_t>(row.integer(0));
  const auto kind = parse_record_kind(row.text(1));
  if (!kind) return damaged(record.index, kind.error().message);
  record.kind = *kind;
  record.client = row.text(2);
  record.order_id = row.text(3);
  const auto recorded = parse_instant(row.text(4));
  if (!recorded) return damaged(record.index, recorded.error().message);
  record.recorded = *recorded;
  record.outcome = row.text(5);
  record.request_digest = row.text(6);
  record.leaf = row.text(7);
  record.leaf_hash = row.text(8);
  if (leaf_hash(record.leaf) != record.leaf_hash)
    return damaged(record.index, "its leaf does not hash to its leaf hash");
  if (auto done = read_opening(row.integer(0), record); !done) return fail(done.error());
  auto body = opened_body(record);
  if (!body) return damaged(record.index, body.error().message);
  record.body = std::move(*body);
  return record;
}

Status RecordRows::read_opening(std::int64_t row, StoredRecord& record) {
  {
    const ResetAtEnd reset(statements_.answer);
    statements_.answer.bind(1, row);
    const auto answer = statements_.answer.step();
    if (!answer) return fail(answer.error());
    if (*answer) record.answer = statements_.answer.text(0);
  }
  const ResetAtEnd reset(statements_.names);
  statements_.names.bind(1, row);
  auto name = statements_.names.step();
  for (; name && *name; name = statements_.names.step())
    record.names.push_back(statements_.names.text(0));
  if (!name) return fail(name.error());
  return read_parts(row, record);
}

Status RecordRows::read_parts(std::int64_t row, StoredRecord& record) {
  Statement& parts = statements_.parts;
  const ResetAtEnd reset(parts);
  parts.bind(1, row);
  auto part = parts.step();
  for (; part && *part; part = parts.step()) {
    auto salt = hex_decode(parts.text(1));
    if (!salt) return damaged(record.index, "a salt is no hex");
    record.parts.push_back({parts.text(0), std::move(*salt), parts.text(2)});
  }
  if (!part) return fail(part.error());
  return {};
}

Result<std::optional<StoredRecord>> RecordRows::find_decision(std::string_view client,
                                                              std::string_view order_id) {
  Statement& decision = statements_.decision;
  const ResetAtEnd reset(decision);
  decision.bind(1, client);
  decision.bind(2, order_id);
  const auto found = decision.step();
  if (!found) return fail(found.error());
  if (!*found) return std::nullopt;
  auto record = read(decision);
  if (!record) return fail(record.error());
  return std::move(*record);
}

}  // namespace parallax::evidence
