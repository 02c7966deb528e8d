// SPDX-License-Identifier: Apache-2.0
#include "dcv/assess.h"

#include <utility>

#include <fmt/format.h>

#include "dcv/method.h"
#include "dcv/methods/connection.h"
#include "dcv/methods/question.h"
#include "dcv/way.h"

namespace parallax::dcv {

ControlDetermination assess(const ControlObservation& observation, const ControlCheck& check,
                            Instant at) {
  const Method* method = find_method(check.method);
  if (method == nullptr || !challenge_fits(check))
    return undetermined(ControlReason::lookup_failed,
                        fmt::format("No perspective can look for this challenge by {}.",
                                    rules::to_string(check.method)),
                        dns::Verdict::indeterminate);
  Way way = judge_way(observation, check);
  if (way.failure) return std::move(*way.failure);
  ControlDetermination made = method->assess(observation, check, *way.adn, at);
  if (way.verdict) made.verdict = weaker(made.verdict, *way.verdict);
  // The same challenge at another name, or at another mail server (SBR 3.2.2.3), corroborates
  // nothing.
  if (made.outcome == ControlOutcome::shown)
    made.challenge_information =
        fmt::format("{} {}", text_of(*way.adn), made.challenge_information);
  return made;
}

bool corroborates(const ControlDetermination& primary, const ControlDetermination& remote) {
  return primary.outcome == ControlOutcome::shown && remote.outcome == ControlOutcome::shown &&
         !primary.challenge_information.empty() &&
         primary.challenge_information == remote.challenge_information;
}

}  // namespace parallax::dcv
