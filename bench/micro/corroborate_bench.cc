// SPDX-License-Identifier: Apache-2.0
#include <vector>

#include <benchmark/benchmark.h>

#include "corroborate/quorum.h"

namespace parallax::bench {
namespace {

using corroborate::RemoteState;
using corroborate::RemoteTraits;

// The argument: how many remotes are in the attempt; one is still pending.
void judge_quorum(benchmark::State& state) {
  const auto count = static_cast<std::size_t>(state.range(0));
  std::vector<RemoteTraits> traits(count);
  for (std::size_t i = 0; i < count; ++i)
    traits[i].rir = i % 2 == 0 ? rules::Rir::arin : rules::Rir::ripe_ncc;
  std::vector<RemoteState> states(count, RemoteState::corroborated);
  states.back() = RemoteState::pending;
  const corroborate::QuorumTerms terms{4, count > 5 ? 2U : 1U, 2};
  for (auto _ : state)
    benchmark::DoNotOptimize(
        corroborate::judge_quorum(terms, corroborate::PrimaryState::permitted, traits, states));
}
BENCHMARK(judge_quorum)->Arg(5)->Arg(8)->Arg(32);

}  // namespace
}  // namespace parallax::bench
