// SPDX-License-Identifier: Apache-2.0
// One name's decision, made anew. Pure.
#pragma once

#include "audit/control.h"

namespace parallax::audit {

struct JudgedName {
  std::size_t quorums = 0;        // made anew
  bool by_control_alone = false;  // permitted, with CAA left to an order of its own
};

// Holds what the record says of the name against what follows from what was seen. Errors:
// untrusted.
[[nodiscard]] Result<JudgedName> audit_name(const DecisionView& view, const RecordedName& name);

}  // namespace parallax::audit
