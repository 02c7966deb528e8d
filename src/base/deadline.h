// SPDX-License-Identifier: Apache-2.0
// A point in monotonic time after which nobody waits any more. Every waiting call takes one.
#pragma once

#include <algorithm>
#include <chrono>

namespace parallax {

class Deadline {
 public:
  using clock = std::chrono::steady_clock;

  [[nodiscard]] static Deadline after(clock::duration wait) {
    return Deadline(clock::now() + wait);
  }
  [[nodiscard]] static Deadline at(clock::time_point when) { return Deadline(when); }

  [[nodiscard]] clock::time_point when() const { return when_; }
  [[nodiscard]] bool passed() const { return clock::now() >= when_; }

  // Time left, never negative.
  [[nodiscard]] std::chrono::milliseconds remaining() const {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(when_ - clock::now());
    return std::max(left, std::chrono::milliseconds(0));
  }

  // The nearer of this deadline and one `wait` from now: a step never outlives the whole.
  [[nodiscard]] Deadline within(clock::duration wait) const {
    return Deadline(std::min(when_, clock::now() + wait));
  }

  // This deadline moved nearer by `margin`, so that a cause of failure survives the trip home.
  [[nodiscard]] Deadline less(clock::duration margin) const { return Deadline(when_ - margin); }

  friend bool operator==(Deadline, Deadline) = default;
  friend auto operator<=>(Deadline a, Deadline b) { return a.when_ <=> b.when_; }

 private:
  explicit Deadline(clock::time_point when) : when_(when) {}
  clock::time_point when_;
};

}  // namespace parallax
