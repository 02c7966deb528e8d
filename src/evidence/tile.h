// SPDX-License-Identifier: Apache-2.0
// How a log is cut into files (C2SP tlog-tiles): tiles of 256 hashes, bundles of 256 leaves.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace parallax::evidence {

inline constexpr unsigned kTileHeight = 8;
inline constexpr std::uint64_t kTileWidth = 256;
// Trees of up to 2^63 leaves have tiles on no level above this.
inline constexpr unsigned kTileLevelMax = 7;
// A bundle gives a leaf's length in two octets.
inline constexpr std::size_t kLeafSizeMax = 65535;

// One tile, or with no level one bundle of leaves.
struct TileAddress {
  std::optional<unsigned> level;  // 0: hashes of leaves; l: roots over 256^l leaves
  std::uint64_t index = 0;
  unsigned width = kTileWidth;  // 1 to 256; below 256 a partial tile

  friend bool operator==(const TileAddress&, const TileAddress&) = default;
};

// "0/x001/234", "2/000.p/17", "entries/x001/234.p/5".
[[nodiscard]] std::string format_tile(const TileAddress& tile);
// The inverse, strict: one text per tile. Error: malformed.
[[nodiscard]] Result<TileAddress> parse_tile(std::string_view path);

// True if a tree of `size` leaves has all hashes of the tile.
[[nodiscard]] bool tile_exists(const TileAddress& tile, std::uint64_t size);

// Appends a leaf to a bundle: its length in two octets, big endian, and itself. Requires
// leaf.size() <= kLeafSizeMax.
void append_to_bundle(std::string& bundle, std::string_view leaf);

}  // namespace parallax::evidence
