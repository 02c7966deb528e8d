// SPDX-License-Identifier: Apache-2.0
// The interface through which everything above asks the DNS.
#pragma once

#include "base/async.h"
#include "base/deadline.h"
#include "dns/lookup.h"
#include "names/domain_name.h"

namespace parallax::dns {

// One perspective's validating resolver on one worker. Not thread safe: awaited only on the
// worker's executor. Outlives every lookup started on it.
class Resolver {
 public:
  virtual ~Resolver() = default;

  // Asks one question and follows aliases; retries a failure at least once with a fresh server
  // selection while the deadline allows it. Never fails as a call: what went wrong is in the
  // Lookup. Resumes the caller through the executor, never from inside libunbound. Honours Asio
  // cancellation of the awaiting coroutine by dropping the late result.
  [[nodiscard]] virtual Task<Lookup> lookup(Question question, Deadline deadline) = 0;

  // Walks DS from the root towards `name` until a validated denial or an unsupported-only DS set
  // proves it Insecure (RFC 4035 s4.3). Not proved when it cannot tell.
  [[nodiscard]] virtual Task<InsecurityProof> prove_insecure(names::DomainName name,
                                                             Deadline deadline) = 0;
};

}  // namespace parallax::dns
