// SPDX-License-Identifier: Apache-2.0
// A disk that hangs: the order is told so in time, decides at most once, and others do not pile up.
#include <gtest/gtest.h>

#include "orders/desk_stage.h"

namespace parallax::orders {
namespace {

constexpr std::chrono::seconds kStuck{30};  // a test that hangs fails instead

DeskSettings hasty() {
  DeskSettings settings;
  settings.evidence_timeout = std::chrono::milliseconds(1);
  return settings;
}

Order example() { return test::order_for({test::domain("example.com")}); }

class DeskOverdue : public testing::Test {
 protected:
  // Everybody permits; the disk hangs.
  Error place_on_a_hanging_disk() {
    stage_.store.open = false;
    test::Placed placed;
    stage_.place(example(), placed);
    while (stage_.permit_all() > 0) {
    }
    run_until([&] { return placed.has_value(); });
    EXPECT_FALSE(placed->has_value());
    return placed->has_value() ? Error{} : placed->error();
  }
  template <class Condition>
  void run_until(Condition condition) {
    while (!condition()) {
      stage_.stage.io.restart();
      ASSERT_GT(stage_.stage.io.run_one_for(kStuck), 0u) << "the loop is stuck";
    }
  }
  test::DeskStage stage_{hasty()};
};

TEST_F(DeskOverdue, TheOrderIsToldInTimeAndNothingOfTheDecision) {
  const Error told = place_on_a_hanging_disk();
  EXPECT_EQ(told.code, ErrorCode::storage);
  EXPECT_EQ(stage_.store.appends, 1u);
  EXPECT_TRUE(stage_.counted.empty());
}

TEST_F(DeskOverdue, TheIdStaysTakenUntilTheRecordIsDurableAndThenGivesItsAnswer) {
  place_on_a_hanging_disk();
  test::Placed again;
  stage_.place(example(), again);
  ASSERT_TRUE(again && !*again);
  EXPECT_EQ(again->error().code, ErrorCode::conflict);

  stage_.store.let_pass();
  run_until([&] { return stage_.group.size() == 0; });
  ASSERT_EQ(stage_.store.kept.size(), 1u);
  test::Placed later;
  stage_.place(example(), later);
  ASSERT_TRUE(later && *later);
  EXPECT_TRUE((*later)->replayed);
  EXPECT_EQ((*later)->answer, "permitted at 0");
  EXPECT_EQ(stage_.store.appends, 1u) << "decided once";
}

TEST_F(DeskOverdue, ARecordThatIsRefusedLateFreesTheId) {
  place_on_a_hanging_disk();
  stage_.store.failure = Error{ErrorCode::storage, "disk full", {}};
  stage_.store.let_pass();
  run_until([&] { return stage_.group.size() == 0; });
  stage_.store.failure.reset();
  const auto decided = stage_.place_permitted(example());
  ASSERT_TRUE(decided);
  EXPECT_FALSE(decided->replayed);
}

TEST_F(DeskOverdue, MeanwhileNoOrderIsBegun) {
  place_on_a_hanging_disk();
  const std::size_t asked = stage_.primary.asked();
  Order other = example();
  other.id = "order-2";
  for (const bool fresh_id : {false, true}) {
    SCOPED_TRACE(fresh_id ? "fresh id" : "the caller's id");
    other.fresh_id = fresh_id;
    test::Placed refused;
    stage_.place(other, refused);
    ASSERT_TRUE(refused && !*refused);
    EXPECT_EQ(refused->error().code, ErrorCode::storage);
  }
  EXPECT_EQ(stage_.primary.asked(), asked);
  stage_.store.let_pass();
  run_until([&] { return stage_.group.size() == 0; });
  EXPECT_TRUE(stage_.place_permitted(other));
}

}  // namespace
}  // namespace parallax::orders
