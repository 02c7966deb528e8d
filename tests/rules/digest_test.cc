// SPDX-License-Identifier: Apache-2.0
#include "rules/digest.h"

#include <gtest/gtest.h>

#include "rules/difference.h"

namespace parallax::rules {
namespace {

TEST(RulesDigest, IsAnotherExactlyWhenTheRulesAre) {
  const Date first = parse_date("2025-01-01").value();
  const Date last = parse_date("2027-12-31").value();
  std::string before = digest(first);
  EXPECT_EQ(before.size(), 64U);
  for (Date day = first; day < last; day += std::chrono::days(1)) {
    const Date next = day + std::chrono::days(1);
    std::string after = digest(next);
    EXPECT_EQ(before == after, difference(day, next).empty()) << format_date(next);
    before = std::move(after);
  }
}

}  // namespace
}  // namespace parallax::rules
