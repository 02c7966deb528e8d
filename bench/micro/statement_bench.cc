// SPDX-License-Identifier: Apache-2.0
#include <vector>

#include <benchmark/benchmark.h>

#include "micro/sample.h"
#include "observe/statement.h"

namespace parallax::bench {
namespace {

void write_statement(benchmark::State& state) {
  const observe::Observation observation = sample_observation();
  for (auto _ : state) benchmark::DoNotOptimize(observe::write_statement(observation, false));
}
BENCHMARK(write_statement);

void read_statement(benchmark::State& state) {
  const std::string text = observe::write_statement(sample_observation(), false).value();
  for (auto _ : state) benchmark::DoNotOptimize(observe::read_statement(text));
}
BENCHMARK(read_statement);

std::vector<std::string> statements(std::size_t count) {
  return std::vector<std::string>(count,
                                  observe::write_statement(sample_observation(), false).value());
}

// The argument: how many statements share the signature. The rate is per statement.
void sign_batch(benchmark::State& state) {
  const auto key = SigningKey::generate();
  const auto batch = statements(static_cast<std::size_t>(state.range(0)));
  for (auto _ : state) benchmark::DoNotOptimize(observe::sign_batch(batch, key));
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(sign_batch)->Arg(1)->Arg(8)->Arg(32);

void verify_batch(benchmark::State& state) {
  const auto key = SigningKey::generate();
  const auto batch = observe::sign_batch(statements(static_cast<std::size_t>(state.range(0))), key);
  for (auto _ : state) {
    observe::StatementVerifier verifier(key.verifying_key());  // remembers nothing yet
    for (const observe::SignedStatement& statement : batch)
      benchmark::DoNotOptimize(verifier.holds(statement));
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(verify_batch)->Arg(1)->Arg(8)->Arg(32);

}  // namespace
}  // namespace parallax::bench
