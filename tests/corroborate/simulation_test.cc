// SPDX-License-Identifier: Apache-2.0
// A seeded simulation of attempts: the real code, over perspectives that answer, lie, send
// garbage, fail or keep silent, in any order. After every event, the attempt must be over exactly
// if trying every end of what is pending says that nothing can change it any more.
//
// A failure prints its seed; PARALLAX_SIMULATION_SEED=n runs that one alone.
#include <cstdlib>
#include <random>

#include <gtest/gtest.h>

#include "corroborate/attempt_stage.h"
#include "corroborate/quorum_oracle.h"

namespace parallax::corroborate {
namespace {

using test::AttemptStage;

constexpr unsigned kRuns = 400;

enum class Behaviour {
  honest,
  sees_denial,
  cannot_look,
  sees_bogus,
  lookup_times_out,
  unreachable,
  answers_as_another,
  signs_with_another_key,
  answers_another_request,
  says_it_did_not_validate,
  broken_climb,
  silent,
};
constexpr int kBehaviours = static_cast<int>(Behaviour::silent) + 1;

// What a behaviour must come to, written down independently of the code under test.
RemoteState must_count_as(Behaviour behaviour) {
  switch (behaviour) {
    case Behaviour::honest: return RemoteState::corroborated;
    case Behaviour::sees_denial: return RemoteState::denied;
    case Behaviour::cannot_look:
    case Behaviour::broken_climb: return RemoteState::lookup_failed;
    case Behaviour::sees_bogus: return RemoteState::bogus;
    case Behaviour::lookup_times_out:
    case Behaviour::silent: return RemoteState::timed_out;
    case Behaviour::unreachable: return RemoteState::unreachable;
    case Behaviour::answers_as_another: return RemoteState::wrong_identity;
    case Behaviour::signs_with_another_key:
    case Behaviour::answers_another_request:
    case Behaviour::says_it_did_not_validate: return RemoteState::bad_signature;
  }
  return RemoteState::unreachable;
}

PrimaryState primary_must_count_as(Behaviour behaviour) {
  if (behaviour == Behaviour::honest) return PrimaryState::permitted;
  if (behaviour == Behaviour::sees_denial) return PrimaryState::prohibited;
  return PrimaryState::undetermined;
}

caa::CaaObservation seen_by(Behaviour behaviour, const std::string& domain) {
  using dns::LookupStatus;
  caa::CaaObservation seen = test::permitting(domain);
  if (behaviour == Behaviour::sees_denial) return test::denying(domain);
  if (behaviour == Behaviour::cannot_look) return test::unresolved(domain, LookupStatus::failed);
  if (behaviour == Behaviour::sees_bogus) return test::unresolved(domain, LookupStatus::bogus);
  if (behaviour == Behaviour::lookup_times_out)
    return test::unresolved(domain, LookupStatus::timed_out);
  if (behaviour == Behaviour::says_it_did_not_validate) seen.validating = false;
  if (behaviour == Behaviour::broken_climb) seen.lookups.erase(seen.lookups.begin());
  return seen;
}

// A reply as a client of a remote perspective makes it: statements pass accept_statement.
PerspectiveReply reply_of(Behaviour behaviour, const test::ScriptedPerspective& perspective,
                          const std::string& domain) {
  static const SigningKey stranger = SigningKey::generate();
  observe::ObservationRequest request = perspective.request();
  if (behaviour == Behaviour::silent) return test::failed(NonCorroboration::timed_out);
  if (behaviour == Behaviour::unreachable) return test::failed(NonCorroboration::unreachable);
  std::string code = perspective.code();
  if (behaviour == Behaviour::answers_as_another) code += "-not";
  if (behaviour == Behaviour::answers_another_request) request.order_id = "order-0";
  const auto observation = test::observation_of(request, code, seen_by(behaviour, domain));
  const SigningKey& key =
      behaviour == Behaviour::signs_with_another_key ? stranger : test::test_key();
  observe::StatementVerifier verifier(test::test_key().verifying_key());
  return accept_statement(test::signed_by(key, observation), perspective.request(),
                          perspective.code(), verifier);
}

class Simulation {
 public:
  explicit Simulation(unsigned seed) : random_(seed), stage_(2 + draw(5)) {
    const std::size_t used = stage_.remote.size();
    stage_.plan.terms.remotes_required = static_cast<unsigned>(2 + draw(used));
    stage_.plan.terms.rir_regions_required = static_cast<unsigned>(draw(3));
    stage_.plan.remotes_after_primary = draw(2) == 0;
    if (draw(4) == 0) stage_.plan.needed_at_least = static_cast<unsigned>(draw(used + 1));
    for (std::size_t i = 0; i < used; ++i) {
      stage_.plan.traits[i].rir = rules::kAllRirs.at(draw(3));
      stage_.plan.traits[i].eligible = draw(8) != 0;
      behaviours_.push_back(any_behaviour());
    }
    // Mostly a primary that permits: the rest is soon told.
    primary_behaviour_ = draw(4) == 0 ? any_behaviour() : Behaviour::honest;
    states_.assign(used, RemoteState::pending);
  }

