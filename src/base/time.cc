// SPDX-License-Identifier: Apache-2.0
#include "base/time.h"

#include <fmt/format.h>

namespace parallax {
namespace {

// Reads exactly `width` digits at `pos`, or returns -1.
int digits(std::string_view text, std::size_t pos, std::size_t width) {
  if (text.size() < pos + width) return -1;
  int value = 0;
  for (std::size_t i = pos; i < pos + width; ++i) {
    if (text[i] < '0' || text[i] > '9') return -1;
    value = value * 10 + (text[i] - '0');
  }
  return value;
}

tl::unexpected<Error> malformed(std::string_view text, std::string_view what) {
  return fail(ErrorCode::malformed, fmt::format("\"{}\" is not {}", text.substr(0, 40), what));
}

constexpr std::string_view kInstantForm = "an RFC 3339 date-time such as 2026-11-22T17:00:00Z";

// The part of a date-time behind its seconds: fraction and zone.
struct Tail {
  std::chrono::nanoseconds fraction{0};
  std::chrono::minutes offset{0};
};

Result<Tail> parse_tail(std::string_view whole, std::string_view text) {
  Tail tail;
  if (!text.empty() && text.front() == '.') {
    text.remove_prefix(1);
    std::int64_t unit = 100'000'000;
    std::size_t count = 0;
    std::int64_t value = 0;
    while (count < text.size() && text[count] >= '0' && text[count] <= '9') {
      if (count == 9) return malformed(whole, kInstantForm);
      value += (text[count] - '0') * unit;
      unit /= 10;
      ++count;
    }
    if (count == 0) return malformed(whole, kInstantForm);
    tail.fraction = std::chrono::nanoseconds(value);
    text.remove_prefix(count);
  }
  if (text == "Z" || text == "z") return tail;
  if (text.size() != 6 || (text[0] != '+' && text[0] != '-') || text[3] != ':')
    return malformed(whole, kInstantForm);
  const int hours = digits(text, 1, 2);
  const int minutes = digits(text, 4, 2);
  if (hours < 0 || hours > 23 || minutes < 0 || minutes > 59) return malformed(whole, kInstantForm);
  tail.offset = std::chrono::minutes(hours * 60 + minutes) * (text[0] == '-' ? -1 : 1);
  return tail;
}

}  // namespace

std::string format_date(Date date) {
  const std::chrono::year_month_day ymd{date};
  return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(ymd.year()),
                     static_cast<unsigned>(ymd.month()), static_cast<unsigned>(ymd.day()));
}

std::string format_instant(Instant instant) {
  const Date day = date_of(instant);
  const std::int64_t of_day = (instant - day).count();
  const std::int64_t seconds = of_day / 1'000'000'000;
  return fmt::format("{}T{:02}:{:02}:{:02}.{:09}Z", format_date(day), seconds / 3600,
                     seconds / 60 % 60, seconds % 60, of_day % 1'000'000'000);
}

Result<Date> parse_date(std::string_view text) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-')
    return malformed(text, "a date such as 2026-11-22");
  const int year = digits(text, 0, 4);
  const int month = digits(text, 5, 2);
  const int day = digits(text, 8, 2);
  if (year < 1970 || year > 2260 || month < 0 || day < 0)
    return malformed(text, "a date between 1970-01-01 and 2260-12-31");
  const std::chrono::year_month_day ymd{std::chrono::year(year),
                                        std::chrono::month(static_cast<unsigned>(month)),
                                        std::chrono::day(static_cast<unsigned>(day))};
  if (!ymd.ok()) return malformed(text, "a day of the calendar");
  return Date{ymd};
}

Result<Instant> parse_instant(std::string_view text) {
  if (text.size() < 20 || (text[10] != 'T' && text[10] != 't') || text[13] != ':' ||
      text[16] != ':')
    return malformed(text, kInstantForm);
  const auto day = parse_date(text.substr(0, 10));
  if (!day) return fail(day.error());
  const int hour = digits(text, 11, 2);
  const int minute = digits(text, 14, 2);
  const int second = digits(text, 17, 2);
  if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59)
    return malformed(text, kInstantForm);
  const auto tail = parse_tail(text, text.substr(19));
  if (!tail) return fail(tail.error());
  return Instant{*day} + std::chrono::hours(hour) + std::chrono::minutes(minute) +
         std::chrono::seconds(second) + tail->fraction - tail->offset;
}

}  // namespace parallax
