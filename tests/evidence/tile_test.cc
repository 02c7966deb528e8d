// SPDX-License-Identifier: Apache-2.0
#include "evidence/tile.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "evidence/checkpoint.h"

namespace parallax::evidence {
namespace {

TEST(Tile, PathsAreThoseOfTheSpecification) {
  const std::pair<TileAddress, const char*> cases[] = {
      {{0, 0, 256}, "0/000"},
      {{0, 1234067, 256}, "0/x001/x234/067"},
      {{3, 999, 1}, "3/999.p/1"},
      {{1, 1000, 255}, "1/x001/000.p/255"},
      {{std::nullopt, 0, 5}, "entries/000.p/5"},
      {{std::nullopt, 1234067, 256}, "entries/x001/x234/067"},
      {{7, INT64_MAX, 256}, "7/x009/x223/x372/x036/x854/x775/807"},
  };
  for (const auto& [tile, path] : cases) {
    SCOPED_TRACE(path);
    EXPECT_EQ(format_tile(tile), path);
    const auto parsed = parse_tile(path);
    ASSERT_TRUE(parsed);
    EXPECT_EQ(*parsed, tile);
  }
}

TEST(Tile, OtherPathsAreRefused) {
  for (const char* path : {"",
                           "0",
                           "0/",
                           "/000",
                           "8/000",
                           "00/000",
                           "-1/000",
                           "a/000",
                           "0/00",
                           "0/0000",
                           "0/x000/001",
                           "0/x001",
                           "0/x001/",
                           "0/x001/x234",
                           "0/001/234",
                           "0/x01/234",
                           "0/x1a1/234",
                           "0/000.p/",
                           "0/000.p/0",
                           "0/000.p/256",
                           "0/000.p/01",
                           "0/000.p/-1",
                           "0/000.p/1/",
                           "0/000.p/1.p/1",
                           "0/000/",
                           "0/000?",
                           "0/ 000",
                           "entries",
                           "entries/",
                           "Entries/000",
                           "entries/000.P/1",
                           "0/../000",
                           "data/000",
                           "7/x009/x223/x372/x036/x854/x775/808",
                           "0/x001/x000/x000/x000/x000/x000/x000/000"}) {
    SCOPED_TRACE(path);
    EXPECT_FALSE(parse_tile(path));
  }
}

RC_GTEST_PROP(Tile, EveryAddressIsReadBack, ()) {
  TileAddress tile;
  if (*rc::gen::arbitrary<bool>()) tile.level = *rc::gen::inRange(0U, kTileLevelMax + 1);
  tile.index = *rc::gen::inRange<std::uint64_t>(0, kTreeSizeMax) >> *rc::gen::inRange(0, 63);
  tile.width = *rc::gen::inRange(1U, 257U);
  const auto parsed = parse_tile(format_tile(tile));
  RC_ASSERT(parsed.has_value());
  RC_ASSERT(*parsed == tile);
}

// The example of the specification: 273 full tiles and one of 112; one full tile and one of 17; one
// of 1.
TEST(Tile, ATreeOfSeventyThousand) {
  constexpr std::uint64_t kSize = 70'000;
  const std::pair<TileAddress, bool> cases[] = {
      {{0, 0, 256}, true},
      {{0, 272, 256}, true},
      {{0, 273, 112}, true},
      {{0, 273, 113}, false},
      {{0, 273, 256}, false},
      {{0, 274, 1}, false},
      {{0, 100, 3}, true},
      {{1, 0, 256}, true},
      {{1, 1, 17}, true},
      {{1, 1, 18}, false},
      {{2, 0, 1}, true},
      {{2, 0, 2}, false},
      {{3, 0, 1}, false},
      {{7, 0, 1}, false},
      {{std::nullopt, 272, 256}, true},
      {{std::nullopt, 273, 112}, true},
      {{std::nullopt, 273, 113}, false},
      {{0, INT64_MAX, 256}, false},
  };
  for (const auto& [tile, exists] : cases) {
    SCOPED_TRACE(format_tile(tile));
    EXPECT_EQ(tile_exists(tile, kSize), exists);
  }
  EXPECT_FALSE(tile_exists({0, 0, 1}, 0));
  EXPECT_TRUE(tile_exists({1, 0, 1}, 256));
}

TEST(Tile, ABundleGivesLengthsInTwoOctets) {
  std::string bundle;
  append_to_bundle(bundle, "abc");
  append_to_bundle(bundle, "");
  append_to_bundle(bundle, std::string(kLeafSizeMax, 'x'));
  EXPECT_EQ(bundle.substr(0, 7), std::string("\0\3abc\0\0", 7));
  EXPECT_EQ(bundle.substr(7, 3), "\xFF\xFFx");
  EXPECT_EQ(bundle.size(), 7 + 2 + kLeafSizeMax);
}

}  // namespace
}  // namespace parallax::evidence
