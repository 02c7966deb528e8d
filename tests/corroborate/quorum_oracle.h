// SPDX-License-Identifier: Apache-2.0
// The quorum a second time, by trying everything: every subset of the corroborating remotes, and
// every way in which what is pending could end. Slow, plain, and written from TLS BR 3.2.2.9 alone.
#pragma once

#include <algorithm>
#include <bit>
#include <ostream>
#include <set>
#include <span>
#include <vector>

#include "corroborate/quorum.h"

namespace parallax::corroborate {

inline void PrintTo(QuorumOutcome outcome, std::ostream* out) {
  constexpr const char* kNames[] = {"open", "permitted", "refused", "undetermined"};
  *out << kNames[static_cast<int>(outcome)];
}

namespace test {

struct OracleCase {
  QuorumTerms terms;
  std::vector<RemoteTraits> traits;
  unsigned needed_at_least = 0;

  [[nodiscard]] unsigned used() const { return static_cast<unsigned>(traits.size()); }
  [[nodiscard]] unsigned needed() const {
    const unsigned allowed = std::min(terms.allowed_non_corroborations, used());
    return std::max(used() - allowed, needed_at_least);
  }
};

// True if remotes of `members` may all be counted in one quorum.
inline bool may_stand_together(const OracleCase& c, unsigned members) {
  for (std::size_t i = 0; i < c.traits.size(); ++i) {
    if ((members >> i & 1) == 0) continue;
    if (!c.traits[i].eligible || (c.traits[i].conflicts & members) != 0) return false;
  }
  return true;
}

inline std::size_t regions_in(const OracleCase& c, unsigned members) {
  std::set<rules::Rir> regions;
  for (std::size_t i = 0; i < c.traits.size(); ++i)
    if ((members >> i & 1) != 0) regions.insert(c.traits[i].rir);
  return regions.size();
}

// The bits of the remotes in `state`.
inline unsigned in_state(std::span<const RemoteState> states, RemoteState state) {
  unsigned members = 0;
  for (std::size_t i = 0; i < states.size(); ++i)
    if (states[i] == state) members |= 1u << i;
  return members;
}

// The most remotes that may be counted at once.
inline unsigned most_countable(const OracleCase& c, unsigned corroborated) {
  int most = 0;
  for (unsigned part = corroborated;; part = (part - 1) & corroborated) {
    if (may_stand_together(c, part)) most = std::max(most, std::popcount(part));
    if (part == 0) return static_cast<unsigned>(most);
  }
}

inline bool quorum_exists(const OracleCase& c, unsigned corroborated) {
  for (unsigned part = corroborated;; part = (part - 1) & corroborated) {
    if (static_cast<unsigned>(std::popcount(part)) >= c.needed() && may_stand_together(c, part) &&
        regions_in(c, part) >= c.terms.rir_regions_required)
      return true;
    if (part == 0) return false;
  }
}

// The outcome when nothing is pending any more.
inline QuorumOutcome oracle_end(const OracleCase& c, PrimaryState primary,
                                std::span<const RemoteState> states) {
  if (c.used() < c.terms.remotes_required) return QuorumOutcome::refused;
  if (primary == PrimaryState::prohibited) return QuorumOutcome::refused;
  if (primary == PrimaryState::undetermined) return QuorumOutcome::undetermined;
  if (quorum_exists(c, in_state(states, RemoteState::corroborated)))
    return QuorumOutcome::permitted;
  const unsigned spare = c.used() - std::min(c.needed(), c.used());
  const auto denied = static_cast<unsigned>(std::popcount(in_state(states, RemoteState::denied)));
  return denied > spare ? QuorumOutcome::refused : QuorumOutcome::undetermined;
}

// Adds every outcome that can still come of it.
inline void collect_ends(const OracleCase& c, PrimaryState primary, std::vector<RemoteState> states,
                         std::set<QuorumOutcome>& ends) {
  if (primary == PrimaryState::pending) {
    for (const auto end :
         {PrimaryState::permitted, PrimaryState::prohibited, PrimaryState::undetermined})
      collect_ends(c, end, states, ends);
    return;
  }
  const auto it = std::find(states.begin(), states.end(), RemoteState::pending);
  if (it == states.end()) {
    ends.insert(oracle_end(c, primary, states));
    return;
  }
  for (const auto end :
       {RemoteState::corroborated, RemoteState::denied, RemoteState::lookup_failed}) {
    *it = end;
    collect_ends(c, primary, states, ends);
  }
}

// Final exactly when all ends agree.
inline QuorumOutcome oracle(const OracleCase& c, PrimaryState primary,
                            const std::vector<RemoteState>& states) {
  std::set<QuorumOutcome> ends;
  collect_ends(c, primary, states, ends);
  return ends.size() == 1 ? *ends.begin() : QuorumOutcome::open;
}

}  // namespace test
}  // namespace parallax::corroborate
