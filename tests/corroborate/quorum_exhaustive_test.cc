// SPDX-License-Identifier: Apache-2.0
// Every combination of states of up to eight remotes, with every state of the primary.
//
// Kinds of failure other than a denial are interchangeable (quorum_properties_test.cc), so four
// states per remote cover all nine.
#include <array>
#include <string>

#include <gtest/gtest.h>

#include "corroborate/quorum_oracle.h"
#include "rules/requirements.h"

namespace parallax::corroborate {
namespace {

using test::OracleCase;

constexpr std::array kStates = {RemoteState::pending, RemoteState::corroborated,
                                RemoteState::denied, RemoteState::lookup_failed};

enum class Shape { spread, one_region, lone_region, twins, chain, ineligible };

std::vector<RemoteTraits> traits_in(Shape shape, std::size_t used) {
  std::vector<RemoteTraits> traits(used);
  const auto conflict = [&](std::size_t i, std::size_t j) {
    if (i >= used || j >= used) return;
    traits[i].conflicts |= 1u << j;
    traits[j].conflicts |= 1u << i;
  };
  for (std::size_t i = 0; i < used; ++i) {
    traits[i].rir = rules::kAllRirs[i % rules::kAllRirs.size()];
    if (shape == Shape::one_region) traits[i].rir = rules::Rir::apnic;
    if (shape == Shape::lone_region) traits[i].rir = i == 0 ? rules::Rir::lacnic : rules::Rir::arin;
    if (shape == Shape::ineligible) traits[i].eligible = i != 0 && i != 3;
    if (shape == Shape::chain) conflict(i, i + 1);
  }
  if (shape == Shape::twins) {
    conflict(0, 1);
    conflict(2, 3);
  }
  return traits;
}

struct Arrangement {
  std::string name;
  Shape shape;
  std::size_t used;
  unsigned required;
  unsigned needed_at_least = 0;
};

// Every state vector of `used` remotes as a number in base 4; digit i is remote i's state.
class Space {
 public:
  explicit Space(std::size_t used) : used_(used), size_(std::size_t{1} << 2 * used) {}
  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] std::size_t used() const { return used_; }
  [[nodiscard]] static std::size_t digit(std::size_t code, std::size_t i) {
    return code >> 2 * i & 3;
  }
  [[nodiscard]] static std::size_t with(std::size_t code, std::size_t i, std::size_t digit) {
    return (code & ~(std::size_t{3} << 2 * i)) | digit << 2 * i;
  }
  [[nodiscard]] std::vector<RemoteState> states(std::size_t code) const {
    std::vector<RemoteState> out;
    for (std::size_t i = 0; i < used_; ++i) out.push_back(kStates.at(digit(code, i)));
    return out;
  }

