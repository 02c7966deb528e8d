// SPDX-License-Identifier: Apache-2.0
#include "base/merkle.h"

#include <bit>

#include "base/crypto.h"

namespace parallax::merkle {
namespace {

// The largest power of two smaller than n (n > 1): where RFC 9162 splits a tree.
std::size_t split_point(std::size_t n) { return std::bit_floor(n - 1); }

}  // namespace

std::string leaf_hash(std::string_view leaf) {
  std::string input(1, '\0');
  input += leaf;
  return sha256(input);
}

std::string node_hash(std::string_view left, std::string_view right) {
  std::string input(1, '\1');
  input += left;
  input += right;
  return sha256(input);
}

std::string root(std::span<const std::string> leaf_hashes) {
  if (leaf_hashes.empty()) return sha256({});
  if (leaf_hashes.size() == 1) return leaf_hashes.front();
  const std::size_t k = split_point(leaf_hashes.size());
  return node_hash(root(leaf_hashes.first(k)), root(leaf_hashes.subspan(k)));
}

std::vector<std::string> inclusion_path(std::span<const std::string> leaf_hashes,
                                        std::size_t index) {
  if (leaf_hashes.size() <= 1) return {};
  const std::size_t k = split_point(leaf_hashes.size());
  std::vector<std::string> path;
  if (index < k) {
    path = inclusion_path(leaf_hashes.first(k), index);
    path.push_back(root(leaf_hashes.subspan(k)));
  } else {
    path = inclusion_path(leaf_hashes.subspan(k), index - k);
    path.push_back(root(leaf_hashes.first(k)));
  }
  return path;
}

std::string root_from_path(std::string_view leaf, std::uint64_t index, std::uint64_t size,
                           std::span<const std::string> path) {
  if (index >= size) return {};
  std::uint64_t fn = index;  // the names of RFC 9162 s2.1.3.2
  std::uint64_t sn = size - 1;
  std::string r(leaf);
  for (const std::string& p : path) {
    if (sn == 0) return {};
    if ((fn & 1) == 1 || fn == sn) {
      r = node_hash(p, r);
      while ((fn & 1) == 0 && fn != 0) {
        fn >>= 1;
        sn >>= 1;
      }
    } else {
      r = node_hash(r, p);
    }
    fn >>= 1;
    sn >>= 1;
  }
  if (sn != 0) return {};
  return r;
}

}  // namespace parallax::merkle
