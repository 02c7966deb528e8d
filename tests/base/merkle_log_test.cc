// SPDX-License-Identifier: Apache-2.0
// Proofs from stored hashes against the plain recursions over all leaves, for every small tree.
#include "base/merkle_log.h"

#include <gtest/gtest.h>

#include "base/crypto.h"
#include "base/encoding.h"
#include "base/merkle.h"

namespace parallax::merkle {
namespace {

constexpr std::size_t kSizeMax = 40;

const std::vector<std::string>& leaves() {
  static const std::vector<std::string> all = [] {
    std::vector<std::string> made;
    for (std::size_t i = 0; i < kSizeMax; ++i) made.push_back(leaf_hash(std::to_string(i)));
    return made;
  }();
  return all;
}

std::span<const std::string> first_leaves(std::size_t count) {
  return std::span(leaves()).first(count);
}

// A source that knows `size` leaves and refuses what a stored tree of that size could not answer.
PerfectTree tree_of(std::uint64_t size) {
  return [size](std::uint64_t first, unsigned height) -> Result<std::string> {
    const std::uint64_t span = std::uint64_t{1} << height;
    if (first % span != 0 || first + span > size)
      return fail(ErrorCode::internal, "asked for what the tree has not");
    return root(std::span(leaves()).subspan(first, span));
  };
}

PerfectTree broken() {
  return [](std::uint64_t, unsigned) -> Result<std::string> {
    return fail(ErrorCode::storage, "gone");
  };
}

TEST(MerkleLog, RootsAreThoseOfThePlainRecursion) {
  for (std::size_t size = 0; size <= kSizeMax; ++size)
    EXPECT_EQ(root_of(size, tree_of(size)).value(), root(first_leaves(size))) << size;
}

TEST(MerkleLog, InclusionProofsAreThoseOfThePlainRecursion) {
  for (std::size_t size = 1; size <= kSizeMax; ++size)
    for (std::size_t index = 0; index < size; ++index)
      EXPECT_EQ(inclusion_proof(index, size, tree_of(size)).value(),
                inclusion_path(first_leaves(size), index))
          << index << " of " << size;
}

TEST(MerkleLog, EveryTreeIsConsistentWithEveryPrefixAndWithNothingElse) {
  for (std::size_t after = 1; after <= kSizeMax; ++after) {
    for (std::size_t before = 0; before <= after; ++before) {
      SCOPED_TRACE(std::to_string(before) + " before " + std::to_string(after));
      const std::string old_root = root(first_leaves(before));
      const std::string new_root = root(first_leaves(after));
      auto proof = consistency_proof(before, after, tree_of(after)).value();
      EXPECT_TRUE(is_consistent(before, old_root, after, new_root, proof));
      EXPECT_FALSE(is_consistent(before, sha256("other"), after, new_root, proof));
      if (before > 0) {
        EXPECT_FALSE(is_consistent(before, old_root, after, sha256("other"), proof));
      }
      if (before < after) {
        EXPECT_FALSE(is_consistent(after, new_root, before, old_root, proof));
      }
      for (std::size_t i = 0; i < proof.size(); ++i) {
        auto altered = proof;
        altered[i][0] = static_cast<char>(altered[i][0] ^ 1);
        EXPECT_FALSE(is_consistent(before, old_root, after, new_root, altered)) << i;
        altered = proof;
        altered.erase(altered.begin() + static_cast<std::ptrdiff_t>(i));
        EXPECT_FALSE(is_consistent(before, old_root, after, new_root, altered)) << i;
      }
      proof.push_back(old_root);
      EXPECT_FALSE(is_consistent(before, old_root, after, new_root, proof));
    }
  }
}

// RFC 9162 s2.1.5.
TEST(MerkleLog, ConsistencyProofsOfSevenLeaves) {
  const auto& d = leaves();
  const std::string g = node_hash(d[0], d[1]);
  const std::string h = node_hash(d[2], d[3]);
  const std::string i = node_hash(d[4], d[5]);
  const std::string k = node_hash(g, h);
  const std::string l = node_hash(i, d[6]);
  using Path = std::vector<std::string>;
  EXPECT_EQ(consistency_proof(3, 7, tree_of(7)).value(), (Path{d[2], d[3], g, l}));
  EXPECT_EQ(consistency_proof(4, 7, tree_of(7)).value(), (Path{l}));
  EXPECT_EQ(consistency_proof(6, 7, tree_of(7)).value(), (Path{i, d[6], k}));
}

TEST(MerkleLog, AFrontierGrowsIntoTheSameRoots) {
  Frontier grown;
  EXPECT_EQ(grown.root(), root({}));
  for (std::size_t size = 1; size <= kSizeMax; ++size) {
    SCOPED_TRACE(size);
    const auto completed = grown.append(leaves()[size - 1]);
    EXPECT_EQ(grown.size(), size);
    EXPECT_EQ(grown.root(), root(first_leaves(size)));
    std::size_t heights = 0;
    while (size % (std::size_t{2} << heights) == 0) ++heights;
    ASSERT_EQ(completed.size(), heights);
    for (std::size_t height = 1; height <= heights; ++height) {
      const std::size_t span = std::size_t{1} << height;
      EXPECT_EQ(completed[height - 1], root(std::span(leaves()).subspan(size - span, span)));
    }
    auto reread = Frontier::of(size, tree_of(size)).value();
    EXPECT_EQ(reread.size(), size);
    EXPECT_EQ(reread.root(), grown.root());
    if (size < kSizeMax) {
      static_cast<void>(reread.append(leaves()[size]));
      EXPECT_EQ(reread.root(), root(first_leaves(size + 1)));
    }
  }
}

TEST(MerkleLog, AnErrorOfTheSourceIsHandedOn) {
  EXPECT_EQ(root_of(5, broken()).error().code, ErrorCode::storage);
  EXPECT_EQ(inclusion_proof(2, 5, broken()).error().code, ErrorCode::storage);
  EXPECT_EQ(consistency_proof(2, 5, broken()).error().code, ErrorCode::storage);
  EXPECT_EQ(Frontier::of(5, broken()).error().code, ErrorCode::storage);
}

}  // namespace
}  // namespace parallax::merkle
