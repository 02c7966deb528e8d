// SPDX-License-Identifier: Apache-2.0
// `parallax evidence list|show|verify`: decisions as they were recorded.
#include <charconv>
#include <memory>

#include <CLI/CLI.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/json.h"
#include "cli/commands.h"
#include "cli/evidence_verify.h"
#include "evidence/reader.h"

namespace parallax::cli {
namespace {

struct Options {
  std::string database;
  std::string name;
  std::string order;
  std::string outcome;
  std::string from;
  std::string until;
  std::uint64_t before = UINT64_MAX;
  unsigned limit = 50;
  bool json = false;
  std::string which;
};

json::object summary(const evidence::StoredRecord& record) {
  json::array names;
  for (const std::string& name : record.names) names.emplace_back(name);
  return {{"index", record.index},
          {"kind", evidence::to_string(record.kind)},
          {"recorded", format_instant(record.recorded)},
          {"client", record.client},
          {"order", record.order_id},
          {"outcome", record.outcome},
          {"names", std::move(names)},
          {"leaf_hash", record.leaf_hash}};
}

Result<evidence::ListFilter> filter_of(const Options& options) {
  evidence::ListFilter filter;
  if (!options.name.empty()) filter.name = options.name;
  if (!options.order.empty()) filter.order_id = options.order;
  if (!options.outcome.empty()) filter.outcome = options.outcome;
  if (!options.from.empty()) {
    const auto instant = parse_instant(options.from);
    if (!instant) return fail(instant.error());
    filter.from = *instant;
  }
  if (!options.until.empty()) {
    const auto instant = parse_instant(options.until);
    if (!instant) return fail(instant.error());
    filter.until = *instant;
  }
  filter.before_index = options.before;
  filter.limit = options.limit;
  return filter;
}

int list(const Options& options) {
  const auto filter = filter_of(options);
  if (!filter) return report_error(filter.error());
  auto reader = evidence::EvidenceReader::open(options.database);
  if (!reader) return report_error(reader.error());
  const auto records = reader->list(*filter);
  if (!records) return report_error(records.error());
  if (!options.json)
    fmt::print("{:>8}  {:<30}  {:<16}  {:<12}  {:<24}  {}\n", "index", "recorded", "kind",
               "outcome", "order", "names");
  for (const evidence::StoredRecord& record : *records) {
    if (options.json)
      fmt::print("{}\n", json::serialize(summary(record)));
    else
      fmt::print("{:>8}  {:<30}  {:<16}  {:<12}  {:<24}  {}\n", record.index,
                 format_instant(record.recorded), evidence::to_string(record.kind),
                 record.outcome.empty() ? "-" : record.outcome, record.order_id,
                 fmt::join(record.names, " "));
  }
  return kExitPermitted;
}

// By index, or by order id: then its newest record that is a decision.
Result<evidence::StoredRecord> find(evidence::EvidenceReader& reader, const std::string& which) {
  std::uint64_t index = 0;
  const auto [end, error] = std::from_chars(which.data(), which.data() + which.size(), index);
  if (error == std::errc{} && end == which.data() + which.size()) return reader.show(index);
  evidence::ListFilter filter;
  filter.order_id = which;
  const auto records = reader.list(filter);
  if (!records) return fail(records.error());
  for (const evidence::StoredRecord& record : *records)
    if (record.kind == evidence::RecordKind::decision) return record;
  return fail(ErrorCode::not_found, fmt::format("no record or order \"{}\"", which));
}

int show(const Options& options) {
  auto reader = evidence::EvidenceReader::open(options.database);
  if (!reader) return report_error(reader.error());
  const auto record = find(*reader, options.which);
  if (!record) return report_error(record.error());
  if (options.json) {
    fmt::print("{}\n", record->body);
    return kExitPermitted;
  }
  fmt::print(
      "index      {}\nkind       {}\nrecorded   {}\nclient     {}\norder      {}\n"
      "outcome    {}\nnames      {}\nleaf hash  {}\n\n{}\n",
      record->index, evidence::to_string(record->kind), format_instant(record->recorded),
      record->client, record->order_id, record->outcome, fmt::join(record->names, " "),
      record->leaf_hash, record->body);
  return kExitPermitted;
}

}  // namespace

void add_evidence_command(CLI::App& app, int& exit_code) {
  const auto options = std::make_shared<Options>();
  CLI::App* evidence = app.add_subcommand("evidence", "Recorded decisions");
  evidence->require_subcommand(1);
  const auto verb = [&](const char* name, const char* text, int (*run)(const Options&)) {
    CLI::App* command = evidence->add_subcommand(name, text);
    command->add_option("--database", options->database, "The coordinator's evidence.database")
        ->required();
    command->add_flag("--json", options->json, "JSON, one record a line");
    command->callback([options, run, &exit_code] { exit_code = run(*options); });
    return command;
  };
  CLI::App* list_command = verb("list", "Newest records first", list);
  list_command->add_option("--name", options->name, "Only orders that hold this name");
  list_command->add_option("--order", options->order, "Only this order id");
  list_command->add_option("--outcome", options->outcome, "permitted, refused or undetermined");
  list_command->add_option("--from", options->from, "Recorded at or after (RFC 3339)");
  list_command->add_option("--until", options->until, "Recorded before (RFC 3339)");
  list_command->add_option("--before", options->before, "Only indexes below (for paging)");
  list_command->add_option("--limit", options->limit, "At most so many, 1 to 1000");
  CLI::App* show_command = verb("show", "One record with everything in it", show);
  show_command->add_option("RECORD", options->which, "Index, or order id")->required();
  add_evidence_verify(*evidence, exit_code);
}

}  // namespace parallax::cli
