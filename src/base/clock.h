// SPDX-License-Identifier: Apache-2.0
// The one way to ask what time it is. Decisions take time from here, so tests inject it.
#pragma once

#include "base/time.h"

namespace parallax {

// Thread safe: implementations may be asked from any thread.
class Clock {
 public:
  virtual ~Clock() = default;
  [[nodiscard]] virtual Instant now() const = 0;
};

// The system's wall clock.
[[nodiscard]] const Clock& system_clock();

// A clock that stands still until told otherwise, for tests. Not thread safe.
class ManualClock final : public Clock {
 public:
  explicit ManualClock(Instant start) : now_(start) {}
  [[nodiscard]] Instant now() const override { return now_; }
  void advance(std::chrono::nanoseconds by) { now_ += by; }
  void set(Instant instant) { now_ = instant; }

 private:
  Instant now_;
};

}  // namespace parallax
