// SPDX-License-Identifier: Apache-2.0
#include "rules/difference.h"

#include <algorithm>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace parallax::rules {
namespace {

Date day(const char* text) { return parse_date(text).value(); }

const Difference* find(const std::vector<Difference>& all, std::string_view id) {
  const auto found = std::ranges::find_if(all, [id](const Difference& each) {
    return (each.before ? each.before->id : each.after->id) == id;
  });
  return found == all.end() ? nullptr : &*found;
}

TEST(Difference, TheRemotesOfDecember2026) {
  const auto all = difference(day("2026-12-14"), day("2026-12-15"));
  const Difference* remotes = find(all, "mpic.remotes-minimum");
  ASSERT_NE(remotes, nullptr);
  EXPECT_EQ(remotes->kind, ChangeKind::changes);
  EXPECT_EQ(remotes->before->value, 4);
  EXPECT_EQ(remotes->after->value, 5);
}

TEST(Difference, ThereIsNoneBetweenADayAndItself) {
  EXPECT_TRUE(difference(day("2026-11-22"), day("2026-11-22")).empty());
}

const Date kFirst = day("2024-01-01");

Date any_day() { return kFirst + std::chrono::days(*rc::gen::inRange(0, 3000)); }

ChangeKind reversed(ChangeKind kind) {
  if (kind == ChangeKind::begins) return ChangeKind::ends;
  if (kind == ChangeKind::ends) return ChangeKind::begins;
  return kind;
}

RC_GTEST_PROP(Difference, ReadsTheSameBackwards, ()) {
  const Date a = any_day();
  const Date b = any_day();
  const auto forth = difference(a, b);
  const auto back = difference(b, a);
  RC_ASSERT(forth.size() == back.size());
  for (std::size_t i = 0; i < forth.size(); ++i) RC_ASSERT(back[i].kind == reversed(forth[i].kind));
}

// What differs between two days is what some day between them changed.
RC_GTEST_PROP(Difference, NothingDiffersThatDidNotChange, ()) {
  Date a = any_day();
  Date b = any_day();
  if (b < a) std::swap(a, b);
  const auto changes = next_changes(a);
  for (const Difference& each : difference(a, b)) {
    const std::string_view id = each.before ? each.before->id : each.after->id;
    RC_ASSERT(std::ranges::any_of(
        changes, [id, b](const Change& change) { return change.rule.id == id && change.on <= b; }));
  }
}

}  // namespace
}  // namespace parallax::rules
