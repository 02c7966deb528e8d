// SPDX-License-Identifier: Apache-2.0
// What one perspective saw when it searched for the relevant CAA set: facts, no judgement. The
// coordinator judges every perspective's facts itself (TLS BR 3.2.2.9: a bare boolean is not
// enough).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <boost/json/value.hpp>

#include "base/result.h"
#include "caa/property.h"
#include "dns/lookup.h"
#include "names/domain_name.h"

namespace parallax::caa {

// One step of the climb.
struct CaaLookup {
  names::DomainName name;
  dns::LookupStatus status = dns::LookupStatus::failed;
  dns::Rcode rcode = dns::Rcode::servfail;
  dns::Verdict verdict = dns::Verdict::indeterminate;
  std::uint32_t ttl_s = 0;
  unsigned attempts = 0;
  std::string reason{};
  std::vector<std::string> alias_chain{};
  std::vector<Property> properties{};
  // Records whose RDATA does not parse, as hex. They count as a set that authorizes nobody.
  std::vector<std::string> malformed_rdata{};
  // Present if the lookup failed and a proof was sought.
  std::optional<dns::InsecurityProof> insecurity{};
  std::string packet{};  // wire octets

  [[nodiscard]] bool empty_set() const { return properties.empty() && malformed_rdata.empty(); }
};

// The climb, nearest name first. It may end before the top-level domain where a nearer set
// decided; names past the deciding one are left out.
struct CaaObservation {
  names::DomainName domain;
  bool validating = true;  // did this perspective's resolver validate DNSSEC?
  std::vector<CaaLookup> lookups{};
};

// JSON of an observation and back; exact inverses (tested as a property). Packets are base64 and
// only present when `packets` is true. Errors: malformed, with the JSON pointer; a document beyond
// the bounds of caa/limits.h is malformed too.
[[nodiscard]] boost::json::value to_json(const CaaObservation& observation, bool packets);
[[nodiscard]] Result<CaaObservation> observation_from_json(const boost::json::value& value,
                                                           std::string pointer);

}  // namespace parallax::caa
