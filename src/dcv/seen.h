// SPDX-License-Identifier: Apache-2.0
// From a resolver's lookup to the fact that a check reports.
#pragma once

#include <string>

#include "dcv/observation.h"
#include "dns/lookup.h"

namespace parallax::dcv {

inline constexpr std::size_t kSeenReasonMax = 512;  // printable characters of a lookup's reason

// `lookup` as the observation keeps it. Records are handed on of an answer alone, and all of them
// or none: one with more than kSeenRecordsMax is put down as a failure, for a part of a set could
// show what the whole does not. `purpose` is one of those at SeenLookup.
[[nodiscard]] SeenLookup seen_of(std::string purpose, const dns::Lookup& lookup);

}  // namespace parallax::dcv
