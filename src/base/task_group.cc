// SPDX-License-Identifier: Apache-2.0
#include "base/task_group.h"

#include <exception>
#include <list>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "base/log.h"

namespace parallax {

namespace asio = boost::asio;

struct TaskGroup::State {
  explicit State(asio::any_io_executor on) : executor(std::move(on)), empty(executor) {}
  asio::any_io_executor executor;
  std::list<asio::cancellation_signal> signals;  // one per running task
  asio::steady_timer empty;                      // cancelled whenever the last task ends
};

namespace {

void report(const std::exception_ptr& error) {
  if (!error) return;
  try {
    std::rethrow_exception(error);
  } catch (const boost::system::system_error& e) {
    if (e.code() == asio::error::operation_aborted) return;  // cancelled, as asked
    log::error("task-failed", {{"what", e.what()}});
  } catch (const std::exception& e) {
    log::error("task-failed", {{"what", e.what()}});
  }
}

}  // namespace

TaskGroup::TaskGroup(asio::any_io_executor executor)
    : state_(std::make_shared<State>(std::move(executor))) {}

TaskGroup::~TaskGroup() { cancel(); }

void TaskGroup::spawn(Task<void> task) {
  const auto signal = state_->signals.emplace(state_->signals.end());
  const auto done = [state = state_, signal](const std::exception_ptr& error) {
    report(error);
    state->signals.erase(signal);
    if (state->signals.empty()) state->empty.cancel();
  };
  asio::co_spawn(state_->executor, std::move(task),
                 asio::bind_cancellation_slot(signal->slot(), done));
}

void TaskGroup::cancel() {
  // Asio completes cancelled operations through the executor, so no signal is erased meanwhile.
  for (auto it = state_->signals.begin(); it != state_->signals.end();) {
    auto next = std::next(it);
    it->emit(asio::cancellation_type::terminal);
    it = next;
  }
}

Task<void> TaskGroup::join() {
  const std::shared_ptr<State> state = state_;
  while (!state->signals.empty()) {
    state->empty.expires_at(asio::steady_timer::time_point::max());
    boost::system::error_code ignored;  // cancelled: the last task ended, or somebody gave up
    co_await state->empty.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    const auto cancellation = co_await asio::this_coro::cancellation_state;
    if (cancellation.cancelled() != asio::cancellation_type::none) co_return;
  }
}

std::size_t TaskGroup::size() const { return state_->signals.size(); }

}  // namespace parallax
