// SPDX-License-Identifier: Apache-2.0
#include "corroborate/selection.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <string>

#include "base/crypto.h"

namespace parallax::corroborate {

std::vector<std::size_t> select_remotes(const Roster& roster, std::size_t count,
                                        std::string_view domain, std::string_view secret) {
  std::vector<std::size_t> order(roster.remotes.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  if (count >= order.size()) return order;
  // The secret is hashed first, so that its end and the domain's beginning cannot be confused.
  const std::string key = sha256(secret);
  std::vector<std::string> ranks;
  for (const PerspectiveInfo& remote : roster.remotes)
    ranks.push_back(sha256(key + std::string(domain) + '\0' + remote.code));
  std::sort(order.begin(), order.end(),
            [&](std::size_t a, std::size_t b) { return ranks[a] < ranks[b]; });
  // Round by round over the regions: the n-th of a region ranks behind every region's (n-1)-th.
  std::map<rules::Rir, std::size_t> seen;
  std::vector<std::pair<std::size_t, std::size_t>> rounds;  // round, position in `order`
  for (std::size_t i = 0; i < order.size(); ++i)
    rounds.emplace_back(seen[roster.remotes[order[i]].rir]++, i);
  std::sort(rounds.begin(), rounds.end());
  std::vector<std::size_t> chosen;
  for (std::size_t i = 0; i < count; ++i) chosen.push_back(order[rounds[i].second]);
  std::sort(chosen.begin(), chosen.end());
  return chosen;
}

}  // namespace parallax::corroborate
