// SPDX-License-Identifier: Apache-2.0
// The way from many workers to one blocking thread: bounded in items and in octets, and never
// making the workers wait.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <mutex>
#include <utility>
#include <vector>

namespace parallax::evidence {

enum class Urgency {
  now,      // somebody waits for it
  patient,  // nobody does: it may stay for a while so that it shares what the next one costs
};

// Thread safe. T is moved only.
template <class T>
class BoundedQueue {
 public:
  struct Bounds {
    std::size_t items_max = 0;
    std::size_t octets_max = 0;
    std::chrono::milliseconds patience{0};  // how long patient items wait for company
  };

  explicit BoundedQueue(Bounds bounds) : bounds_(bounds) {}

  // Takes `item`, or returns false and leaves it alone when full or closed. An item larger than
  // octets_max is let in when it is alone.
  [[nodiscard]] bool push(T& item, std::size_t octets, Urgency urgency = Urgency::now) {
    {
      const std::lock_guard lock(mutex_);
      const bool full = items_.size() >= bounds_.items_max ||
                        (!items_.empty() && octets_ + octets > bounds_.octets_max);
      if (closed_ || full) return false;
      items_.push_back(Entry{std::move(item), octets, urgency, Clock::now()});
      octets_ += octets;
      if (urgency == Urgency::now) ++urgent_;
    }
    arrived_.notify_one();
    return true;
  }

  // Waits for an urgent item, for `count` items, or until the oldest has been here for `patience`;
  // then takes the oldest items, at most `count`, in order. Empty: closed and drained.
  [[nodiscard]] std::vector<T> pop(std::size_t count) {
    std::unique_lock lock(mutex_);
    arrived_.wait(lock, [this] { return closed_ || !items_.empty(); });
    if (!items_.empty())
      arrived_.wait_until(lock, items_.front().since + bounds_.patience, [this, count] {
        return closed_ || urgent_ > 0 || items_.size() >= count;
      });
    std::vector<T> taken;
    while (!items_.empty() && taken.size() < count) {
      octets_ -= items_.front().octets;
      if (items_.front().urgency == Urgency::now) --urgent_;
      taken.push_back(std::move(items_.front().item));
      items_.pop_front();
    }
    return taken;
  }

  // No more pushes; what is queued is still popped.
  void close() {
    {
      const std::lock_guard lock(mutex_);
      closed_ = true;
    }
    arrived_.notify_all();
  }

  [[nodiscard]] std::size_t size() const {
    const std::lock_guard lock(mutex_);
    return items_.size();
  }

 private:
  using Clock = std::chrono::steady_clock;
  struct Entry {
    T item;
    std::size_t octets;
    Urgency urgency;
    Clock::time_point since;
  };

  const Bounds bounds_;
  mutable std::mutex mutex_;
  std::condition_variable arrived_;
  std::deque<Entry> items_;
  std::size_t octets_ = 0;
  std::size_t urgent_ = 0;  // of items_
  bool closed_ = false;
};

}  // namespace parallax::evidence
