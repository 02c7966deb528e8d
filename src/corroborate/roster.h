// SPDX-License-Identifier: Apache-2.0
// Who the Network Perspectives are and where they stand, and whether the rules can be met with
// them.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <boost/json/value.hpp>

#include "base/result.h"
#include "base/time.h"
#include "corroborate/quorum.h"
#include "rules/coordinates.h"
#include "rules/region.h"

namespace parallax::corroborate {

// One perspective. A location is where its unencapsulated traffic is first handed to the network
// (TLS BR 3.2.2.9), as the operator declares it.
struct PerspectiveInfo {
  std::string code;  // [a-z0-9-]{1,63}, unique in the roster
  rules::Rir rir = rules::Rir::arin;
  rules::Coordinates location;
  rules::Rir resolver_rir = rules::Rir::arin;
  rules::Coordinates resolver_location;
  std::string provider;        // hosting, free text
  std::string bgp_mitigation;  // how its networks mitigate BGP incidents (TLS BR 3.2.2.9), text
  // Whether its resolver validates DNSSEC: remotes may (TLS BR 4.2.2.2), the primary always does.
  bool validates = true;
};

struct Roster {
  PerspectiveInfo primary;
  std::vector<PerspectiveInfo> remotes;  // at most kRemotesMax
};

[[nodiscard]] boost::json::value to_json(const PerspectiveInfo& info);
// The inverse, but for digits of coordinates beyond those written. Error: malformed.
[[nodiscard]] Result<PerspectiveInfo> perspective_from_json(const boost::json::value& value,
                                                            std::string pointer);

// What the quorum must know about a subset of the remotes, in the order given: who is eligible,
// who conflicts with whom.
[[nodiscard]] std::vector<RemoteTraits> traits_of(const Roster& roster,
                                                  const std::vector<std::size_t>& remotes, Date at);

// What the rules ask of an attempt with `used` remotes on a date.
[[nodiscard]] QuorumTerms terms_at(Date at, std::size_t used);

enum class Severity { error, warning };

// Something a roster check found. Errors: the rules cannot be met on that date with this roster.
struct RosterFinding {
  Severity severity = Severity::warning;
  std::string message;       // a sentence that names perspective, rule and figure
  std::string rule;          // rule id; empty for findings about the declaration itself
  std::optional<Date> from;  // when it starts to bite; none: now
};

// All that is wrong with the roster on `at`, and what will be by rules already known (with the
// date). A declared RIR that disagrees with the coordinates' region is a warning.
[[nodiscard]] std::vector<RosterFinding> check_roster(const Roster& roster, Date at);

}  // namespace parallax::corroborate
