// SPDX-License-Identifier: Apache-2.0
#include <benchmark/benchmark.h>

#include "caa/assess.h"
#include "micro/sample.h"

namespace parallax::bench {
namespace {

void parse_issue_value(benchmark::State& state) {
  const std::string value =
      "ca.example; accounturi=https://ca.example/account/7; "
      "validationmethods=dns-01,http-01";
  for (auto _ : state) benchmark::DoNotOptimize(caa::parse_issue_value(value));
}
BENCHMARK(parse_issue_value);

void parse_rdata(benchmark::State& state) {
  const std::string rdata = std::string("\0\x09", 2) + "issuemailca.example";
  for (auto _ : state) benchmark::DoNotOptimize(caa::parse_rdata(rdata));
}
BENCHMARK(parse_rdata);

void assess(benchmark::State& state) {
  const caa::CaaObservation observation =
      std::get<parallax::caa::CaaObservation>(sample_observation().seen);
  const caa::CaaQuestion question{caa::CertificateType::smime,
                                  false,
                                  {names::DomainName::parse("ca.example").value()},
                                  "https://ca.example/account/7",
                                  std::nullopt};
  for (auto _ : state) benchmark::DoNotOptimize(caa::assess(observation, question, {}));
}
BENCHMARK(assess);

}  // namespace
}  // namespace parallax::bench
