// SPDX-License-Identifier: Apache-2.0
// The quorum: a pure function from what is known so far to an outcome (TLS BR 3.2.2.9).
//
// The Primary makes the determination, remotes corroborate it and never override it. The set of
// remotes is fixed before the attempt; silence, errors and timeouts are non-corroborations. Only a
// corroborating remote that is distinct from the primary and from every other one counted, with
// its resolver in its RIR region, counts towards the quorum.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "caa/assess.h"
#include "corroborate/client.h"
#include "rules/region.h"

namespace parallax::corroborate {

inline constexpr std::size_t kRemotesMax = 32;

// What the rules ask of the attempt, at its date.
struct QuorumTerms {
  unsigned remotes_required = 0;            // minimum remotes used
  unsigned allowed_non_corroborations = 0;  // for the number of remotes used
  unsigned rir_regions_required = 0;        // regions among the corroborating remotes
};

// What matters about one remote of the attempt, worked out before it starts.
struct RemoteTraits {
  rules::Rir rir = rules::Rir::arin;
  bool eligible = true;         // distinct from the primary, resolver where it must be
  std::uint32_t conflicts = 0;  // bit i: not distinct from remote i (symmetric, never itself)
};

// What the primary's check has come to.
enum class PrimaryState { pending, permitted, prohibited, undetermined };

enum class RemoteState {
  pending,
  corroborated,
  denied,
  lookup_failed,
  bogus,
  timed_out,
  unreachable,
  wrong_identity,
  bad_signature,
};
[[nodiscard]] RemoteState state_of(NonCorroboration kind);
[[nodiscard]] std::string_view to_string(RemoteState state);  // "pending", "corroborated", ...

enum class QuorumOutcome {
  open,  // an outstanding answer can still change the outcome
  permitted,
  refused,       // the primary prohibits, too many remotes deny, or too few remotes are used
  undetermined,  // the primary could not tell, or the quorum is missed through failures
};

struct QuorumResult {
  QuorumOutcome outcome = QuorumOutcome::open;
  unsigned corroborated = 0;         // remotes that corroborated and count
  unsigned used = 0;                 // remotes used
  unsigned needed = 0;               // corroborations needed
  std::vector<rules::Rir> rirs;      // regions of those that count, distinct, ascending
  std::vector<std::string> reasons;  // sentences; empty while open

  // "4/5": four of five remotes corroborated (TLS BR 5.4.1).
  [[nodiscard]] std::string text() const;
};

// Final (not open) as soon as no outstanding answer could change the outcome; then it is the same
// for every completion of the pending remotes. `traits` and `states` run in parallel, at most
// kRemotesMax. `needed_at_least` lets a caller ask for more corroborations than the rules do.
[[nodiscard]] QuorumResult judge_quorum(const QuorumTerms& terms, PrimaryState primary,
                                        std::span<const RemoteTraits> traits,
                                        std::span<const RemoteState> states,
                                        unsigned needed_at_least = 0);

}  // namespace parallax::corroborate
