// SPDX-License-Identifier: Apache-2.0
#include "corroborate/selection.h"

#include <algorithm>
#include <map>
#include <set>

#include <gtest/gtest.h>

#include <rapidcheck/gtest.h>

#include "corroborate/scripted.h"

namespace parallax::corroborate {
namespace {

using test::perspective;

// Ten remotes: four of ARIN, three of RIPE NCC, two of APNIC, one of LACNIC.
Roster big_roster() {
  using rules::Rir;
  Roster roster{perspective("primary", Rir::arin, "39.04, -77.49"), {}};
  const Rir regions[] = {Rir::arin,     Rir::arin,     Rir::arin,  Rir::arin,  Rir::ripe_ncc,
                         Rir::ripe_ncc, Rir::ripe_ncc, Rir::apnic, Rir::apnic, Rir::lacnic};
  for (const Rir rir : regions)
    roster.remotes.push_back(
        perspective("remote-" + std::to_string(roster.remotes.size()), rir, "0, 0"));
  return roster;
}

std::string domain(int i) { return "example-" + std::to_string(i) + ".com"; }

TEST(Selection, TakesAllWhenNotFewerAreAskedFor) {
  const Roster roster = big_roster();
  std::vector<std::size_t> all(10);
  for (std::size_t i = 0; i < all.size(); ++i) all[i] = i;
  EXPECT_EQ(select_remotes(roster, 10, "example.com", "secret"), all);
  EXPECT_EQ(select_remotes(roster, 99, "example.com", "secret"), all);
}

TEST(Selection, DependsOnDomainAndSecretAndOnNothingElse) {
  const Roster roster = big_roster();
  std::set<std::vector<std::size_t>> by_domain;
  std::set<std::vector<std::size_t>> by_secret;
  for (int i = 0; i < 50; ++i) {
    by_domain.insert(select_remotes(roster, 5, domain(i), "secret"));
    by_secret.insert(select_remotes(roster, 5, "example.com", domain(i)));
    EXPECT_EQ(select_remotes(roster, 5, domain(i), "secret"),
              select_remotes(roster, 5, domain(i), "secret"));
  }
  EXPECT_GT(by_domain.size(), 10u);
  EXPECT_GT(by_secret.size(), 10u);
  EXPECT_NE(select_remotes(roster, 5, "c.example", "ab"),
            select_remotes(roster, 5, ".example", "abc"));
}

TEST(Selection, FollowsTheCodesNotTheOrderOfTheRoster) {
  const Roster roster = big_roster();
  Roster reversed = roster;
  std::reverse(reversed.remotes.begin(), reversed.remotes.end());
  for (int i = 0; i < 20; ++i) {
    std::set<std::string> one;
    std::set<std::string> other;
    for (const auto index : select_remotes(roster, 6, domain(i), "secret"))
      one.insert(roster.remotes[index].code);
    for (const auto index : select_remotes(reversed, 6, domain(i), "secret"))
      other.insert(reversed.remotes[index].code);
    EXPECT_EQ(one, other);
  }
}

TEST(Selection, UsesEveryRemoteForSomeDomain) {
  const Roster roster = big_roster();
  std::set<std::size_t> used;
  for (int i = 0; i < 200; ++i)
    for (const auto index : select_remotes(roster, 5, domain(i), "secret")) used.insert(index);
  EXPECT_EQ(used.size(), roster.remotes.size());
}

RC_GTEST_PROP(Selection, IsSpreadOverTheRegionsAsEvenlyAsTheRosterAllows, ()) {
  const Roster roster = big_roster();
  const auto count = *rc::gen::inRange<std::size_t>(0, 11);
  const auto chosen = select_remotes(roster, count, *rc::gen::arbitrary<std::string>(), "secret");
  RC_ASSERT(chosen.size() == count);
  RC_ASSERT(std::is_sorted(chosen.begin(), chosen.end()));
  RC_ASSERT(std::adjacent_find(chosen.begin(), chosen.end()) == chosen.end());
  std::map<rules::Rir, std::size_t> total;
  std::map<rules::Rir, std::size_t> taken;
  for (const auto& remote : roster.remotes) ++total[remote.rir];
  for (const auto index : chosen) ++taken[roster.remotes.at(index).rir];
  // A region is at most one behind another, unless it has no more.
  for (const auto& [rir, size] : total)
    for (const auto& [other, other_size] : total)
      RC_ASSERT(taken[rir] + 1 >= taken[other] || taken[rir] == size);
}

}  // namespace
}  // namespace parallax::corroborate
