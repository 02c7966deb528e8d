// SPDX-License-Identifier: Apache-2.0
#include "evidence/bounded_queue.h"

#include <thread>

#include <gtest/gtest.h>

namespace parallax::evidence {
namespace {

using Queue = BoundedQueue<int>;

using std::chrono::hours;
using std::chrono::milliseconds;

bool push(Queue& queue, int item, std::size_t octets, Urgency urgency = Urgency::now) {
  return queue.push(item, octets, urgency);
}

TEST(BoundedQueue, BoundsItems) {
  Queue queue({2, 1000, {}});
  EXPECT_TRUE(push(queue, 1, 1));
  EXPECT_TRUE(push(queue, 2, 1));
  EXPECT_FALSE(push(queue, 3, 1));
  EXPECT_EQ(queue.pop(1), (std::vector<int>{1}));
  EXPECT_TRUE(push(queue, 4, 1));
  EXPECT_EQ(queue.pop(10), (std::vector<int>{2, 4}));
}

TEST(BoundedQueue, BoundsOctetsButLetsALoneGiantIn) {
  Queue queue({10, 100, {}});
  EXPECT_TRUE(push(queue, 1, 1000));
  EXPECT_FALSE(push(queue, 2, 1));
  EXPECT_EQ(queue.pop(10), (std::vector<int>{1}));
  EXPECT_TRUE(push(queue, 3, 60));
  EXPECT_FALSE(push(queue, 4, 41));
  EXPECT_TRUE(push(queue, 5, 40));
  EXPECT_EQ(queue.size(), 2U);
}

TEST(BoundedQueue, DrainsAfterClose) {
  Queue queue({10, 100, {}});
  EXPECT_TRUE(push(queue, 1, 1));
  queue.close();
  EXPECT_FALSE(push(queue, 2, 1));
  EXPECT_EQ(queue.pop(10), (std::vector<int>{1}));
  EXPECT_TRUE(queue.pop(10).empty());
}

// The patience of an hour would hang these, were it waited for.
TEST(BoundedQueue, PatientItemsGoWithTheNextUrgentOne) {
  Queue queue({10, 100, hours(1)});
  EXPECT_TRUE(push(queue, 1, 1, Urgency::patient));
  EXPECT_TRUE(push(queue, 2, 1));
  EXPECT_TRUE(push(queue, 3, 1, Urgency::patient));
  EXPECT_EQ(queue.pop(10), (std::vector<int>{1, 2, 3}));
}

TEST(BoundedQueue, AnUrgentItemEndsTheWaitForPatientOnes) {
  Queue queue({10, 100, hours(1)});
  EXPECT_TRUE(push(queue, 1, 1, Urgency::patient));
  std::vector<int> taken;
  std::thread popper([&] { taken = queue.pop(10); });
  EXPECT_TRUE(push(queue, 2, 1));
  popper.join();
  EXPECT_EQ(taken, (std::vector<int>{1, 2}));
}

TEST(BoundedQueue, PatientItemsOfAFullGroupGoAtOnce) {
  Queue queue({10, 100, hours(1)});
  for (const int item : {1, 2, 3}) EXPECT_TRUE(push(queue, item, 1, Urgency::patient));
  EXPECT_EQ(queue.pop(2), (std::vector<int>{1, 2}));
}

TEST(BoundedQueue, PatienceEnds) {
  Queue queue({10, 100, milliseconds(1)});
  EXPECT_TRUE(push(queue, 1, 1, Urgency::patient));
  EXPECT_EQ(queue.pop(10), (std::vector<int>{1}));
}

TEST(BoundedQueue, ClosingEndsPatience) {
  Queue queue({10, 100, hours(1)});
  EXPECT_TRUE(push(queue, 1, 1, Urgency::patient));
  queue.close();
  EXPECT_EQ(queue.pop(10), (std::vector<int>{1}));
  EXPECT_TRUE(queue.pop(10).empty());
}

}  // namespace
}  // namespace parallax::evidence
