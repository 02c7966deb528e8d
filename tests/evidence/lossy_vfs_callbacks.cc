// SPDX-License-Identifier: Apache-2.0
#include "evidence/lossy_vfs_callbacks.h"

#include <memory>
#include <new>
#include <string>
#include <string_view>

#include <sqlite3.h>

#include "evidence/lossy_vfs.h"

namespace parallax::evidence {
namespace {

// SQLite allocates szOsFile octets per file; the system's own file follows ours in them.
struct LossyFile {
  sqlite3_file base;
  LossyVfs* model;
  std::string* path;  // null: a temporary file, which no crash needs to know of
};

constexpr int kOwnSize = static_cast<int>((sizeof(LossyFile) + 15) / 16 * 16);

LossyFile* own(sqlite3_file* file) { return reinterpret_cast<LossyFile*>(file); }
sqlite3_file* real(sqlite3_file* file) {
  return reinterpret_cast<sqlite3_file*>(reinterpret_cast<char*>(file) + kOwnSize);
}
sqlite3_vfs* system_vfs() { return sqlite3_vfs_find("unix"); }
LossyVfs& model_of(sqlite3_vfs* vfs) { return *static_cast<LossyVfs*>(vfs->pAppData); }

int close_file(sqlite3_file* file) {
  const std::unique_ptr<std::string> path(own(file)->path);
  return real(file)->pMethods->xClose(real(file));
}

int read_file(sqlite3_file* file, void* out, int size, sqlite3_int64 offset) {
  return real(file)->pMethods->xRead(real(file), out, size, offset);
}

int write_file(sqlite3_file* file, const void* data, int size, sqlite3_int64 offset) {
  if (own(file)->path != nullptr) {
    const std::string_view octets(static_cast<const char*>(data), static_cast<std::size_t>(size));
    const int code =
        own(file)->model->written(*own(file)->path, octets, static_cast<std::size_t>(offset));
    if (code != 0) return code;
  }
  return real(file)->pMethods->xWrite(real(file), data, size, offset);
}

int truncate_file(sqlite3_file* file, sqlite3_int64 size) {
  if (own(file)->path != nullptr) {
    const int code = own(file)->model->truncated(*own(file)->path, static_cast<std::size_t>(size));
    if (code != 0) return code;
  }
  return real(file)->pMethods->xTruncate(real(file), size);
}

// The model alone decides what is durable; the machine's own disk is not asked.
int sync_file(sqlite3_file* file, int) {
  return own(file)->path == nullptr ? SQLITE_OK : own(file)->model->synced(*own(file)->path);
}

int file_size(sqlite3_file* file, sqlite3_int64* size) {
  return real(file)->pMethods->xFileSize(real(file), size);
}
int lock_file(sqlite3_file* file, int level) {
  return real(file)->pMethods->xLock(real(file), level);
}
int unlock_file(sqlite3_file* file, int level) {
  return real(file)->pMethods->xUnlock(real(file), level);
}
int check_reserved(sqlite3_file* file, int* result) {
  return real(file)->pMethods->xCheckReservedLock(real(file), result);
}
int control(sqlite3_file* file, int operation, void* argument) {
  return real(file)->pMethods->xFileControl(real(file), operation, argument);
}
int sector_size(sqlite3_file* file) { return real(file)->pMethods->xSectorSize(real(file)); }
int characteristics(sqlite3_file* file) {
  return real(file)->pMethods->xDeviceCharacteristics(real(file));
}
int shm_map(sqlite3_file* file, int page, int size, int extend, void volatile** out) {
  return real(file)->pMethods->xShmMap(real(file), page, size, extend, out);
}
int shm_lock(sqlite3_file* file, int offset, int count, int flags) {
  return real(file)->pMethods->xShmLock(real(file), offset, count, flags);
}
void shm_barrier(sqlite3_file* file) { real(file)->pMethods->xShmBarrier(real(file)); }
int shm_unmap(sqlite3_file* file, int remove) {
  return real(file)->pMethods->xShmUnmap(real(file), remove);
}

// Version 2: shared memory for WAL, no memory mapping around the model.
const sqlite3_io_methods kMethods = {
    2,         close_file,  read_file,      write_file, truncate_file, sync_file,       file_size,
    lock_file, unlock_file, check_reserved, control,    sector_size,   characteristics, shm_map,
    shm_lock,  shm_barrier, shm_unmap,      nullptr,    nullptr};

int open_file(sqlite3_vfs* vfs, const char* path, sqlite3_file* file, int flags, int* out_flags) {
  auto* opened = new (file) LossyFile{{nullptr}, &model_of(vfs), nullptr};
  const int code = system_vfs()->xOpen(system_vfs(), path, real(file), flags, out_flags);
  if (code != SQLITE_OK) return code;
  opened->base.pMethods = &kMethods;
  constexpr int kKept = SQLITE_OPEN_MAIN_DB | SQLITE_OPEN_MAIN_JOURNAL | SQLITE_OPEN_WAL;
  if (path == nullptr || (flags & kKept) == 0) return code;
  opened->path = std::make_unique<std::string>(path).release();
  opened->model->opened(path, (flags & SQLITE_OPEN_MAIN_DB) == 0);
  return code;
}

int delete_file(sqlite3_vfs* vfs, const char* path, int sync_directory) {
  const int code = model_of(vfs).removed(path, sync_directory != 0);
  if (code != 0) return code;
  return system_vfs()->xDelete(system_vfs(), path, 0);
}

}  // namespace

void register_lossy_vfs(LossyVfs& model) {
  sqlite3_vfs* vfs = std::make_unique<sqlite3_vfs>(*system_vfs()).release();
  vfs->szOsFile = kOwnSize + system_vfs()->szOsFile;
  vfs->zName = model.name().c_str();
  vfs->pNext = nullptr;
  vfs->pAppData = &model;
  vfs->xOpen = open_file;
  vfs->xDelete = delete_file;
  sqlite3_vfs_register(vfs, 0);
}

void unregister_lossy_vfs(LossyVfs& model) {
  const std::unique_ptr<sqlite3_vfs> vfs(sqlite3_vfs_find(model.name().c_str()));
  sqlite3_vfs_unregister(vfs.get());
}

}  // namespace parallax::evidence
