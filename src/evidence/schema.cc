// SPDX-License-Identifier: Apache-2.0
#include "evidence/schema.h"

#include <string>

#include <fmt/format.h>

namespace parallax::evidence {
namespace {

// Besides forbidding UPDATE and DELETE, the triggers check each insert: INSERT OR REPLACE deletes
// rows without firing delete triggers, so whatever it could replace is refused beforehand. What
// opens a leaf may be erased once it was kept for two years (TLS BR 5.4.3); the log itself never.
constexpr std::string_view kSchema = R"sql(
CREATE TABLE log (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  origin TEXT NOT NULL
) STRICT;
CREATE TABLE record (
  idx INTEGER PRIMARY KEY CHECK (idx >= 0),
  kind TEXT NOT NULL CHECK (kind IN ('decision', 'late-observation')),
  client TEXT NOT NULL,
  order_id TEXT NOT NULL,
  recorded TEXT NOT NULL,
  outcome TEXT NOT NULL,
  request_digest TEXT NOT NULL,
  leaf TEXT NOT NULL,
  leaf_hash TEXT NOT NULL CHECK (length(leaf_hash) = 64)
) STRICT;
CREATE TABLE record_answer (
  record INTEGER PRIMARY KEY REFERENCES record (idx),
  answer TEXT NOT NULL
) STRICT;
CREATE TABLE record_part (
  record INTEGER NOT NULL REFERENCES record (idx),
  position INTEGER NOT NULL,
  pointer TEXT NOT NULL,
  salt TEXT NOT NULL CHECK (length(salt) = 64),
  text TEXT NOT NULL,
  PRIMARY KEY (record, position)
) STRICT, WITHOUT ROWID;
CREATE TABLE record_name (
  record INTEGER NOT NULL REFERENCES record (idx),
  position INTEGER NOT NULL,
  name TEXT NOT NULL,
  PRIMARY KEY (record, position)
) STRICT, WITHOUT ROWID;
CREATE TABLE tile_root (
  level INTEGER NOT NULL CHECK (level >= 1),
  idx INTEGER NOT NULL CHECK (idx >= 0),
  hash TEXT NOT NULL CHECK (length(hash) = 64),
  PRIMARY KEY (level, idx)
) STRICT, WITHOUT ROWID;
CREATE TABLE checkpoint (
  size INTEGER PRIMARY KEY CHECK (size > 0),
  note TEXT NOT NULL
) STRICT;

CREATE UNIQUE INDEX record_by_decision ON record (client, order_id) WHERE kind = 'decision';
CREATE INDEX record_by_order ON record (order_id, idx);
CREATE INDEX record_by_outcome ON record (outcome, idx);
CREATE INDEX record_by_time ON record (recorded, idx);
CREATE INDEX record_name_by_name ON record_name (name, record);

CREATE TRIGGER record_in_order BEFORE INSERT ON record
WHEN NEW.idx IS NOT (SELECT coalesce(max(idx) + 1, 0) FROM record)
BEGIN SELECT RAISE(ABORT, 'evidence indexes have no gaps'); END;
CREATE TRIGGER record_decided_once BEFORE INSERT ON record
WHEN NEW.kind = 'decision' AND EXISTS (
  SELECT 1 FROM record
  WHERE kind = 'decision' AND client = NEW.client AND order_id = NEW.order_id)
BEGIN SELECT RAISE(ABORT, 'an order is decided once'); END;
CREATE TRIGGER record_answer_in_order BEFORE INSERT ON record_answer
WHEN NEW.record IS NOT (SELECT max(idx) FROM record)
  OR EXISTS (SELECT 1 FROM record_answer WHERE record = NEW.record)
BEGIN SELECT RAISE(ABORT, 'evidence is append-only'); END;
CREATE TRIGGER record_name_in_order BEFORE INSERT ON record_name
WHEN NEW.record IS NOT (SELECT max(idx) FROM record)
  OR NEW.position IS NOT
     (SELECT coalesce(max(position) + 1, 0) FROM record_name WHERE record = NEW.record)
BEGIN SELECT RAISE(ABORT, 'evidence is append-only'); END;
CREATE TRIGGER record_part_in_order BEFORE INSERT ON record_part
WHEN NEW.record IS NOT (SELECT max(idx) FROM record)
  OR NEW.position IS NOT
     (SELECT coalesce(max(position) + 1, 0) FROM record_part WHERE record = NEW.record)
BEGIN SELECT RAISE(ABORT, 'evidence is append-only'); END;
CREATE TRIGGER tile_root_in_order BEFORE INSERT ON tile_root
WHEN NEW.idx IS NOT (SELECT coalesce(max(idx) + 1, 0) FROM tile_root WHERE level = NEW.level)
BEGIN SELECT RAISE(ABORT, 'evidence is append-only'); END;
CREATE TRIGGER checkpoint_in_order BEFORE INSERT ON checkpoint
WHEN NEW.size IS NOT (SELECT max(idx) + 1 FROM record)
  OR EXISTS (SELECT 1 FROM checkpoint WHERE size >= NEW.size)
BEGIN SELECT RAISE(ABORT, 'a checkpoint covers the whole log'); END;
CREATE TRIGGER log_once BEFORE INSERT ON log WHEN EXISTS (SELECT 1 FROM log)
BEGIN SELECT RAISE(ABORT, 'a log has one origin'); END;
)sql";

// Tables whose rows stay for ever, and those that open a record, which go with their time.
constexpr std::string_view kEternal[] = {"log", "record", "tile_root", "checkpoint"};
constexpr std::string_view kOpening[] = {"record_answer", "record_name", "record_part"};

std::string triggers() {
  std::string sql;
  const auto refuse = [&sql](std::string_view table, std::string_view act, std::string_view when) {
    sql += fmt::format(
        "CREATE TRIGGER {0}_no_{1} BEFORE {1} ON {0} {2}\n"
        "BEGIN SELECT RAISE(ABORT, 'evidence is append-only'); END;\n",
        table, act, when);
  };
  for (const std::string_view table : kEternal) {
    refuse(table, "update", "");
    refuse(table, "delete", "");
  }
  for (const std::string_view table : kOpening) {
    refuse(table, "update", "");
    refuse(table, "delete",
           "WHEN (SELECT recorded FROM record WHERE idx = OLD.record) > "
           "strftime('%Y-%m-%dT%H:%M:%f', 'now', '-2 years')");
  }
  return sql;
}

struct Identity {
  std::int64_t application = 0;
  std::int64_t version = 0;
  std::int64_t objects = 0;  // entries in the schema: 0 in an empty file
};

Result<Identity> identify(Database& database) {
  const auto application = database.integer("PRAGMA application_id");
  if (!application) return fail(application.error());
  const auto version = database.integer("PRAGMA user_version");
  if (!version) return fail(version.error());
  const auto objects = database.integer("SELECT count(*) FROM sqlite_schema");
  if (!objects) return fail(objects.error());
  Identity identity;
  identity.application = *application;
  identity.version = *version;
  identity.objects = *objects;
  return identity;
}

bool is_empty(const Identity& identity) {
  return identity.application == 0 && identity.version == 0 && identity.objects == 0;
}

Status accept(const Identity& identity) {
  if (identity.application != kApplicationId)
    return fail(ErrorCode::configuration, "the file is a database, but no Parallax evidence");
  if (identity.version > kSchemaVersion)
    return fail(ErrorCode::configuration,
                fmt::format("the evidence was written by a newer Parallax (schema {}; this one "
                            "knows schema {}): upgrade before opening it",
                            identity.version, kSchemaVersion));
  if (identity.version < kSchemaVersion)
    return fail(
        ErrorCode::configuration,
        fmt::format("the evidence has schema {}, which never was released", identity.version));
  return {};
}

Status create(Database& database) {
  const std::string sql =
      fmt::format("{}{}PRAGMA application_id = {};\nPRAGMA user_version = {};\n", kSchema,
                  triggers(), kApplicationId, kSchemaVersion);
  return database.execute(sql);
}

// Within the caller's write transaction, so that of two processes only one creates.
Status create_unless_there(Database& database) {
  const auto identity = identify(database);
  if (!identity) return fail(identity.error());
  if (is_empty(*identity)) return create(database);
  return accept(*identity);
}

}  // namespace

Status check_schema(Database& database) {
  const auto identity = identify(database);
  if (!identity) return fail(identity.error());
  return accept(*identity);
}

Status ensure_schema(Database& database) {
  if (auto begun = database.execute("BEGIN IMMEDIATE"); !begun) return begun;
  auto done = create_unless_there(database);
  if (done) done = database.execute("COMMIT");
  if (!done && database.in_transaction()) {
    const auto undone = database.execute("ROLLBACK");
    static_cast<void>(undone);  // the first error is the one worth telling
  }
  return done;
}

}  // namespace parallax::evidence
