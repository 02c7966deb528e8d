// SPDX-License-Identifier: Apache-2.0
// One attempt at one check: ask the primary and the remotes, judge as answers come, stop waiting
// as soon as nothing outstanding could change an outcome.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <boost/asio/any_io_executor.hpp>

#include "base/async.h"
#include "base/crypto.h"
#include "base/deadline.h"
#include "base/task_group.h"
#include "caa/assess.h"
#include "corroborate/client.h"
#include "corroborate/quorum.h"
#include "dcv/assess.h"

namespace parallax::corroborate {

// A perspective as this attempt uses it. The client outlives the attempt's task group.
struct Participant {
  std::string code;
  PerspectiveClient* client = nullptr;
  // Whether its resolver validates DNSSEC, by the roster; the primary's must. What a perspective
  // says of itself would let a remote shed the stricter reading of its answers.
  bool validates = true;
};

// Whether what was seen shows control (dcv::assess, and the way to the ADN), by the check that this
// perspective was asked: the remotes' names the mail server that the primary selected. Pure.
using ControlJudge = std::function<dcv::ControlDetermination(const dcv::ControlCheck& asked,
                                                             const dcv::ControlObservation& seen)>;

// What an attempt is made of; fixed before it starts.
struct AttemptPlan {
  std::string order_id;
  unsigned attempt = 1;
  observe::Check check;
  // A CAA check: judged on the same observations, a name and its wildcard, for one. Never empty.
  std::vector<caa::CaaQuestion> questions;
  caa::AssessmentSettings assessment;
  // A control check: its one judge, which knows how the name's ADN may be found. Else empty.
  ControlJudge judge_control;
  Participant primary;
  std::vector<Participant> remotes;
  std::vector<RemoteTraits> traits;  // in parallel with remotes
  QuorumTerms terms;
  unsigned needed_at_least = 0;
  bool remotes_after_primary = false;  // ask the remotes only once the primary permits
  bool lab = false;                    // else what was seen in a lab, under its root, is worthless
};

// What one perspective brought.
struct Report {
  std::string code;
  bool asked = false;
  // None while pending.
  std::optional<PerspectiveReply> reply;
  std::vector<caa::CaaDetermination> determinations;  // one per question, if it observed CAA
  std::optional<dcv::ControlDetermination> control;   // if it looked for a challenge
  std::chrono::milliseconds elapsed{0};
};

// The outcome for one question of the plan; a control check is one question.
struct Judgement {
  QuorumResult quorum;
  PrimaryState primary = PrimaryState::pending;
  std::vector<RemoteState> remotes;
};

struct AttemptResult {
  std::vector<Judgement> judgements;  // one per question
  Report primary;
  std::vector<Report> remotes;  // pending ones have no reply
};

// Told of each remote's reply that comes after the result was final.
using LateReport = std::function<void(Report)>;

// Runs the attempt. Stragglers go on in `group` until `deadline` and are handed to `late`.
// `random` makes a fresh nonce for each request.
[[nodiscard]] Task<AttemptResult> run_attempt(boost::asio::any_io_executor executor,
                                              std::shared_ptr<const AttemptPlan> plan,
                                              TaskGroup* group, Random* random, Deadline deadline,
                                              LateReport late);

// How a determination from a remote counts.
[[nodiscard]] RemoteState state_of(const caa::CaaDetermination& determination);
// The same for control: corroborated if the remote saw the primary's challenge information.
[[nodiscard]] RemoteState state_of(const dcv::ControlDetermination& remote,
                                   const dcv::ControlDetermination& primary);

}  // namespace parallax::corroborate
