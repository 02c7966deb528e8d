// SPDX-License-Identifier: Apache-2.0
#include "evidence/timed_store.h"

#include <stdexcept>

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <gtest/gtest.h>

#include "evidence/fixture.h"

namespace parallax::evidence {
namespace {

namespace asio = boost::asio;
using std::chrono::milliseconds;

constexpr milliseconds kSoon{1};
constexpr std::chrono::minutes kNever{10};
constexpr std::chrono::seconds kStuck{30};  // a test that hangs fails instead

// Answers when the test opens it, as a disk does that hangs for a while.
class GatedStore final : public EvidenceStore, public LogView {
 public:
  explicit GatedStore(asio::io_context& io) : gate_(io, asio::steady_timer::time_point::max()) {}

  [[nodiscard]] Task<Result<std::uint64_t>> append(Record) override {
    co_await pass();
    if (throws) throw std::runtime_error("no memory");
    co_return outcome;
  }
  [[nodiscard]] Task<Result<std::optional<StoredRecord>>> find_decision(std::string,
                                                                        std::string id) override {
    co_await pass();
    StoredRecord found;
    found.order_id = std::move(id);
    co_return found;
  }
  [[nodiscard]] Task<Result<std::optional<std::string>>> checkpoint() override {
    co_await pass();
    co_return "note";
  }
  [[nodiscard]] Task<Result<std::string>> tile(TileAddress address) override {
    co_await pass();
    co_return format_tile(address);
  }
  void let_pass() {
    open = true;
    gate_.cancel();
  }

  bool open = false;
  bool throws = false;
  Result<std::uint64_t> outcome = 7;

 private:
  Task<void> pass() {
    boost::system::error_code ignored;
    while (!open) co_await gate_.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
  }
  asio::steady_timer gate_;
};

class TimedStoreTest : public testing::Test {
 protected:
  template <class Condition>
  void run_until(Condition condition) {
    while (!condition()) {
      io_.restart();
      ASSERT_GT(io_.run_one_for(kStuck), 0u) << "the loop is stuck";
    }
  }
  template <class T>
  Result<T> await(Task<Result<T>> task) {
    std::optional<Result<T>> result;
    asio::co_spawn(io_, std::move(task), [&](const std::exception_ptr& failed, Result<T> value) {
      if (failed) std::rethrow_exception(failed);
      result = std::move(value);
    });
    run_until([&] { return result.has_value(); });
    return std::move(result).value();
  }
  Result<std::uint64_t> append(TimedStore& timed) {
    auto held = std::make_shared<int>();
    held_ = held;
    return await(timed.append(sample_decision("portal", "order-1"), std::move(held)));
  }
  void TearDown() override {
    store_.let_pass();
    run_until([this] { return group_.size() == 0; });
  }

  asio::io_context io_{1};
  GatedStore store_{io_};
  TaskGroup group_{io_.get_executor()};
  TimedStore hasty_{io_.get_executor(), &store_, &group_, kSoon};
  TimedStore patient_{io_.get_executor(), &store_, &group_, kNever};
  std::weak_ptr<int> held_;
};

TEST_F(TimedStoreTest, WhatEndsInTimeIsTold) {
  store_.open = true;
  EXPECT_EQ(append(patient_), 7u);
  EXPECT_TRUE(held_.expired());
  EXPECT_TRUE(patient_.accepting());
  store_.outcome = fail(ErrorCode::conflict, "decided already");
  EXPECT_EQ(append(patient_).error().code, ErrorCode::conflict);
  EXPECT_TRUE(held_.expired());
  EXPECT_TRUE(patient_.accepting()) << "an error that was told is not overdue";
  const auto found = await(patient_.find_decision("portal", "order-1"));
  ASSERT_TRUE(found && *found);
  EXPECT_EQ((*found)->order_id, "order-1");
}

TEST_F(TimedStoreTest, AnOverdueAppendGoesOnAndKeepsWhatItHolds) {
  for (const bool recorded : {true, false}) {
    SCOPED_TRACE(recorded ? "recorded" : "refused");
    store_.open = false;
    if (!recorded) store_.outcome = fail(ErrorCode::storage, "disk full");
    const auto told = append(hasty_);
    ASSERT_FALSE(told);
    EXPECT_EQ(told.error().code, ErrorCode::storage);
    EXPECT_NE(told.error().message.find("not durable within 1 ms"), std::string::npos);
    EXPECT_FALSE(held_.expired());
    const Status accepting = hasty_.accepting();
    ASSERT_FALSE(accepting);
    EXPECT_EQ(accepting.error().code, ErrorCode::storage);
    EXPECT_EQ(group_.size(), 1u);

    store_.let_pass();
    run_until([this] { return group_.size() == 0; });
    EXPECT_TRUE(held_.expired());
    EXPECT_TRUE(hasty_.accepting());
  }
}

TEST_F(TimedStoreTest, EveryOverdueAppendCounts) {
  EXPECT_FALSE(append(hasty_));
  EXPECT_FALSE(append(hasty_));
  EXPECT_EQ(group_.size(), 2u);
  EXPECT_FALSE(hasty_.accepting());
  store_.let_pass();
  run_until([this] { return group_.size() == 0; });
  EXPECT_TRUE(hasty_.accepting());
}

TEST_F(TimedStoreTest, AnOverdueLookupIsGivenUp) {
  const auto told = await(hasty_.find_decision("portal", "order-1"));
  ASSERT_FALSE(told);
  EXPECT_EQ(told.error().code, ErrorCode::storage);
  EXPECT_TRUE(hasty_.accepting()) << "reading may hang where writing does not";
}

TEST_F(TimedStoreTest, ReadersOfTheLogAreToldInTime) {
  const TileAddress address{0, 7, 256};
  TimedLog hasty(io_.get_executor(), &store_, &group_, kSoon);
  EXPECT_EQ(await(hasty.checkpoint()).error().code, ErrorCode::storage);
  EXPECT_EQ(await(hasty.tile(address)).error().code, ErrorCode::storage);
  store_.let_pass();
  run_until([this] { return group_.size() == 0; });
  TimedLog patient(io_.get_executor(), &store_, &group_, kNever);
  EXPECT_EQ(await(patient.checkpoint()).value(), "note");
  EXPECT_EQ(await(patient.tile(address)).value(), "0/007");
}

TEST_F(TimedStoreTest, AFaultOfTheStoreIsToldAndLeavesNothingOverdue) {
  store_.open = true;
  store_.throws = true;
  const auto told = append(patient_);
  ASSERT_FALSE(told);
  EXPECT_EQ(told.error().code, ErrorCode::internal);
  EXPECT_TRUE(held_.expired());
  EXPECT_TRUE(patient_.accepting());
}

TEST_F(TimedStoreTest, AnAppendMayOutliveIt) {
  auto gone = std::make_unique<TimedStore>(io_.get_executor(), &store_, &group_, kSoon);
  EXPECT_FALSE(append(*gone));
  gone.reset();
  store_.let_pass();
  run_until([this] { return group_.size() == 0; });
  EXPECT_TRUE(held_.expired());
}

}  // namespace
}  // namespace parallax::evidence
