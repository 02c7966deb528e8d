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

// The MX RRset read, in its order. Error: malformed (RDATA that does not parse).
[[nodiscard]] Result<std::vector<MxTarget>> read_mx(const std::vector<std::string>& rdata);

// What the MX answer asks for.
struct MxChoice {
  enum class State {
    candidates,  // try one of `hosts` (equal, lowest preference)
    implicit,    // no MX at all: the one of `hosts`, if it has an address
    failure,     // `reason`, `message`
  };
  State state = State::failure;
  // Never empty unless failure; ordered, each once. The implicit MX is the mail domain itself, or
  // where its aliases end: "the resulting name is processed as if it were the initial name".
  std::vector<names::DomainName> hosts;
  ControlReason reason = ControlReason::lookup_failed;
  std::string message;  // for people: what was found, and what to change
};

// NXDOMAIN, temporary failure and bogus fail; NODATA alone gives the implicit MX; a null MX, or one
// beside others, fails; so does a name that is no host name among the lowest preference, whatever
// shares it: an MX that is present and unusable is a failure (SBR 3.2.2.3, RFC 5321 s5.1), and
// which one is drawn must not decide about it. Higher preferences are never turned to. Whether the
// verdict was good enough is the caller's to say, as long as it is not bogus.
[[nodiscard]] MxChoice choose_mx(const SeenLookup& mx, const names::DomainName& mail_domain);

// Asks MX, chooses at random among the lowest preference, and checks that the host has an address
// and is no alias (A and AAAA, asked side by side; an alias made by a DNAME counts). A host that
// cannot serve is a failure, also where another shares its preference. With `follow`, the host is
// not chosen but confirmed: it must be among those this perspective could have chosen. Adds every
// lookup to `seen` (purposes "mx", "mx-address") and sets equal_preference; sets seen->smtp_host
// on success. seen->validating tells whether answers must come with a verdict. Nullopt on success,
// else why not; throws only what Asio throws into a cancelled coroutine.
[[nodiscard]] Task<std::optional<ControlReason>> select_mail_server(
    dns::Resolver* resolver, names::DomainName mail_domain, std::optional<names::DomainName> follow,
    Random* random, Deadline deadline, ControlObservation* seen);

}  // namespace parallax::dcv
