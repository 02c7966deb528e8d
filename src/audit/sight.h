// SPDX-License-Identifier: Apache-2.0
// What the perspectives of a check saw, once it is certain that they said so: the signature holds,
// and the statement answers this very check. Pure but for what the keys remember.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "audit/keys.h"
#include "audit/record.h"

namespace parallax::audit {

// One perspective's part in a check: an observation, a failure, or nothing yet.
struct Sight {
  std::optional<observe::Observation> observation;
  std::optional<corroborate::NonCorroboration> failure;
  bool asked = false;
};

// A check that was carried out.
struct OpenedCheck {
  Sight primary;
  std::vector<Sight> remotes;
  std::vector<corroborate::RemoteTraits> traits;  // on the day that the order was received
  std::size_t observations = 0;
};

// What a statement must be about.
struct Expected {
  std::string_view order_id;
  const observe::Check* check = nullptr;
  std::string_view perspective;
  bool lab = false;  // statements of a lab are worth something
};

// What a perspective was asked: the check itself, of remotes with the mail server that the primary
// selected (SBR 3.2.2.3).
[[nodiscard]] observe::Check asked_of_remotes(observe::Check check, const Sight& primary);

// Errors: untrusted (signature, or the statement is about something else), malformed.
[[nodiscard]] Result<observe::Observation> open_observation(
    const observe::SignedStatement& statement, const Expected& expected, PerspectiveKeys& keys);

// `check` is one of the decision's that was carried out, with no observation left out. Errors as
// above, with the "perspective" in the context.
[[nodiscard]] Result<OpenedCheck> open_check(const RecordedDecision& decision,
                                             const RecordedCheck& check, PerspectiveKeys& keys);

}  // namespace parallax::audit
