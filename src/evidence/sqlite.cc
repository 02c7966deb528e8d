// SPDX-License-Identifier: Apache-2.0
#include "evidence/sqlite.h"

#include <chrono>

#include <fmt/format.h>
#include <sqlite3.h>

namespace parallax::evidence {
namespace {

// How long a connection waits for another's lock before it gives up.
constexpr std::chrono::milliseconds kBusyWait{2000};

// Pages kept per connection, in KiB. What is written is at the end of the table and of its time
// index; the rest of a large file is not worth holding.
constexpr int kCacheKib = 256;

std::string_view meaning(int code) {
  switch (code & 0xff) {
    case SQLITE_FULL: return "the disk is full";
    case SQLITE_IOERR: return "the disk failed";
    case SQLITE_READONLY: return "the file may not be written";
    case SQLITE_CANTOPEN: return "the file cannot be opened";
    case SQLITE_CORRUPT: return "the file is damaged";
    case SQLITE_NOTADB: return "the file is not a database";
    case SQLITE_BUSY: return "the file is locked by another process";
    default: return "the operation failed";
  }
}

tl::unexpected<Error> storage_error(sqlite3* database, int code) {
  const char* detail = database != nullptr ? sqlite3_errmsg(database) : sqlite3_errstr(code);
  return fail(Error{ErrorCode::storage,
                    fmt::format("evidence database: {}", meaning(code)),
                    {{"sqlite", fmt::format("{} ({})", detail, code)}}});
}

// A hostile or damaged schema must not run functions or be rewritten behind SQLite's back.
void harden(sqlite3* database) {
  sqlite3_db_config(database, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  sqlite3_db_config(database, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
  sqlite3_extended_result_codes(database, 1);
  sqlite3_busy_timeout(database, static_cast<int>(kBusyWait.count()));
}

}  // namespace

void Statement::Finalize::operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }

void Statement::bind(int parameter, std::string_view text) {
  // A null pointer would bind NULL; empty text must stay text.
  const char* data = text.empty() ? "" : text.data();
  const int code =
      sqlite3_bind_text64(handle_.get(), parameter, data, text.size(), SQLITE_STATIC, SQLITE_UTF8);
  if (code != SQLITE_OK) bind_error_ = code;
}

void Statement::bind(int parameter, std::int64_t number) {
  const int code = sqlite3_bind_int64(handle_.get(), parameter, number);
  if (code != SQLITE_OK) bind_error_ = code;
}

Result<bool> Statement::step() {
  sqlite3* database = sqlite3_db_handle(handle_.get());
  if (bind_error_ != 0) return storage_error(database, bind_error_);
  const int code = sqlite3_step(handle_.get());
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  auto error = storage_error(database, code);
  reset();
  return error;
}

Status Statement::run() {
  auto row = step();
  while (row && *row) row = step();
  reset();
  if (!row) return fail(row.error());
  return {};
}

void Statement::reset() {
  sqlite3_reset(handle_.get());
  sqlite3_clear_bindings(handle_.get());
  bind_error_ = 0;
}

std::string Statement::text(int column) const {
  const void* data = sqlite3_column_blob(handle_.get(), column);
  if (data == nullptr) return {};
  const int size = sqlite3_column_bytes(handle_.get(), column);
  return {static_cast<const char*>(data), static_cast<std::size_t>(size)};
}

std::int64_t Statement::integer(int column) const {
  return sqlite3_column_int64(handle_.get(), column);
}

void Database::Close::operator()(sqlite3* database) const { sqlite3_close_v2(database); }

Result<Database> Database::open(const std::string& path, Access access, const std::string& vfs) {
  const int mode = access == Access::read_only ? SQLITE_OPEN_READONLY
                                               : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
  sqlite3* raw = nullptr;
  // Each connection stays with one thread at a time, so SQLite's own mutexes are not needed.
  const int code = sqlite3_open_v2(path.c_str(), &raw, mode | SQLITE_OPEN_NOMUTEX,
                                   vfs.empty() ? nullptr : vfs.c_str());
  Database database(raw);
  if (code != SQLITE_OK) {
    auto error = storage_error(raw, code).value();
    return fail(std::move(error).with("file", path));
  }
  harden(raw);
  if (auto bounded = database.execute(fmt::format("PRAGMA cache_size = -{}", kCacheKib)); !bounded)
    return fail(bounded.error());
  return database;
}

Status Database::execute(const std::string& sql) {
  const int code = sqlite3_exec(handle_.get(), sql.c_str(), nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) return storage_error(handle_.get(), code);
  return {};
}

Result<Statement> Database::prepare(std::string_view sql) {
  sqlite3_stmt* raw = nullptr;
  const int code = sqlite3_prepare_v3(handle_.get(), sql.data(), static_cast<int>(sql.size()),
                                      SQLITE_PREPARE_PERSISTENT, &raw, nullptr);
  Statement statement(raw);
  if (code != SQLITE_OK) return storage_error(handle_.get(), code);
  return statement;
}

Result<std::int64_t> Database::integer(std::string_view sql) {
  auto statement = prepare(sql);
  if (!statement) return fail(statement.error());
  const auto row = statement->step();
  if (!row) return fail(row.error());
  return *row ? statement->integer(0) : 0;
}

bool Database::in_transaction() const { return sqlite3_get_autocommit(handle_.get()) == 0; }

Status Database::checkpoint() {
  const int code = sqlite3_wal_checkpoint_v2(handle_.get(), nullptr, SQLITE_CHECKPOINT_PASSIVE,
                                             nullptr, nullptr);
  if (code != SQLITE_OK && code != SQLITE_BUSY) return storage_error(handle_.get(), code);
  return {};
}

}  // namespace parallax::evidence
