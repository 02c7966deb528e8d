// SPDX-License-Identifier: Apache-2.0
// The tree of a stored log from the hashes that are kept of it: those of its leaves, and the roots
// of its full tiles (tile.h).
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "base/merkle_log.h"
#include "base/result.h"

namespace parallax::evidence {

// `count` (1 to 256) hashes of a tile level from `first` on, 32 octets each; level 0 holds those of
// leaves. Error: storage, also if they are not all there.
using TileHashes = std::function<Result<std::vector<std::string>>(
    unsigned level, std::uint64_t first, std::uint64_t count)>;

// Any perfect subtree, by one read of at most 128 hashes from the tile level just below it.
[[nodiscard]] merkle::PerfectTree perfect_tree(TileHashes hashes);

}  // namespace parallax::evidence
