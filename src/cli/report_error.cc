// SPDX-License-Identifier: Apache-2.0
#include <cstdio>

#include <fmt/format.h>

#include "cli/commands.h"

namespace parallax::cli {

int report_error(const Error& error) {
  fmt::print(stderr, "parallax: {}\n", describe(error));
  switch (error.code) {
    case ErrorCode::malformed:
    case ErrorCode::unsupported:
    case ErrorCode::forbidden:
    case ErrorCode::configuration: return kExitUsage;
    default: return kExitUndetermined;
  }
}

}  // namespace parallax::cli
