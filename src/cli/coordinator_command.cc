// SPDX-License-Identifier: Apache-2.0
// `parallax coordinator` and `parallax all-in-one`.
#include <memory>

#include <CLI/CLI.hpp>

#include "base/log.h"
#include "cli/commands.h"
#include "cli/coordinator.h"

namespace parallax::cli {

void add_coordinator_command(CLI::App& app, int& exit_code) {
  const auto add = [&app, &exit_code](const char* name, const char* text, RemoteHosting hosting) {
    const auto path = std::make_shared<std::string>();
    CLI::App* command = app.add_subcommand(name, text);
    command->add_option("--config", *path, "Configuration file (TOML)")->required();
    command->callback([path, hosting, &exit_code] {
      const auto served = serve_coordinator(*path, hosting);
      if (!served) exit_code = report_error(served.error());
    });
  };
  add("coordinator", "Serve as coordinator with the Primary Network Perspective in process",
      RemoteHosting::elsewhere);
  add("all-in-one", "Coordinator and remotes in one process, for trying out in a lab",
      RemoteHosting::in_process);
}

}  // namespace parallax::cli
