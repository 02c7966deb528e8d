// SPDX-License-Identifier: Apache-2.0
#include "audit/judge.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "audit/broken.h"
#include "base/encoding.h"
#include "corroborate/attempt.h"

namespace parallax::audit {
namespace {

using corroborate::PrimaryState;
using corroborate::QuorumOutcome;
using corroborate::RemoteState;

PrimaryState state_of(caa::CaaOutcome outcome) {
  switch (outcome) {
    case caa::CaaOutcome::permitted: return PrimaryState::permitted;
    case caa::CaaOutcome::prohibited: return PrimaryState::prohibited;
    case caa::CaaOutcome::undetermined: break;
  }
  return PrimaryState::undetermined;
}

PrimaryState state_of(dcv::ControlOutcome outcome) {
  switch (outcome) {
    case dcv::ControlOutcome::shown: return PrimaryState::permitted;
    case dcv::ControlOutcome::not_shown: return PrimaryState::prohibited;
    case dcv::ControlOutcome::undetermined: break;
  }
  return PrimaryState::undetermined;
}

bool is_open(RemoteState state) {
  return state == RemoteState::pending || state == RemoteState::timed_out;
}

// The state of a remote without an observation, of which the record says `recorded`.
RemoteState state_without(const Sight& sight, RemoteState recorded) {
  if (sight.failure) return corroborate::state_of(*sight.failure);
  return sight.asked && is_open(recorded) ? recorded : RemoteState::pending;
}

Status compare_states(const RecordedCheck& check, const std::vector<RemoteState>& made,
                      const RecordedQuorum& recorded) {
  for (std::size_t i = 0; i < made.size(); ++i) {
    if (made[i] == recorded.remotes[i]) continue;
    const std::string& code = check.remotes[i].code;
    return at(broken(fmt::format("{} is recorded as \"{}\", and what it brought comes to \"{}\"",
                                 code, to_string(recorded.remotes[i]), to_string(made[i])))
                  .value(),
              "perspective", code);
  }
  return {};
}

Status compare(const RecordedQuorum& recorded, const corroborate::QuorumResult& made) {
  if (recorded.text != made.text() || recorded.corroborated != made.corroborated ||
      recorded.used != made.used)
    return broken(fmt::format("the quorum is recorded as {} ({} of {}), and comes to {}",
                              printable(recorded.text, 32), recorded.corroborated, recorded.used,
                              made.text()));
  if (recorded.needed != made.needed)
    return broken(fmt::format("{} corroborations are recorded as needed, {} are", recorded.needed,
                              made.needed));
  std::vector<std::string> rirs;
  for (const rules::Rir rir : made.rirs) rirs.emplace_back(rules::to_string(rir));
  if (recorded.rirs != rirs)
    return broken(
        fmt::format("the corroborating remotes lie in the regions of {}, the record says "
                    "otherwise",
                    fmt::join(rirs, ", ")));
  if (made.outcome == QuorumOutcome::open)
    return broken("the quorum was still open when it was decided");
  return {};
}

// Everything but the determinations, which differ: `state` gives that of a remote's observation.
template <class StateOf>
Result<Judged> judge(Judged judged, const RecordedCheck& check, const OpenedCheck& opened,
                     const Bar& bar, const RecordedQuorum& recorded, StateOf state) {
  if (recorded.remotes.size() != opened.remotes.size())
    return broken(fmt::format("the quorum has the states of {} remotes, {} were used",
                              recorded.remotes.size(), opened.remotes.size()));
  for (std::size_t i = 0; i < opened.remotes.size(); ++i) {
    const Sight& sight = opened.remotes[i];
    judged.remotes.push_back(sight.observation ? state(*sight.observation)
                                               : state_without(sight, recorded.remotes[i]));
  }
  judged.quorum = corroborate::judge_quorum(bar.terms, judged.primary, opened.traits,
                                            judged.remotes, bar.needed_at_least);
  if (auto same = compare_states(check, judged.remotes, recorded); !same)
    return fail(std::move(same.error()));
  if (auto same = compare(recorded, judged.quorum); !same) return fail(std::move(same.error()));
  return judged;
}

}  // namespace

Outcome Judged::outcome() const {
  switch (quorum.outcome) {
    case QuorumOutcome::permitted: return Outcome::permitted;
    case QuorumOutcome::refused: return Outcome::refused;
    case QuorumOutcome::undetermined:
    case QuorumOutcome::open: break;
  }
  return Outcome::undetermined;
}

std::string_view Judged::reason() const {
  if (!caa && !control) return "primary-unavailable";
  if (primary == PrimaryState::permitted && outcome() != Outcome::permitted)
    return "quorum-not-met";
  return caa ? to_string(caa->reason) : to_string(control->reason);
}

Result<Judged> judge_caa(const RecordedCheck& check, const OpenedCheck& opened,
                         const caa::CaaQuestion& question, const caa::AssessmentSettings& settings,
                         const Bar& bar, const RecordedQuorum& recorded) {
  const auto assess = [&](const observe::Observation& observation) {
    return caa::assess(std::get<caa::CaaObservation>(observation.seen), question, settings);
  };
  Judged judged;
  if (opened.primary.observation) {
    judged.caa = assess(*opened.primary.observation);
    judged.primary = state_of(judged.caa->outcome);
  }
  return judge(
      std::move(judged), check, opened, bar, recorded,
      [&assess](const observe::Observation& seen) { return corroborate::state_of(assess(seen)); });
}

Result<Judged> judge_control(const RecordedCheck& check, const OpenedCheck& opened,
                             const ControlJudge& judge_seen, const Bar& bar,
                             const RecordedQuorum& recorded) {
  const auto& asked = std::get<dcv::ControlCheck>(check.check);
  const auto by_remotes =
      std::get<dcv::ControlCheck>(asked_of_remotes(check.check, opened.primary));
  const auto seen = [](const observe::Observation& observation) -> const dcv::ControlObservation& {
    return std::get<dcv::ControlObservation>(observation.seen);
  };
  Judged judged;
  if (opened.primary.observation) {
    judged.control = judge_seen(asked, seen(*opened.primary.observation));
    judged.primary = state_of(judged.control->outcome);
  }
  // What a remote saw corroborates what the primary saw, or nothing.
  const auto state = [&, primary = judged.control](const observe::Observation& observation) {
    if (!primary) return RemoteState::pending;
    return corroborate::state_of(judge_seen(by_remotes, seen(observation)), *primary);
  };
  return judge(std::move(judged), check, opened, bar, recorded, state);
}

}  // namespace parallax::audit
