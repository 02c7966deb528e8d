// SPDX-License-Identifier: Apache-2.0
#include "cli/evidence_verify.h"

#include <charconv>
#include <filesystem>
#include <memory>
#include <system_error>

#include <CLI/CLI.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include "audit/verify.h"
#include "base/encoding.h"
#include "base/json.h"
#include "cli/commands.h"
#include "cli/files.h"

namespace parallax::cli {
namespace {

constexpr std::string_view kKeySuffix = ".signing.pub";

struct Options {
  std::string database;
  std::vector<std::string> log_keys;
  std::vector<std::string> witness_keys;
  std::string keys;
  std::string checkpoint;
  std::string records;
  std::string suffixes = names::kDefaultPublicSuffixFile;
  bool json = false;
};

// A file that the auditor brought and that cannot be read is no fault of the evidence.
int report_unreadable(const Error& error) {
  report_error(error);
  return kExitUndetermined;
}

Result<std::vector<evidence::NoteKey>> parse_keys(const std::vector<std::string>& texts) {
  std::vector<evidence::NoteKey> keys;
  for (const std::string& text : texts) {
    auto key = evidence::NoteKey::parse(text);
    if (!key) return fail(std::move(key.error()).with("key", printable(text)));
    keys.push_back(std::move(*key));
  }
  return keys;
}

Result<std::uint64_t> parse_index(std::string_view text) {
  std::uint64_t index = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), index);
  if (error == std::errc() && end == text.data() + text.size()) return index;
  return fail(ErrorCode::malformed, "--record takes an index, or FIRST-LAST");
}

Status parse_range(const std::string& text, audit::VerifySettings& settings) {
  if (text.empty()) return {};
  const auto dash = text.find('-');
  const auto first = parse_index(std::string_view(text).substr(0, dash));
  if (!first) return fail(first.error());
  const auto last =
      dash == std::string::npos ? first : parse_index(std::string_view(text).substr(dash + 1));
  if (!last) return fail(last.error());
  if (*last < *first) return fail(ErrorCode::malformed, "--record begins behind its end");
  settings.first = *first;
  settings.last = *last;
  return {};
}

// CODE.signing.pub, as `pki init` writes them; the log's own key beside them is of another kind.
Status add_key_file(const std::filesystem::path& path, audit::PerspectiveKeys& keys) {
  const std::string name = path.filename();
  if (!name.ends_with(kKeySuffix)) return {};
  auto text = read_file(path);
  if (!text) return fail(std::move(text.error()));
  while (!text->empty() && (text->back() == '\n' || text->back() == '\r')) text->pop_back();
  if (evidence::NoteKey::parse(*text)) return {};
  auto added = keys.add(std::string_view(name).substr(0, name.size() - kKeySuffix.size()), *text);
  if (!added) return fail(std::move(added.error()).with("file", path));
  return {};
}

Result<audit::PerspectiveKeys> read_keys(const std::string& path) {
  std::error_code problem;
  if (!std::filesystem::is_directory(path, problem)) {
    const auto lines = read_file(path);
    if (!lines) return fail(lines.error());
    return audit::PerspectiveKeys::parse(*lines);
  }
  audit::PerspectiveKeys keys;
  std::filesystem::directory_iterator entries(path, problem);
  for (; !problem && entries != std::filesystem::directory_iterator(); entries.increment(problem))
    if (auto added = add_key_file(entries->path(), keys); !added)
      return fail(std::move(added.error()));
  if (problem)
    return fail(Error{ErrorCode::configuration, problem.message(), {{"directory", path}}});
  return keys;
}

json::object to_json(const audit::Verified& verified) {
  json::array witnesses;
  for (const audit::Witnessed& witness : verified.witnessed)
    witnesses.push_back(json::object{
        {"name", witness.name},
        {"records", witness.size},
        {"cosigned", witness.at ? json::value(format_instant(*witness.at)) : json::value()}});
  return {{"log", verified.origin},
          {"records", verified.records},
          {"root", hex_encode(verified.root)},
          {"checkpoints", verified.checkpoints},
          {"records_under_checkpoint", verified.covered},
          {"older_checkpoint", verified.older ? json::value(*verified.older) : json::value()},
          {"witnesses", std::move(witnesses)},
          {"parts", verified.parts},
          {"parts_erased", verified.parts_erased},
          {"records_erased", verified.records_erased},
          {"decisions", verified.decisions},
          {"names", verified.names},
          {"names_by_control_alone", verified.names_by_control_alone},
          {"quorums", verified.quorums},
          {"observations", verified.observations},
          {"late_observations", verified.late},
          {"records_without_observations", verified.records_left_out}};
}

