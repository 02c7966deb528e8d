// SPDX-License-Identifier: Apache-2.0
// The commands of the executable. Each adds itself to the application and, when chosen, sets the
// exit code.
#pragma once

#include <string_view>

#include "base/result.h"

namespace CLI {
class App;
}

namespace parallax::cli {

inline constexpr std::string_view kVersion = PARALLAX_VERSION;

// Exit codes: what a script can rely on.
inline constexpr int kExitPermitted = 0;  // also: done
inline constexpr int kExitRefused = 1;    // also: failed
inline constexpr int kExitUndetermined = 2;
inline constexpr int kExitUsage = 64;     // malformed input, EX_USAGE of sysexits.h
inline constexpr int kExitInternal = 70;  // a fault of the program, EX_SOFTWARE of sysexits.h

void add_check_command(CLI::App& app, int& exit_code);
void add_rules_command(CLI::App& app, int& exit_code);
void add_config_command(CLI::App& app, int& exit_code);
void add_evidence_command(CLI::App& app, int& exit_code);
void add_permit_command(CLI::App& app, int& exit_code);
void add_token_command(CLI::App& app, int& exit_code);
void add_pki_command(CLI::App& app, int& exit_code);
void add_perspective_command(CLI::App& app, int& exit_code);
void add_coordinator_command(CLI::App& app, int& exit_code);

// Prints "parallax: message (context)" to standard error and returns the exit code that fits.
int report_error(const Error& error);

}  // namespace parallax::cli
