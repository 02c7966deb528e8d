// SPDX-License-Identifier: Apache-2.0
// A SQLite VFS over the system's own that models what a power cut leaves behind.
//
// SQLite sees ordinary files. Beside them the model keeps, per file, what is durable: a write or
// a truncation becomes durable at the next xSync of its file, a new or removed directory entry
// when the directory is synced (SQLite's own VFS does that at the first sync of a new journal or
// log). A cut stops all further changes; restore() then writes the surviving files elsewhere.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <filesystem>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace parallax::evidence {

// What happens to changes that were never synced.
enum class Unsynced {
  dropped,    // all are lost, directory entries included
  scattered,  // each survives or not, by the seed; writes may be torn
};

// Thread safe. Registered with SQLite while it exists.
class LossyVfs {
 public:
  LossyVfs();
  ~LossyVfs();
  LossyVfs(const LossyVfs&) = delete;
  LossyVfs& operator=(const LossyVfs&) = delete;

  [[nodiscard]] const std::string& name() const { return name_; }

  // Cuts the power at the `operation`-th change (write, truncate, sync, delete) from the start.
  void cut_power_at(std::uint64_t operation);
  [[nodiscard]] bool power_is_cut() const;
  // Lets every write fail with this SQLite result code; 0 ends it.
  void fail_writes(int code);
  // Makes writes wait until release_writes(), so that a test decides what queues up behind them.
  void hold_writes();
  void release_writes();

  // Writes what survived into `directory`, under the files' own names.
  void restore(const std::filesystem::path& directory, Unsynced unsynced, std::uint32_t seed) const;

  // Called by the C callbacks. Each returns an SQLite result code to fail with, or 0.
  void opened(const std::string& path, bool syncs_directory);
  [[nodiscard]] int written(const std::string& path, std::string_view data, std::size_t offset);
  [[nodiscard]] int truncated(const std::string& path, std::size_t size);
  [[nodiscard]] int synced(const std::string& path);
  [[nodiscard]] int removed(const std::string& path, bool sync_directory);

 private:
  struct Change {
    bool truncate = false;
    std::size_t offset = 0;  // of a truncation: the new size
    std::string data;
  };
  struct File {
    std::string durable;
    std::vector<Change> pending;
    bool exists = false;         // as SQLite sees it
    bool entry_durable = false;  // the directory entry itself
    bool syncs_directory = false;
    std::optional<std::string> removed_content;  // comes back if the removal is lost
  };

  [[nodiscard]] bool counts_as_cut();
  void directory_synced();
  static void apply(std::string& content, const Change& change);

  std::string name_;
  mutable std::mutex mutex_;
  std::condition_variable released_;
  bool held_ = false;
  std::map<std::string, File> files_;
  std::uint64_t operations_ = 0;
  std::uint64_t cut_at_ = UINT64_MAX;
  bool cut_ = false;
  int write_failure_ = 0;
};

}  // namespace parallax::evidence
