// SPDX-License-Identifier: Apache-2.0
// Wall-clock instants and their RFC 3339 text. Rules and records speak UTC only.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "base/result.h"

namespace parallax {

// A point of wall-clock time in UTC, to the nanosecond (the resolution of the evidence).
using Instant = std::chrono::sys_time<std::chrono::nanoseconds>;

// A calendar day in UTC. A rule dated D holds from D 00:00:00 UTC on.
using Date = std::chrono::sys_days;

[[nodiscard]] inline Date date_of(Instant instant) {
  return std::chrono::floor<std::chrono::days>(instant);
}

// "2026-11-22T17:00:00.000000000Z": always nine digits, always Z, so that text order is time order.
[[nodiscard]] std::string format_instant(Instant instant);

// "2026-11-22".
[[nodiscard]] std::string format_date(Date date);

// RFC 3339 date-time with Z or a numeric offset and at most nine fraction digits; years 1970-2260
// (the range of Instant). Error: malformed.
[[nodiscard]] Result<Instant> parse_instant(std::string_view text);

// "YYYY-MM-DD", a real calendar day, years 1970-2260. Error: malformed.
[[nodiscard]] Result<Date> parse_date(std::string_view text);

}  // namespace parallax
