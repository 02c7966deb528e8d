// SPDX-License-Identifier: Apache-2.0
#include "rules/requirements.h"

#include <initializer_list>

#include "rules/rule.h"

namespace parallax::rules {
namespace {

// The greatest of the figures that the rules `ids` set on `at`, with those that hold.
template <class T>
Ruled<T> figure(std::initializer_list<std::string_view> ids, Date at) {
  Ruled<T> ruled;
  for (const std::string_view id : ids) {
    const auto found = rule(id, at);
    if (!found) continue;
    ruled.rules.push_back(found->id);
    if (found->value) ruled.value = std::max(ruled.value, static_cast<T>(*found->value));
  }
  return ruled;
}

// True if one of the rules `ids` is a MUST on `at`; names those that hold, SHOULDs too.
Ruled<bool> duty(std::initializer_list<std::string_view> ids, Date at) {
  Ruled<bool> ruled;
  for (const std::string_view id : ids) {
    const auto found = rule(id, at);
    if (!found) continue;
    ruled.rules.push_back(found->id);
    if (found->force == Force::must) ruled.value = true;
  }
  return ruled;
}

}  // namespace

unsigned allowed_non_corroborations(unsigned remotes_used) {
  if (remotes_used < 2) return 0;
  return remotes_used < 6 ? 1 : 2;
}

Requirements requirements_at(Date at) {
  return Requirements{
      .at = at,
      .remotes_required = figure<unsigned>({"mpic.remotes-minimum"}, at),
      .quorum_enforced = duty({"mpic.non-corroborations"}, at),
      .rir_regions_required = figure<unsigned>({"mpic.rir-regions"}, at),
      .distance_min_km = figure<unsigned>({"mpic.distance-minimum", "mpic.distance-reading"}, at),
      .resolver_distance_min_km = figure<unsigned>({"mpic.resolver-distance"}, at),
      .resolver_in_perspective_region = duty({"mpic.resolver-region"}, at),
      .caa_window = figure<std::chrono::hours>(
          {"caa.window", "caa.window-smime", "caa.window-no-record"}, at),
      .caa_issuemail_required = duty({"caa.issuemail"}, at),
      .caa_parameters_required = duty({"caa.parameters"}, at),
      .dnssec_at_primary =
          duty({"dnssec.caa", "dnssec.caa-smime", "dnssec.error", "dnssec.error-smime"}, at),
      .evidence_retention = figure<std::chrono::years>(
          {"evidence.retention", "evidence.retention-attempts"}, at),
  };
}

}  // namespace parallax::rules
