// SPDX-License-Identifier: Apache-2.0
// The observation that benchmarks work on: what a perspective sees at a signed zone with two CAA
// records.
#pragma once

#include "observe/check.h"

namespace parallax::bench {

inline observe::Observation sample_observation() {
  const auto domain = names::DomainName::parse("mail.example.com").value();
  caa::CaaLookup lookup{.name = domain};
  lookup.status = dns::LookupStatus::answered;
  lookup.rcode = dns::Rcode::noerror;
  lookup.verdict = dns::Verdict::secure;
  lookup.ttl_s = 300;
  lookup.attempts = 1;
  lookup.properties = {{0, "issuemail", "ca.example; accounturi=https://ca.example/account/7"},
                       {0, "issue", "ca.example"}};
  observe::Observation out{"order-4711",
                           1,
                           "AAAAAAAAAAAAAAAAAAAAAA",
                           {},
                           "us-ashburn",
                           "parallax/0.1.0",
                           true,
                           Instant{},
                           Instant{},
                           caa::CaaObservation{domain, true, {}}};
  out.check_digest = observe::digest(observe::CaaCheck{domain, false});
  std::get<parallax::caa::CaaObservation>(out.seen).lookups = {std::move(lookup)};
  return out;
}

}  // namespace parallax::bench
