// SPDX-License-Identifier: Apache-2.0
// One record as a store keeps it, held against itself: its leaf, the parts that open it, the
// decision in it. Pure but for what the keys remember.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include <boost/json/value.hpp>

#include "audit/decision.h"
#include "evidence/parts.h"
#include "evidence/store.h"

namespace parallax::audit {

// As it stands in the store; nothing is believed.
struct StoredRow {
  std::uint64_t index = 0;
  std::string kind;
  std::string client;
  std::string order_id;
  std::string recorded;
  std::string outcome;
  std::string request_digest;
  std::string leaf;
  std::string leaf_hash;  // hex
  std::vector<std::string> names;
  std::vector<evidence::Part> parts;
};

struct LeafFacts {
  evidence::RecordKind kind = evidence::RecordKind::decision;
  Instant recorded{};
  boost::json::value leaf;
  std::string hash;  // 32 octets, made anew
};

// The leaf hashes to its hash, is canonical JSON of a version and kind that are known, and what
// stands beside it in the store is what it says. Errors: untrusted, malformed, unsupported.
[[nodiscard]] Result<LeafFacts> audit_leaf(const StoredRow& row);

// What a record is judged with; all of it outlives the call.
struct RecordContext {
  PerspectiveKeys* keys = nullptr;
  const names::PublicSuffixList* suffixes = nullptr;
  Instant newest{};  // when the newest record of the log was made
  // The open decision of a client's order, for the late observations of it; none if there is none.
  std::function<std::optional<RecordedDecision>(const std::string& client,
                                                const std::string& order_id)>
      find_decision;
};

struct RecordAudit {
  std::size_t parts = 0;   // open, and what the leaf committed to
  std::size_t erased = 0;  // commitments that nothing opens any more
  DecisionAudit judged;    // nothing if parts were erased
};

// The parts are what the leaf committed to, none is gone before its time (TLS BR 5.4.3), and the
// decision or late observation holds; see audit_decision(), audit_late(). Errors as theirs.
[[nodiscard]] Result<RecordAudit> audit_record(const StoredRow& row, const LeafFacts& leaf,
                                               const RecordContext& context);

// The decision in a record, if its parts are all open and can be read.
[[nodiscard]] std::optional<RecordedDecision> open_decision(const StoredRow& row);

}  // namespace parallax::audit
