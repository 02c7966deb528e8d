// SPDX-License-Identifier: Apache-2.0
// The way to where a method looks: the mail server chosen (SBR 3.2.2.3), the CNAMEs followed (TLS
// BR 3.2.2.4), as a perspective reports them. Pure. Whether the rules allow that way is for adn.h
// to say; here it is held against what was seen and what was asked.
#pragma once

#include <cstddef>
#include <optional>

#include "dcv/assess.h"
#include "dcv/check.h"
#include "dcv/observation.h"

namespace parallax::dcv {

// The target of a CNAME lookup that brought exactly one record with a name that can be asked for;
// nullopt otherwise.
[[nodiscard]] std::optional<names::DomainName> alias_target(const SeenLookup& lookup);

struct Way {
  std::optional<ControlDetermination> failure;  // set if nothing was to be looked for
  std::optional<Target> adn;                    // set if not
  std::optional<dns::Verdict> verdict;          // weakest over the lookups of the way, if any
};

// Follows the facts from the name applied for to the place where the method looked. Every step
// must be justified by a lookup that was reported; a way that ends early without one proves
// nothing.
[[nodiscard]] Way judge_way(const ControlObservation& seen, const ControlCheck& check);

// The part of it that SBR 3.2.2.3 asks for: that `seen.smtp_host` is one the mail domain's MX
// records, as seen, could have led to, that it has an address and is no alias, and that it is the
// one asked for, if one was. Requires check.mail_server.
[[nodiscard]] Way judge_mail_server(const ControlObservation& seen, const ControlCheck& check);

}  // namespace parallax::dcv
