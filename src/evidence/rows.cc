// SPDX-License-Identifier: Apache-2.0
#include "evidence/rows.h"

#include <utility>

#include <fmt/format.h>

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

}  // namespace

RecordRows::RecordRows(Statement names, Statement decision)
    : names_(std::move(names)), decision_(std::move(decision)) {}

Result<RecordRows> RecordRows::over(Database& database) {
  auto names = database.prepare("SELECT name FROM record_name WHERE record = ? ORDER BY position");
  if (!names) return fail(names.error());
  auto decision = database.prepare(
      fmt::format("SELECT {} FROM record WHERE kind = 'decision' AND client = ? AND order_id = ?",
                  kRecordColumns));
  if (!decision) return fail(decision.error());
  return RecordRows(std::move(*names), std::move(*decision));
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
  record.answer = row.text(7);
  record.body = row.text(8);
  record.leaf_hash = row.text(9);
  if (leaf_hash(record.body) != record.leaf_hash)
    return damaged(record.index, "its body does not hash to its leaf");

  const ResetAtEnd reset(names_);
  names_.bind(1, row.integer(0));
  auto name = names_.step();
  for (; name && *name; name = names_.step()) record.names.push_back(names_.text(0));
  if (!name) return fail(name.error());
  return record;
}

Result<std::optional<StoredRecord>> RecordRows::find_decision(std::string_view client,
                                                              std::string_view order_id) {
  const ResetAtEnd reset(decision_);
  decision_.bind(1, client);
  decision_.bind(2, order_id);
  const auto found = decision_.step();
  if (!found) return fail(found.error());
  if (!*found) return std::nullopt;
  auto record = read(decision_);
  if (!record) return fail(record.error());
  return std::move(*record);
}

}  // namespace parallax::evidence
