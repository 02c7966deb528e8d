// SPDX-License-Identifier: Apache-2.0
// A value that cannot be reached without holding its lock.
#pragma once

#include <mutex>
#include <utility>

namespace parallax {

template <class T>
class Guarded {
 public:
  Guarded() = default;
  explicit Guarded(T value) : value_(std::move(value)) {}

  // Runs `use(value)` under the lock and returns what it returns. Never await inside.
  template <class F>
  decltype(auto) with(F&& use) {
    const std::lock_guard lock(mutex_);
    return std::forward<F>(use)(value_);
  }
  template <class F>
  decltype(auto) with(F&& use) const {
    const std::lock_guard lock(mutex_);
    return std::forward<F>(use)(value_);
  }

 private:
  mutable std::mutex mutex_;
  T value_{};
};

}  // namespace parallax
