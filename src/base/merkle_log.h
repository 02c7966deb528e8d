// SPDX-License-Identifier: Apache-2.0
// Merkle trees too large to hold: growing one with a logarithm of its hashes in memory, and proofs
// from hashes read where they are needed (RFC 9162 s2.1). Hashes are 32 octets.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace parallax::merkle {

inline constexpr std::size_t kHashSize = 32;

// Where a stored tree's hashes come from: the root over the 2^height leaves that begin at `first`,
// a multiple of 2^height. Only asked for leaves that the tree has.
using PerfectTree = std::function<Result<std::string>(std::uint64_t first, unsigned height)>;

// MTH(D[0:size]); of nothing: SHA-256 of nothing. Errors: the source's.
[[nodiscard]] Result<std::string> root_of(std::uint64_t size, const PerfectTree& source);

// PATH(index, D[0:size]), leaf side first; root_from_path() verifies it. Requires index < size.
// Errors: the source's.
[[nodiscard]] Result<std::vector<std::string>> inclusion_proof(std::uint64_t index,
                                                               std::uint64_t size,
                                                               const PerfectTree& source);

// PROOF(old_size, D[0:new_size]) of RFC 9162 s2.1.4.1; empty if old_size is 0 or new_size. Requires
// old_size <= new_size. Errors: the source's.
[[nodiscard]] Result<std::vector<std::string>> consistency_proof(std::uint64_t old_size,
                                                                 std::uint64_t new_size,
                                                                 const PerfectTree& source);

// True if `proof` shows that the tree of new_size leaves begins with the tree of old_size leaves
// (RFC 9162 s2.1.4.2). Everything begins with nothing: an old_size of 0 holds with an empty proof
// and the root of nothing.
[[nodiscard]] bool is_consistent(std::uint64_t old_size, std::string_view old_root,
                                 std::uint64_t new_size, std::string_view new_root,
                                 std::span<const std::string> proof);

// The right edge of a growing tree: the roots of its perfect subtrees, the largest first.
class Frontier {
 public:
  Frontier() = default;
  // The edge of a stored tree. Errors: the source's.
  [[nodiscard]] static Result<Frontier> of(std::uint64_t size, const PerfectTree& source);

  // Adds a leaf by its hash, and returns the roots of the perfect subtrees that it completes: the
  // one of height h at position h - 1, each ending with this leaf.
  std::vector<std::string> append(std::string leaf_hash);

  [[nodiscard]] std::uint64_t size() const { return size_; }
  [[nodiscard]] std::string root() const;

 private:
  std::uint64_t size_ = 0;
  std::vector<std::string> edge_;  // one per set bit of size_, the highest first
};

}  // namespace parallax::merkle
