// SPDX-License-Identifier: Apache-2.0
// The validating resolver of a perspective: libunbound, awaited like any other operation.
#pragma once

#include <memory>
#include <string>

#include <boost/asio/any_io_executor.hpp>

#include "base/clock.h"
#include "base/deadline.h"
#include "base/result.h"
#include "dns/resolver.h"
#include "dns/settings.h"

namespace parallax::dns {

inline constexpr std::chrono::milliseconds kLookupTimeoutMin{100};
inline constexpr std::chrono::milliseconds kLookupTimeoutMax{60'000};
inline constexpr std::chrono::seconds kCacheMaxTtlMax{28'800};  // 8 h, as long as a permission
inline constexpr std::size_t kConcurrentLookupsMax = 65'536;
inline constexpr std::size_t kOutgoingInterfacesMax = 16;

// Two libunbound contexts with caches of their own: a retry goes to the second, since the first
// would join or repeat what failed. Not thread safe: one per worker, on that worker's executor.
// Destroyed with lookups under way, it never resumes them.
class UnboundResolver final : public Resolver {
 public:
  // `clock` outlives the resolver. Errors: configuration (settings out of range, trust anchors that
  // the settings do not allow, unreadable root hints, an option libunbound refuses), internal.
  [[nodiscard]] static Result<std::unique_ptr<UnboundResolver>> make(
      boost::asio::any_io_executor executor, ResolverSettings settings, const Clock& clock);
  ~UnboundResolver() override;

  [[nodiscard]] Task<Lookup> lookup(Question question, Deadline deadline) override;
  [[nodiscard]] Task<InsecurityProof> prove_insecure(names::DomainName name,
                                                     Deadline deadline) override;

  // The root's DNSKEY set must validate under the anchors (without validation: must arrive).
  // Error: untrusted, with what came instead.
  [[nodiscard]] Task<Status> check_root(Deadline deadline);

 private:
  class Impl;
  explicit UnboundResolver(std::shared_ptr<Impl> impl);
  std::shared_ptr<Impl> impl_;  // shared with deliveries that are posted and may come too late
};

}  // namespace parallax::dns
