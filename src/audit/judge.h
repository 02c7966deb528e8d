// SPDX-License-Identifier: Apache-2.0
// The determinations and the quorum of a check made anew from what was seen, and whether the record
// says the same. Pure.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "audit/sight.h"
#include "caa/assess.h"
#include "corroborate/quorum.h"
#include "dcv/assess.h"

namespace parallax::audit {

// What the rules of the day ask of a quorum, and the order beyond them.
struct Bar {
  corroborate::QuorumTerms terms;
  unsigned needed_at_least = 0;
};

struct Judged {
  corroborate::PrimaryState primary = corroborate::PrimaryState::undetermined;
  std::vector<corroborate::RemoteState> remotes;
  corroborate::QuorumResult quorum;
  // The primary's determination, if it brought an observation: one of the two.
  std::optional<caa::CaaDetermination> caa;
  std::optional<dcv::ControlDetermination> control;

  [[nodiscard]] Outcome outcome() const;
  // As it is recorded: of the primary's determination, "quorum-not-met", "primary-unavailable".
  [[nodiscard]] std::string_view reason() const;
};

// Judges what was observed of a control check, by the check that this perspective was asked.
using ControlJudge = std::function<dcv::ControlDetermination(const dcv::ControlCheck& asked,
                                                             const dcv::ControlObservation& seen)>;

// What only the record can say is taken from it: whether somebody who had not answered was waited
// for until the deadline. Error: untrusted, with the "perspective", if the record's quorum does not
// follow from what was seen.
[[nodiscard]] Result<Judged> judge_caa(const RecordedCheck& check, const OpenedCheck& opened,
                                       const caa::CaaQuestion& question,
                                       const caa::AssessmentSettings& settings, const Bar& bar,
                                       const RecordedQuorum& recorded);
[[nodiscard]] Result<Judged> judge_control(const RecordedCheck& check, const OpenedCheck& opened,
                                           const ControlJudge& judge, const Bar& bar,
                                           const RecordedQuorum& recorded);

}  // namespace parallax::audit
