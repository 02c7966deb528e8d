// SPDX-License-Identifier: Apache-2.0
// The one timer of a connection.
#pragma once

#include <chrono>
#include <functional>
#include <memory>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>

#include "base/deadline.h"

namespace parallax::net::impl {

// Calls `on_expiry` once the armed deadline passes. Arming again only stores a time: the timer is
// touched when it would fire too late, so a busy connection costs no timer operation per message.
// Used from one executor. After destruction or disarm() `on_expiry` is not called.
class Watchdog {
 public:
  Watchdog(boost::asio::any_io_executor executor, std::function<void()> on_expiry);
  ~Watchdog();
  Watchdog(const Watchdog&) = delete;
  Watchdog& operator=(const Watchdog&) = delete;

  // Replaces the deadline and forgets that an earlier one passed.
  void arm(Deadline deadline);
  void disarm();
  // True if the armed deadline passed and on_expiry was called.
  [[nodiscard]] bool expired() const;

 private:
  struct State;
  std::shared_ptr<State> state_;  // shared: the timer's handler may run after the watchdog is gone
};

}  // namespace parallax::net::impl
