// SPDX-License-Identifier: Apache-2.0
// Merkle trees as RFC 9162 s2.1 defines them: pure functions over SHA-256 digests (32 octets).
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace parallax::merkle {

// SHA-256(0x00 || leaf).
[[nodiscard]] std::string leaf_hash(std::string_view leaf);
// SHA-256(0x01 || left || right).
[[nodiscard]] std::string node_hash(std::string_view left, std::string_view right);

// The tree's root over leaf hashes (MTH, RFC 9162 s2.1.1); of nothing: SHA-256 of nothing.
[[nodiscard]] std::string root(std::span<const std::string> leaf_hashes);

// PATH(index, leaves), RFC 9162 s2.1.3.1: leaf side first. Requires index < leaf_hashes.size().
[[nodiscard]] std::vector<std::string> inclusion_path(std::span<const std::string> leaf_hashes,
                                                      std::size_t index);

// The root that `path` leads to from `leaf` at `index` of a tree of `size` leaves (RFC 9162
// s2.1.3.2); empty if the path does not fit index and size.
[[nodiscard]] std::string root_from_path(std::string_view leaf, std::uint64_t index,
                                         std::uint64_t size, std::span<const std::string> path);

}  // namespace parallax::merkle
