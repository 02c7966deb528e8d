// SPDX-License-Identifier: Apache-2.0
// The log as others may see it: checkpoints, hashes and leaves, nothing that opens a leaf.
#pragma once

#include <optional>
#include <string>

#include "base/async.h"
#include "base/result.h"
#include "evidence/tile.h"

namespace parallax::evidence {

// Thread safe: awaited from any worker; the awaiting coroutine is resumed on its own executor.
class LogView {
 public:
  virtual ~LogView() = default;
  // The newest checkpoint, a signed note; none while the log is empty. Errors: overloaded, storage.
  [[nodiscard]] virtual Task<Result<std::optional<std::string>>> checkpoint() = 0;
  // A tile's hashes, or a bundle's leaves, as C2SP tlog-tiles serves them. Errors: not_found (the
  // log is not so long yet), overloaded, storage.
  [[nodiscard]] virtual Task<Result<std::string>> tile(TileAddress address) = 0;
};

}  // namespace parallax::evidence
