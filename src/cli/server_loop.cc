// SPDX-License-Identifier: Apache-2.0
#include "cli/server_loop.h"

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <exception>
#include <optional>
#include <thread>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>

#include "base/log.h"

namespace parallax::cli {

namespace asio = boost::asio;

namespace {

constexpr unsigned kDefaultWorkersMax = 4;

// Keeps a timer that is due soon in the worker's queue. Asio sets the kernel's timer whenever a new
// one is the first of all; with this before them, the deadlines of requests, which are seconds away
// and seldom passed, cost no system call.
class Heartbeat {
 public:
  explicit Heartbeat(asio::io_context& context) : timer_(context) { beat(); }

 private:
  void beat() {
    timer_.expires_after(kPeriod);
    timer_.async_wait([this](const boost::system::error_code& error) {
      if (!error) beat();
    });
  }

  static constexpr std::chrono::milliseconds kPeriod{250};
  asio::steady_timer timer_;
};

// An exception that reaches a worker's loop is a bug; going on could answer from broken state.
void run_worker(asio::io_context& context) {
  const Heartbeat heartbeat(context);
  try {
    context.run();
  } catch (const std::exception& error) {
    log::error("worker-failed", {{"what", error.what()}});
    std::abort();
  }
}

}  // namespace

EndGuard::~EndGuard() {
  {
    const std::lock_guard lock(mutex_);
    ended_ = true;
  }
  ended_changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void EndGuard::arm(std::chrono::milliseconds patience) {
  if (!thread_.joinable()) thread_ = std::thread(&EndGuard::watch, this, patience);
}

void EndGuard::watch(std::chrono::milliseconds patience) {
  std::unique_lock lock(mutex_);
  if (ended_changed_.wait_for(lock, patience, [this] { return ended_; })) return;
  log::error("end-overdue", {{"waited_ms", std::to_string(patience.count())}});
  std::_Exit(EXIT_FAILURE);
}

Contexts make_contexts(unsigned count) {
  if (count == 0) count = std::clamp(std::thread::hardware_concurrency(), 1U, kDefaultWorkersMax);
  Contexts contexts;
  for (unsigned i = 0; i < count; ++i) contexts.push_back(std::make_unique<asio::io_context>(1));
  return contexts;
}

void serve_until_signalled(Contexts& contexts,
                           const std::vector<std::unique_ptr<WorkerService>>& services,
                           std::chrono::milliseconds grace, EndGuard& guard) {
  asio::io_context control(1);
  asio::signal_set signals(control, SIGTERM, SIGINT);
  const auto stop_all = [&] {
    for (std::size_t i = 0; i < services.size(); ++i)
      asio::post(*contexts[i], [service = services[i].get(), grace] { service->stop(grace); });
  };
  signals.async_wait([&](const boost::system::error_code& error, int signal) {
    if (error) return;
    log::info("draining", {{"signal", std::to_string(signal)}});
    guard.arm(grace + kEndMargin);
    stop_all();
    signals.async_wait([](const boost::system::error_code& again, int) {
      if (!again) std::_Exit(EXIT_FAILURE);
    });
  });
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < services.size(); ++i) {
    asio::co_spawn(*contexts[i], services[i]->run(),
                   [context = contexts[i].get()](const std::exception_ptr& error) {
                     if (error) std::rethrow_exception(error);
                     context->stop();
                   });
    threads.emplace_back([context = contexts[i].get()] { run_worker(*context); });
  }
  std::thread control_thread([&control] { control.run(); });
  for (std::thread& thread : threads) thread.join();
  control.stop();
  control_thread.join();
}

Status run_once(asio::io_context& context, Task<Status> task) {
  std::optional<Status> outcome;
  asio::co_spawn(context, std::move(task), [&](const std::exception_ptr& error, Status status) {
    if (error) std::rethrow_exception(error);
    outcome = std::move(status);
    context.stop();
  });
  context.run();
  context.restart();
  return std::move(*outcome);
}

}  // namespace parallax::cli
