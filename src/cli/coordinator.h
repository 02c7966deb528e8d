// SPDX-License-Identifier: Apache-2.0
// The coordinator's composition root: what it is made of and how it is started.
#pragma once

#include <string>

#include "base/result.h"

namespace parallax::cli {

// Where the remote Network Perspectives run.
enum class RemoteHosting { elsewhere, in_process };

// Serves until signalled. Errors: configuration (settings, files, a roster that cannot meet the
// rules, trust anchors that do not validate the root), storage (the evidence cannot be opened).
[[nodiscard]] Status serve_coordinator(const std::string& config_path, RemoteHosting hosting);

}  // namespace parallax::cli
