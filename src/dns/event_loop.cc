// SPDX-License-Identifier: Apache-2.0
#include "dns/event_loop.h"

#include <array>
#include <cerrno>
#include <cstring>

#include <fmt/format.h>
#include <sys/epoll.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "dns/unbound_event.h"

namespace parallax::dns {
namespace {

constexpr int kEventsPerCall = 64;
constexpr int kCallsPerRound = 8;  // then other work of the executor gets its turn
constexpr std::uint64_t kTimerMark = ~std::uint64_t{0};
constexpr int kGenerationShift = 32;

ub_event_base_vmt& base_method_table(decltype(ub_event_base_vmt::new_event) new_event) {
  static ub_event_base_vmt table{
      .free = [](ub_event_base*) {},
      .dispatch = [](ub_event_base*) { return -1; },
      .loopexit = [](ub_event_base*, timeval*) { return -1; },
      .new_event = new_event,
      .new_signal = [](ub_event_base*, int, void (*)(int, short, void*), void*) -> ub_event* {
        return nullptr;
      },
      .winsock_register_wsaevent = [](ub_event_base*, void*, void (*)(int, short, void*),
                                      void*) -> ub_event* { return nullptr; },
  };
  return table;
}

}  // namespace

Result<std::shared_ptr<EventLoop>> EventLoop::make(boost::asio::any_io_executor executor,
                                                   LoopListener& listener) {
  const int epoll_fd = epoll_create1(EPOLL_CLOEXEC);
  const int timer_fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
  epoll_event timer_event{};
  timer_event.events = EPOLLIN;
  timer_event.data.u64 = kTimerMark;
  if (epoll_fd < 0 || timer_fd < 0 ||
      epoll_ctl(epoll_fd, EPOLL_CTL_ADD, timer_fd, &timer_event) != 0) {
    const int reason = errno;
    ::close(epoll_fd);
    ::close(timer_fd);
    return fail(ErrorCode::internal,
                fmt::format("no descriptors for the resolver's events: {}", std::strerror(reason)));
  }
  return std::shared_ptr<EventLoop>(
      new EventLoop(std::move(executor), listener, epoll_fd, timer_fd));
}

EventLoop::EventLoop(boost::asio::any_io_executor executor, LoopListener& listener, int epoll_fd,
                     int timer_fd)
    : base_{{UB_EVENT_MAGIC, &base_method_table(&EventLoop::new_event)}, this},
      listener_(&listener),
      epoll_(std::move(executor), epoll_fd),
      timer_fd_(timer_fd) {}

EventLoop::~EventLoop() { ::close(timer_fd_); }

ub_event* EventLoop::new_event(ub_event_base* base, int fd, short bits,
                               void (*callback)(int, short, void*), void* argument) {
  // Base is standard layout with the library's struct first.
  EventLoop& loop = *reinterpret_cast<Base*>(base)->loop;
  return new UnboundEvent(loop, fd, bits, callback, argument);
}

void EventLoop::wake() {
  if (waiting_ || dispatching_ || listener_ == nullptr) {
    return;
  }
  waiting_ = true;
  epoll_.async_wait(boost::asio::posix::descriptor_base::wait_read,
                    [weak = weak_from_this()](const boost::system::error_code&) {
                      if (const auto loop = weak.lock()) {
                        loop->on_readable();
                      }
                    });
}

void EventLoop::rest() {
  if (waiting_ && listener_ != nullptr && !listener_->wants_events()) {
    boost::system::error_code ignored;
    epoll_.cancel(ignored);
  }
}

void EventLoop::close() {
  listener_ = nullptr;
  boost::system::error_code ignored;
  epoll_.cancel(ignored);
}

void EventLoop::on_readable() {
  waiting_ = false;
  if (listener_ == nullptr) {
    return;
  }
  dispatching_ = true;
  dispatch_ready();
  dispatch_timers();
  listener_->after_dispatch();
  dispatching_ = false;
  set_timer_fd();
  if (listener_->wants_events()) {
    wake();
  }
}

void EventLoop::dispatch_ready() {
  std::array<epoll_event, kEventsPerCall> ready;
  for (int call = 0; call < kCallsPerRound; ++call) {
    const int count = epoll_wait(epoll_.native_handle(), ready.data(), kEventsPerCall, 0);
    for (int i = 0; i < count; ++i) {
      const epoll_event& event = ready[static_cast<std::size_t>(i)];
      if (event.data.u64 == kTimerMark) {
        std::uint64_t expirations = 0;
        static_cast<void>(::read(timer_fd_, &expirations, sizeof expirations));
        timer_fd_due_ = clock::time_point::max();
        continue;
      }
      // An earlier callback of this batch may have closed, freed or reused what this one is about.
      const auto index = static_cast<std::uint32_t>(event.data.u64);
      const Slot slot = slots_[index];
      if (slot.event != nullptr && slot.generation == event.data.u64 >> kGenerationShift) {
        slot.event->on_ready(event.events);
      }
    }
    if (count < kEventsPerCall) {
      return;
    }
  }
}

void EventLoop::dispatch_timers() {
  const clock::time_point now = clock::now();
  // Bounded by the count at the start: a timer armed with no delay waits for the next round.
  for (std::size_t left = timers_.size(); left > 0 && !timers_.empty(); --left) {
    LoopTimer& first = *timers_.begin();
    if (first.due() > now) {
      return;
    }
    timers_.erase(timers_.begin());
    first.on_timer();
  }
}

void EventLoop::arm(LoopTimer& timer, clock::time_point due) {
  disarm(timer);
  timer.due_ = due;
  timers_.insert(timer);
  if (!dispatching_) {
    set_timer_fd();
  }
}

void EventLoop::disarm(LoopTimer& timer) {
  if (timer.armed()) {
    timers_.erase(timers_.iterator_to(timer));
  }
}

void EventLoop::set_timer_fd() {
  // A timerfd due too early costs one empty round; most timers are disarmed long before they are
  // due, so this saves nearly every system call.
  if (timers_.empty() || timers_.begin()->due() >= timer_fd_due_) {
    return;
  }
  timer_fd_due_ = timers_.begin()->due();
  const auto since_boot =
      std::chrono::duration_cast<std::chrono::nanoseconds>(timer_fd_due_.time_since_epoch());
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(since_boot);
  itimerspec when{};
  when.it_value.tv_sec = seconds.count();
  when.it_value.tv_nsec = (since_boot - seconds).count();
  timerfd_settime(timer_fd_, TFD_TIMER_ABSTIME, &when, nullptr);
}

std::optional<std::uint32_t> EventLoop::watch(UnboundEvent& event, int fd,
                                              std::uint32_t epoll_bits) {
  if (free_slots_.empty()) {
    free_slots_.push_back(static_cast<std::uint32_t>(slots_.size()));
    slots_.emplace_back();
  }
  const std::uint32_t index = free_slots_.back();
  epoll_event wanted{};
  wanted.events = epoll_bits;
  wanted.data.u64 = std::uint64_t{slots_[index].generation} << kGenerationShift | index;
  if (epoll_ctl(epoll_.native_handle(), EPOLL_CTL_ADD, fd, &wanted) != 0) {
    return std::nullopt;
  }
  free_slots_.pop_back();
  slots_[index].event = &event;
  return index;
}

void EventLoop::unwatch(std::uint32_t slot, int fd) {
  epoll_ctl(epoll_.native_handle(), EPOLL_CTL_DEL, fd, nullptr);
  slots_[slot].event = nullptr;
  ++slots_[slot].generation;
  free_slots_.push_back(slot);
}

}  // namespace parallax::dns
