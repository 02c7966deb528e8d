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

}  // namespace

void add_rules_command(CLI::App& app, int& exit_code) {
  const auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand("rules", "What the Baseline Requirements ask on a date");
  command->add_option("--at", options->at, "Date, YYYY-MM-DD; today if left out");
  command->add_flag("--json", options->json, "One JSON object");
  command->callback([options, &exit_code] { exit_code = print_rules(*options); });
}

}  // namespace parallax::cli
