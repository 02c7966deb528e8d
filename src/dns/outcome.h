// SPDX-License-Identifier: Apache-2.0
// What came of asking for a name that need not be a DomainName (the root, a signer); private to
// this layer.
#pragma once

#include <string>

#include "base/async.h"
#include "base/deadline.h"
#include "dns/lookup.h"
#include "dns/packet.h"

namespace parallax::dns {

// A Lookup without its question; the fields mean the same.
struct Outcome {
  LookupStatus status = LookupStatus::failed;
  Verdict verdict = Verdict::indeterminate;
  Answer answer;
  std::string reason;
  std::string packet;
  unsigned attempts = 0;
  Instant started{};
  std::chrono::nanoseconds elapsed{0};
};

// Asks (name, type); `name` in presentation form, "." for the root.
class Asker {
 public:
  [[nodiscard]] virtual Task<Outcome> ask(std::string name, RecordType type, Deadline deadline) = 0;

 protected:
  ~Asker() = default;
};

}  // namespace parallax::dns
