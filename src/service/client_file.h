// SPDX-License-Identifier: Apache-2.0
// The client file on disk: reading it with care, replacing it as a whole.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace parallax::service {

// Held while the client file is read, changed and replaced, so that two commands at once lose
// nothing. An flock on `path` + ".lock", released by the destructor or by the process's end.
class FileLock {
 public:
  // Waits for the lock. Error: storage.
  [[nodiscard]] static Result<FileLock> acquire(const std::string& path);
  FileLock(FileLock&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
  FileLock(const FileLock&) = delete;
  FileLock& operator=(const FileLock&) = delete;
  FileLock& operator=(FileLock&&) = delete;
  ~FileLock();

 private:
  explicit FileLock(int descriptor) : descriptor_(descriptor) {}
  int descriptor_;
};

// The file's text; nullopt if there is no file. Errors: configuration (writable by group or others,
// larger than kClientFileSizeMax), storage.
[[nodiscard]] Result<std::optional<std::string>> read_client_file(const std::string& path);

// Puts `text` in the file's place: durable and complete, or not at all. Mode 0600; the owner is
// that of the file replaced, or else of its directory, where the process may say so.
// Error: storage.
[[nodiscard]] Status replace_file(const std::string& path, std::string_view text);

// What changes whenever the file does.
struct FileStamp {
  bool exists = false;
  std::uint64_t inode = 0;
  std::int64_t modified_ns = 0;
  std::int64_t size = 0;
  friend bool operator==(const FileStamp&, const FileStamp&) = default;
};
[[nodiscard]] FileStamp stamp_of(const std::string& path);

}  // namespace parallax::service
