// SPDX-License-Identifier: Apache-2.0
// Which mail server serves a domain (RFC 5321 s5.1, RFC 7505, SBR 3.2.2.3): a pure choice over what
// the DNS said, and the lookups that feed it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/async.h"
#include "base/crypto.h"
#include "base/deadline.h"
#include "base/result.h"
#include "dcv/assess.h"
#include "dcv/observation.h"
#include "dns/resolver.h"
#include "names/domain_name.h"

namespace parallax::dcv {

struct MxTarget {
  std::uint16_t preference = 0;
  std::string exchange;  // presentation form, lower case, no trailing dot; "." is the null MX
};

// The MX RRset read. Error: malformed (RDATA that does not parse).
[[nodiscard]] Result<std::vector<MxTarget>> read_mx(const std::vector<std::string>& rdata);

// What the MX answer asks for.
struct MxChoice {
  enum class State {
    candidates,  // try one of `hosts` (equal, lowest preference)
    implicit,    // no MX at all: the domain itself, if it has an address
    failure,     // `reason`, `message`
  };
  State state = State::failure;
  std::vector<names::DomainName> hosts;
  ControlReason reason = ControlReason::lookup_failed;
  std::string message;
};

// NXDOMAIN, temporary failure and bogus fail; NODATA alone gives the implicit MX; a null MX, or one
// beside others, fails; names that are no host names fail only if nothing better shares their
// preference.
[[nodiscard]] MxChoice choose_mx(const SeenLookup& mx, const names::DomainName& mail_domain);

// Asks MX, chooses at random among the lowest preference, and checks that the host has an address
// and is no alias. With `follow`, the host is not chosen but confirmed: it must be among those this
// perspective could have chosen. Adds every lookup to `seen`; sets seen->smtp_host on success.
// Nullopt on success, else why not.
[[nodiscard]] Task<std::optional<ControlReason>> select_mail_server(
    dns::Resolver* resolver, names::DomainName mail_domain,
    std::optional<names::DomainName> follow, Random* random, Deadline deadline,
    ControlObservation* seen);

}  // namespace parallax::dcv
