// SPDX-License-Identifier: Apache-2.0
#include "base/time.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include "base/clock.h"
#include "base/deadline.h"

namespace parallax {
namespace {

TEST(ParseInstant, ReadsRfc3339) {
  const std::pair<const char*, const char*> cases[] = {
      {"2026-11-22T17:00:00Z", "2026-11-22T17:00:00.000000000Z"},
      {"2026-11-22t17:00:00z", "2026-11-22T17:00:00.000000000Z"},
      {"2026-11-22T17:00:00.5Z", "2026-11-22T17:00:00.500000000Z"},
      {"2026-11-22T17:00:00.123456789Z", "2026-11-22T17:00:00.123456789Z"},
      {"2026-11-22T17:00:00+02:00", "2026-11-22T15:00:00.000000000Z"},
      {"2026-11-22T17:00:00.25-05:30", "2026-11-22T22:30:00.250000000Z"},
      {"2026-12-31T23:59:59-00:01", "2027-01-01T00:00:59.000000000Z"},
      {"2024-02-29T00:00:00Z", "2024-02-29T00:00:00.000000000Z"},
      {"1970-01-01T00:00:00Z", "1970-01-01T00:00:00.000000000Z"},
      {"2260-12-31T23:59:59Z", "2260-12-31T23:59:59.000000000Z"},
  };
  for (const auto& [input, text] : cases) {
    SCOPED_TRACE(input);
    const auto instant = parse_instant(input);
    ASSERT_TRUE(instant) << instant.error().message;
    EXPECT_EQ(format_instant(*instant), text);
  }
}

TEST(ParseInstant, RefusesOtherText) {
  for (const char* text : {"",
                           "2026-11-22",
                           "2026-11-22T17:00Z",
                           "2026-11-22 17:00:00Z",
                           "2026-11-22T17:00:00",
                           "2026-11-22T17:00:00.Z",
                           "2026-11-22T17:00:00.1234567890Z",
                           "2026-11-22T24:00:00Z",
                           "2026-11-22T17:60:00Z",
                           "2026-11-22T17:00:60Z",
                           "2026-11-22T17:00:00+24:00",
                           "2026-11-22T17:00:00+02:60",
                           "2026-11-22T17:00:00+0200",
                           "2026-11-22T17:00:00+02",
                           "2026-11-22T17:00:00Zx",
                           "2026-02-29T00:00:00Z",
                           "2026-13-01T00:00:00Z",
                           "1969-12-31T23:59:59Z",
                           "2261-01-01T00:00:00Z",
                           "+026-11-22T17:00:00Z",
                           "2026-11-22T-1:00:00Z",
                           "2026-11-22T17:00:00.5 Z"}) {
    SCOPED_TRACE(text);
    const auto instant = parse_instant(text);
    ASSERT_FALSE(instant) << format_instant(*instant);
    EXPECT_EQ(instant.error().code, ErrorCode::malformed);
  }
}

TEST(ParseDate, KnowsTheCalendar) {
  EXPECT_EQ(format_date(*parse_date("2024-02-29")), "2024-02-29");
  EXPECT_EQ(format_date(*parse_date("2260-12-31")), "2260-12-31");
  for (const char* text :
       {"", "2026-2-29", "2026-02-29", "2100-02-29", "2026-00-01", "2026-04-31", "2026-11-00",
        "1969-12-31", "2261-01-01", "20261122", "2026/11/22", "2026-11-22 ", "abcd-ef-gh"}) {
    SCOPED_TRACE(text);
    ASSERT_FALSE(parse_date(text));
    EXPECT_EQ(parse_date(text).error().code, ErrorCode::malformed);
  }
}

TEST(DateOf, CutsAtMidnightUtc) {
  EXPECT_EQ(date_of(*parse_instant("2026-03-14T23:59:59.999999999Z")), *parse_date("2026-03-14"));
  EXPECT_EQ(date_of(*parse_instant("2026-03-15T00:00:00Z")), *parse_date("2026-03-15"));
}

// Nanoseconds of the years 1970 to 2260.
rc::Gen<Instant> instants() {
  return rc::gen::map(rc::gen::inRange<std::int64_t>(0, 9'183'109'600'000'000'000),
                      [](std::int64_t ns) { return Instant(std::chrono::nanoseconds(ns)); });
}

RC_GTEST_PROP(TimeProperty, TextKeepsEveryNanosecondAndTheOrder, ()) {
  const Instant a = *instants();
  const Instant b = *instants();
  RC_ASSERT(*parse_instant(format_instant(a)) == a);
  RC_ASSERT((format_instant(a) < format_instant(b)) == (a < b));
  RC_ASSERT(*parse_date(format_date(date_of(a))) == date_of(a));
}

TEST(ManualClock, StandsStillUntilMoved) {
  ManualClock clock(*parse_instant("2026-11-22T17:00:00Z"));
  EXPECT_EQ(clock.now(), clock.now());
  clock.advance(std::chrono::hours(8));
  EXPECT_EQ(format_instant(clock.now()), "2026-11-23T01:00:00.000000000Z");
  clock.set(*parse_instant("2026-01-01T00:00:00Z"));
  EXPECT_EQ(format_date(date_of(clock.now())), "2026-01-01");
}

TEST(Deadline, NeverGrows) {
  const Deadline whole = Deadline::at(Deadline::clock::time_point::max());
  EXPECT_FALSE(whole.passed());
  EXPECT_LE(whole.within(std::chrono::hours(1)), whole);
  EXPECT_LT(whole.less(std::chrono::milliseconds(5)), whole);
  const Deadline gone = Deadline::at(Deadline::clock::time_point{});
  EXPECT_TRUE(gone.passed());
  EXPECT_EQ(gone.remaining(), std::chrono::milliseconds(0));
  EXPECT_EQ(gone.within(std::chrono::hours(1)), gone);
}

}  // namespace
}  // namespace parallax
