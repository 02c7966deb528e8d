// SPDX-License-Identifier: Apache-2.0
#include <memory>

#include <CLI/CLI.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include "base/clock.h"
#include "cli/commands.h"
#include "rules/render.h"

namespace parallax::cli {
namespace {

struct Options {
  std::string at;
  std::string from;
  std::string to;
  bool json = false;
};

int print_rules(const Options& options) {
  Date date = date_of(system_clock().now());
  if (!options.at.empty()) {
    const auto parsed = parse_date(options.at);
    if (!parsed) return report_error(parsed.error());
    date = *parsed;
  }
  if (options.json)
    fmt::print("{}\n", boost::json::serialize(rules::render_json(date)));
  else
    fmt::print("{}", rules::render_text(date));
  return kExitPermitted;
}

int print_difference(const Options& options) {
  const auto from = parse_date(options.from);
  if (!from) return report_error(from.error());
  const auto to = parse_date(options.to);
  if (!to) return report_error(to.error());
  if (options.json)
    fmt::print("{}\n", boost::json::serialize(rules::render_difference_json(*from, *to)));
  else
    fmt::print("{}", rules::render_difference_text(*from, *to));
  return kExitPermitted;
}

}  // namespace

void add_rules_command(CLI::App& app, int& exit_code) {
  const auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand("rules", "What the Baseline Requirements ask on a date");
  command->add_option("--at", options->at, "Date, YYYY-MM-DD; today if left out");
  command->add_flag("--json", options->json, "One JSON object");
  CLI::App* diff = command->add_subcommand("diff", "What differs between two days");
  diff->add_option("FROM", options->from, "Date, YYYY-MM-DD")->required();
  diff->add_option("TO", options->to, "Date, YYYY-MM-DD")->required();
  diff->add_flag("--json", options->json, "One JSON object");
  diff->callback([options, &exit_code] { exit_code = print_difference(*options); });
  command->callback([options, diff, &exit_code] {
    if (!diff->parsed()) exit_code = print_rules(*options);
  });
}

}  // namespace parallax::cli