void print_json(const audit::Verified& verified, const Status& held) {
  json::value failure;
  if (!held) {
    json::object out{{"message", held.error().message}};
    for (const auto& [name, value] : held.error().context) out[name] = value;
    failure = std::move(out);
  }
  fmt::print("{}\n", json::serialize(json::object{{"holds", held.has_value()},
                                                  {"failure", std::move(failure)},
                                                  {"verified", to_json(verified)}}));
}

void print(const audit::Verified& verified, const Status& held) {
  fmt::print("log           {}\n", verified.origin.empty() ? "-" : verified.origin);
  fmt::print("leaves        {}, root {}\n", verified.records, hex_encode(verified.root));
  fmt::print("checkpoints   {}, the newest over {} records\n", verified.checkpoints,
             verified.covered);
  if (verified.older) fmt::print("older one     over {} records: a beginning\n", *verified.older);
  for (const audit::Witnessed& witness : verified.witnessed)
    if (witness.at)
      fmt::print("witness       {} over {} records, {}\n", witness.name, witness.size,
                 format_instant(*witness.at));
  fmt::print("parts         {} open, {} erased after their time (in {} records)\n", verified.parts,
             verified.parts_erased, verified.records_erased);
  fmt::print("observations  {} signed and bound\n", verified.observations);
  fmt::print("decisions     {} made anew: {} names, {} quorums; {} late observations\n",
             verified.decisions, verified.names, verified.quorums, verified.late);
  if (verified.names_by_control_alone > 0)
    fmt::print("note          {} names permitted by control, with CAA left to another order\n",
               verified.names_by_control_alone);
  if (verified.records_left_out > 0)
    fmt::print("note          {} records without their observations; they permit nothing\n",
               verified.records_left_out);
  if (held)
    fmt::print("all holds\n");
  else
    fmt::print("does not hold: {}\n", describe(held.error()));
}

bool is_about_evidence(ErrorCode code) {
  return code == ErrorCode::untrusted || code == ErrorCode::malformed ||
         code == ErrorCode::unsupported;
}

int run(const Options& options) {
  audit::VerifySettings settings;
  settings.database = options.database;
  auto log_keys = parse_keys(options.log_keys);
  if (!log_keys) return report_error(log_keys.error());
  settings.log_keys = std::move(*log_keys);
  auto witnesses = parse_keys(options.witness_keys);
  if (!witnesses) return report_error(witnesses.error());
  settings.witnesses = std::move(*witnesses);
  if (auto range = parse_range(options.records, settings); !range)
    return report_error(range.error());
  auto keys = read_keys(options.keys);
  if (!keys && keys.error().code == ErrorCode::malformed) return report_error(keys.error());
  if (!keys) return report_unreadable(keys.error());
  if (!options.checkpoint.empty()) {
    auto older = read_file(options.checkpoint);
    if (!older) return report_unreadable(older.error());
    settings.older = std::move(*older);
  }
  const auto suffixes = names::PublicSuffixList::load(options.suffixes);
  if (!suffixes) return report_unreadable(suffixes.error());
  audit::Verified verified;
  const auto held = audit::verify(settings, *keys, *suffixes, verified);
  if (!held && !is_about_evidence(held.error().code)) return report_unreadable(held.error());
  if (options.json)
    print_json(verified, held);
  else
    print(verified, held);
  return held ? kExitPermitted : kExitRefused;
}

}  // namespace

void add_evidence_verify(CLI::App& evidence, int& exit_code) {
  const auto options = std::make_shared<Options>();
  CLI::App* command = evidence.add_subcommand(
      "verify", "Check the log, its checkpoints and every record offline; decide all again");
  command->add_option("--database", options->database, "The coordinator's evidence.database")
      ->required();
  command->add_option("--log-key", options->log_keys, "The log's public key (VKEY); repeatable")
      ->required();
  command->add_option("--witness-key", options->witness_keys,
                      "A witness that must have cosigned (VKEY); repeatable");
  command
      ->add_option("--keys", options->keys,
                   "Public keys of the perspectives: a file of lines CODE BASE64, or a directory "
                   "with CODE.signing.pub")
      ->required();
  command->add_option("--checkpoint", options->checkpoint,
                      "A file with an older checkpoint that the log must still begin with");
  command->add_option("--record", options->records,
                      "Look only into this record, or FIRST-LAST; the log is checked as a whole");
  command->add_option("--public-suffix-list", options->suffixes,
                      "As the coordinator's names.public_suffix_list");
  command->add_flag("--json", options->json, "One JSON object");
  command->callback([options, &exit_code] { exit_code = run(*options); });
}

}  // namespace parallax::cli
