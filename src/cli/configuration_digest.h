// SPDX-License-Identifier: Apache-2.0
// What a record says of the configuration a decision was made under.
#pragma once

#include <string>

#include <boost/json/value.hpp>

#include "base/result.h"
#include "cli/config.h"

namespace parallax::cli {

// The facts: software and resolver build, digests of trust anchors and root hints, roster, CAA
// settings, timeouts, lab. Errors: configuration (a file cannot be read).
[[nodiscard]] Result<boost::json::value> configuration_facts(const Config& config);

// SHA-256 over their canonical JSON, hex.
[[nodiscard]] std::string configuration_digest(const boost::json::value& facts);

}  // namespace parallax::cli
