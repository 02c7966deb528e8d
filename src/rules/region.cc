// SPDX-License-Identifier: Apache-2.0
#include "rules/region.h"

#include <limits>
#include <string>

#include <fmt/format.h>

#include "base/encoding.h"

namespace parallax::rules {
namespace {

constexpr double kNearestKmMax = 1000;
// Leaving out each known place in turn and asking for it again, factors below two were wrong for
// towns well away from a border; with two, only towns whose twin across the border answers.
constexpr double kOtherRegionFactor = 2;
// Operators give coordinates to a tenth of a degree, eleven kilometres.
constexpr double kOtherRegionSlackKm = 25;

constexpr double kUnknownKm = std::numeric_limits<double>::infinity();

struct Nearest {
  const KnownPlace* place = nullptr;
  double km = kUnknownKm;
};

Nearest nearest_of(std::span<const KnownPlace> places, const Coordinates& at) {
  Nearest nearest;
  for (const KnownPlace& place : places) {
    const auto there = Coordinates::from_degrees(LatitudeDeg{place.latitude_deg},
                                                 LongitudeDeg{place.longitude_deg});
    if (!there) continue;
    const double km = chord_km(at, *there);
    if (km < nearest.km) nearest = Nearest{&place, km};
  }
  return nearest;
}

// Lower-case letters and digits of `text`, nothing else that people put between them.
std::string squeezed(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == ' ' || c == '-' || c == '_') continue;
    out.push_back(c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c);
  }
  return out;
}

}  // namespace

std::string_view to_string(Rir rir) {
  switch (rir) {
    case Rir::arin: return "ARIN";
    case Rir::ripe_ncc: return "RIPE NCC";
    case Rir::apnic: return "APNIC";
    case Rir::lacnic: return "LACNIC";
    case Rir::afrinic: return "AFRINIC";
  }
  return "ARIN";
}

Result<Rir> parse_rir(std::string_view text) {
  constexpr std::size_t kRirTextSizeMax = 32;
  const std::string key = text.size() <= kRirTextSizeMax ? squeezed(text) : std::string();
  for (const Rir rir : kAllRirs)
    if (key == squeezed(to_string(rir))) return rir;
  if (key == "ripe") return Rir::ripe_ncc;
  return fail(ErrorCode::malformed,
              fmt::format("\"{}\" is not a Regional Internet Registry: ARIN, RIPE NCC, APNIC, "
                          "LACNIC or AFRINIC",
                          printable(text, kRirTextSizeMax)));
}

std::optional<ExpectedRir> explain_expected_rir(const Coordinates& at) {
  Nearest best;
  Rir best_rir = Rir::arin;
  double other_km = kUnknownKm;
  for (const RegionPlaces& region : known_places()) {
    const Nearest nearest = nearest_of(region.places, at);
    if (nearest.km < best.km) {
      other_km = best.km;
      best = nearest;
      best_rir = region.rir;
    } else {
      other_km = std::min(other_km, nearest.km);
    }
  }
  if (best.place == nullptr || best.km > kNearestKmMax) return std::nullopt;
  if (other_km < kOtherRegionFactor * best.km || other_km - best.km < kOtherRegionSlackKm)
    return std::nullopt;
  return ExpectedRir{best_rir, best.place->name, best.km};
}

std::optional<Rir> expected_rir(const Coordinates& at) {
  const auto expected = explain_expected_rir(at);
  if (!expected) return std::nullopt;
  return expected->rir;
}

}  // namespace parallax::rules
