// SPDX-License-Identifier: Apache-2.0
#include "evidence/timed_store.h"

#include <string_view>
#include <utility>

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <fmt/format.h>

#include "base/log.h"

namespace parallax::evidence {
namespace {

namespace asio = boost::asio;
using std::chrono::milliseconds;

// Shared by the coroutine that waits and the one that is waited for, both on one executor.
template <class T>
struct Pending {
  explicit Pending(const asio::any_io_executor& executor) : ended(executor) {}
  std::optional<Result<T>> outcome;
  bool over = false;                     // with an outcome, or in an exception
  asio::steady_timer ended;              // cancelled when it is over
  std::shared_ptr<std::size_t> overdue;  // counts this one, if set
};

template <class T>
using PendingPtr = std::shared_ptr<Pending<T>>;

// However the coroutine that is waited for ends: nobody waits on, and it is overdue no more.
template <class T>
class Ending {
 public:
  explicit Ending(PendingPtr<T> pending) : pending_(std::move(pending)) {}
  ~Ending() {
    if (pending_->overdue) --*pending_->overdue;
    pending_->over = true;
    pending_->ended.cancel();
  }
  Ending(const Ending&) = delete;
  Ending& operator=(const Ending&) = delete;

 private:
  PendingPtr<T> pending_;
};

template <class T>
Task<void> wait_for(PendingPtr<T> pending, milliseconds patience) {
  if (pending->over) co_return;
  pending->ended.expires_after(patience);
  boost::system::error_code ignored;  // it ended, or the caller is gone
  co_await pending->ended.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
}

// What a call comes to that was waited for: its outcome, or that it has none (yet).
template <class T>
Result<T> result_of(Pending<T>& pending, std::string_view what, milliseconds patience) {
  if (pending.outcome) return std::move(*pending.outcome);
  if (pending.over) return fail(ErrorCode::internal, "the evidence store failed");
  return fail(ErrorCode::storage, fmt::format("{} within {} ms", what, patience.count()));
}

void log_late(const std::string& order_id, const Result<std::uint64_t>& outcome) {
  if (outcome)
    log::warning("evidence-append-late",
                 {{"order", order_id}, {"index", std::to_string(*outcome)}});
  else
    log::warning("evidence-append-late",
                 {{"order", order_id}, {"error", describe(outcome.error())}});
}

Task<void> run_append(EvidenceStore* store, Record record, PendingPtr<std::uint64_t> pending,
                      std::shared_ptr<void> held) {
  const Ending<std::uint64_t> ending(pending);
  const std::string order_id = record.order_id;
  auto outcome = co_await store->append(std::move(record));
  held.reset();
  if (pending->overdue) log_late(order_id, outcome);
  pending->outcome = std::move(outcome);
}

Task<void> run_find(EvidenceStore* store, std::string client, std::string order_id,
                    PendingPtr<std::optional<StoredRecord>> pending) {
  const Ending<std::optional<StoredRecord>> ending(pending);
  auto outcome = co_await store->find_decision(std::move(client), std::move(order_id));
  pending->outcome = std::move(outcome);
}

constexpr std::string_view kNoAnswer = "the evidence did not answer";

Task<void> run_checkpoint(LogView* log, PendingPtr<std::optional<std::string>> pending) {
  const Ending<std::optional<std::string>> ending(pending);
  auto outcome = co_await log->checkpoint();
  pending->outcome = std::move(outcome);
}

Task<void> run_tile(LogView* log, TileAddress address, PendingPtr<std::string> pending) {
  const Ending<std::string> ending(pending);
  auto outcome = co_await log->tile(address);
  pending->outcome = std::move(outcome);
}

}  // namespace

TimedStore::TimedStore(asio::any_io_executor executor, EvidenceStore* store, TaskGroup* group,
                       milliseconds patience)
    : executor_(std::move(executor)),
      store_(store),
      group_(group),
      patience_(patience),
      overdue_(std::make_shared<std::size_t>(0)) {}

Task<Result<std::uint64_t>> TimedStore::append(Record record, std::shared_ptr<void> held) {
  const auto pending = std::make_shared<Pending<std::uint64_t>>(executor_);
  group_->spawn(run_append(store_, std::move(record), pending, std::move(held)));
  co_await wait_for(pending, patience_);
  if (!pending->over) {
    pending->overdue = overdue_;
    ++*overdue_;
  }
  co_return result_of(*pending, "the order's record was not durable", patience_);
}

Task<Result<std::optional<StoredRecord>>> TimedStore::find_decision(std::string client,
                                                                    std::string order_id) {
  const auto pending = std::make_shared<Pending<std::optional<StoredRecord>>>(executor_);
  group_->spawn(run_find(store_, std::move(client), std::move(order_id), pending));
  co_await wait_for(pending, patience_);
  co_return result_of(*pending, kNoAnswer, patience_);
}

Status TimedStore::accepting() const {
  if (*overdue_ == 0) return {};
  return fail(ErrorCode::storage,
              "the evidence is overdue with earlier records: no order is begun meanwhile");
}

Task<Result<std::optional<std::string>>> TimedLog::checkpoint() {
  const auto pending = std::make_shared<Pending<std::optional<std::string>>>(executor_);
  group_->spawn(run_checkpoint(log_, pending));
  co_await wait_for(pending, patience_);
  co_return result_of(*pending, kNoAnswer, patience_);
}

Task<Result<std::string>> TimedLog::tile(TileAddress address) {
  const auto pending = std::make_shared<Pending<std::string>>(executor_);
  group_->spawn(run_tile(log_, address, pending));
  co_await wait_for(pending, patience_);
  co_return result_of(*pending, kNoAnswer, patience_);
}

}  // namespace parallax::evidence
