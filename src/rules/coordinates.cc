// SPDX-License-Identifier: Apache-2.0
#include "rules/coordinates.h"

#include <array>
#include <charconv>
#include <cmath>
#include <numbers>

#include <fmt/format.h>

namespace parallax::rules {
namespace {

// WGS84: equatorial radius and flattening (NIMA TR8350.2).
constexpr double kEquatorialRadiusKm = 6378.137;
constexpr double kFlattening = 1 / 298.257223563;

// Earth-centred, Earth-fixed; height above the ellipsoid is taken as zero.
std::array<double, 3> to_earth_centred(const Coordinates& at) {
  constexpr double kEccentricitySquared = kFlattening * (2 - kFlattening);
  const double latitude = at.latitude_deg() * std::numbers::pi / 180;
  const double longitude = at.longitude_deg() * std::numbers::pi / 180;
  const double sine = std::sin(latitude);
  const double normal_km = kEquatorialRadiusKm / std::sqrt(1 - kEccentricitySquared * sine * sine);
  return {normal_km * std::cos(latitude) * std::cos(longitude),
          normal_km * std::cos(latitude) * std::sin(longitude),
          normal_km * (1 - kEccentricitySquared) * sine};
}

std::string_view trim(std::string_view text) {
  const auto first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

bool read_degrees(std::string_view text, double& value) {
  // from_chars knows no plus sign.
  if (text.starts_with('+')) {
    text.remove_prefix(1);
    if (text.starts_with('-')) return false;
  }
  const auto read =
      std::from_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed);
  return read.ec == std::errc() && read.ptr == text.data() + text.size();
}

// Written so that NaN fails it.
bool within(double value, double limit) { return value >= -limit && value <= limit; }

}  // namespace

Result<Coordinates> Coordinates::from_degrees(LatitudeDeg latitude, LongitudeDeg longitude) {
  if (!within(latitude.value, kLatitudeDegMax))
    return fail(ErrorCode::malformed,
                fmt::format("latitude {} is not between -90 and 90 degrees", latitude.value));
  if (!within(longitude.value, kLongitudeDegMax))
    return fail(ErrorCode::malformed,
                fmt::format("longitude {} is not between -180 and 180 degrees", longitude.value));
  return Coordinates(latitude, longitude);
}

Result<Coordinates> Coordinates::parse(std::string_view text) {
  const auto comma = text.find(',');
  LatitudeDeg latitude;
  LongitudeDeg longitude;
  if (comma == std::string_view::npos || !read_degrees(trim(text.substr(0, comma)), latitude.value) ||
      !read_degrees(trim(text.substr(comma + 1)), longitude.value))
    return fail(ErrorCode::malformed,
                "coordinates are latitude and longitude in degrees, such as \"52.37, 4.89\"");
  return from_degrees(latitude, longitude);
}

std::string Coordinates::text() const {
  return fmt::format("{:.4f}, {:.4f}", latitude_deg_, longitude_deg_);
}

double chord_km(const Coordinates& a, const Coordinates& b) {
  const auto p = to_earth_centred(a);
  const auto q = to_earth_centred(b);
  return std::hypot(p[0] - q[0], p[1] - q[1], p[2] - q[2]);
}

bool distinct(const Coordinates& a, const Coordinates& b) {
  return chord_km(a, b) >= kDistinctDistanceKm;
}

}  // namespace parallax::rules
