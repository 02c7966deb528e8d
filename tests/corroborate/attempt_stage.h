// SPDX-License-Identifier: Apache-2.0
// One attempt with scripted perspectives.
#pragma once

#include "corroborate/attempt.h"
#include "corroborate/scripted.h"

namespace parallax::corroborate::test {

inline constexpr std::chrono::hours kFarAway{1};

class AttemptStage {
 public:
  explicit AttemptStage(std::size_t remotes, const std::string& domain = "example.com")
      : primary(stage.io, "primary"),
        group(stage.io.get_executor()),
        plan{"order-1",
             1,
             observe::CaaCheck{caa::test::name(domain), false},
             {caa::test::tls("ca.example")},
             {},
             {},
             {"primary", &primary, true},
             {},
             {},
             {},
             0,
             false} {
    plan.traits.resize(remotes);
    for (std::size_t i = 0; i < remotes; ++i) {
      const std::string code = "remote-" + std::to_string(i);
      remote.push_back(std::make_unique<ScriptedPerspective>(stage.io, code));
      plan.remotes.push_back({code, remote.back().get(), true});
      plan.traits[i].rir = rules::kAllRirs.at(i % rules::kAllRirs.size());
    }
    plan.terms = {static_cast<unsigned>(remotes), remotes < 6 ? 1u : 2u, 2};
  }
  ~AttemptStage() {
    // Whoever still waits is answered, so that no coroutine is left behind.
    if (primary.waiting()) primary.answer(failed(NonCorroboration::timed_out));
    for (auto& one : remote)
      if (one->waiting()) one->answer(failed(NonCorroboration::timed_out));
    stage.settle();
  }
  AttemptStage(const AttemptStage&) = delete;
  AttemptStage& operator=(const AttemptStage&) = delete;

  void start(Deadline deadline = Deadline::after(kFarAway)) {
    stage.start(
        run_attempt(stage.io.get_executor(), std::make_shared<AttemptPlan>(plan), &group, &random,
                    deadline, [this](Report report) { late.push_back(std::move(report)); }),
        result);
    stage.settle();
  }
  [[nodiscard]] std::string domain() const { return observe::subject_of(plan.check); }
  [[nodiscard]] bool done() const { return result.has_value(); }
  [[nodiscard]] QuorumOutcome outcome(std::size_t question = 0) const {
    return result.value().judgements.at(question).quorum.outcome;
  }
  [[nodiscard]] RemoteState state(std::size_t index) const {
    return result.value().judgements.at(0).remotes.at(index);
  }
  void primary_says(observe::Seen seen) {
    primary.answer(std::move(seen));
    stage.settle();
  }
  void remote_says(std::size_t index, observe::Seen seen) {
    remote.at(index)->answer(std::move(seen));
    stage.settle();
  }
  void remote_says(std::size_t index, PerspectiveReply reply) {
    remote.at(index)->answer(std::move(reply));
    stage.settle();
  }

  Stage stage;
  ScriptedPerspective primary;
  std::vector<std::unique_ptr<ScriptedPerspective>> remote;
  TaskGroup group;
  CountingRandom random;
  AttemptPlan plan;
  std::optional<AttemptResult> result;
  std::vector<Report> late;
};

}  // namespace parallax::corroborate::test
