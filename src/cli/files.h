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
// A private key is its owner's alone: whoever else can read it can sign in its place, whoever can
// write it can exchange it; a secret likewise. Error: configuration, if group or others may read or
// write the file, or nothing can be found out about it.
[[nodiscard]] Status require_private(const std::string& path);
// As read_file(), of a file that require_private() accepts. Error: configuration.
[[nodiscard]] Result<std::string> read_private_file(const std::string& path);
// An Ed25519 private key in PEM, of a file that require_private() accepts. Error: configuration.
[[nodiscard]] Result<SigningKey> read_signing_key(const std::string& path);

}  // namespace parallax::cli
