// SPDX-License-Identifier: Apache-2.0
// The walk down the DS records that proves a name Insecure (RFC 4035 s4.3).
#pragma once

#include "base/async.h"
#include "base/clock.h"
#include "base/deadline.h"
#include "dns/lookup.h"
#include "dns/outcome.h"
#include "names/domain_name.h"

namespace parallax::dns {

// Asks DS at every ancestor of `name`, top-level domain first, then at `name`, until one step
// proves that the chain of trust ends in an insecure delegation. Anything that cannot be told (a
// failed, bogus or odd answer, an alias, a chain that reaches the name) leaves it unproved.
// `asker` and `clock` outlive the walk; `clock` dates the signatures checked here.
[[nodiscard]] Task<InsecurityProof> walk_to_insecurity(Asker& asker, const Clock& clock,
                                                       names::DomainName name, Deadline deadline);

}  // namespace parallax::dns
