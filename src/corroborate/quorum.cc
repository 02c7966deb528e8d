// SPDX-License-Identifier: Apache-2.0
#include "corroborate/quorum.h"

#include <algorithm>
#include <bit>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace parallax::corroborate {
namespace {

using Mask = std::uint32_t;

Mask bit(std::size_t i) { return Mask{1} << i; }

std::vector<rules::Rir> regions_of(Mask members, std::span<const RemoteTraits> traits) {
  std::vector<rules::Rir> regions;
  for (std::size_t i = 0; i < traits.size(); ++i)
    if ((members & bit(i)) != 0) regions.push_back(traits[i].rir);
  std::sort(regions.begin(), regions.end());
  regions.erase(std::unique(regions.begin(), regions.end()), regions.end());
  return regions;
}

// What a set of corroborating remotes must come to.
struct Bar {
  std::size_t count = 0;
  std::size_t regions = 0;
};

// A set of remotes that may stand in one quorum together.
struct Choice {
  Mask members = 0;
  std::size_t count = 0;
  std::size_t regions = 0;

  [[nodiscard]] bool meets(const Bar& bar) const {
    return count >= bar.count && regions >= bar.regions;
  }
  [[nodiscard]] bool better_than(const Choice& other, const Bar& bar) const {
    if (meets(bar) != other.meets(bar)) return meets(bar);
    return count > other.count;
  }
};

// The best pairwise distinct subset of `members`: take any remote with rivals and try without it,
// then without its rivals. Without conflicts, which is how rosters are, that is one step.
Choice best_choice(Mask members, std::span<const RemoteTraits> traits, const Bar& bar) {
  for (std::size_t i = 0; i < traits.size(); ++i) {
    if ((members & bit(i)) == 0) continue;
    const Mask rivals = members & traits[i].conflicts;
    if (rivals == 0) continue;
    const Choice without_one = best_choice(members & ~bit(i), traits, bar);
    const Choice without_rivals = best_choice(members & ~rivals, traits, bar);
    return without_rivals.better_than(without_one, bar) ? without_rivals : without_one;
  }
  return {members, static_cast<std::size_t>(std::popcount(members)),
          regions_of(members, traits).size()};
}

struct Tally {
  Mask corroborated = 0;  // eligible ones only
  Mask pending = 0;       // eligible ones only
  unsigned denied = 0;
  unsigned pending_any = 0;
};

Tally tally_of(std::span<const RemoteTraits> traits, std::span<const RemoteState> states) {
  Tally tally;
  for (std::size_t i = 0; i < traits.size(); ++i) {
    if (states[i] == RemoteState::denied) ++tally.denied;
    if (states[i] == RemoteState::pending) ++tally.pending_any;
    if (!traits[i].eligible) continue;
    if (states[i] == RemoteState::corroborated) tally.corroborated |= bit(i);
    if (states[i] == RemoteState::pending) tally.pending |= bit(i);
  }
  return tally;
}

std::string missed_sentence(const QuorumResult& result, std::span<const RemoteState> states,
                            unsigned regions_needed) {
  std::vector<std::string> kinds;
  for (int kind = static_cast<int>(RemoteState::denied);
       kind <= static_cast<int>(RemoteState::bad_signature); ++kind) {
    const auto state = static_cast<RemoteState>(kind);
    const auto count = std::count(states.begin(), states.end(), state);
    if (count > 0) kinds.push_back(fmt::format("{} {}", count, to_string(state)));
  }
  if (result.corroborated >= result.needed)
    return fmt::format("the corroborating remotes lie in {} RIR region(s), {} are required",
                       result.rirs.size(), regions_needed);
  return fmt::format("{} of {} remotes corroborated, {} are needed ({})", result.corroborated,
                     result.used, result.needed, fmt::join(kinds, ", "));
}

}  // namespace

RemoteState state_of(NonCorroboration kind) {
  switch (kind) {
    case NonCorroboration::denied: return RemoteState::denied;
    case NonCorroboration::lookup_failed: return RemoteState::lookup_failed;
    case NonCorroboration::bogus: return RemoteState::bogus;
    case NonCorroboration::timed_out: return RemoteState::timed_out;
    case NonCorroboration::unreachable: return RemoteState::unreachable;
    case NonCorroboration::wrong_identity: return RemoteState::wrong_identity;
    case NonCorroboration::bad_signature: return RemoteState::bad_signature;
  }
  return RemoteState::unreachable;
}

std::string_view to_string(RemoteState state) {
  switch (state) {
    case RemoteState::pending: return "pending";
    case RemoteState::corroborated: return "corroborated";
    case RemoteState::denied: return to_string(NonCorroboration::denied);
    case RemoteState::lookup_failed: return to_string(NonCorroboration::lookup_failed);
    case RemoteState::bogus: return to_string(NonCorroboration::bogus);
    case RemoteState::timed_out: return to_string(NonCorroboration::timed_out);
    case RemoteState::unreachable: return to_string(NonCorroboration::unreachable);
    case RemoteState::wrong_identity: return to_string(NonCorroboration::wrong_identity);
    case RemoteState::bad_signature: return to_string(NonCorroboration::bad_signature);
  }
  return "pending";
}

std::string QuorumResult::text() const { return fmt::format("{}/{}", corroborated, used); }

QuorumResult judge_quorum(const QuorumTerms& terms, PrimaryState primary,
                          std::span<const RemoteTraits> traits, std::span<const RemoteState> states,
                          unsigned needed_at_least) {
  QuorumResult result;
  result.used = static_cast<unsigned>(traits.size());
  const unsigned allowed = std::min(terms.allowed_non_corroborations, result.used);
  result.needed = std::max(result.used - allowed, needed_at_least);
  const Tally tally = tally_of(traits, states);
  const Bar bar{result.needed, terms.rir_regions_required};
  const Choice now = best_choice(tally.corroborated, traits, bar);
  result.corroborated = static_cast<unsigned>(now.count);
  result.rirs = regions_of(now.members, traits);

  const auto finish = [&result](QuorumOutcome outcome, std::string reason) {
    result.outcome = outcome;
    result.reasons.push_back(std::move(reason));
    return result;
  };
  if (result.used < terms.remotes_required)
    return finish(QuorumOutcome::refused, fmt::format("{} remotes are used, {} are required",
                                                      result.used, terms.remotes_required));
  switch (primary) {
    case PrimaryState::pending: return result;
    case PrimaryState::prohibited:
      return finish(QuorumOutcome::refused, "the Primary Network Perspective prohibits issuance");
    case PrimaryState::undetermined:
      return finish(QuorumOutcome::undetermined,
                    "the Primary Network Perspective could not make a determination");
    case PrimaryState::permitted: break;
  }
  if (now.meets(bar)) return finish(QuorumOutcome::permitted, "the quorum is met");
  if (best_choice(tally.corroborated | tally.pending, traits, bar).meets(bar)) return result;
  std::string missed = missed_sentence(result, states, terms.rir_regions_required);
  // Refused where the denials by themselves miss the quorum, whatever the other remotes had said.
  const unsigned spare = result.used - std::min(result.needed, result.used);
  if (tally.denied > spare) return finish(QuorumOutcome::refused, std::move(missed));
  if (tally.denied + tally.pending_any > spare) return result;
  return finish(QuorumOutcome::undetermined, std::move(missed));
}

}  // namespace parallax::corroborate
