// SPDX-License-Identifier: Apache-2.0
// `parallax config check|settings`.
#include <memory>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "base/clock.h"
#include "cli/commands.h"
#include "cli/config.h"
#include "cli/setting.h"
#include "corroborate/roster.h"

namespace parallax::cli {
namespace {

struct Options {
  std::string path;
  std::string at;
};

int check(const Options& options) {
  Date date = date_of(system_clock().now());
  if (!options.at.empty()) {
    const auto parsed = parse_date(options.at);
    if (!parsed) return report_error(parsed.error());
    date = *parsed;
  }
  const auto config = load_config(options.path);
  if (!config) return report_error(config.error());
  const bool coordinator = config->primary.has_value();
  const Status complete = coordinator ? require_coordinator(*config) : require_perspective(*config);
  if (!complete) return report_error(complete.error());
  int exit_code = kExitPermitted;
  if (coordinator) {
    for (const auto& finding : corroborate::check_roster(roster_of(*config), date)) {
      const bool error = finding.severity == corroborate::Severity::error;
      if (error) exit_code = kExitRefused;
      fmt::print("{}: {}{}\n", error ? "breach" : "warning", finding.message,
                 finding.rule.empty() ? "" : fmt::format(" [{}]", finding.rule));
    }
  }
  fmt::print("{}: {} on {}\n", options.path, exit_code == kExitPermitted ? "in order" : "in breach",
             format_date(date));
  return exit_code;
}

}  // namespace

void add_config_command(CLI::App& app, int& exit_code) {
  const auto options = std::make_shared<Options>();
  CLI::App* config = app.add_subcommand("config", "Configuration files");
  config->require_subcommand(1);
  CLI::App* check_command =
      config->add_subcommand("check", "Read a file and hold its roster against the rules");
  check_command->add_option("--config", options->path, "Configuration file (TOML)")->required();
  check_command->add_option("--at", options->at, "Date, YYYY-MM-DD; today if left out");
  check_command->callback([options, &exit_code] { exit_code = check(*options); });
  config->add_subcommand("settings", "Print every setting as Markdown")->callback([&exit_code] {
    fmt::print("{}", settings_markdown());
    exit_code = kExitPermitted;
  });
}

}  // namespace parallax::cli
