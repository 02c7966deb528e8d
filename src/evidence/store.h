// SPDX-License-Identifier: Apache-2.0
// Where decisions are written down before they are answered.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json/value.hpp>

#include "base/async.h"
#include "base/result.h"
#include "base/time.h"
#include "evidence/parts.h"

namespace parallax::evidence {

enum class RecordKind {
  decision,          // an order decided: the first and only answer to its id
  late_observation,  // what a straggler brought after the decision; refers to it by order id
};
[[nodiscard]] std::string_view to_string(RecordKind kind);

// Where a record stands in the log.
struct LeafPlace {
  std::uint64_t index = 0;
  std::string leaf_hash;  // hex
};

// One append-only record. `body` must be canonicalizable (see canonical_json): it holds order,
// names, checks, observations with signatures, quorum, rules applied, outcome, explanation,
// configuration digest and times. What stands at `parts` (see commit_parts()) goes into the log as
// commitments only: whatever is personal or secret must be in one.
struct Record {
  RecordKind kind = RecordKind::decision;
  std::string client;  // API client the order came from; order ids are per client
  std::string order_id;
  Instant recorded{};
  std::string outcome;             // "permitted" | "refused" | "undetermined" | "" when late
  std::vector<std::string> names;  // as asked, canonical text
  std::string request_digest;      // SHA-256 of the canonical request, hex; empty when late
  // Writes the answer that will be sent, given the record's place; called once, on the writer's
  // thread, inside the commit. Empty when late.
  std::function<std::string(const LeafPlace& place)> answer;
  boost::json::value body;
  std::vector<std::string> parts;  // JSON pointers into body
};

// A record as it is kept. Once its retention is over, answer, names and parts may have been erased.
struct StoredRecord {
  std::uint64_t index = 0;  // position in the log, from 0, without gaps
  RecordKind kind = RecordKind::decision;
  std::string client;
  std::string order_id;
  Instant recorded{};
  std::string outcome;
  std::vector<std::string> names;
  std::string request_digest;
  std::string answer;
  std::string leaf;       // canonical JSON: the body in its committed form
  std::string leaf_hash;  // SHA-256(0x00 || leaf), hex (RFC 9162 s2.1.1)
  std::vector<Part> parts;
  std::string body;  // canonical JSON: the leaf with its parts opened
};

// What `evidence list` selects; all conditions given must hold.
struct ListFilter {
  std::optional<std::string> name;  // exact canonical text of a name in the order
  std::optional<std::string> order_id;
  std::optional<std::string> outcome;
  std::optional<Instant> from;              // recorded at or after
  std::optional<Instant> until;             // recorded before
  std::uint64_t before_index = UINT64_MAX;  // for paging: only smaller indexes
  unsigned limit = 50;                      // 1 to 1000, newest first
};

// Thread safe: awaited from any worker; the awaiting coroutine is resumed on its own executor.
class EvidenceStore {
 public:
  virtual ~EvidenceStore() = default;

  // Returns the record's index once it is durable: a crash or power loss after this loses nothing.
  // Not cancellable: once begun, the record may become durable, so its outcome is always told.
  // Errors: conflict (a decision for this client and order id exists), overloaded (queue full),
  // storage (disk full, I/O, a clock that went back), internal (the record cannot be kept; see
  // prepare()).
  [[nodiscard]] virtual Task<Result<std::uint64_t>> append(Record record) = 0;

  // The decision of this client's order, if there is one.
  [[nodiscard]] virtual Task<Result<std::optional<StoredRecord>>> find_decision(
      std::string client, std::string order_id) = 0;
};

}  // namespace parallax::evidence
