// SPDX-License-Identifier: Apache-2.0
// Where a Network Perspective or a resolver is, and when two of them are distinct.
//
// TLS BR 3.2.2.9 asks for a "straight-line distance" of 500 km. House reading: the chord through
// the Earth between the two points on the WGS84 ellipsoid. A chord is shorter than the way over
// ground (by 0.13 km at 500 km), so whoever passes here passes under the other reading too.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace parallax::rules {

// Named so that the two cannot be swapped by accident.
struct LatitudeDeg {
  double value = 0;
};
struct LongitudeDeg {
  double value = 0;
};

inline constexpr double kLatitudeDegMax = 90;
inline constexpr double kLongitudeDegMax = 180;
// TLS BR 3.2.2.9 (rule "mpic.distance-minimum").
inline constexpr double kDistinctDistanceKm = 500;

// A point on the WGS84 ellipsoid, in degrees north and east. Always in range, never NaN.
class Coordinates {
 public:
  // Latitude -90 to 90, longitude -180 to 180. Error: malformed, naming the figure.
  [[nodiscard]] static Result<Coordinates> from_degrees(LatitudeDeg latitude,
                                                        LongitudeDeg longitude);
  // "52.37, 4.89": latitude, comma, longitude; decimal degrees with an optional sign, blanks
  // around either. Error: malformed.
  [[nodiscard]] static Result<Coordinates> parse(std::string_view text);

  [[nodiscard]] double latitude_deg() const { return latitude_deg_; }
  [[nodiscard]] double longitude_deg() const { return longitude_deg_; }
  // "52.3700, 4.8900": four decimals, about eleven metres; parse() reads it.
  [[nodiscard]] std::string text() const;

  friend bool operator==(const Coordinates&, const Coordinates&) = default;

 private:
  Coordinates(LatitudeDeg latitude, LongitudeDeg longitude)
      : latitude_deg_(latitude.value), longitude_deg_(longitude.value) {}
  double latitude_deg_;
  double longitude_deg_;
};

// The straight line between two points, through the Earth, in km; 0 to 12757.
[[nodiscard]] double chord_km(const Coordinates& a, const Coordinates& b);

// True if two Network Perspectives, or two resolvers, count as distinct: 500 km or more apart.
[[nodiscard]] bool distinct(const Coordinates& a, const Coordinates& b);

}  // namespace parallax::rules
