// SPDX-License-Identifier: Apache-2.0
// A fault in the middle of an order ends the order, and nothing is recorded or answered from what
// was left.
#include <stdexcept>

#include <gtest/gtest.h>

#include "orders/desk_stage.h"

namespace parallax::orders {
namespace {

// Works so many times, then throws as a library would.
class FailingRandom final : public Random {
 public:
  explicit FailingRandom(unsigned calls) : left_(calls) {}
  std::string octets(std::size_t count) override {
    if (left_ == 0) throw std::runtime_error("no entropy");
    --left_;
    return std::string(count, static_cast<char>('a' + left_ % 26));
  }

 private:
  unsigned left_;
};

TEST(DeskFailure, ACheckThatWasNotCarriedOutEndsTheOrder) {
  test::DeskStage stage;
  // Enough nonces for the six perspectives of the first check, none for the second.
  FailingRandom random(6);
  DeskParts parts;
  parts.executor = stage.stage.io.get_executor();
  parts.roster = &stage.roster;
  parts.suffixes = &test::suffixes();
  parts.primary = {"primary", &stage.primary, true};
  for (std::size_t i = 0; i < stage.remotes.size(); ++i)
    parts.remotes.push_back({stage.roster.remotes[i].code, stage.remotes[i].get(), true});
  parts.store = &stage.store;
  parts.under_way = &stage.under_way;
  parts.clock = &stage.clock;
  parts.random = &random;
  parts.group = &stage.group;
  DeskSettings settings;
  settings.selection_secret = "secret";
  CoordinatorDesk desk(settings, std::move(parts));

  test::Placed placed;
  stage.stage.start(
      desk.place(test::order_for({test::domain("example.com"), test::domain("example.org")}),
                 test::DeskStage::write),
      placed);
  stage.stage.settle();
  stage.permit_all();
  stage.permit_all();
  ASSERT_TRUE(placed);
  ASSERT_FALSE(*placed);
  EXPECT_EQ(placed->error().code, ErrorCode::internal);
  EXPECT_EQ(stage.store.appends, 0u);
  EXPECT_TRUE(stage.under_way.with([](const auto& ids) { return ids.empty(); }))
      << "the order may be placed again";
}

TEST(DeskFailure, APrimaryWhoseClockIsAheadLengthensNothing) {
  test::Placed placed;
  test::DeskStage stage;
  stage.place(test::order_for({test::domain("example.com")}), placed);
  auto reply = corroborate::test::saw(stage.primary.request(), "primary",
                                      corroborate::test::permitting("example.com"));
  reply->observation.started = stage.clock.now() + std::chrono::hours(24);
  stage.primary.answer(std::move(reply));
  stage.permit_all();
  ASSERT_TRUE(placed && *placed);
  const Decision& decision = (*placed)->decision.value();
  ASSERT_EQ(decision.outcome, Outcome::permitted);
  EXPECT_EQ(decision.permission_expires, stage.clock.now() + std::chrono::hours(8));
}

}  // namespace
}  // namespace parallax::orders
