// SPDX-License-Identifier: Apache-2.0
// An owner for coroutines that outlive the call which started them: nothing runs detached.
#pragma once

#include <cstddef>
#include <memory>

#include <boost/asio/any_io_executor.hpp>

#include "base/async.h"

namespace parallax {

// Used on one executor only. Destroy it after join() returned, or after its io_context stopped for
// good: tasks still suspended then are destroyed with the context.
class TaskGroup {
 public:
  explicit TaskGroup(boost::asio::any_io_executor executor);
  ~TaskGroup();
  TaskGroup(const TaskGroup&) = delete;
  TaskGroup& operator=(const TaskGroup&) = delete;

  // Starts `task` soon (never inside this call). An exception that leaves it is a bug: it is
  // logged, and the group goes on.
  void spawn(Task<void> task);
  // Asks every task to stop (terminal cancellation at whatever it awaits).
  void cancel();
  // Returns when no task is left.
  [[nodiscard]] Task<void> join();
  [[nodiscard]] std::size_t size() const;

 private:
  struct State;
  std::shared_ptr<State> state_;  // shared: completion handlers may outlive the group
};

}  // namespace parallax
