// SPDX-License-Identifier: Apache-2.0
#include "base/task_group.h"

#include <stdexcept>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <gtest/gtest.h>

namespace parallax {
namespace {

namespace asio = boost::asio;

class TaskGroupTest : public testing::Test {
 protected:
  static Task<void> count(int* ended) {
    ++*ended;
    co_return;
  }
  // Ends when the gate is opened; throws when it is cancelled.
  static Task<void> wait(asio::steady_timer* gate, bool* open, int* ended) {
    while (!*open) co_await gate->async_wait(asio::as_tuple(asio::use_awaitable));
    ++*ended;
  }
  static Task<void> fail_badly() {
    throw std::runtime_error("planned: a task that breaks the rules");
    co_return;
  }
  static Task<void> spawn_another(TaskGroup* group, int* ended) {
    group->spawn(count(ended));
    co_return;
  }
  void join() {
    asio::co_spawn(io, group.join(), [this](const std::exception_ptr&) { joined = true; });
    settle();
  }
  void settle() {
    io.restart();
    io.poll();
  }
  void release() {
    open = true;
    gate.cancel();
    settle();
  }

  asio::io_context io{1};
  asio::steady_timer gate{io, asio::steady_timer::time_point::max()};
  bool open = false;
  bool joined = false;
  int ended = 0;
  TaskGroup group{io.get_executor()};
};

TEST_F(TaskGroupTest, NeverRunsATaskInsideSpawn) {
  group.spawn(count(&ended));
  EXPECT_EQ(ended, 0);
  EXPECT_EQ(group.size(), 1u);
  settle();
  EXPECT_EQ(ended, 1);
  EXPECT_EQ(group.size(), 0u);
}

TEST_F(TaskGroupTest, AnEmptyGroupIsJoinedAtOnce) {
  join();
  EXPECT_TRUE(joined);
}

TEST_F(TaskGroupTest, JoinWaitsForTheLast) {
  group.spawn(wait(&gate, &open, &ended));
  group.spawn(count(&ended));
  join();
  EXPECT_EQ(ended, 1);
  EXPECT_FALSE(joined);
  release();
  EXPECT_TRUE(joined);
  EXPECT_EQ(ended, 2);
}

TEST_F(TaskGroupTest, JoinWaitsForWhatTasksSpawn) {
  group.spawn(spawn_another(&group, &ended));
  join();
  EXPECT_TRUE(joined);
  EXPECT_EQ(ended, 1);
}

TEST_F(TaskGroupTest, AnExceptionEndsItsTaskAlone) {
  group.spawn(fail_badly());
  group.spawn(wait(&gate, &open, &ended));
  join();
  EXPECT_EQ(group.size(), 1u);
  release();
  EXPECT_EQ(ended, 1);
  EXPECT_TRUE(joined);
}

TEST_F(TaskGroupTest, CancelStopsEveryTask) {
  for (int i = 0; i < 3; ++i) group.spawn(wait(&gate, &open, &ended));
  settle();
  group.cancel();
  settle();
  EXPECT_EQ(group.size(), 0u);
  EXPECT_EQ(ended, 0);
  group.cancel();
  group.spawn(count(&ended));
  settle();
  EXPECT_EQ(ended, 1) << "a group may be used again";
}

TEST_F(TaskGroupTest, AGroupThatGoesAwayCancelsItsTasks) {
  auto other = std::make_unique<TaskGroup>(io.get_executor());
  other->spawn(wait(&gate, &open, &ended));
  settle();
  other.reset();
  settle();
  EXPECT_EQ(ended, 0);
  io.restart();
  EXPECT_EQ(io.poll(), 0u) << "nothing is left to run";
}

}  // namespace
}  // namespace parallax