  // Plays to the end and returns what happened, line by line.
  std::string play() {
    stage_.start();
    check();
    for (auto waiting = who_waits(); !waiting.empty() && !testing::Test::HasFailure();
         waiting = who_waits())
      step(waiting.at(draw(waiting.size())));
    EXPECT_TRUE(stage_.done());
    EXPECT_EQ(stage_.late.size(), late_);
    EXPECT_EQ(stage_.group.size(), 0u);
    return log_;
  }

 private:
  static constexpr std::size_t kPrimary = 999;

  std::size_t draw(std::size_t below) { return random_() % below; }
  Behaviour any_behaviour() {
    return draw(2) == 0 ? Behaviour::honest : static_cast<Behaviour>(draw(kBehaviours));
  }
  std::vector<std::size_t> who_waits() const {
    std::vector<std::size_t> out;
    if (stage_.primary.waiting()) out.push_back(kPrimary);
    for (std::size_t i = 0; i < stage_.remote.size(); ++i)
      if (stage_.remote[i]->waiting()) out.push_back(i);
    return out;
  }

  void step(std::size_t who) {
    const bool was_over = stage_.done();
    if (who == kPrimary) {
      stage_.primary.answer(reply_of(primary_behaviour_, stage_.primary, stage_.domain()));
      primary_ = primary_must_count_as(primary_behaviour_);
      log_ += "primary " + std::to_string(static_cast<int>(primary_behaviour_));
    } else {
      const Behaviour behaviour = behaviours_[who];
      stage_.remote[who]->answer(reply_of(behaviour, *stage_.remote[who], stage_.domain()));
      log_ += "remote " + std::to_string(who) + " " + std::to_string(static_cast<int>(behaviour));
      if (was_over) ++late_;
      if (!was_over) states_[who] = must_count_as(behaviour);
    }
    stage_.stage.settle();
    check();
  }

  void check() {
    const test::OracleCase c{stage_.plan.terms, stage_.plan.traits, stage_.plan.needed_at_least};
    if (!known_) {
      const QuorumOutcome now = test::oracle(c, primary_, states_);
      if (now != QuorumOutcome::open) known_ = now;
    }
    EXPECT_EQ(stage_.done(), known_.has_value()) << log_;
    EXPECT_EQ(stage_.late.size(), late_) << log_;
    if (stage_.done() && known_) {
      EXPECT_EQ(stage_.outcome(), *known_) << log_;
      EXPECT_EQ(stage_.result->judgements[0].remotes, states_) << log_;
    }
    log_ += known_ ? " over\n" : " open\n";
  }

  std::minstd_rand random_;  // the same numbers everywhere
  AttemptStage stage_;
  Behaviour primary_behaviour_ = Behaviour::honest;
  std::vector<Behaviour> behaviours_;
  PrimaryState primary_ = PrimaryState::pending;
  std::vector<RemoteState> states_;
  std::optional<QuorumOutcome> known_;
  std::size_t late_ = 0;
  std::string log_;
};

TEST(SeededSimulation, IsOverExactlyWhenNothingCanChangeTheOutcome) {
  const char* one = std::getenv("PARALLAX_SIMULATION_SEED");
  const unsigned first = one != nullptr ? static_cast<unsigned>(std::atoi(one)) : 1;
  const unsigned last = one != nullptr ? first : kRuns;
  for (unsigned seed = first; seed <= last; ++seed) {
    SCOPED_TRACE("PARALLAX_SIMULATION_SEED=" + std::to_string(seed));
    Simulation(seed).play();
    if (HasFailure()) return;
  }
}

TEST(SeededSimulation, ReplaysFromItsSeed) {
  for (const unsigned seed : {7u, 42u, 4711u}) {
    const std::string first = Simulation(seed).play();
    EXPECT_EQ(first, Simulation(seed).play());
  }
  EXPECT_NE(Simulation(7).play(), Simulation(42).play());
}

}  // namespace
}  // namespace parallax::corroborate
