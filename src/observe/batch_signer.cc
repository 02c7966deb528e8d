// SPDX-License-Identifier: Apache-2.0
#include "observe/batch_signer.h"

#include <algorithm>

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace parallax::observe {

namespace asio = boost::asio;

namespace {

// How many windows a batch stays open at most, one for each statement it waits for: under load a
// signature, and its verification at the coordinator, then serve several statements.
constexpr std::size_t kWindowsMax = 5;

}  // namespace

// The timer is what the waiters of a batch wait for: it fires at the end of the window, or is
// cancelled when the batch is sealed early.
struct BatchSigner::Batch {
  explicit Batch(const asio::any_io_executor& executor) : timer(executor) {}
  std::vector<std::string> statements;
  std::vector<SignedStatement> sealed;
  asio::steady_timer timer;
};

BatchSigner::BatchSigner(asio::any_io_executor executor, SigningKey key,
                         std::chrono::microseconds window)
    : executor_(std::move(executor)), key_(std::move(key)), window_(window) {}

BatchSigner::~BatchSigner() = default;

BatchSigner::Announcement::Announcement(BatchSigner& signer) : signer_(&signer) {
  ++signer.announced_;
}

BatchSigner::Announcement::~Announcement() {
  if (signer_ == nullptr) return;
  BatchSigner* const signer = signer_;
  release();
  signer->seal_if_nobody_is_awaited();
}

void BatchSigner::Announcement::release() {
  if (signer_ != nullptr) --signer_->announced_;
  signer_ = nullptr;
}

void BatchSigner::seal(std::shared_ptr<Batch> batch) {
  if (open_ == batch) open_.reset();
  if (!batch->sealed.empty()) return;
  batch->sealed = sign_batch(std::move(batch->statements), key_);
  batch->timer.cancel();
}

void BatchSigner::seal_if_nobody_is_awaited() {
  if (open_ && announced_ == 0) seal(open_);
}

Task<SignedStatement> BatchSigner::sign(std::string statement) {
  if (!open_) {
    open_ = std::make_shared<Batch>(executor_);
    const auto patience = std::clamp<std::size_t>(announced_, 1, kWindowsMax);
    open_->timer.expires_after(window_ * patience);
  }
  const std::shared_ptr<Batch> batch = open_;
  const std::size_t index = batch->statements.size();
  batch->statements.push_back(std::move(statement));
  if (announced_ == 0 || batch->statements.size() == kBatchSizeMax) seal(batch);
  if (batch->sealed.empty()) {
    boost::system::error_code ignored;  // cancelled means sealed, or a caller that gave up
    co_await batch->timer.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    seal(batch);
  }
  co_return batch->sealed[index];
}

}  // namespace parallax::observe
