// SPDX-License-Identifier: Apache-2.0
#include "net/impl/watchdog.h"

#include <utility>

namespace parallax::net::impl {
namespace {

using TimePoint = Deadline::clock::time_point;

constexpr TimePoint kNever = TimePoint::max();

}  // namespace

struct Watchdog::State : std::enable_shared_from_this<State> {
  State(boost::asio::any_io_executor executor, std::function<void()> expiry)
      : timer(std::move(executor)), on_expiry(std::move(expiry)) {}

  void wait_until(TimePoint when) {
    wakes_at = when;
    timer.expires_at(when);  // ends an earlier wait
    timer.async_wait([self = shared_from_this()](boost::system::error_code ec) {
      if (!ec) self->wake();
    });
  }

  void wake() {
    wakes_at = kNever;
    if (deadline == kNever) return;
    if (Deadline::clock::now() < deadline) return wait_until(deadline);
    deadline = kNever;
    expired = true;
    if (on_expiry) on_expiry();
  }

  boost::asio::steady_timer timer;
  std::function<void()> on_expiry;
  TimePoint deadline = kNever;
  TimePoint wakes_at = kNever;
  bool expired = false;
};

Watchdog::Watchdog(boost::asio::any_io_executor executor, std::function<void()> on_expiry)
    : state_(std::make_shared<State>(std::move(executor), std::move(on_expiry))) {}

Watchdog::~Watchdog() {
  state_->on_expiry = nullptr;
  state_->deadline = kNever;
  state_->timer.cancel();
}

void Watchdog::arm(Deadline deadline) {
  state_->deadline = deadline.when();
  state_->expired = false;
  if (deadline.when() < state_->wakes_at) state_->wait_until(deadline.when());
}

void Watchdog::disarm() {
  state_->deadline = kNever;
  state_->expired = false;
}

bool Watchdog::expired() const { return state_->expired; }

}  // namespace parallax::net::impl
