// SPDX-License-Identifier: Apache-2.0
// Which remotes an attempt uses when a caller asks for fewer than the whole roster.
#pragma once

#include <string_view>
#include <vector>

#include "corroborate/roster.h"

namespace parallax::corroborate {

// Indexes into roster.remotes, ascending: `count` of them (all if the roster has no more), the
// same for one domain each time, unpredictable without `secret`, spread over RIR regions so that
// the quorum survives any one miss as far as the roster allows.
[[nodiscard]] std::vector<std::size_t> select_remotes(const Roster& roster, std::size_t count,
                                                      std::string_view domain,
                                                      std::string_view secret);

}  // namespace parallax::corroborate
