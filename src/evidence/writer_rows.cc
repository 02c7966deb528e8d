// SPDX-License-Identifier: Apache-2.0
#include "evidence/writer_rows.h"

#include <utility>

#include "base/encoding.h"
#include "evidence/tile.h"

namespace parallax::evidence {

Result<WriterRows> WriterRows::over(Database& database) {
  std::optional<Error> failed;
  // Statements have no empty state, so all are prepared before the first failure is told.
  const auto prepare = [&database, &failed](std::string_view sql) {
    auto statement = database.prepare(sql);
    if (!statement && !failed) failed = statement.error();
    return statement;
  };
  auto decided =
      prepare("SELECT 1 FROM record WHERE kind = 'decision' AND client = ? AND order_id = ?");
  auto latest = prepare("SELECT max(recorded) FROM record HAVING count(*) > 0");
  auto origin = prepare("INSERT INTO log (one, origin) VALUES (1, ?)");
  auto record = prepare(
      "INSERT INTO record (idx, kind, client, order_id, recorded, outcome, request_digest, leaf, "
      "leaf_hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)");
  auto answer = prepare("INSERT INTO record_answer (record, answer) VALUES (?, ?)");
  auto name = prepare("INSERT INTO record_name (record, position, name) VALUES (?, ?, ?)");
  auto part = prepare(
      "INSERT INTO record_part (record, position, pointer, salt, text) VALUES (?, ?, ?, ?, ?)");
  auto tile_root = prepare("INSERT INTO tile_root (level, idx, hash) VALUES (?, ?, ?)");
  auto checkpoint = prepare("INSERT INTO checkpoint (size, note) VALUES (?, ?)");
  if (failed) return fail(std::move(*failed));
  return WriterRows(Statements{std::move(*decided), std::move(*latest), std::move(*origin),
                               std::move(*record), std::move(*answer), std::move(*name),
                               std::move(*part), std::move(*tile_root), std::move(*checkpoint)});
}

Result<bool> WriterRows::is_decided(const PreparedRecord& record) {
  if (record.kind != RecordKind::decision) return false;
  statements_.decided.bind(1, record.client);
  statements_.decided.bind(2, record.order_id);
  auto found = statements_.decided.step();
  statements_.decided.reset();
  return found;
}

Result<std::optional<Instant>> WriterRows::latest() {
  const auto row = statements_.latest.step();
  const std::string text = row && *row ? statements_.latest.text(0) : std::string();
  statements_.latest.reset();
  if (!row) return fail(row.error());
  if (text.empty()) return std::nullopt;
  const auto instant = parse_instant(text);
  if (!instant) return fail(ErrorCode::storage, "the time of a record is damaged");
  return *instant;
}

Status WriterRows::insert_origin(std::string_view origin) {
  statements_.origin.bind(1, origin);
  return statements_.origin.run();
}

Status WriterRows::insert(const PreparedRecord& record, std::uint64_t index,
                          std::string_view answer) {
  const auto row = static_cast<std::int64_t>(index);
  Statement& main = statements_.record;
  main.bind(1, row);
  main.bind(2, to_string(record.kind));
  main.bind(3, record.client);
  main.bind(4, record.order_id);
  main.bind(5, record.recorded);
  main.bind(6, record.outcome);
  main.bind(7, record.request_digest);
  main.bind(8, record.leaf);
  main.bind(9, record.leaf_hash);
  if (auto done = main.run(); !done) return done;

  if (!answer.empty()) {
    statements_.answer.bind(1, row);
    statements_.answer.bind(2, answer);
    if (auto done = statements_.answer.run(); !done) return done;
  }
  std::int64_t position = 0;
  for (const std::string& name : record.names) {
    statements_.name.bind(1, row);
    statements_.name.bind(2, position++);
    statements_.name.bind(3, name);
    if (auto done = statements_.name.run(); !done) return done;
  }
  position = 0;
  for (const Part& part : record.parts) {
    const std::string salt = hex_encode(part.salt);
    statements_.part.bind(1, row);
    statements_.part.bind(2, position++);
    statements_.part.bind(3, part.pointer);
    statements_.part.bind(4, salt);
    statements_.part.bind(5, part.text);
    if (auto done = statements_.part.run(); !done) return done;
  }
  return {};
}

Status WriterRows::insert_tile_roots(std::uint64_t index, std::span<const std::string> completed) {
  for (std::size_t height = kTileHeight; height <= completed.size(); height += kTileHeight) {
    const std::string hash = hex_encode(completed[height - 1]);
    statements_.tile_root.bind(1, static_cast<std::int64_t>(height / kTileHeight));
    statements_.tile_root.bind(2, static_cast<std::int64_t>(index >> height));
    statements_.tile_root.bind(3, hash);
    if (auto done = statements_.tile_root.run(); !done) return done;
  }
  return {};
}

Status WriterRows::insert_checkpoint(std::uint64_t size, std::string_view note) {
  statements_.checkpoint.bind(1, static_cast<std::int64_t>(size));
  statements_.checkpoint.bind(2, note);
  return statements_.checkpoint.run();
}

}  // namespace parallax::evidence
