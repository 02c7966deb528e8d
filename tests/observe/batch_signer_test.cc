// SPDX-License-Identifier: Apache-2.0
// When a batch is sealed. The windows are an hour: nothing here waits for one to end.
#include "observe/batch_signer.h"

#include <optional>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

namespace parallax::observe {
namespace {

namespace asio = boost::asio;

class BatchSignerTest : public testing::Test {
 protected:
  void start(std::size_t index) {
    signed_.resize(std::max(signed_.size(), index + 1));
    asio::co_spawn(io, signer.sign("statement " + std::to_string(index)),
                   [this, index](const std::exception_ptr&, SignedStatement made) {
                     signed_[index] = std::move(made);
                   });
    settle();
  }
  void settle() {
    io.restart();
    io.poll();
  }
  void expect_signed(std::size_t index, std::uint64_t size) {
    ASSERT_TRUE(signed_.at(index)) << index;
    EXPECT_EQ(signed_[index]->batch_size, size);
    EXPECT_EQ(signed_[index]->statement, "statement " + std::to_string(index));
    StatementVerifier verifier(key.verifying_key());
    EXPECT_TRUE(verifier.holds(*signed_[index]));
  }

  asio::io_context io{1};
  SigningKey key = SigningKey::generate();
  BatchSigner signer{io.get_executor(), key, std::chrono::hours(1)};
  std::vector<std::optional<SignedStatement>> signed_;
};

TEST_F(BatchSignerTest, AloneASignatureIsMadeAtOnce) {
  for (std::size_t i = 0; i < 3; ++i) {
    start(i);
    expect_signed(i, 1);
  }
}

TEST_F(BatchSignerTest, WaitsForWhatIsAnnouncedAndSignsTogether) {
  BatchSigner::Announcement other(signer);
  start(0);
  EXPECT_FALSE(signed_[0]);
  other.release();
  start(1);
  settle();
  expect_signed(0, 2);
  expect_signed(1, 2);
  EXPECT_EQ(signed_[0]->signature, signed_[1]->signature);
}

TEST_F(BatchSignerTest, ADroppedAnnouncementSealsTheBatch) {
  {
    BatchSigner::Announcement other(signer);
    start(0);
    EXPECT_FALSE(signed_[0]);
  }
  settle();
  expect_signed(0, 1);
}

TEST_F(BatchSignerTest, WaitsForTheLastOfSeveralAnnounced) {
  auto first = std::make_unique<BatchSigner::Announcement>(signer);
  auto second = std::make_unique<BatchSigner::Announcement>(signer);
  start(0);
  first.reset();
  settle();
  EXPECT_FALSE(signed_[0]);
  second.reset();
  settle();
  expect_signed(0, 1);
}

TEST_F(BatchSignerTest, AFullBatchIsSealedAndTheNextOneOpened) {
  BatchSigner::Announcement other(signer);
  for (std::size_t i = 0; i < kBatchSizeMax; ++i) start(i);
  settle();
  for (std::size_t i = 0; i < kBatchSizeMax; ++i) expect_signed(i, kBatchSizeMax);
  start(kBatchSizeMax);
  EXPECT_FALSE(signed_[kBatchSizeMax]);
  other.release();
  start(kBatchSizeMax + 1);
  settle();
  expect_signed(kBatchSizeMax, 2);
  expect_signed(kBatchSizeMax + 1, 2);
}

TEST_F(BatchSignerTest, AWindowThatHasEndedSealsTheBatch) {
  BatchSigner hasty(io.get_executor(), key, std::chrono::microseconds(0));
  BatchSigner::Announcement other(hasty);
  std::optional<SignedStatement> made;
  asio::co_spawn(io, hasty.sign("statement"),
                 [&](const std::exception_ptr&, SignedStatement one) { made = std::move(one); });
  for (io.restart(); !made && io.run_one() > 0;) {
  }
  ASSERT_TRUE(made);
  EXPECT_EQ(made->batch_size, 1u);
}

TEST_F(BatchSignerTest, WhoGivesUpDoesNotSpoilTheBatchForTheOthers) {
  BatchSigner::Announcement other(signer);
  asio::cancellation_signal signal;
  bool ended = false;
  asio::co_spawn(
      io, signer.sign("given up"),
      asio::bind_cancellation_slot(
          signal.slot(), [&](const std::exception_ptr&, const SignedStatement&) { ended = true; }));
  start(0);
  signal.emit(asio::cancellation_type::terminal);
  settle();
  EXPECT_TRUE(ended);
  expect_signed(0, 2);
}

}  // namespace
}  // namespace parallax::observe
