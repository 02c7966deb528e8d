// SPDX-License-Identifier: Apache-2.0
#include "evidence/read_session.h"

#include <utility>

namespace parallax::evidence {

Status ReadSession::connect() {
  if (connection_) return {};
  auto database = Database::open(path_, Access::read_only, vfs_);
  if (!database) return fail(std::move(database.error()));
  auto records = RecordRows::over(*database);
  if (!records) return fail(std::move(records.error()));
  auto log = LogRows::over(*database);
  if (!log) return fail(std::move(log.error()));
  connection_ = std::make_unique<Connection>(
      Connection{std::move(*database), std::move(*records), std::move(*log)});
  return {};
}

Result<std::optional<StoredRecord>> ReadSession::find_decision(std::string_view client,
                                                               std::string_view order_id) {
  if (auto ready = connect(); !ready) return fail(std::move(ready.error()));
  return kept(connection_->records.find_decision(client, order_id));
}

Result<std::optional<std::string>> ReadSession::checkpoint() {
  if (auto ready = connect(); !ready) return fail(std::move(ready.error()));
  return kept(connection_->log.checkpoint());
}

Result<std::string> ReadSession::tile(const TileAddress& address) {
  if (auto ready = connect(); !ready) return fail(std::move(ready.error()));
  return kept(read_tile(address));
}

Result<std::string> ReadSession::read_tile(const TileAddress& address) {
  LogRows& log = connection_->log;
  const auto size = log.size();
  if (!size) return fail(size.error());
  if (!tile_exists(address, *size))
    return fail(ErrorCode::not_found, "the log does not reach that far");
  const std::uint64_t first = address.index * kTileWidth;
  auto items = address.level ? log.hashes(*address.level, first, address.width)
                             : log.leaves(first, address.width);
  if (!items) return fail(std::move(items.error()));
  std::string tile;
  for (const std::string& item : *items) {
    if (address.level)
      tile += item;
    else
      append_to_bundle(tile, item);
  }
  return tile;
}

}  // namespace parallax::evidence
