// SPDX-License-Identifier: Apache-2.0
#include "dns/lookup_operation.h"

#include <algorithm>

#include <fmt/format.h>

#include "dns/verdict.h"

namespace parallax::dns {

LookupOperation::LookupOperation(OperationHost& host, std::string name, RecordType type,
                                 Deadline deadline, Handler handler)
    : host_(host),
      name_(std::move(name)),
      type_(type),
      begun_(EventLoop::clock::now()),
      end_(deadline.when()),
      started_(host.clock().now()),
      handler_(std::move(handler)) {
  host_.loop().arm(*this, end_);
}

void LookupOperation::start() {
  running_ = true;
  const auto now = EventLoop::clock::now();
  if (now >= end_) {
    finish_timed_out("the deadline passed before the question could be asked");
    return;
  }
  host_.loop().arm(*this, now + (end_ - now) / 2);
  ask_next();
}

void LookupOperation::cancel() {
  if (!finished_) {
    finish_timed_out("the caller gave up");
  }
}

void LookupOperation::refuse(std::string reason) {
  Outcome outcome;
  outcome.reason = std::move(reason);
  finish(std::move(outcome));
}

void LookupOperation::abandon() {
  finished_ = true;
  host_.loop().disarm(*this);
  handler_ = nullptr;
}

void LookupOperation::on_timer() {
  if (EventLoop::clock::now() < end_) {
    host_.loop().arm(*this, end_);
    if (attempts_ < kContexts) {
      ask_next();
    }
    return;
  }
  const auto waited = std::chrono::duration_cast<std::chrono::milliseconds>(end_ - begun_);
  finish_timed_out(fmt::format("no answer within {} ms", waited.count()));
}

void LookupOperation::ask_next() {
  const unsigned number = attempts_;
  ++attempts_;
  ++open_;
  Status asked = host_.context(number).ask(name_, type_, shared_from_this());
  if (!asked) {
    --open_;
    Outcome outcome;
    outcome.reason = std::move(asked.error().message);
    settle(std::move(outcome));
  }
}

void LookupOperation::on_reply(unsigned /*context*/, Reply reply) {
  if (finished_) {
    return;
  }
  --open_;
  settle(judge(std::move(reply), name_, type_, host_.validating()));
}

// Takes the outcome of one attempt: an answer ends the operation, a failure does when the other
// attempt has failed too. Of two failures the bogus one is told: it is the stronger word.
void LookupOperation::settle(Outcome outcome) {
  if (outcome.status == LookupStatus::answered) {
    finish(std::move(outcome));
    return;
  }
  if (!failure_ || outcome.status == LookupStatus::bogus) {
    failure_ = std::move(outcome);
  }
  if (attempts_ < kContexts) {
    host_.loop().arm(*this, end_);
    ask_next();
  } else if (open_ == 0) {
    finish(std::move(*failure_));
  }
}

void LookupOperation::finish_timed_out(std::string reason) {
  Outcome outcome;
  if (failure_) {
    reason += fmt::format("; before that: {}", failure_->reason);
    outcome = std::move(*failure_);
  }
  if (outcome.status != LookupStatus::bogus) {
    outcome.status = LookupStatus::timed_out;
  }
  outcome.reason = std::move(reason);
  finish(std::move(outcome));
}

void LookupOperation::finish(Outcome outcome) {
  finished_ = true;
  host_.loop().disarm(*this);
  outcome_ = std::move(outcome);
  outcome_.attempts = attempts_;
  outcome_.started = started_;
  outcome_.elapsed = EventLoop::clock::now() - begun_;
  host_.on_finished(*this);
}

}  // namespace parallax::dns
