// SPDX-License-Identifier: Apache-2.0
// What is asked on one day and not, or otherwise, on another. Pure.
#pragma once

#include <optional>
#include <vector>

#include "base/time.h"
#include "rules/rule.h"

namespace parallax::rules {

struct Difference {
  ChangeKind kind = ChangeKind::begins;
  std::optional<Rule> before;  // none: begins
  std::optional<Rule> after;   // none: ends
};

// Every rule that does not stand on `to` as it stands on `from`, by id; `to` may be the earlier
// day. `moves` if nothing but the place changed: document, version, section.
[[nodiscard]] std::vector<Difference> difference(Date from, Date to);

}  // namespace parallax::rules
