// SPDX-License-Identifier: Apache-2.0
#include "cli/files.h"

#include <cerrno>
#include <cstring>
#include <fstream>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

namespace parallax::cli {
namespace {

constexpr mode_t kOpenToOthers = S_IRGRP | S_IWGRP | S_IROTH | S_IWOTH;
constexpr mode_t kPermissions = 07777;

}  // namespace

Result<std::string> read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return fail(ErrorCode::configuration, fmt::format("cannot read {}", path));
  std::string text(kSmallFileMax + 1, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(file.gcount()));
  if (text.size() > kSmallFileMax)
    return fail(ErrorCode::configuration, fmt::format("{} is larger than 1 MiB", path));
  return text;
}

Status create_file(const std::string& path, const std::string& text, int mode) {
  const int descriptor =
      ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, static_cast<mode_t>(mode));
  if (descriptor < 0)
    return fail(ErrorCode::configuration,
                fmt::format("cannot create {}: {}", path, std::strerror(errno)));
  const ssize_t written = ::write(descriptor, text.data(), text.size());
  const bool closed = ::close(descriptor) == 0;
  if (written != static_cast<ssize_t>(text.size()) || !closed)
    return fail(ErrorCode::configuration, fmt::format("cannot write {}", path));
  return {};
}

Status require_private(const std::string& path) {
  struct stat status{};
  if (::stat(path.c_str(), &status) != 0)
    return fail(ErrorCode::configuration,
                fmt::format("cannot read the secret file \"{}\": {}", path, std::strerror(errno)));
  if ((status.st_mode & kOpenToOthers) == 0) return {};
  return fail(ErrorCode::configuration,
              fmt::format("secret file {} has mode {:04o}: group or others can read or write it; "
                          "chmod 600 it, and replace the secret if others may have read it",
                          path, status.st_mode & kPermissions));
}

Result<std::string> read_private_file(const std::string& path) {
  if (auto kept = require_private(path); !kept) return fail(kept.error());
  return read_file(path);
}

Result<SigningKey> read_signing_key(const std::string& path) {
  const auto pem = read_private_file(path);
  if (!pem) return fail(pem.error());
  auto key = SigningKey::from_pem(*pem);
  if (!key) return fail(ErrorCode::configuration, fmt::format("{}: {}", path, key.error().message));
  return key;
}

}  // namespace parallax::cli