 private:
  std::size_t used_;
  std::size_t size_;
};

using Ends = unsigned;  // bit k: outcome k can still come

// What can come of every state vector. A pending digit is 0, so its ends have greater codes.
std::vector<Ends> all_ends(const OracleCase& c, const Space& space, PrimaryState primary) {
  std::vector<Ends> ends(space.size());
  for (std::size_t code = space.size(); code-- > 0;) {
    std::size_t pending = 0;
    while (pending < space.used() && Space::digit(code, pending) != 0) ++pending;
    if (pending == space.used()) {
      ends[code] = 1u << static_cast<int>(test::oracle_end(c, primary, space.states(code)));
      continue;
    }
    for (std::size_t digit = 1; digit < 4; ++digit)
      ends[code] |= ends[Space::with(code, pending, digit)];
  }
  return ends;
}

QuorumOutcome only_end(Ends ends) {
  return std::popcount(ends) == 1 ? static_cast<QuorumOutcome>(std::countr_zero(ends))
                                  : QuorumOutcome::open;
}

class EveryCombination : public testing::TestWithParam<Arrangement> {
 protected:
  void SetUp() override {
    const Arrangement& arranged = GetParam();
    c.traits = traits_in(arranged.shape, arranged.used);
    c.terms = {arranged.required,
               rules::allowed_non_corroborations(static_cast<unsigned>(arranged.used)), 2};
    c.needed_at_least = arranged.needed_at_least;
  }
  [[nodiscard]] QuorumResult judge(const Space& space, PrimaryState primary,
                                   std::size_t code) const {
    return judge_quorum(c.terms, primary, c.traits, space.states(code), c.needed_at_least);
  }
  OracleCase c;
};

// The oracle's outcome, which is final exactly when every end agrees.
TEST_P(EveryCombination, IsWhatTryingEverythingFinds) {
  const Space space(GetParam().used);
  std::vector<Ends> with_pending_primary(space.size());
  for (const PrimaryState primary : {PrimaryState::permitted, PrimaryState::prohibited,
                                     PrimaryState::undetermined, PrimaryState::pending}) {
    const bool pending = primary == PrimaryState::pending;
    const auto ends = pending ? with_pending_primary : all_ends(c, space, primary);
    for (std::size_t code = 0; code < space.size(); ++code) {
      with_pending_primary[code] |= ends[code];
      const QuorumResult result = judge(space, primary, code);
      ASSERT_EQ(result.outcome, only_end(ends[code]))
          << "primary " << static_cast<int>(primary) << ", states (base 4) " << code;
      ASSERT_EQ(result.reasons.empty(), result.outcome == QuorumOutcome::open) << code;
    }
  }
}

TEST_P(EveryCombination, ACorroborationMoreNeverTakesPermissionAway) {
  const Space space(GetParam().used);
  std::vector<bool> permitted(space.size());
  for (std::size_t code = 0; code < space.size(); ++code)
    permitted[code] =
        judge(space, PrimaryState::permitted, code).outcome == QuorumOutcome::permitted;
  for (std::size_t code = 0; code < space.size(); ++code) {
    if (!permitted[code]) continue;
    for (std::size_t i = 0; i < space.used(); ++i)
      ASSERT_TRUE(permitted[Space::with(code, i, 1)]) << code << ", remote " << i;
  }
}

TEST_P(EveryCombination, CountsOnlyWhatMayStandTogether) {
  const Space space(GetParam().used);
  for (std::size_t code = 0; code < space.size(); ++code) {
    const QuorumResult result = judge(space, PrimaryState::permitted, code);
    const unsigned corroborated = test::in_state(space.states(code), RemoteState::corroborated);
    const unsigned most = test::most_countable(c, corroborated);
    ASSERT_LE(result.corroborated, most) << code;
    if (result.outcome != QuorumOutcome::permitted) {
      ASSERT_EQ(result.corroborated, most) << code;
      continue;
    }
    ASSERT_GE(result.corroborated, c.needed()) << code;
    ASSERT_GE(result.rirs.size(), c.terms.rir_regions_required) << code;
    ASSERT_GE(result.used, c.terms.remotes_required) << code;
  }
}

std::vector<Arrangement> arrangements() {
  std::vector<Arrangement> out;
  for (std::size_t used = 0; used <= 8; ++used)
    out.push_back({"spread_" + std::to_string(used), Shape::spread, used, 2});
  for (std::size_t used = 3; used <= 6; ++used)
    out.push_back({"five_required_of_" + std::to_string(used), Shape::spread, used, 5});
  out.push_back({"one_region_6", Shape::one_region, 6, 5});
  out.push_back({"lone_region_6", Shape::lone_region, 6, 5});
  out.push_back({"twins_6", Shape::twins, 6, 5});
  out.push_back({"twins_8", Shape::twins, 8, 5});
  out.push_back({"chain_5", Shape::chain, 5, 5});
  out.push_back({"chain_6", Shape::chain, 6, 5});
  out.push_back({"ineligible_6", Shape::ineligible, 6, 5});
  out.push_back({"all_asked_of_5", Shape::spread, 5, 5, 5});
  out.push_back({"five_asked_of_6", Shape::spread, 6, 5, 5});
  out.push_back({"more_asked_than_used", Shape::spread, 5, 5, 6});
  return out;
}

INSTANTIATE_TEST_SUITE_P(Quorum, EveryCombination, testing::ValuesIn(arrangements()),
                         [](const auto& param) { return param.param.name; });

}  // namespace
}  // namespace parallax::corroborate
