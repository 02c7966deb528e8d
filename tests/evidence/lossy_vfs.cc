// SPDX-License-Identifier: Apache-2.0
#include "evidence/lossy_vfs.h"

#include <algorithm>
#include <atomic>
#include <fstream>
#include <random>

#include "evidence/lossy_vfs_callbacks.h"

namespace parallax::evidence {
namespace {

constexpr int kPowerCut = 10;  // SQLITE_IOERR

std::string next_name() {
  static std::atomic<unsigned> counter{0};
  return "lossy-" + std::to_string(counter++);
}

void write_file(const std::filesystem::path& path, const std::string& content) {
  std::ofstream out(path, std::ios::binary);
  out.write(content.data(), static_cast<std::streamsize>(content.size()));
}

}  // namespace

LossyVfs::LossyVfs() : name_(next_name()) { register_lossy_vfs(*this); }
LossyVfs::~LossyVfs() { unregister_lossy_vfs(*this); }

void LossyVfs::cut_power_at(std::uint64_t operation) {
  const std::lock_guard lock(mutex_);
  cut_at_ = operation;
}

bool LossyVfs::power_is_cut() const {
  const std::lock_guard lock(mutex_);
  return cut_;
}

void LossyVfs::fail_writes(int code) {
  const std::lock_guard lock(mutex_);
  write_failure_ = code;
}

void LossyVfs::hold_writes() {
  const std::lock_guard lock(mutex_);
  held_ = true;
}

void LossyVfs::release_writes() {
  {
    const std::lock_guard lock(mutex_);
    held_ = false;
  }
  released_.notify_all();
}

bool LossyVfs::counts_as_cut() {
  if (++operations_ >= cut_at_) cut_ = true;
  return cut_;
}

void LossyVfs::apply(std::string& content, const Change& change) {
  if (change.truncate) {
    content.resize(std::min(content.size(), change.offset));
    return;
  }
  content.resize(std::max(content.size(), change.offset + change.data.size()));
  content.replace(change.offset, change.data.size(), change.data);
}

void LossyVfs::opened(const std::string& path, bool syncs_directory) {
  const std::lock_guard lock(mutex_);
  File& file = files_[path];
  file.exists = true;
  file.syncs_directory = syncs_directory;
}

int LossyVfs::written(const std::string& path, std::string_view data, std::size_t offset) {
  std::unique_lock lock(mutex_);
  released_.wait(lock, [this] { return !held_; });
  const bool was_cut = cut_;
  const bool cut = counts_as_cut();
  // The write that the cut interrupts may still have reached the disk, in part.
  if (!was_cut && write_failure_ == 0)
    files_[path].pending.push_back({false, offset, std::string(data)});
  return cut ? kPowerCut : write_failure_;
}

int LossyVfs::truncated(const std::string& path, std::size_t size) {
  const std::lock_guard lock(mutex_);
  if (counts_as_cut()) return kPowerCut;
  files_[path].pending.push_back({true, size, {}});
  return 0;
}

int LossyVfs::synced(const std::string& path) {
  const std::lock_guard lock(mutex_);
  if (counts_as_cut()) return kPowerCut;
  File& file = files_[path];
  for (const Change& change : file.pending) apply(file.durable, change);
  file.pending.clear();
  if (!file.entry_durable && file.syncs_directory) directory_synced();
  file.entry_durable = true;
  return 0;
}

int LossyVfs::removed(const std::string& path, bool sync_directory) {
  const std::lock_guard lock(mutex_);
  if (counts_as_cut()) return kPowerCut;
  File& file = files_[path];
  File gone;
  gone.syncs_directory = file.syncs_directory;
  if (file.entry_durable) gone.removed_content = std::move(file.durable);
  file = std::move(gone);
  if (sync_directory) directory_synced();
  return 0;
}

void LossyVfs::directory_synced() {
  for (auto& [path, file] : files_) file.removed_content.reset();
}

void LossyVfs::restore(const std::filesystem::path& directory, Unsynced unsynced,
                       std::uint32_t seed) const {
  const std::lock_guard lock(mutex_);
  std::mt19937 random(seed);
  const bool scatter = unsynced == Unsynced::scattered;
  const auto survives = [&] { return scatter && random() % 2 == 0; };
  for (const auto& [path, file] : files_) {
    const auto target = directory / std::filesystem::path(path).filename();
    if (!file.entry_durable && !survives()) {  // what the directory held before, if anything
      if (file.removed_content) write_file(target, *file.removed_content);
      continue;
    }
    if (!file.exists) continue;
    std::string content = file.durable;
    for (const Change& change : file.pending) {
      if (!survives()) continue;
      Change torn = change;
      if (!torn.truncate && survives()) torn.data.resize(random() % (torn.data.size() + 1));
      apply(content, torn);
    }
    write_file(target, content);
  }
}

}  // namespace parallax::evidence
