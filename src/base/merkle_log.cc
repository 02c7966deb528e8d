// SPDX-License-Identifier: Apache-2.0
#include "base/merkle_log.h"

#include <algorithm>
#include <bit>

#include "base/crypto.h"
#include "base/merkle.h"

namespace parallax::merkle {
namespace {

// The largest power of two smaller than n (n > 1): where RFC 9162 splits a tree.
std::uint64_t split_point(std::uint64_t n) { return std::bit_floor(n - 1); }

// Leaves [first, first + size), size > 0, of which RFC 9162 makes a subtree.
struct Range {
  std::uint64_t first = 0;
  std::uint64_t size = 0;

  [[nodiscard]] Range left() const { return {first, split_point(size)}; }
  [[nodiscard]] Range right() const {
    return {first + split_point(size), size - split_point(size)};
  }
};

// The recursions go as deep as a tree is high: 64 levels at most.
Result<std::string> hash_of(Range range, const PerfectTree& source) {
  if (std::has_single_bit(range.size))
    return source(range.first, static_cast<unsigned>(std::countr_zero(range.size)));
  auto left = hash_of(range.left(), source);
  if (!left) return left;
  auto right = hash_of(range.right(), source);
  if (!right) return right;
  return node_hash(*left, *right);
}

// Appends the hash of the sibling, having appended what lies below it.
Status append_hash(std::vector<std::string>& path, Range sibling, const PerfectTree& source) {
  auto hash = hash_of(sibling, source);
  if (!hash) return fail(std::move(hash.error()));
  path.push_back(std::move(*hash));
  return {};
}

Status path_to(std::uint64_t index, Range range, const PerfectTree& source,
               std::vector<std::string>& path) {
  if (range.size == 1) return {};
  const bool in_left = index < range.right().first;
  const Range own = in_left ? range.left() : range.right();
  const Range sibling = in_left ? range.right() : range.left();
  if (auto done = path_to(index, own, source, path); !done) return done;
  return append_hash(path, sibling, source);
}

// SUBPROOF of RFC 9162 s2.1.4.1: `whole` as long as the old tree is a subtree that its verifier
// knows the root of.
Status subproof(std::uint64_t old_size, Range range, bool whole, const PerfectTree& source,
                std::vector<std::string>& proof) {
  if (old_size == range.size) return whole ? Status{} : append_hash(proof, range, source);
  const std::uint64_t k = split_point(range.size);
  if (old_size <= k) {
    if (auto done = subproof(old_size, range.left(), whole, source, proof); !done) return done;
    return append_hash(proof, range.right(), source);
  }
  if (auto done = subproof(old_size - k, range.right(), false, source, proof); !done) return done;
  return append_hash(proof, range.left(), source);
}

// The roots that a proof leads to: of the tree before and of the tree after.
struct Roots {
  std::string before;
  std::string after;
};

// RFC 9162 s2.1.4.2 steps 3 to 6, whose names these are; `path` begins with a hash of both trees.
bool leads_to(const Roots& expected, std::uint64_t old_size, std::uint64_t new_size,
              std::span<const std::string> path) {
  std::uint64_t fn = old_size - 1;
  std::uint64_t sn = new_size - 1;
  while ((fn & 1) == 1) {
    fn >>= 1;
    sn >>= 1;
  }
  Roots found{path.front(), path.front()};
  for (const std::string& c : path.subspan(1)) {
    if (sn == 0) return false;
    if ((fn & 1) == 1 || fn == sn) {
      found = {node_hash(c, found.before), node_hash(c, found.after)};
      while ((fn & 1) == 0 && fn != 0) {
        fn >>= 1;
        sn >>= 1;
      }
    } else {
      found.after = node_hash(found.after, c);
    }
    fn >>= 1;
    sn >>= 1;
  }
  return sn == 0 && found.before == expected.before && found.after == expected.after;
}

}  // namespace

Result<std::string> root_of(std::uint64_t size, const PerfectTree& source) {
  if (size == 0) return sha256({});
  return hash_of({0, size}, source);
}

Result<std::vector<std::string>> inclusion_proof(std::uint64_t index, std::uint64_t size,
                                                 const PerfectTree& source) {
  std::vector<std::string> path;
  if (auto done = path_to(index, {0, size}, source, path); !done) return fail(done.error());
  return path;
}

Result<std::vector<std::string>> consistency_proof(std::uint64_t old_size, std::uint64_t new_size,
                                                   const PerfectTree& source) {
  std::vector<std::string> proof;
  if (old_size == 0 || old_size == new_size) return proof;
  if (auto done = subproof(old_size, {0, new_size}, true, source, proof); !done)
    return fail(done.error());
  return proof;
}

bool is_consistent(std::uint64_t old_size, std::string_view old_root, std::uint64_t new_size,
                   std::string_view new_root, std::span<const std::string> proof) {
  if (old_size > new_size) return false;
  if (old_size == new_size) return proof.empty() && old_root == new_root;
  if (old_size == 0) return proof.empty() && old_root == sha256({});
  if (proof.empty()) return false;
  const Roots expected{std::string(old_root), std::string(new_root)};
  if (!std::has_single_bit(old_size)) return leads_to(expected, old_size, new_size, proof);
  // Then the old tree is a subtree itself, and the proof leaves its root out.
  std::vector<std::string> path{expected.before};
  path.insert(path.end(), proof.begin(), proof.end());
  return leads_to(expected, old_size, new_size, path);
}

Result<Frontier> Frontier::of(std::uint64_t size, const PerfectTree& source) {
  Frontier frontier;
  frontier.size_ = size;
  std::uint64_t first = 0;
  while (first < size) {
    const std::uint64_t span = std::bit_floor(size - first);
    auto hash = source(first, static_cast<unsigned>(std::countr_zero(span)));
    if (!hash) return fail(std::move(hash.error()));
    frontier.edge_.push_back(std::move(*hash));
    first += span;
  }
  return frontier;
}

std::vector<std::string> Frontier::append(std::string leaf_hash) {
  std::vector<std::string> completed;
  edge_.push_back(std::move(leaf_hash));
  ++size_;
  for (int height = 1; height <= std::countr_zero(size_); ++height) {
    const std::string right = std::move(edge_.back());
    edge_.pop_back();
    edge_.back() = node_hash(edge_.back(), right);
    completed.push_back(edge_.back());
  }
  return completed;
}

std::string Frontier::root() const {
  if (edge_.empty()) return sha256({});
  std::string hash = edge_.back();
  for (std::size_t i = edge_.size() - 1; i-- > 0;) hash = node_hash(edge_[i], hash);
  return hash;
}

}  // namespace parallax::merkle
