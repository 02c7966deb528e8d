// SPDX-License-Identifier: Apache-2.0
// One of libunbound's events (socket, timer or both) on an EventLoop; private to the loop.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

#include "dns/event_loop.h"

namespace parallax::dns {

// Follows libevent: a persistent event stays, its timeout starting anew at each activation; any
// other is removed before its callback. Freed by libunbound through the method table.
class UnboundEvent final : public ub_event, public LoopTimer {
 public:
  using Callback = void (*)(int, short, void*);

  UnboundEvent(EventLoop& loop, int fd, short bits, Callback callback, void* argument);
  ~UnboundEvent();
  UnboundEvent(const UnboundEvent&) = delete;
  UnboundEvent& operator=(const UnboundEvent&) = delete;

  // Called by the loop with the epoll bits that are ready.
  void on_ready(std::uint32_t epoll_bits);
  void on_timer() override;

  // libunbound's side.
  int add(const timeval* timeout);
  int del();
  int add_timer(Callback callback, void* argument, const timeval* timeout);
  void change_bits(short set, short clear);
  void set_fd(int fd);

 private:
  void fire(short bits);

  EventLoop& loop_;
  int fd_;
  short bits_;
  Callback callback_;
  void* argument_;
  std::optional<std::uint32_t> slot_;                  // set while the socket is watched
  std::optional<std::chrono::microseconds> interval_;  // set while a timeout is asked for
};

}  // namespace parallax::dns
