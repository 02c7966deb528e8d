// SPDX-License-Identifier: Apache-2.0
// A Network Perspective: runs checks on its own resolver and signs what it saw.
#pragma once

#include <string>

#include <boost/asio/any_io_executor.hpp>

#include "base/async.h"
#include "base/clock.h"
#include "base/crypto.h"
#include "base/deadline.h"
#include "caa/search.h"
#include "dcv/method.h"
#include "dns/resolver.h"
#include "observe/batch_signer.h"
#include "observe/check.h"
#include "observe/statement.h"

namespace parallax::observe {

struct PerspectiveSettings {
  std::string code;
  std::string software;
  bool lab = false;
  bool validating = true;
  bool keep_packets = false;  // put the DNS responses into the statement, octet by octet
  std::chrono::milliseconds lookup_timeout{5000};
  std::chrono::milliseconds check_timeout{15'000};
  std::chrono::microseconds signing_window{2000};
};

// An observation and its signed form.
struct SignedObservation {
  Observation observation;
  SignedStatement statement;
};

// What a perspective looks with; all of it outlives the perspective.
struct Senses {
  dns::Resolver* resolver = nullptr;
  net::GuardedClient* client = nullptr;  // HTTP and TLS methods
  Random* random = nullptr;              // mail servers of equal preference
};

// One per worker; awaited on its executor. The clock outlives it.
class Perspective {
 public:
  Perspective(boost::asio::any_io_executor executor, PerspectiveSettings settings, SigningKey key,
              Senses senses, const Clock& clock);

  // Runs the check within `deadline` and the check timeout. What went wrong on the network is
  // part of the observation. Error: internal (the statement could not be written).
  [[nodiscard]] Task<Result<SignedObservation>> observe(ObservationRequest request,
                                                        Deadline deadline);

  // The facts alone, unsigned: for interfaces that carry no signature.
  [[nodiscard]] Task<Seen> look(Check check, Deadline deadline);

  [[nodiscard]] const PerspectiveSettings& settings() const { return settings_; }

 private:
  PerspectiveSettings settings_;
  Senses senses_;
  const Clock& clock_;
  BatchSigner signer_;
};

}  // namespace parallax::observe
