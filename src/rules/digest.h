// SPDX-License-Identifier: Apache-2.0
// Names a state of the rules by what they say.
#pragma once

#include <string>

#include "base/time.h"

namespace parallax::rules {

// SHA-256, hex, over the canonical JSON of all rules in force on `at`: equal if and only if they
// are. Records and permits carry it, so that a later version can tell whether it would decide
// under the same rules.
[[nodiscard]] std::string digest(Date at);

}  // namespace parallax::rules
