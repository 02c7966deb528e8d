// SPDX-License-Identifier: Apache-2.0
// Runs libunbound's pluggable events on Asio.
//
// libunbound opens and closes a socket per query, too often for an Asio descriptor each. All of its
// sockets go into one epoll set, and Asio waits for that set's descriptor alone. A timerfd in the
// same set carries every timer.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/intrusive/set.hpp>
#include <unbound-event.h>

#include "base/result.h"

namespace parallax::dns {

using TimerHook =
    boost::intrusive::set_base_hook<boost::intrusive::link_mode<boost::intrusive::safe_link>>;

// Something that is told when its time has come. Must be disarmed before it is destroyed.
class LoopTimer : public TimerHook {
 public:
  virtual void on_timer() = 0;
  [[nodiscard]] bool armed() const { return is_linked(); }
  [[nodiscard]] std::chrono::steady_clock::time_point due() const { return due_; }
  friend bool operator<(const LoopTimer& a, const LoopTimer& b) { return a.due_ < b.due_; }

 protected:
  ~LoopTimer() = default;

 private:
  friend class EventLoop;
  std::chrono::steady_clock::time_point due_{};
};

// Whom the loop serves.
class LoopListener {
 public:
  // Called after each round of events, outside libunbound: the place to start queries and to post
  // completions.
  virtual void after_dispatch() = 0;
  // False lets the loop rest, so that an idle resolver keeps no executor running.
  [[nodiscard]] virtual bool wants_events() const = 0;

 protected:
  ~LoopListener() = default;
};

class UnboundEvent;

// Not thread safe: lives on one executor. Held by shared_ptr because a wait handler that is still
// queued in Asio looks whether it is still there.
class EventLoop : public std::enable_shared_from_this<EventLoop> {
 public:
  using clock = std::chrono::steady_clock;

  // Error: internal, when the system gives no descriptors. `listener` outlives the loop or close().
  [[nodiscard]] static Result<std::shared_ptr<EventLoop>> make(
      boost::asio::any_io_executor executor, LoopListener& listener);
  ~EventLoop();
  EventLoop(const EventLoop&) = delete;
  EventLoop& operator=(const EventLoop&) = delete;

  // For ub_ctx_create_ub_event; valid as long as the loop.
  [[nodiscard]] ub_event_base* base() { return &base_.base; }

  // Makes sure that events are waited for; call it after work was handed to libunbound.
  void wake();
  // Lets the wait end if the listener wants no events any more.
  void rest();
  // Nothing is called from here on.
  void close();

  void arm(LoopTimer& timer, clock::time_point due);
  void disarm(LoopTimer& timer);

 private:
  friend class UnboundEvent;
  struct Base {
    ub_event_base base;
    EventLoop* loop;
  };
  struct Slot {
    UnboundEvent* event = nullptr;
    std::uint32_t generation = 0;  // tells a queued readiness from that of a later watch
  };

  EventLoop(boost::asio::any_io_executor executor, LoopListener& listener, int epoll_fd,
            int timer_fd);
  static ub_event* new_event(ub_event_base* base, int fd, short bits,
                             void (*callback)(int, short, void*), void* argument);
  void on_readable();
  void dispatch_ready();
  void dispatch_timers();
  void set_timer_fd();
  // The slot, or nothing if the system refuses.
  [[nodiscard]] std::optional<std::uint32_t> watch(UnboundEvent& event, int fd,
                                                   std::uint32_t epoll_bits);
  void unwatch(std::uint32_t slot, int fd);

  Base base_;
  LoopListener* listener_;
  boost::asio::posix::stream_descriptor epoll_;
  int timer_fd_;
  boost::intrusive::multiset<LoopTimer, boost::intrusive::base_hook<TimerHook>> timers_;
  clock::time_point timer_fd_due_ = clock::time_point::max();
  std::vector<Slot> slots_;
  std::vector<std::uint32_t> free_slots_;
  bool waiting_ = false;
  bool dispatching_ = false;
};

}  // namespace parallax::dns
