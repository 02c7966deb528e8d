// SPDX-License-Identifier: Apache-2.0
// Records as a store keeps them, and files of them.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "audit/stored.h"
#include "evidence/log_key.h"
#include "evidence/record.h"
#include "evidence/writer.h"

namespace parallax::audit::test {

inline StoredRow stored(const evidence::Record& record, std::uint64_t index) {
  evidence::Record copy = record;
  auto prepared = evidence::prepare(std::move(copy), system_random()).value();
  StoredRow row;
  row.index = index;
  row.kind = evidence::to_string(prepared.kind);
  row.client = prepared.client;
  row.order_id = prepared.order_id;
  row.recorded = prepared.recorded;
  row.outcome = prepared.outcome;
  row.request_digest = prepared.request_digest;
  row.leaf = prepared.leaf;
  row.leaf_hash = prepared.leaf_hash;
  row.names = prepared.names;
  row.parts = prepared.parts;
  return row;
}

}  // namespace parallax::audit::test
