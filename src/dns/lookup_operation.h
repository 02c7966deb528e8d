// SPDX-License-Identifier: Apache-2.0
// One question on its way: first attempt, retry, deadline, cancellation.
#pragma once

#include <array>
#include <memory>
#include <optional>
#include <string>

#include <boost/asio/any_completion_handler.hpp>

#include "base/clock.h"
#include "dns/event_loop.h"
#include "dns/outcome.h"
#include "dns/unbound_context.h"

namespace parallax::dns {

inline constexpr std::size_t kContexts = 2;

class LookupOperation;

// Where operations run: gives them contexts and learns of their end.
class OperationHost {
 public:
  [[nodiscard]] virtual UnboundContext& context(std::size_t number) = 0;
  [[nodiscard]] virtual EventLoop& loop() = 0;
  [[nodiscard]] virtual const Clock& clock() = 0;
  [[nodiscard]] virtual bool validating() const = 0;
  virtual void on_finished(LookupOperation& operation) = 0;

 protected:
  ~OperationHost() = default;
};

// A small state machine instead of a coroutine with timers: this is the hot path. Shared between
// the host, which drops it when it is finished, and the contexts, whose replies may come later and
// are then ignored.
class LookupOperation final : public ReplySink,
                              public LoopTimer,
                              public std::enable_shared_from_this<LookupOperation> {
 public:
  using Handler = boost::asio::any_completion_handler<void(Outcome)>;

  // The deadline runs from here on, also while the operation waits for its start.
  LookupOperation(OperationHost& host, std::string name, RecordType type, Deadline deadline,
                  Handler handler);

  // Asks the first context. The second is asked when the first fails, or when it has been silent
  // for half of the time that was left.
  void start();
  // Ends it as timed out, e.g. because the caller is gone.
  void cancel();
  // Ends it as failed before it started.
  void refuse(std::string reason);
  // Ends it without a word to anybody: the host is going away.
  void abandon();

  [[nodiscard]] bool started() const { return running_; }
  [[nodiscard]] bool finished() const { return finished_; }
  // The caller's; empty once taken.
  [[nodiscard]] Handler take_handler() { return std::move(handler_); }
  [[nodiscard]] Outcome take_outcome() { return std::move(outcome_); }

  [[nodiscard]] bool wants_reply() const override { return !finished_; }
  void on_reply(unsigned context, Reply reply) override;
  void on_timer() override;

 private:
  void ask_next();
  void settle(Outcome outcome);
  void finish(Outcome outcome);
  void finish_timed_out(std::string reason);

  OperationHost& host_;
  std::string name_;
  RecordType type_;
  EventLoop::clock::time_point begun_;
  EventLoop::clock::time_point end_;
  Instant started_;
  Handler handler_;
  Outcome outcome_;
  std::optional<Outcome> failure_;  // of the attempt that ended first
  unsigned attempts_ = 0;
  unsigned open_ = 0;     // attempts without a reply so far
  bool running_ = false;  // start() was called
  bool finished_ = false;
};

}  // namespace parallax::dns
