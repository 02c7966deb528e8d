// SPDX-License-Identifier: Apache-2.0
#include "audit/rows.h"

#include <algorithm>

#include <fmt/format.h>

#include "audit/broken.h"
#include "base/encoding.h"

namespace parallax::audit {
namespace {

using evidence::Statement;

constexpr std::string_view kColumns =
    "idx, kind, client, order_id, recorded, outcome, request_digest, leaf, leaf_hash";

StoredRow row_of(const Statement& row) {
  StoredRow out;
  out.index = static_cast<std::uint64_t>(row.integer(0));
  out.kind = row.text(1);
  out.client = row.text(2);
  out.order_id = row.text(3);
  out.recorded = row.text(4);
  out.outcome = row.text(5);
  out.request_digest = row.text(6);
  out.leaf = row.text(7);
  out.leaf_hash = row.text(8);
  return out;
}

// Steps to the first row and hands it to `read`; nothing without one. The statement is reset.
template <class Read>
auto first_row(Statement& statement, Read read) {
  using Item = decltype(read(statement));
  std::optional<Item> item;
  const auto found = statement.step();
  if (found && *found) item = read(statement);
  statement.reset();
  if (!found) return Result<std::optional<Item>>(fail(found.error()));
  return Result<std::optional<Item>>(std::move(item));
}

}  // namespace

Result<Rows> Rows::over(evidence::Database& database) {
  std::optional<Error> problem;
  const auto prepare = [&](const std::string& sql) -> std::optional<Statement> {
    auto statement = database.prepare(sql);
    if (statement) return std::move(*statement);
    if (!problem) problem = std::move(statement.error());
    return std::nullopt;
  };
  auto end = prepare(
      "SELECT (SELECT coalesce(max(idx) + 1, 0) FROM record),"
      " (SELECT coalesce(max(size), 0) FROM checkpoint),"
      " (SELECT recorded FROM record ORDER BY idx DESC LIMIT 1)");
  auto page = prepare(
      fmt::format("SELECT {} FROM record WHERE idx >= ? AND idx < ? ORDER BY idx", kColumns));
  auto names = prepare("SELECT name FROM record_name WHERE record = ? ORDER BY position");
  auto parts =
      prepare("SELECT pointer, salt, text FROM record_part WHERE record = ? ORDER BY position");
  auto decision = prepare(fmt::format(
      "SELECT {} FROM record WHERE kind = 'decision' AND client = ? AND order_id = ?", kColumns));
  auto checkpoint =
      prepare("SELECT size, note FROM checkpoint WHERE size > ? ORDER BY size LIMIT 1");
  auto tile_root = prepare("SELECT hash FROM tile_root WHERE level = ? AND idx = ?");
  if (problem) return fail(std::move(*problem));
  return Rows(Statements{std::move(*end), std::move(*page), std::move(*names), std::move(*parts),
                         std::move(*decision), std::move(*checkpoint), std::move(*tile_root)});
}

Result<LogEnd> Rows::end() {
  auto end = first_row(statements_.end, [](const Statement& row) {
    return LogEnd{static_cast<std::uint64_t>(row.integer(0)),
                  static_cast<std::uint64_t>(row.integer(1)), row.text(2)};
  });
  if (!end) return fail(std::move(end.error()));
  return std::move(*end).value_or(LogEnd());
}

// One row further, over the ends of pages.
Result<bool> Rows::step_page(std::uint64_t end) {
  while (next_ < end) {
    if (page_end_ == 0) {
      page_end_ = std::min(end, next_ + kPageRows);
      statements_.page.bind(1, static_cast<std::int64_t>(next_));
      statements_.page.bind(2, static_cast<std::int64_t>(page_end_));
    }
    const auto found = statements_.page.step();
    if (!found || *found) return found;
    statements_.page.reset();
    next_ = page_end_;
    page_end_ = 0;
  }
  return false;
}

Result<std::optional<StoredRow>> Rows::next(std::uint64_t end) {
  const auto found = step_page(end);
  if (!found) return fail(found.error());
  if (!*found) return std::optional<StoredRow>();
  StoredRow row = row_of(statements_.page);
  next_ = row.index + 1;
  if (next_ == page_end_) {
    statements_.page.reset();
    page_end_ = 0;
  }
  return std::optional(std::move(row));
}

Status Rows::read_opening(StoredRow& row) {
  const auto index = static_cast<std::int64_t>(row.index);
  statements_.names.bind(1, index);
  auto name = statements_.names.step();
  for (; name && *name; name = statements_.names.step())
    row.names.push_back(statements_.names.text(0));
  statements_.names.reset();
  if (!name) return fail(name.error());

  statements_.parts.bind(1, index);
  std::optional<std::string> bad_salt;
  auto part = statements_.parts.step();
  for (; part && *part; part = statements_.parts.step()) {
    evidence::Part read{statements_.parts.text(0), {}, statements_.parts.text(2)};
    auto salt = hex_decode(statements_.parts.text(1));
    if (!salt) bad_salt = read.pointer;
    if (salt) read.salt = std::move(*salt);
    row.parts.push_back(std::move(read));
  }
  statements_.parts.reset();
  if (!part) return fail(part.error());
  if (bad_salt)
    return broken(fmt::format("the salt of the part at {} is no hex", printable(*bad_salt)));
  return {};
}

Result<std::optional<StoredRow>> Rows::decision(std::string_view client,
                                                std::string_view order_id) {
  statements_.decision.bind(1, client);
  statements_.decision.bind(2, order_id);
  auto row = first_row(statements_.decision, row_of);
  if (!row || !*row) return row;
  if (auto read = read_opening(**row); !read) return fail(std::move(read.error()));
  return row;
}

Result<std::optional<StoredCheckpoint>> Rows::checkpoint_after(std::uint64_t size) {
  statements_.checkpoint.bind(1, static_cast<std::int64_t>(size));
  return first_row(statements_.checkpoint, [](const Statement& row) {
    return StoredCheckpoint{static_cast<std::uint64_t>(row.integer(0)), row.text(1)};
  });
}

Result<std::optional<std::string>> Rows::tile_root(unsigned level, std::uint64_t index) {
  statements_.tile_root.bind(1, static_cast<std::int64_t>(level));
  statements_.tile_root.bind(2, static_cast<std::int64_t>(index));
  return first_row(statements_.tile_root, [](const Statement& row) { return row.text(0); });
}

}  // namespace parallax::audit
