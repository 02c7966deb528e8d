// SPDX-License-Identifier: Apache-2.0
#include "rules/coordinates.h"

#include <limits>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace parallax::rules {
namespace {

Coordinates at(double latitude_deg, double longitude_deg) {
  return Coordinates::from_degrees(LatitudeDeg{latitude_deg}, LongitudeDeg{longitude_deg}).value();
}

TEST(Coordinates, RefusesWhatIsNotOnEarth) {
  constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  const struct {
    const char* name;
    double latitude_deg;
    double longitude_deg;
    const char* word;
  } cases[] = {
      {"too far north", 90.001, 0, "latitude"},  {"too far south", -90.001, 0, "latitude"},
      {"too far east", 0, 180.001, "longitude"}, {"too far west", 0, -180.001, "longitude"},
      {"no latitude", kNan, 0, "latitude"},      {"no longitude", 0, kNan, "longitude"},
      {"infinite", kInfinity, 0, "latitude"},    {"swapped", 139.7, 35.7, "latitude"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    const auto made =
        Coordinates::from_degrees(LatitudeDeg{c.latitude_deg}, LongitudeDeg{c.longitude_deg});
    ASSERT_FALSE(made);
    EXPECT_EQ(made.error().code, ErrorCode::malformed);
    EXPECT_NE(made.error().message.find(c.word), std::string::npos) << made.error().message;
  }
}

TEST(Coordinates, AcceptsTheEdges) {
  for (const auto& [latitude, longitude] :
       {std::pair{90.0, 180.0}, {-90.0, -180.0}, {0.0, 0.0}, {-0.0, 180.0}})
    EXPECT_TRUE(Coordinates::from_degrees(LatitudeDeg{latitude}, LongitudeDeg{longitude}));
}

TEST(Coordinates, ReadsText) {
  const struct {
    const char* name;
    const char* text;
    double latitude_deg;
    double longitude_deg;
  } cases[] = {
      {"plain", "52.37,4.89", 52.37, 4.89},       {"blanks", "  52.37 ,\t4.89 ", 52.37, 4.89},
      {"south and west", "-23.55, -46.63", -23.55, -46.63},
      {"plus signs", "+1.29, +103.85", 1.29, 103.85}, {"whole degrees", "60, 25", 60, 25},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    const auto read = Coordinates::parse(c.text);
    ASSERT_TRUE(read) << describe(read.error());
    EXPECT_EQ(*read, at(c.latitude_deg, c.longitude_deg));
  }
}

TEST(Coordinates, RefusesOtherText) {
  for (const char* text : {"", ",", "52.37", "52.37;4.89", "52.37,", ",4.89", "52.37, 4.89, 0",
                           "52,37, 4,89", "nan, 0", "inf, 0", "0x10, 0", "1e1, 0", "52.37N, 4.89E",
                           "+-1, 0", "++1, 0", "91, 0", "0, 181"}) {
    SCOPED_TRACE(text);
    const auto read = Coordinates::parse(text);
    ASSERT_FALSE(read);
    EXPECT_EQ(read.error().code, ErrorCode::malformed);
  }
}

RC_GTEST_PROP(Coordinates, TextIsReadBackToElevenMetres, ()) {
  const double latitude = *rc::gen::inRange(-900'000, 900'001) / 10'000.0;
  const double longitude = *rc::gen::inRange(-1'800'000, 1'800'001) / 10'000.0;
  const auto back = Coordinates::parse(at(latitude, longitude).text());
  RC_ASSERT(back.has_value());
  RC_ASSERT(chord_km(*back, at(latitude, longitude)) < 0.02);
}

// Chords worked out apart from this code; they agree with published great-circle distances s by
// 2 R sin(s / 2R), to the third of a percent by which the ellipsoid differs from a sphere.
TEST(ChordKm, MatchesKnownPairs) {
  const struct {
    const char* name;
    Coordinates a;
    Coordinates b;
    double km;
  } cases[] = {
      {"poles", at(90, 0), at(-90, 0), 12713.505},
      {"antipodes on the equator", at(0, 0), at(0, 180), 12756.274},
      {"a degree along the equator", at(0, 0), at(0, 1), 111.318},
      {"London to New York", at(51.5074, -0.1278), at(40.7128, -74.0060), 5409.1},
      {"Amsterdam to Frankfurt", at(52.3676, 4.9041), at(50.1109, 8.6821), 364.06},
      {"Tokyo to Osaka", at(35.6762, 139.6503), at(34.6937, 135.5023), 393.12},
      {"Sydney to Melbourne", at(-33.8688, 151.2093), at(-37.8136, 144.9631), 713.48},
      {"Sao Paulo to Johannesburg", at(-23.5505, -46.6333), at(-26.2041, 28.0473), 7027.4},
      {"across the date line", at(-18.14, 178.44), at(-13.83, -171.77), 1149.44},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    EXPECT_NEAR(chord_km(c.a, c.b), c.km, c.km * 0.0001);
  }
}

TEST(ChordKm, IsShorterThanTheWayOverGroundByThirteenHundredthsAtFiveHundred) {
  // 500 km along the equator are 4.49158 degrees.
  EXPECT_NEAR(chord_km(at(0, 0), at(0, 4.4915764)), 500 - 0.128, 0.002);
}

RC_GTEST_PROP(ChordKm, IsAMetric, ()) {
  const auto point = [] {
    return at(*rc::gen::inRange(-9000, 9001) / 100.0, *rc::gen::inRange(-18000, 18001) / 100.0);
  };
  const auto a = point();
  const auto b = point();
  const auto c = point();
  RC_ASSERT(chord_km(a, a) == 0);
  RC_ASSERT(chord_km(a, b) == chord_km(b, a));
  RC_ASSERT(chord_km(a, c) <= chord_km(a, b) + chord_km(b, c) + 1e-9);
  RC_ASSERT(chord_km(a, b) <= 12756.275);
}

TEST(Distinct, HoldsFromFiveHundredKilometresOn) {
  // The chord over d degrees of the equator is 2 * 6378.137 km * sin(d / 2).
  EXPECT_FALSE(distinct(at(0, 0), at(0, 4.4927)));
  EXPECT_TRUE(distinct(at(0, 0), at(0, 4.4928)));
  EXPECT_FALSE(distinct(at(52.37, 4.90), at(50.11, 8.68)));  // Amsterdam, Frankfurt
  EXPECT_TRUE(distinct(at(52.37, 4.90), at(59.33, 18.07)));  // Amsterdam, Stockholm
  EXPECT_FALSE(distinct(at(10, 10), at(10, 10)));
  EXPECT_FALSE(distinct(at(65, 179.9), at(65, -179.9)));  // neighbours across the date line
}

}  // namespace
}  // namespace parallax::rules
