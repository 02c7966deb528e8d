// SPDX-License-Identifier: Apache-2.0
// From what an attempt found to a name's decision, in values and in words.
#pragma once

#include <vector>

#include "corroborate/attempt.h"
#include "corroborate/roster.h"
#include "orders/order.h"

namespace parallax::orders {

// The remotes' place in `attempt.remotes` is that of `remotes` (indexes into the roster).
[[nodiscard]] NameDecision compose_name(const names::CertificateName& name,
                                        caa::CertificateType type,
                                        const corroborate::AttemptResult& attempt,
                                        std::size_t question, const corroborate::Roster& roster,
                                        const std::vector<std::size_t>& remotes, Date at);

// The worst outcome and the earliest expiry over the names.
void conclude(Decision& decision);

}  // namespace parallax::orders
