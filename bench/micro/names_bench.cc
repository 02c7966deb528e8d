// SPDX-License-Identifier: Apache-2.0
#include <benchmark/benchmark.h>

#include "names/domain_name.h"
#include "names/mailbox_address.h"

namespace parallax::bench {
namespace {

void parse_domain(benchmark::State& state) {
  for (auto _ : state)
    benchmark::DoNotOptimize(names::DomainName::parse("Mail.Department.example.com"));
}
BENCHMARK(parse_domain);

void parse_domain_idn(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(names::DomainName::parse("bücher.example"));
}
BENCHMARK(parse_domain_idn);

void parse_mailbox(benchmark::State& state) {
  for (auto _ : state)
    benchmark::DoNotOptimize(names::MailboxAddress::parse("alice.smith@mail.example.com"));
}
BENCHMARK(parse_mailbox);

}  // namespace
}  // namespace parallax::bench
