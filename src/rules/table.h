// SPDX-License-Identifier: Apache-2.0
// The rows behind rule.h. Only the functions of this folder and its tests look here.
#pragma once

#include <array>
#include <optional>
#include <span>
#include <string_view>

#include "rules/method.h"
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
  // Of a validation method's phases; for all else it says nothing.
  MethodStanding standing = MethodStanding::allowed;
};

// What the rules allow with a validation method; its dates are those of the phases of `id`.
struct MethodRow {
  ControlMethod method;
  TargetKind target;
  std::string_view id;
  bool wildcard = false;
  bool prune = false;
  bool cname = false;
  bool onion = false;
  bool mpic = true;
  std::optional<std::chrono::days> token_valid = std::nullopt;
  std::string_view acme_label = {};
  std::string_view ca_tbr_label = {};
};

inline constexpr Date kOpenEnd = Date::max();

[[nodiscard]] constexpr Date day(int year, unsigned month, unsigned of_month) {
  return std::chrono::year(year) / std::chrono::month(month) / std::chrono::day(of_month);
}

// The parts of the table; each part holds all phases of its ids.
[[nodiscard]] std::span<const Phase> mpic_phases();
[[nodiscard]] std::span<const Phase> caa_phases();
[[nodiscard]] std::span<const Phase> other_phases();
[[nodiscard]] std::span<const Phase> control_phases();
[[nodiscard]] std::span<const Phase> domain_method_phases();
[[nodiscard]] std::span<const Phase> ip_and_mailbox_method_phases();
// All of them.
[[nodiscard]] std::array<std::span<const Phase>, 6> table_parts();

[[nodiscard]] std::span<const MethodRow> domain_methods();
[[nodiscard]] std::span<const MethodRow> ip_and_mailbox_methods();

}  // namespace parallax::rules
