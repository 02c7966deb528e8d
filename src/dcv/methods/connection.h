// SPDX-License-Identifier: Apache-2.0
// What the methods share that connect to the target: the lookups behind a connection, whether its
// address is one that the DNS gave, and what a failure means. Private to the methods.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "dcv/assess.h"
#include "dcv/observation.h"
#include "net/guarded_client.h"

namespace parallax::dcv {

// Adds the address lookups of the guarded client to `seen`, up to kSeenLookupsMax in all.
void add_address_lookups(const std::vector<dns::Lookup>& lookups, ControlObservation* seen);

// Why a connection ended without an answer, in the words of a determination. `sought` begins the
// explanation ("Looked for ... at ..."), `message` is the client's sentence. Not shown where the
// target itself is at fault (no such name, refused address or redirect, no HTTP); undetermined
// where another try may fare better.
[[nodiscard]] ControlDetermination judge_failure(const ControlObservation& seen,
                                                 const net::Host& host, net::GuardedFailure failure,
                                                 std::string_view message, std::string_view sought);

// Whether the address connected to belongs to `host` by the lookups seen. On success nullopt, and
// `weakest` is lowered to the verdict of the lookup that gave the address; else why not.
[[nodiscard]] std::optional<ControlDetermination> judge_address(
    const ControlObservation& seen, const net::Host& host, std::string_view address,
    std::string_view sought, std::optional<dns::Verdict>* weakest);

// The weaker of two verdicts: bogus, indeterminate, insecure, secure.
[[nodiscard]] dns::Verdict weaker(dns::Verdict a, dns::Verdict b);

}  // namespace parallax::dcv
