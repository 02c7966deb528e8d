// SPDX-License-Identifier: Apache-2.0
// Gathers the statements that are ready within the same moment under one signature.
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include <boost/asio/any_io_executor.hpp>

#include "base/async.h"
#include "base/crypto.h"
#include "observe/statement.h"

namespace parallax::observe {

// Used on one worker's executor only; outlives every call in flight.
class BatchSigner {
 public:
  BatchSigner(boost::asio::any_io_executor executor, SigningKey key,
              std::chrono::microseconds window);
  ~BatchSigner();

  // Announces work that will end in sign(): while announced work is outstanding, a batch stays
  // open for it, `window` for each announcement but at most five. Released right before sign();
  // dropped if nothing came of it.
  class Announcement {
   public:
    explicit Announcement(BatchSigner& signer);
    ~Announcement();
    Announcement(const Announcement&) = delete;
    Announcement& operator=(const Announcement&) = delete;
    void release();

   private:
    BatchSigner* signer_;
  };

  // Signs `statement` alone if nothing else is announced, or else together with what becomes
  // ready within the window.
  [[nodiscard]] Task<SignedStatement> sign(std::string statement);

 private:
  struct Batch;
  void seal(std::shared_ptr<Batch> batch);  // by value: it may be open_ itself
  void seal_if_nobody_is_awaited();

  boost::asio::any_io_executor executor_;
  SigningKey key_;
  std::chrono::microseconds window_;
  std::size_t announced_ = 0;
  std::shared_ptr<Batch> open_;  // shared: its waiters outlive its being open
};

}  // namespace parallax::observe
