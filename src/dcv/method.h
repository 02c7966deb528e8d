// SPDX-License-Identifier: Apache-2.0
// The small interface every validation method stands behind, and the table that registers them.
// One file per method under dcv/methods/.
#pragma once

#include "base/async.h"
#include "base/crypto.h"
#include "base/deadline.h"
#include "dcv/assess.h"
#include "dcv/check.h"
#include "dcv/observation.h"
#include "dns/resolver.h"
#include "net/guarded_client.h"

namespace parallax::dcv {

// What a method may use at a perspective. Everything pointed to outlives the check.
struct Instruments {
  dns::Resolver* resolver = nullptr;
  net::GuardedClient* client = nullptr;
  Random* random = nullptr;  // chooses among mail servers of equal preference
  bool validating = true;
};

class Method {
 public:
  virtual ~Method() = default;
  // Part of validate(check): what this method asks of challenge and target.
  [[nodiscard]] virtual Status validate(const ControlCheck& check) const = 0;
  // Looks for the challenge at `adn` (the target itself for an IP address) and adds what it saw to
  // `seen`, which outlives the call. Never fails as a call.
  [[nodiscard]] virtual Task<void> observe(const ControlCheck* check, Target adn,
                                           Instruments instruments, Deadline deadline,
                                           ControlObservation* seen) const = 0;
  // Judges what observe() added; the way to the ADN has been judged already.
  [[nodiscard]] virtual ControlDetermination assess(const ControlObservation& seen,
                                                    const ControlCheck& check, const Target& adn,
                                                    Instant at) const = 0;
};

// The implementation; null for methods that the caller shows and no perspective looks for.
[[nodiscard]] const Method* find_method(rules::ControlMethod method);

// Derives the ADN (following CNAMEs where the method may and the caller's ADN needs it), selects
// the mail server if asked, and lets the method look.
[[nodiscard]] Task<ControlObservation> observe_control(ControlCheck check, Instruments instruments,
                                                       Deadline deadline);

}  // namespace parallax::dcv
