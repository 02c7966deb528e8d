// SPDX-License-Identifier: Apache-2.0
#include "cli/startup.h"

#include <sys/resource.h>

#include <gtest/gtest.h>

namespace parallax::cli {
namespace {

// Puts the process's limit back where it was.
class LimitKept : public testing::Test {
 protected:
  void SetUp() override { ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &before_), 0); }
  void TearDown() override { EXPECT_EQ(::setrlimit(RLIMIT_NOFILE, &before_), 0); }
  rlimit before_{};
};

TEST_F(LimitKept, DescriptorsAreRaisedToTheHardLimit) {
  const rlim_t hard = std::min<rlim_t>(before_.rlim_max, kDescriptorsMax);
  ASSERT_GT(hard, 64u);
  const rlimit low{64, before_.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &low), 0);
  EXPECT_EQ(raise_descriptor_limit(), hard);
  rlimit now{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &now), 0);
  EXPECT_EQ(now.rlim_cur, hard);
  EXPECT_EQ(now.rlim_max, before_.rlim_max);
  EXPECT_EQ(raise_descriptor_limit(), hard) << "once more changes nothing";
}

TEST(CheckClock, RefusesAClockThatWasNeverSet) {
  struct Case {
    const char* name;
    const char* now;
    bool accepted;
  };
  const Case cases[] = {
      {"epoch", "1970-01-01T00:00:00Z", false},
      {"before_mpic", "2024-12-01T00:00:00Z", false},
      {"last_moment_of_2025", "2025-12-31T23:59:59.999999999Z", false},
      {"first_moment_of_2026", "2026-01-01T00:00:00Z", true},
      {"later", "2031-06-01T12:00:00Z", true},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.name);
    const Status checked = check_clock(parse_instant(c.now).value());
    EXPECT_EQ(checked.has_value(), c.accepted);
    if (!checked) EXPECT_EQ(checked.error().code, ErrorCode::configuration);
  }
}

}  // namespace
}  // namespace parallax::cli
