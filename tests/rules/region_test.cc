// SPDX-License-Identifier: Apache-2.0
#include "rules/region.h"

#include <set>

#include <gtest/gtest.h>

namespace parallax::rules {
namespace {

Coordinates at(double latitude_deg, double longitude_deg) {
  return Coordinates::from_degrees(LatitudeDeg{latitude_deg}, LongitudeDeg{longitude_deg}).value();
}

TEST(Rir, TextFormsAreThoseOfAnswersAndRecords) {
  EXPECT_EQ(to_string(Rir::arin), "ARIN");
  EXPECT_EQ(to_string(Rir::ripe_ncc), "RIPE NCC");
  EXPECT_EQ(to_string(Rir::apnic), "APNIC");
  EXPECT_EQ(to_string(Rir::lacnic), "LACNIC");
  EXPECT_EQ(to_string(Rir::afrinic), "AFRINIC");
}

TEST(Rir, ReadsItsOwnText) {
  for (const Rir rir : kAllRirs) EXPECT_EQ(parse_rir(to_string(rir)), rir);
}

TEST(Rir, ReadsWhatPeopleWrite) {
  for (const char* text : {"RIPE NCC", "ripe", "Ripe", "ripe-ncc", "ripe_ncc", "RIPENCC"}) {
    SCOPED_TRACE(text);
    EXPECT_EQ(parse_rir(text), Rir::ripe_ncc);
  }
  EXPECT_EQ(parse_rir("afrinic"), Rir::afrinic);
  EXPECT_EQ(parse_rir("AfriNIC"), Rir::afrinic);
}

TEST(Rir, RefusesOtherText) {
  for (const char* text : {"", "-", "RIPE NCC Amsterdam", "europe", "ARINX", "A.R.I.N",
                           "a very long name that no registry has, and more of it"}) {
    SCOPED_TRACE(text);
    const auto read = parse_rir(text);
    ASSERT_FALSE(read);
    EXPECT_EQ(read.error().code, ErrorCode::malformed);
  }
}

struct City {
  const char* name;
  double latitude_deg;
  double longitude_deg;
  std::optional<Rir> rir;
};

// Where clouds and exchanges are, and places whose registry is not that of their neighbours.
constexpr City kCities[] = {
    {"Ashburn", 39.04, -77.49, Rir::arin},
    {"Columbus", 39.96, -83.00, Rir::arin},
    {"Dallas", 32.90, -97.04, Rir::arin},
    {"The Dalles", 45.60, -121.18, Rir::arin},
    {"Council Bluffs", 41.26, -95.86, Rir::arin},
    {"Montreal", 45.50, -73.60, Rir::arin},
    {"Miami", 25.78, -80.19, Rir::arin},
    {"Honolulu", 21.31, -157.86, Rir::arin},
    {"San Juan", 18.40, -66.06, Rir::arin},
    {"Bridgetown", 13.10, -59.61, Rir::arin},
    {"Kingston", 17.98, -76.80, Rir::arin},
    {"Hamilton, Bermuda", 32.29, -64.78, Rir::arin},
    {"Queretaro", 20.60, -100.38, Rir::lacnic},
    {"Monterrey", 25.68, -100.31, Rir::lacnic},
    {"Sao Paulo", -23.55, -46.63, Rir::lacnic},
    {"Fortaleza", -3.72, -38.54, Rir::lacnic},
    {"Santiago", -33.45, -70.67, Rir::lacnic},
    {"Bogota", 4.71, -74.07, Rir::lacnic},
    {"Panama", 8.98, -79.52, Rir::lacnic},
    {"Santo Domingo", 18.49, -69.93, Rir::lacnic},
    {"Willemstad", 12.11, -68.93, Rir::lacnic},
    {"Cayenne", 4.92, -52.31, Rir::lacnic},
    {"London", 51.51, -0.13, Rir::ripe_ncc},
    {"Frankfurt", 50.11, 8.68, Rir::ripe_ncc},
    {"Hamina", 60.57, 27.19, Rir::ripe_ncc},
    {"Madrid", 40.42, -3.70, Rir::ripe_ncc},
    {"Marseille", 43.30, 5.37, Rir::ripe_ncc},
    {"Reykjavik", 64.15, -21.94, Rir::ripe_ncc},
    {"Istanbul", 41.01, 28.98, Rir::ripe_ncc},
    {"Tel Aviv", 32.08, 34.78, Rir::ripe_ncc},
    {"Dubai", 25.20, 55.27, Rir::ripe_ncc},
    {"Bahrain", 26.22, 50.59, Rir::ripe_ncc},
    {"Almaty", 43.24, 76.89, Rir::ripe_ncc},
    {"Tashkent", 41.30, 69.24, Rir::ripe_ncc},
    {"Vladivostok", 43.12, 131.89, Rir::ripe_ncc},
    {"Las Palmas", 28.10, -15.43, Rir::ripe_ncc},
    {"Nuuk", 64.18, -51.72, Rir::ripe_ncc},
    {"Mumbai", 19.08, 72.88, Rir::apnic},
    {"Karachi", 24.86, 67.01, Rir::apnic},
    {"Kabul", 34.53, 69.17, Rir::apnic},
    {"Singapore", 1.35, 103.82, Rir::apnic},
    {"Tokyo", 35.68, 139.69, Rir::apnic},
    {"Seoul", 37.57, 126.98, Rir::apnic},
    {"Beijing", 39.90, 116.41, Rir::apnic},
    {"Urumqi", 43.83, 87.62, Rir::apnic},
    {"Ulaanbaatar", 47.89, 106.91, Rir::apnic},
    {"Jakarta", -6.21, 106.85, Rir::apnic},
    {"Sydney", -33.87, 151.21, Rir::apnic},
    {"Auckland", -36.85, 174.76, Rir::apnic},
    {"Guam", 13.47, 144.78, Rir::apnic},
    {"Papeete", -17.54, -149.57, Rir::apnic},
    {"Cape Town", -33.92, 18.42, Rir::afrinic},
    {"Johannesburg", -26.20, 28.05, Rir::afrinic},
    {"Lagos", 6.52, 3.38, Rir::afrinic},
    {"Nairobi", -1.29, 36.82, Rir::afrinic},
    {"Cairo", 30.04, 31.24, Rir::afrinic},
    {"Casablanca", 33.57, -7.59, Rir::afrinic},
    {"Tunis", 36.81, 10.18, Rir::afrinic},
    {"Djibouti", 11.59, 43.15, Rir::afrinic},
    {"Port Louis", -20.16, 57.50, Rir::afrinic},
    {"Saint-Denis, Reunion", -20.88, 55.45, Rir::afrinic},
    // Two registries within reach of each other, or nobody near: it must not guess.
    {"San Diego and Tijuana", 32.60, -117.05, std::nullopt},
    {"El Paso and Ciudad Juarez", 31.74, -106.48, std::nullopt},
    {"Saint Martin, both halves", 18.06, -63.07, std::nullopt},
    {"Blagoveshchensk and Heihe", 50.27, 127.52, std::nullopt},
    {"Strait of Gibraltar", 35.95, -5.50, std::nullopt},
    {"South Pacific", -45.00, -125.00, std::nullopt},
    {"South Pole", -90.00, 0.00, std::nullopt},
};

TEST(ExpectedRir, KnowsWhereItCanKnow) {
  for (const City& city : kCities) {
    SCOPED_TRACE(city.name);
    const auto expected = expected_rir(at(city.latitude_deg, city.longitude_deg));
    EXPECT_EQ(expected, city.rir) << (expected ? to_string(*expected) : "cannot tell");
  }
}

TEST(ExpectedRir, ExplainsItselfByANearbyPlace) {
  const auto expected = explain_expected_rir(at(35.68, 139.69));
  ASSERT_TRUE(expected);
  EXPECT_EQ(expected->rir, Rir::apnic);
  EXPECT_EQ(expected->nearest, "Tokyo, JP");
  EXPECT_LT(expected->nearest_km, 10);
}

TEST(ExpectedRir, IsNeverWrongAtAKnownPlace) {
  for (const RegionPlaces& region : known_places())
    for (const KnownPlace& place : region.places) {
      SCOPED_TRACE(place.name);
      const auto expected = expected_rir(at(place.latitude_deg, place.longitude_deg));
      if (expected) EXPECT_EQ(*expected, region.rir);
    }
}

TEST(KnownPlaces, AreOnEarthNamedOnceAndOfOneRegistryPerCountry) {
  std::set<std::string_view> names;
  std::map<std::string_view, Rir> countries;
  for (const RegionPlaces& region : known_places()) {
    EXPECT_GE(region.places.size(), 50U) << to_string(region.rir);
    for (const KnownPlace& place : region.places) {
      SCOPED_TRACE(place.name);
      EXPECT_TRUE(names.insert(place.name).second);
      EXPECT_TRUE(Coordinates::from_degrees(LatitudeDeg{place.latitude_deg},
                                            LongitudeDeg{place.longitude_deg}));
      ASSERT_GT(place.name.size(), 4U);
      const auto country = place.name.substr(place.name.size() - 4);
      EXPECT_TRUE(country.starts_with(", "));
      EXPECT_EQ(countries.emplace(country, region.rir).first->second, region.rir);
    }
  }
  EXPECT_GE(countries.size(), 240U);
}

}  // namespace
}  // namespace parallax::rules
