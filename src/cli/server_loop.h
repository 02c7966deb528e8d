// SPDX-License-Identifier: Apache-2.0
// Threads, signals and draining: how a serving process lives and ends.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include <boost/asio/io_context.hpp>

#include "base/async.h"
#include "base/result.h"

namespace parallax::cli {

// One worker's share of a serving process. Made, used and destroyed with its own io_context.
class WorkerService {
 public:
  virtual ~WorkerService() = default;
  // Serves until stop(); returns when nothing is under way any more.
  [[nodiscard]] virtual Task<void> run() = 0;
  // Asks for the end: requests under way get `grace`. Called on the worker's executor.
  virtual void stop(std::chrono::milliseconds grace) = 0;
};

// What closing connections and writing the last records may take beyond the grace of a drain.
inline constexpr std::chrono::milliseconds kEndMargin{5'000};

// Ends the process if its end takes too long: a thread that hangs in a system call (a disk that
// does not answer fsync) can neither be joined nor stopped. Make it before everything whose
// destruction may hang.
class EndGuard {
 public:
  EndGuard() = default;
  ~EndGuard();
  EndGuard(const EndGuard&) = delete;
  EndGuard& operator=(const EndGuard&) = delete;

  // Unless this object is destroyed within `patience`, logs "end-overdue" and exits with
  // EXIT_FAILURE. Only the first call counts.
  void arm(std::chrono::milliseconds patience);

 private:
  void watch(std::chrono::milliseconds patience);

  std::mutex mutex_;
  std::condition_variable ended_changed_;
  bool ended_ = false;
  std::thread thread_;
};

using Contexts = std::vector<std::unique_ptr<boost::asio::io_context>>;

// `count` contexts, one thread each; 0: one per core, at most 4.
[[nodiscard]] Contexts make_contexts(unsigned count);

// Runs each service on its context and thread until SIGTERM or SIGINT; a second signal ends the
// process at once. Returns when all have drained. `services` run in parallel with `contexts`. From
// the signal on the guard gives the process `grace` and kEndMargin.
void serve_until_signalled(Contexts& contexts,
                           const std::vector<std::unique_ptr<WorkerService>>& services,
                           std::chrono::milliseconds grace, EndGuard& guard);

// Runs `task` to its end on a context that serves nothing else yet.
[[nodiscard]] Status run_once(boost::asio::io_context& context, Task<Status> task);

}  // namespace parallax::cli
