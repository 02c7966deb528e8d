// SPDX-License-Identifier: Apache-2.0
// What the rules ask of a corroboration on one day, as figures with the rules that gave them.
#pragma once

#include <chrono>
#include <string_view>
#include <vector>

#include "base/time.h"

namespace parallax::rules {

// A figure, and the ids of the rules it stands on; no ids if no rule speaks of it on that day.
template <class T>
struct Ruled {
  T value{};
  std::vector<std::string_view> rules;
};

// TLS BR 3.2.2.9, table "Quorum Requirements". Fewer than two remotes make no quorum: none may
// fail. Total, and the same on every date, so that a wrong clock never loosens it.
[[nodiscard]] unsigned allowed_non_corroborations(unsigned remotes_used);

// The largest roster the table is printed for.
inline constexpr unsigned kQuorumTableMax = 20;

struct Requirements {
  Date at{};
  // Remote Network Perspectives used at least; 0 before 2025-03-15.
  Ruled<unsigned> remotes_required;
  // Whether a missed quorum forbids issuance (from 2025-09-15) or is only reported.
  Ruled<bool> quorum_enforced;
  // Registries that must appear among the corroborating remotes; 0 if none need to.
  Ruled<unsigned> rir_regions_required;
  // Between the primary and each remote, and between any two remotes; 0 if not required.
  Ruled<unsigned> distance_min_km;
  // Between any two resolvers of an attempt; 0 if not required.
  Ruled<unsigned> resolver_distance_min_km;
  Ruled<bool> resolver_in_perspective_region;
  // Permission lasts for the TTL or this long, whichever is greater. TLS and S/MIME alike.
  Ruled<std::chrono::hours> caa_window;
  // issuemail (RFC 9495) must be obeyed for S/MIME; a SHOULD does not count.
  Ruled<bool> caa_issuemail_required;
  // accounturi and validationmethods (RFC 8657) must be obeyed for TLS; a SHOULD does not count.
  Ruled<bool> caa_parameters_required;
  // DNSSEC validation at the Primary Network Perspective on CAA lookups.
  Ruled<bool> dnssec_at_primary;
  Ruled<std::chrono::years> evidence_retention;
};

[[nodiscard]] Requirements requirements_at(Date at);

}  // namespace parallax::rules
