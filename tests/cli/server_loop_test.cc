// SPDX-License-Identifier: Apache-2.0
#include "cli/server_loop.h"

#include <cstdlib>

#include <unistd.h>

#include <gtest/gtest.h>

namespace parallax::cli {
namespace {

using std::chrono::milliseconds;

TEST(EndGuard, LetsAProcessEndInTime) {
  {
    EndGuard never_armed;
  }
  EndGuard guard;
  guard.arm(std::chrono::hours(1));
  guard.arm(milliseconds(0));  // does not count
}

// A destructor that never returns, such as one that joins a thread in fsync.
struct Hangs {
  Hangs() = default;
  Hangs(const Hangs&) = delete;
  Hangs& operator=(const Hangs&) = delete;
  ~Hangs() {
    for (;;) ::pause();
  }
};

TEST(EndGuardDeathTest, EndsAProcessThatHangsAtItsEnd) {
  testing::FLAGS_gtest_death_test_style = "threadsafe";
  const auto hang = [] {
    EndGuard guard;
    const Hangs store;
    guard.arm(milliseconds(1));
  };
  EXPECT_EXIT(hang(), testing::ExitedWithCode(EXIT_FAILURE), "end-overdue");
}

}  // namespace
}  // namespace parallax::cli
