// SPDX-License-Identifier: Apache-2.0
#include <csignal>
#include <cstdio>
#include <exception>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "cli/commands.h"

namespace parallax::cli {
namespace {

int run(int argc, char** argv) {
  CLI::App app{"Parallax: multi-perspective issuance corroboration", "parallax"};
  app.set_version_flag("--version", fmt::format("parallax {}", kVersion));
  app.require_subcommand(1);
  int exit_code = 0;
  add_check_command(app, exit_code);
  add_rules_command(app, exit_code);
  add_config_command(app, exit_code);
  add_evidence_command(app, exit_code);
  add_permit_command(app, exit_code);
  add_token_command(app, exit_code);
  add_pki_command(app, exit_code);
  add_perspective_command(app, exit_code);
  add_coordinator_command(app, exit_code);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    // Asking for help or the version is no error; everything else is usage.
    return app.exit(error) == 0 ? 0 : kExitUsage;
  }
  return exit_code;
}

}  // namespace
}  // namespace parallax::cli

#ifdef PARALLAX_JEMALLOC
// Read by jemalloc before main(): one arena, since a process has a worker or two, and memory that
// lay idle for a second goes back to the system.
extern "C" const char* malloc_conf;
const char* malloc_conf = "narenas:1,dirty_decay_ms:1000,muzzy_decay_ms:0,tcache_max:4096";
#endif

int main(int argc, char** argv) {
  std::signal(SIGPIPE, SIG_IGN);  // a closed pipe or connection is an error value, not a death
  // Errors are values everywhere below; what still arrives here is a fault (or no memory). stdio,
  // not fmt: nothing may be thrown from here.
  try {
    return parallax::cli::run(argc, argv);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "parallax: internal error: %s\n", error.what());
  } catch (...) {
    std::fputs("parallax: internal error\n", stderr);
  }
  return parallax::cli::kExitInternal;
}
