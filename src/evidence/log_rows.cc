// SPDX-License-Identifier: Apache-2.0
#include "evidence/log_rows.h"

#include <utility>

#include <fmt/format.h>

#include "base/encoding.h"
#include "evidence/hash_source.h"

namespace parallax::evidence {
namespace {

// The texts of the statement's first column, of which there must be `count`.
Result<std::vector<std::string>> texts(Statement& statement, std::uint64_t count) {
  std::vector<std::string> found;
  auto row = statement.step();
  for (; row && *row; row = statement.step()) found.push_back(statement.text(0));
  statement.reset();
  if (!row) return fail(std::move(row.error()));
  if (found.size() != count)
    return fail(ErrorCode::storage,
                fmt::format("the log has {} of {} rows asked for", found.size(), count));
  return found;
}

Result<std::optional<std::string>> text_if_any(Statement& statement) {
  const auto row = statement.step();
  std::optional<std::string> text;
  if (row && *row) text = statement.text(0);
  statement.reset();
  if (!row) return fail(row.error());
  return text;
}

void bind_range(Statement& statement, int parameter, std::uint64_t first, std::uint64_t count) {
  statement.bind(parameter, static_cast<std::int64_t>(first));
  statement.bind(parameter + 1, static_cast<std::int64_t>(first + count));
}

}  // namespace

Result<LogRows> LogRows::over(Database& database) {
  auto size = database.prepare("SELECT coalesce(max(idx) + 1, 0) FROM record");
  if (!size) return fail(std::move(size.error()));
  auto leaf_hashes =
      database.prepare("SELECT leaf_hash FROM record WHERE idx >= ? AND idx < ? ORDER BY idx");
  if (!leaf_hashes) return fail(std::move(leaf_hashes.error()));
  auto tile_roots = database.prepare(
      "SELECT hash FROM tile_root WHERE level = ? AND idx >= ? AND idx < ? ORDER BY idx");
  if (!tile_roots) return fail(std::move(tile_roots.error()));
  auto leaves = database.prepare("SELECT leaf FROM record WHERE idx >= ? AND idx < ? ORDER BY idx");
  if (!leaves) return fail(std::move(leaves.error()));
  auto checkpoint = database.prepare("SELECT note FROM checkpoint ORDER BY size DESC LIMIT 1");
  if (!checkpoint) return fail(std::move(checkpoint.error()));
  auto origin = database.prepare("SELECT origin FROM log");
  if (!origin) return fail(std::move(origin.error()));
  return LogRows(Statements{std::move(*size), std::move(*leaf_hashes), std::move(*tile_roots),
                            std::move(*leaves), std::move(*checkpoint), std::move(*origin)});
}

Result<std::uint64_t> LogRows::size() {
  const auto row = statements_.size.step();
  const std::int64_t size = row && *row ? statements_.size.integer(0) : 0;
  statements_.size.reset();
  if (!row) return fail(row.error());
  return static_cast<std::uint64_t>(size);
}

Result<std::vector<std::string>> LogRows::hashes(unsigned level, std::uint64_t first,
                                                 std::uint64_t count) {
  Statement& statement = level == 0 ? statements_.leaf_hashes : statements_.tile_roots;
  if (level > 0) statement.bind(1, static_cast<std::int64_t>(level));
  bind_range(statement, level == 0 ? 1 : 2, first, count);
  auto found = texts(statement, count);
  if (!found) return found;
  for (std::string& hash : *found) {
    auto octets = hex_decode(hash);
    if (!octets || octets->size() != merkle::kHashSize)
      return fail(ErrorCode::storage, "a hash of the log is damaged");
    hash = std::move(*octets);
  }
  return found;
}

merkle::PerfectTree LogRows::tree() {
  return perfect_tree([this](unsigned level, std::uint64_t first, std::uint64_t count) {
    return hashes(level, first, count);
  });
}

Result<std::vector<std::string>> LogRows::leaves(std::uint64_t first, std::uint64_t count) {
  bind_range(statements_.leaves, 1, first, count);
  return texts(statements_.leaves, count);
}

Result<std::optional<std::string>> LogRows::checkpoint() {
  return text_if_any(statements_.checkpoint);
}

Result<std::optional<std::string>> LogRows::origin() { return text_if_any(statements_.origin); }

}  // namespace parallax::evidence
