// SPDX-License-Identifier: Apache-2.0
// Determinations in words: one or two sentences for whoever has to mend something, naming the
// record that would change the outcome. Everything foreign in them is escaped and cut.
#pragma once

#include <string>

#include "caa/assess.h"
#include "caa/authorization.h"
#include "caa/climb.h"

namespace parallax::caa {

// Where the climb ended without a set to judge.
[[nodiscard]] std::string explain_climb(const CaaObservation& observation,
                                        const CaaQuestion& question, const ClimbResult& climb);

// What the relevant set, `relevant`, said.
[[nodiscard]] std::string explain_set(const CaaObservation& observation,
                                      const CaaQuestion& question, const CaaLookup& relevant,
                                      const Authorization& authorization);

// Behind a permission that rests on failed lookups that counted as empty sets.
[[nodiscard]] std::string explain_counted_failures(const CaaObservation& observation,
                                                   const ClimbResult& climb);

}  // namespace parallax::caa
