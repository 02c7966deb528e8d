// SPDX-License-Identifier: Apache-2.0
// The evidence store for callers whose patience ends: a disk that hangs in fsync does not hold them
// for as long as it hangs.
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include <boost/asio/any_io_executor.hpp>

#include "base/async.h"
#include "base/result.h"
#include "base/task_group.h"
#include "evidence/log_view.h"
#include "evidence/store.h"

namespace parallax::evidence {

// Used on the executor of its group. Cancelling a call ends the wait as if its time were over.
class TimedStore {
 public:
  // `store` and `group` outlive every call and every task of the group.
  TimedStore(boost::asio::any_io_executor executor, EvidenceStore* store, TaskGroup* group,
             std::chrono::milliseconds patience);

  // As EvidenceStore::append, and error storage once `patience` has passed. The append then goes on
  // as a task of the group, and its outcome, which nobody waits for any more, is logged. `held` is
  // let go when the append has ended, however late, and before the caller is told.
  [[nodiscard]] Task<Result<std::uint64_t>> append(Record record, std::shared_ptr<void> held);

  // As EvidenceStore::find_decision, and error storage once `patience` has passed.
  [[nodiscard]] Task<Result<std::optional<StoredRecord>>> find_decision(std::string client,
                                                                        std::string order_id);

  // Error storage while an append goes on that nobody waits for any more: whatever is begun now
  // would wait behind it, and pile up there.
  [[nodiscard]] Status accepting() const;

 private:
  boost::asio::any_io_executor executor_;
  EvidenceStore* store_;
  TaskGroup* group_;
  std::chrono::milliseconds patience_;
  std::shared_ptr<std::size_t> overdue_;  // such appends; shared: they may outlive this object
};

// The log for readers whose patience ends likewise. Used on the executor of its group.
class TimedLog final : public LogView {
 public:
  // `log` and `group` outlive every call and every task of the group.
  TimedLog(boost::asio::any_io_executor executor, LogView* log, TaskGroup* group,
           std::chrono::milliseconds patience)
      : executor_(std::move(executor)), log_(log), group_(group), patience_(patience) {}

  // As of the log it reads, and error storage once `patience` has passed.
  [[nodiscard]] Task<Result<std::optional<std::string>>> checkpoint() override;
  [[nodiscard]] Task<Result<std::string>> tile(TileAddress address) override;

 private:
  boost::asio::any_io_executor executor_;
  LogView* log_;
  TaskGroup* group_;
  std::chrono::milliseconds patience_;
};

}  // namespace parallax::evidence
