// SPDX-License-Identifier: Apache-2.0
// Control of one name, judged anew: the method under the rules of the day, the way to the
// Authorization Domain Name, the challenge, the quorum. Pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "audit/judge.h"
#include "names/public_suffix.h"
#include "rules/method.h"

namespace parallax::audit {

// A decision with its checks opened; all of it outlives the judgement.
struct DecisionView {
  const RecordedDecision& decision;
  // In parallel with decision.checks; none for those that were not carried out.
  const std::vector<std::optional<OpenedCheck>>& opened;
  const names::PublicSuffixList& suffixes;

  [[nodiscard]] Date day() const { return date_of(decision.received); }
  [[nodiscard]] rules::Scope scope() const {
    return decision.order.type == caa::CertificateType::smime ? rules::Scope::smime
                                                              : rules::Scope::tls;
  }
  // When the primary looked, by its own clock unless that is ahead; when it was decided, if it did
  // not look.
  [[nodiscard]] Instant looked(std::optional<std::size_t> check) const;
  // What the rules of the day and the order ask of a check with so many remotes.
  [[nodiscard]] Bar bar(std::size_t remotes) const;
};

struct JudgedControl {
  rules::MethodRule method;
  std::optional<rules::MethodRule> name_method;  // TLS BR 3.2.2.5.3
  Outcome outcome = Outcome::permitted;
  std::string reason;
  // The last lawful instants of reuse, and of permission that rests on control alone.
  std::optional<Instant> reuse_until;
  Instant permission_until{};
};

// `name` asks for control. Errors: untrusted, if the record says what does not follow.
[[nodiscard]] Result<JudgedControl> audit_control(const DecisionView& view,
                                                  const RecordedName& name);

}  // namespace parallax::audit
