// SPDX-License-Identifier: Apache-2.0
#include "evidence/reader.h"

#include <filesystem>
#include <system_error>
#include <utility>
#include <variant>

#include <fmt/format.h>

#include "evidence/schema.h"

namespace parallax::evidence {
namespace {

// The WHERE clause of a filter and the values of its parameters, in order.
struct Query {
  std::string sql;
  std::vector<std::variant<std::string, std::int64_t>> values;

  void add(std::string_view condition, std::variant<std::string, std::int64_t> value) {
    sql += fmt::format(" AND {}", condition);
    values.push_back(std::move(value));
  }
};

std::int64_t as_row(std::uint64_t index) {
  return index > INT64_MAX ? INT64_MAX : static_cast<std::int64_t>(index);
}

Query query_of(const ListFilter& filter) {
  Query query;
  query.sql = fmt::format("SELECT {} FROM record WHERE idx < ?", kRecordColumns);
  query.values.emplace_back(as_row(filter.before_index));
  if (filter.name)
    query.add("idx IN (SELECT record FROM record_name WHERE name = ?)", *filter.name);
  if (filter.order_id) query.add("order_id = ?", *filter.order_id);
  if (filter.outcome) query.add("outcome = ?", *filter.outcome);
  if (filter.from) query.add("recorded >= ?", format_instant(*filter.from));
  if (filter.until) query.add("recorded < ?", format_instant(*filter.until));
  query.sql += " ORDER BY idx DESC LIMIT ?";
  query.values.emplace_back(static_cast<std::int64_t>(filter.limit));
  return query;
}

void bind(Statement& statement, const Query& query) {
  int parameter = 1;
  for (const auto& value : query.values) {
    if (const auto* text = std::get_if<std::string>(&value))
      statement.bind(parameter, *text);
    else
      statement.bind(parameter, std::get<std::int64_t>(value));
    ++parameter;
  }
}

std::size_t size_of(const StoredRecord& record) {
  return record.body.size() + record.leaf.size() + record.answer.size();
}

}  // namespace

EvidenceReader::EvidenceReader(Database database, RecordRows rows)
    : database_(std::move(database)), rows_(std::move(rows)) {}

Result<EvidenceReader> EvidenceReader::open(const std::string& path) {
  std::error_code problem;
  if (!std::filesystem::exists(path, problem))
    return fail(Error{ErrorCode::not_found, "there is no evidence file", {{"file", path}}});
  auto database = Database::open(path, Access::read_only);
  if (!database) return fail(database.error());
  if (auto fits = check_schema(*database); !fits)
    return fail(std::move(fits.error()).with("file", path));
  auto rows = RecordRows::over(*database);
  if (!rows) return fail(rows.error());
  return EvidenceReader(std::move(*database), std::move(*rows));
}

Result<std::vector<StoredRecord>> EvidenceReader::list(const ListFilter& filter) {
  if (filter.limit < 1 || filter.limit > kListLimitMax)
    return fail(ErrorCode::malformed, fmt::format("a page holds 1 to {} records", kListLimitMax));
  const Query query = query_of(filter);
  auto statement = database_.prepare(query.sql);
  if (!statement) return fail(statement.error());
  bind(*statement, query);

  std::vector<StoredRecord> page;
  std::size_t octets = 0;
  auto row = statement->step();
  for (; row && *row && octets < kListOctetsMax; row = statement->step()) {
    auto record = rows_.read(*statement);
    if (!record) return fail(record.error());
    octets += size_of(*record);
    page.push_back(std::move(*record));
  }
  if (!row) return fail(row.error());
  return page;
}

Result<StoredRecord> EvidenceReader::show(std::uint64_t index) {
  auto statement =
      database_.prepare(fmt::format("SELECT {} FROM record WHERE idx = ?", kRecordColumns));
  if (!statement) return fail(statement.error());
  statement->bind(1, as_row(index));
  const auto row = statement->step();
  if (!row) return fail(row.error());
  if (!*row) return fail(ErrorCode::not_found, fmt::format("there is no record {}", index));
  return rows_.read(*statement);
}

Result<std::uint64_t> EvidenceReader::count() {
  const auto next = database_.integer("SELECT coalesce(max(idx) + 1, 0) FROM record");
  if (!next) return fail(next.error());
  return static_cast<std::uint64_t>(*next);
}

}  // namespace parallax::evidence
