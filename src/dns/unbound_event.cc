// SPDX-License-Identifier: Apache-2.0
#include "dns/unbound_event.h"

#include <sys/epoll.h>
#include <sys/time.h>

namespace parallax::dns {
namespace {

UnboundEvent& self(ub_event* event) { return *static_cast<UnboundEvent*>(event); }

// libunbound hands its events around as plain structs with this table of methods.
ub_event_vmt& method_table() {
  static ub_event_vmt table{
      .add_bits = [](ub_event* event, short bits) { self(event).change_bits(bits, 0); },
      .del_bits = [](ub_event* event, short bits) { self(event).change_bits(0, bits); },
      .set_fd = [](ub_event* event, int fd) { self(event).set_fd(fd); },
      .free = [](ub_event* event) { delete static_cast<UnboundEvent*>(event); },
      .add = [](ub_event* event, timeval* timeout) { return self(event).add(timeout); },
      .del = [](ub_event* event) { return self(event).del(); },
      .add_timer =
          [](ub_event* event, ub_event_base*, void (*callback)(int, short, void*), void* argument,
             timeval* timeout) { return self(event).add_timer(callback, argument, timeout); },
      .del_timer = [](ub_event* event) { return self(event).del(); },
      .add_signal = [](ub_event*, timeval*) { return -1; },
      .del_signal = [](ub_event*) { return -1; },
      .winsock_unregister_wsaevent = [](ub_event*) {},
      .winsock_tcp_wouldblock = [](ub_event*, int) {},
  };
  return table;
}

}  // namespace

UnboundEvent::UnboundEvent(EventLoop& loop, int fd, short bits, Callback callback, void* argument)
    : ub_event{UB_EVENT_MAGIC, &method_table()},
      loop_(loop),
      fd_(fd),
      bits_(bits),
      callback_(callback),
      argument_(argument) {}

UnboundEvent::~UnboundEvent() { static_cast<void>(del()); }

void UnboundEvent::on_ready(std::uint32_t epoll_bits) {
  const bool broken = (epoll_bits & (EPOLLERR | EPOLLHUP)) != 0;
  short ready = 0;
  if (broken || (epoll_bits & EPOLLIN) != 0) {
    ready |= UB_EV_READ;
  }
  if (broken || (epoll_bits & EPOLLOUT) != 0) {
    ready |= UB_EV_WRITE;
  }
  ready &= bits_;
  if (ready != 0) {
    fire(ready);
  }
}

void UnboundEvent::on_timer() { fire(UB_EV_TIMEOUT); }

void UnboundEvent::fire(short bits) {
  if ((bits_ & UB_EV_PERSIST) == 0) {
    static_cast<void>(del());
  } else if (interval_) {
    loop_.arm(*this, EventLoop::clock::now() + *interval_);
  }
  callback_(fd_, bits, argument_);  // may free this event: nothing may follow
}

int UnboundEvent::add(const timeval* timeout) {
  static_cast<void>(del());
  if (fd_ != -1 && (bits_ & (UB_EV_READ | UB_EV_WRITE)) != 0) {
    const std::uint32_t wanted = ((bits_ & UB_EV_READ) != 0 ? std::uint32_t{EPOLLIN} : 0U) |
                                 ((bits_ & UB_EV_WRITE) != 0 ? std::uint32_t{EPOLLOUT} : 0U);
    slot_ = loop_.watch(*this, fd_, wanted);
    if (!slot_) {
      return -1;
    }
  }
  if (timeout != nullptr) {
    interval_ = std::chrono::seconds(timeout->tv_sec) + std::chrono::microseconds(timeout->tv_usec);
    loop_.arm(*this, EventLoop::clock::now() + *interval_);
  }
  return 0;
}

int UnboundEvent::del() {
  if (slot_) {
    loop_.unwatch(*slot_, fd_);
    slot_.reset();
  }
  interval_.reset();
  loop_.disarm(*this);
  return 0;
}

int UnboundEvent::add_timer(Callback callback, void* argument, const timeval* timeout) {
  static_cast<void>(del());
  fd_ = -1;
  bits_ = UB_EV_TIMEOUT;
  callback_ = callback;
  argument_ = argument;
  return add(timeout);
}

void UnboundEvent::change_bits(short set, short clear) {
  bits_ = static_cast<short>((bits_ | set) & ~clear);
}

void UnboundEvent::set_fd(int fd) {
  static_cast<void>(del());
  fd_ = fd;
}

}  // namespace parallax::dns
