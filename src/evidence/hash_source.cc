// SPDX-License-Identifier: Apache-2.0
#include "evidence/hash_source.h"

#include <utility>

#include "base/merkle.h"
#include "evidence/tile.h"

namespace parallax::evidence {

merkle::PerfectTree perfect_tree(TileHashes hashes) {
  return [hashes = std::move(hashes)](std::uint64_t first, unsigned height) -> Result<std::string> {
    const unsigned level = height / kTileHeight;
    const std::uint64_t count = std::uint64_t{1} << (height % kTileHeight);
    const auto found = hashes(level, first >> (level * kTileHeight), count);
    if (!found) return fail(found.error());
    return merkle::root(*found);
  };
}

}  // namespace parallax::evidence
