// SPDX-License-Identifier: Apache-2.0
// A promise to resume one awaiting coroutine, kept by a thread that is no worker.
#pragma once

#include <utility>

#include <boost/asio/any_completion_handler.hpp>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/prefer.hpp>

#include "base/result.h"

namespace parallax::evidence {

// Keeps the coroutine's executor at work until complete() was called, which must happen exactly
// once and while that executor's context still exists.
template <class T>
class Completion {
 public:
  using Handler = boost::asio::any_completion_handler<void(Result<T>)>;

  // `executor` is the awaiting coroutine's own (this_coro::executor).
  Completion(const boost::asio::any_io_executor& executor, Handler handler)
      : executor_(boost::asio::prefer(executor, boost::asio::execution::outstanding_work.tracked)),
        handler_(std::move(handler)) {}

  // Resumes the coroutine on its own executor; callable from any thread.
  void complete(Result<T> result) && {
    auto resume = [handler = std::move(handler_), value = std::move(result)]() mutable {
      std::move(handler)(std::move(value));
    };
    boost::asio::post(executor_, std::move(resume));
    executor_ = {};  // the posted work keeps the executor busy from here on
  }

 private:
  boost::asio::any_io_executor executor_;
  Handler handler_;
};

}  // namespace parallax::evidence
