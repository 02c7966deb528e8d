// SPDX-License-Identifier: Apache-2.0
// The five Regional Internet Registries, and a rough idea of whose region a point lies in.
#pragma once

#include <array>
#include <optional>
#include <span>
#include <string_view>

#include "base/result.h"
#include "rules/coordinates.h"

namespace parallax::rules {

enum class Rir { arin, ripe_ncc, apnic, lacnic, afrinic };

inline constexpr std::array kAllRirs = {Rir::arin, Rir::ripe_ncc, Rir::apnic, Rir::lacnic,
                                        Rir::afrinic};

// "ARIN", "RIPE NCC", "APNIC", "LACNIC", "AFRINIC": as they are written in answers and records.
[[nodiscard]] std::string_view to_string(Rir rir);

// Any case, blanks, hyphens and underscores ignored; "RIPE" alone will do. Error: malformed.
[[nodiscard]] Result<Rir> parse_rir(std::string_view text);

// A place in a country that belongs to a known registry. `name` is "Place, country code".
struct KnownPlace {
  std::string_view name;
  double latitude_deg = 0;
  double longitude_deg = 0;
};

struct RegionPlaces {
  Rir rir;
  std::span<const KnownPlace> places;
};

// The table behind expected_rir(), one entry per registry.
[[nodiscard]] std::span<const RegionPlaces> known_places();

// The registry of the country at a point, as far as the nearest known places tell. Not a map of
// borders: it answers only if a known place lies within 1000 km, and the nearest place of any
// other registry is at least twice as far away and 25 km farther. Near a border between regions
// and far out at sea it cannot tell: nullopt. Good for a warning, never for a verdict.
struct ExpectedRir {
  Rir rir;
  std::string_view nearest;  // the known place that decided, "San Diego, US"
  double nearest_km = 0;
};
[[nodiscard]] std::optional<ExpectedRir> explain_expected_rir(const Coordinates& at);
[[nodiscard]] std::optional<Rir> expected_rir(const Coordinates& at);

}  // namespace parallax::rules
