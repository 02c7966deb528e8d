// SPDX-License-Identifier: Apache-2.0
#include "evidence/fixture.h"

#include <cstdlib>
#include <system_error>

#include <gtest/gtest.h>

namespace parallax::evidence {

TemporaryDirectory::TemporaryDirectory() {
  std::string pattern = std::filesystem::temp_directory_path() / "parallax-evidence-XXXXXX";
  if (::mkdtemp(pattern.data()) == nullptr) std::abort();
  path_ = pattern;
}

TemporaryDirectory::~TemporaryDirectory() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::string sample_answer(std::uint64_t index) {
  return R"({"outcome":"permitted","index":)" + std::to_string(index) + "}";
}

Record sample_decision(std::string client, std::string order_id, std::size_t padding) {
  Record record;
  record.kind = RecordKind::decision;
  record.body = {{"order", order_id}, {"client", client}, {"padding", std::string(padding, 'x')}};
  record.parts = {"/client", "/padding"};
  record.client = std::move(client);
  record.order_id = std::move(order_id);
  record.recorded = parse_instant("2026-11-22T17:00:00.000000001Z").value();
  record.outcome = "permitted";
  record.names = {"example.com", "*.example.org"};
  record.request_digest = std::string(64, 'a');
  record.answer = [](const LeafPlace& place) { return sample_answer(place.index); };
  return record;
}

Record sample_late(std::string client, std::string order_id) {
  Record record;
  record.kind = RecordKind::late_observation;
  record.body = {{"late", order_id}};
  record.client = std::move(client);
  record.order_id = std::move(order_id);
  record.recorded = parse_instant("2026-11-22T17:00:01Z").value();
  return record;
}

const LogKey& sample_log_key() {
  static const LogKey key = LogKey::make("log.example/evidence", SigningKey::generate()).value();
  return key;
}

std::unique_ptr<SqliteStore> open_store(const std::string& path, StoreSeams seams) {
  SqliteStoreSettings settings;
  settings.path = path;
  auto store = SqliteStore::open(std::move(settings), sample_log_key(), std::move(seams));
  if (!store) {
    ADD_FAILURE() << describe(store.error());
    std::abort();
  }
  return std::move(*store);
}

}  // namespace parallax::evidence
