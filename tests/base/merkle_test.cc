// SPDX-License-Identifier: Apache-2.0
// RFC 9162 s2.1, against the well-known test tree of Certificate Transparency implementations: the
// leaves below hash to these roots in every one of them.
#include "base/merkle.h"

#include <gtest/gtest.h>

#include "base/crypto.h"
#include "base/encoding.h"

namespace parallax::merkle {
namespace {

std::vector<std::string> test_leaves() {
  std::vector<std::string> leaves;
  for (const char* hex : {"", "00", "10", "2021", "3031", "40414243", "5051525354555657",
                          "606162636465666768696a6b6c6d6e6f"})
    leaves.push_back(leaf_hash(hex_decode(hex).value()));
  return leaves;
}

std::vector<std::string> numbered(std::size_t count) {
  std::vector<std::string> leaves;
  for (std::size_t i = 0; i < count; ++i) leaves.push_back(leaf_hash(std::to_string(i)));
  return leaves;
}

TEST(Merkle, RootsOfTheWellKnownTree) {
  const char* const roots[] = {
      "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
      "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
      "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
      "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
      "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
      "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
      "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
      "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
      "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
  };
  const auto leaves = test_leaves();
  for (std::size_t size = 0; size < std::size(roots); ++size)
    EXPECT_EQ(hex_encode(root(std::span(leaves).first(size))), roots[size]) << size;
}

TEST(Merkle, HashesOfLeavesAndNodesAreApart) {
  EXPECT_EQ(leaf_hash("a"), sha256(std::string("\0a", 2)));
  EXPECT_EQ(node_hash("a", "b"), sha256("\1ab"));
  EXPECT_NE(leaf_hash("ab"), node_hash("a", "b"));
}

// RFC 9162 s2.1.5: the paths of a tree of seven leaves.
TEST(Merkle, PathsOfSevenLeaves) {
  const auto d = numbered(7);
  const std::string g = node_hash(d[0], d[1]);
  const std::string h = node_hash(d[2], d[3]);
  const std::string i = node_hash(d[4], d[5]);
  const std::string k = node_hash(g, h);
  const std::string l = node_hash(i, d[6]);
  using Path = std::vector<std::string>;
  EXPECT_EQ(inclusion_path(d, 0), (Path{d[1], h, l}));
  EXPECT_EQ(inclusion_path(d, 3), (Path{d[2], g, l}));
  EXPECT_EQ(inclusion_path(d, 4), (Path{d[5], d[6], k}));
  EXPECT_EQ(inclusion_path(d, 6), (Path{i, k}));
  EXPECT_EQ(root(d), node_hash(k, l));
}

TEST(Merkle, EveryPathLeadsToTheRootAndToNoOtherPlace) {
  for (std::size_t size = 1; size <= 20; ++size) {
    const auto leaves = numbered(size);
    const std::string top = root(leaves);
    for (std::size_t index = 0; index < size; ++index) {
      const auto path = inclusion_path(leaves, index);
      for (std::size_t at = 0; at < size; ++at)
        EXPECT_EQ(root_from_path(leaves[index], at, size, path) == top, at == index)
            << index << " of " << size << " taken for " << at;
    }
  }
}

TEST(Merkle, APathThatDoesNotFitLeadsNowhere) {
  const auto leaves = numbered(5);
  const auto path = inclusion_path(leaves, 2);
  auto longer = path;
  longer.push_back(leaves[0]);
  auto shorter = path;
  shorter.pop_back();
  EXPECT_EQ(root_from_path(leaves[2], 2, 5, longer), "");
  EXPECT_EQ(root_from_path(leaves[2], 2, 5, shorter), "");
  EXPECT_EQ(root_from_path(leaves[2], 5, 5, path), "") << "index beyond the tree";
  EXPECT_EQ(root_from_path(leaves[2], 0, 0, {}), "") << "an empty tree holds nothing";
  EXPECT_EQ(root_from_path(leaves[2], 0, 1, {}), leaves[2]);
  EXPECT_EQ(root_from_path(leaves[2], UINT64_MAX, UINT64_MAX, path), "");
  EXPECT_EQ(root_from_path(leaves[2], 0, UINT64_MAX, path), "");
}

}  // namespace
}  // namespace parallax::merkle
