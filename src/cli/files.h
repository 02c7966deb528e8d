// SPDX-License-Identifier: Apache-2.0
// Small files: keys, secrets, lists.
#pragma once

#include <string>

#include "base/crypto.h"
#include "base/result.h"

namespace parallax::cli {

inline constexpr std::size_t kSmallFileMax = 1024 * 1024;

// The whole file, at most kSmallFileMax. Error: configuration, naming it.
[[nodiscard]] Result<std::string> read_file(const std::string& path);
// Creates the file with this mode, and refuses to replace one. Error: configuration.
[[nodiscard]] Status create_file(const std::string& path, const std::string& text, int mode);
// An Ed25519 private key in PEM. Error: configuration.
[[nodiscard]] Result<SigningKey> read_signing_key(const std::string& path);

}  // namespace parallax::cli
