// SPDX-License-Identifier: Apache-2.0
// The way from the name applied for to the Authorization Domain Name (TLS BR 3.2.2.4 as of SC-101):
// first CNAME steps, then pruning, each only where the method allows it. Pure: lookups are the
// caller's.
#pragma once

#include <optional>
#include <vector>

#include "base/result.h"
#include "names/domain_name.h"
#include "names/public_suffix.h"
#include "rules/method.h"

namespace parallax::dcv {

inline constexpr std::size_t kCnameStepsMax = 8;

enum class AdnStep { cname, prune };

struct AdnDerivation {
  enum class State {
    reached,      // `path` leads to the ADN
    needs_cname,  // CNAMEs must be followed first; then end_derivation()
    unreachable,  // no way: `reason` says why
  };
  State state = State::unreachable;
  std::vector<names::DomainName> path;  // from the name applied for
  std::vector<AdnStep> steps;           // between them: path.size() - 1
  std::string reason;                   // one clause without a full stop; only if unreachable
};

// Where the derivation of `wanted` (or of the name itself) stands before any lookup. A wildcard
// takes no CNAME step. Pruning stops at the Base Domain Name of the current name (ICANN section);
// by domain_contact (TLS BR 3.2.2.4.12) that name alone is meant, and taken where none is wanted.
// `needs_cname`: pruning alone does not lead there, but the method allows CNAME steps.
[[nodiscard]] AdnDerivation begin_derivation(const names::DomainName& applied_for, bool wildcard,
                                             const std::optional<names::DomainName>& wanted,
                                             const rules::MethodRule& method,
                                             const names::PublicSuffixList& suffixes);

// The derivation over the CNAMEs that a perspective followed: `aliases` from the name applied for
// to the last target, each one CNAME step from the one before. `reached`, with pruning added, or
// `unreachable`.
[[nodiscard]] AdnDerivation end_derivation(const std::vector<names::DomainName>& aliases,
                                           const names::DomainName& wanted,
                                           const rules::MethodRule& method,
                                           const names::PublicSuffixList& suffixes);

}  // namespace parallax::dcv
