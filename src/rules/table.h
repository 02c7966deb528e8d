// SPDX-License-Identifier: Apache-2.0
// The rows behind rule.h. Only the functions of this folder and its tests look here.
#pragma once

#include <limits>
#include <optional>
#include <span>
#include <string_view>

#include "rules/rule.h"

namespace parallax::rules {

// A section that holds a rule's text from `since` on, and the version that put it there.
struct Place {
  std::string_view version;
  std::string_view section;
  Date since{};
};

// One phase of one rule. Phases of an id follow each other without a gap and never overlap.
struct Phase {
  std::string_view id;
  Document document;
  std::string_view ballot;
  std::span<const Place> places;  // never empty, ordered by date; the first holds from the start
  Scope scope;
  bool house;
  Date from;
  Date until;  // kOpenEnd if no end is known
  Force force;
  std::optional<int> value;
  std::string_view text;
};

inline constexpr Date kOpenEnd = Date::max();

[[nodiscard]] constexpr Date day(int year, unsigned month, unsigned of_month) {
  return std::chrono::year(year) / std::chrono::month(month) / std::chrono::day(of_month);
}

// The parts of the table; each part holds all phases of its ids.
[[nodiscard]] std::span<const Phase> mpic_phases();
[[nodiscard]] std::span<const Phase> caa_phases();
[[nodiscard]] std::span<const Phase> other_phases();

}  // namespace parallax::rules
