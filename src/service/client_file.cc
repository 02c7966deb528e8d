// SPDX-License-Identifier: Apache-2.0
#include "service/client_file.h"

#include <cerrno>
#include <system_error>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fmt/format.h>

#include "service/limits.h"

namespace parallax::service {
namespace {

constexpr mode_t kPrivateMode = 0600;
constexpr mode_t kWritableByOthers = 022;

Error storage_error(std::string_view what, const std::string& path) {
  return {ErrorCode::storage,
          fmt::format("{} {}: {}", what, path, std::generic_category().message(errno)),
          {}};
}

// A file descriptor that closes itself.
class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  [[nodiscard]] int number() const { return number_; }
  [[nodiscard]] bool valid() const { return number_ >= 0; }

 private:
  int number_;
};

std::string directory_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

Status write_all(int descriptor, std::string_view text, const std::string& path) {
  while (!text.empty()) {
    const ssize_t written = ::write(descriptor, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return fail(storage_error("cannot write", path));
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return {};
}

// Run by root, the command must leave a file that the service's own user can read.
void keep_owner(int descriptor, const std::string& path) {
  struct stat previous{};
  if (::stat(path.c_str(), &previous) != 0 && ::stat(directory_of(path).c_str(), &previous) != 0)
    return;
  // Only root may give files away; for anybody else the file is theirs already.
  [[maybe_unused]] const int ignored = ::fchown(descriptor, previous.st_uid, previous.st_gid);
}

Status write_aside(const std::string& aside, const std::string& path, std::string_view text) {
  const Descriptor file(
      ::open(aside.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, kPrivateMode));
  if (!file.valid()) return fail(storage_error("cannot create", aside));
  keep_owner(file.number(), path);
  if (const auto written = write_all(file.number(), text, aside); !written) return written;
  if (::fsync(file.number()) != 0) return fail(storage_error("cannot sync", aside));
  return {};
}

}  // namespace

Result<FileLock> FileLock::acquire(const std::string& path) {
  const std::string name = path + ".lock";
  const int descriptor =
      ::open(name.c_str(), O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, kPrivateMode);
  if (descriptor < 0) return fail(storage_error("cannot open", name));
  FileLock lock(descriptor);
  while (::flock(descriptor, LOCK_EX) != 0)
    if (errno != EINTR) return fail(storage_error("cannot lock", name));
  return lock;
}

FileLock::~FileLock() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

Result<std::optional<std::string>> read_client_file(const std::string& path) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file.valid() && errno == ENOENT) return std::optional<std::string>();
  if (!file.valid()) return fail(storage_error("cannot open", path));
  struct stat status{};
  if (::fstat(file.number(), &status) != 0) return fail(storage_error("cannot stat", path));
  if ((status.st_mode & kWritableByOthers) != 0)
    return fail(ErrorCode::configuration,
                fmt::format("client file {} is writable by group or others; chmod 600 it", path));
  std::string text(kClientFileSizeMax + 1, '\0');
  std::size_t size = 0;
  while (size < text.size()) {
    const ssize_t got = ::read(file.number(), text.data() + size, text.size() - size);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return fail(storage_error("cannot read", path));
    if (got == 0) break;
    size += static_cast<std::size_t>(got);
  }
  if (size > kClientFileSizeMax)
    return fail(ErrorCode::configuration,
                fmt::format("client file {} is larger than {} octets", path, kClientFileSizeMax));
  text.resize(size);
  return std::optional<std::string>(std::move(text));
}

Status replace_file(const std::string& path, std::string_view text) {
  // The lock makes the name ours; a leftover of a crashed command may go.
  const std::string aside = path + ".new";
  ::unlink(aside.c_str());
  if (const auto written = write_aside(aside, path, text); !written) {
    ::unlink(aside.c_str());
    return written;
  }
  if (::rename(aside.c_str(), path.c_str()) != 0)
    return fail(storage_error("cannot replace", path));
  const std::string parent = directory_of(path);
  const Descriptor directory(::open(parent.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!directory.valid() || ::fsync(directory.number()) != 0)
    return fail(storage_error("cannot sync the directory of", path));
  return {};
}

FileStamp stamp_of(const std::string& path) {
  struct stat status{};
  if (::stat(path.c_str(), &status) != 0) return {};
  return {true, status.st_ino,
          std::int64_t{status.st_mtim.tv_sec} * 1'000'000'000 + status.st_mtim.tv_nsec,
          status.st_size};
}

}  // namespace parallax::service
