// SPDX-License-Identifier: Apache-2.0
#include "evidence/bounded_queue.h"

#include <gtest/gtest.h>

namespace parallax::evidence {
namespace {

using Queue = BoundedQueue<int>;

bool push(Queue& queue, int item, std::size_t octets) { return queue.push(item, octets); }

TEST(BoundedQueue, BoundsItems) {
  Queue queue({2, 1000});
  EXPECT_TRUE(push(queue, 1, 1));
  EXPECT_TRUE(push(queue, 2, 1));
  EXPECT_FALSE(push(queue, 3, 1));
  EXPECT_EQ(queue.pop(1), (std::vector<int>{1}));
  EXPECT_TRUE(push(queue, 4, 1));
  EXPECT_EQ(queue.pop(10), (std::vector<int>{2, 4}));
}

TEST(BoundedQueue, BoundsOctetsButLetsALoneGiantIn) {
  Queue queue({10, 100});
  EXPECT_TRUE(push(queue, 1, 1000));
  EXPECT_FALSE(push(queue, 2, 1));
  EXPECT_EQ(queue.pop(10), (std::vector<int>{1}));
  EXPECT_TRUE(push(queue, 3, 60));
  EXPECT_FALSE(push(queue, 4, 41));
  EXPECT_TRUE(push(queue, 5, 40));
  EXPECT_EQ(queue.size(), 2U);
}

TEST(BoundedQueue, DrainsAfterClose) {
  Queue queue({10, 100});
  EXPECT_TRUE(push(queue, 1, 1));
  queue.close();
  EXPECT_FALSE(push(queue, 2, 1));
  EXPECT_EQ(queue.pop(10), (std::vector<int>{1}));
  EXPECT_TRUE(queue.pop(10).empty());
}

}  // namespace
}  // namespace parallax::evidence
