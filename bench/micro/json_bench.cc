// SPDX-License-Identifier: Apache-2.0
#include <benchmark/benchmark.h>

#include "base/canonical_json.h"
#include "base/json.h"
#include "caa/observation.h"
#include "micro/sample.h"

namespace parallax::bench {
namespace {

void canonical_json(benchmark::State& state) {
  const json::value value =
      caa::to_json(std::get<parallax::caa::CaaObservation>(sample_observation().seen), false);
  for (auto _ : state) benchmark::DoNotOptimize(parallax::canonical_json(value));
}
BENCHMARK(canonical_json);

void parse_json(benchmark::State& state) {
  const std::string text =
      parallax::canonical_json(
          caa::to_json(std::get<parallax::caa::CaaObservation>(sample_observation().seen), false))
          .value();
  for (auto _ : state) benchmark::DoNotOptimize(parallax::parse_json(text));
}
BENCHMARK(parse_json);

}  // namespace
}  // namespace parallax::bench
