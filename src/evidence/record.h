// SPDX-License-Identifier: Apache-2.0
// From what a caller wants kept to what is kept: checks, canonical text and leaf hash. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "evidence/store.h"

namespace parallax::evidence {

// Bounds on one record; beyond them it is refused before it is queued. Whoever asked cannot know
// them, so the error is internal, never that the request is malformed.
inline constexpr std::size_t kRecordSizeMax = std::size_t{16} * 1024 * 1024;  // without answer
inline constexpr std::size_t kRecordNamesMax = 1000;

// "decision" | "late-observation". Error: malformed.
[[nodiscard]] Result<RecordKind> parse_record_kind(std::string_view text);

// SHA-256(0x00 || leaf), hex: the hash of a leaf in the Merkle tree of RFC 9162 s2.1.1. Leaves are
// in the order of the record indexes.
[[nodiscard]] std::string leaf_hash(std::string_view leaf);

// A record ready to be written: all but the answer, which needs the index, has been checked.
struct PreparedRecord {
  RecordKind kind = RecordKind::decision;
  std::string client;
  std::string order_id;
  std::string recorded;  // as format_instant() writes it: text order is time order
  std::string outcome;
  std::vector<std::string> names;
  std::string request_digest;
  std::function<std::string(const LeafPlace& place)> answer;  // see Record; may be empty
  std::string leaf;                                           // canonical JSON, committed form
  std::string leaf_hash;
  std::vector<Part> parts;

  // Octets held, the answer to come not among them.
  [[nodiscard]] std::size_t size() const;
};

// What the record's answer is at this index; empty if it has none.
// Error: internal (not UTF-8, or above kRecordSizeMax).
[[nodiscard]] Result<std::string> answer_of(const PreparedRecord& record, std::uint64_t index);

// Salts the parts with `random`. Error: internal (text that is not UTF-8, a time before 1970, too
// large, too many names, a leaf above kLeafSizeMax, a body without a canonical form, see
// canonical_json, or without the parts it names, see commit_parts).
[[nodiscard]] Result<PreparedRecord> prepare(Record record, Random& random);

}  // namespace parallax::evidence
