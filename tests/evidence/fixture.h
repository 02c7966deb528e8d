// SPDX-License-Identifier: Apache-2.0
// What the tests of the evidence share: a place to write, records to write, a way to await.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include "evidence/sqlite_store.h"
#include "evidence/store.h"

namespace parallax::evidence {

// A directory that goes away with the test.
class TemporaryDirectory {
 public:
  TemporaryDirectory();
  ~TemporaryDirectory();
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  [[nodiscard]] std::string file(const std::string& name = "evidence.db") const {
    return path_ / name;
  }

 private:
  std::filesystem::path path_;
};

// What a sample decision answers at an index.
[[nodiscard]] std::string sample_answer(std::uint64_t index);
// A decision with every field filled, its body about `padding` octets long.
[[nodiscard]] Record sample_decision(std::string client, std::string order_id,
                                     std::size_t padding = 10);
[[nodiscard]] Record sample_late(std::string client, std::string order_id);

// The same throughout a process.
[[nodiscard]] const LogKey& sample_log_key();
// Opens a store with that key or fails the test.
[[nodiscard]] std::unique_ptr<SqliteStore> open_store(const std::string& path,
                                                      StoreSeams seams = {});

// Runs one task to its end on a context of its own.
template <class T>
T run_task(Task<T> task) {
  boost::asio::io_context context;
  std::optional<T> result;
  boost::asio::co_spawn(context, std::move(task), [&](const std::exception_ptr& failed, T value) {
    if (failed) std::rethrow_exception(failed);
    result = std::move(value);
  });
  context.run();
  return std::move(result).value();
}

}  // namespace parallax::evidence
