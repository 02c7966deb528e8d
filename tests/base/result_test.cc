// SPDX-License-Identifier: Apache-2.0
#include "base/result.h"

#include <set>

#include <gtest/gtest.h>

namespace parallax {
namespace {

TEST(Describe, NamesContextInOrder) {
  EXPECT_EQ(describe(Error{ErrorCode::malformed, "no", {}}), "no");
  EXPECT_EQ(describe(Error{ErrorCode::malformed, "no", {}}.with("name", "a").with("rule", "b")),
            "no (name=a, rule=b)");
}

TEST(ErrorCode, HasOneTextEach) {
  std::set<std::string_view> seen;
  int count = 0;
  for (const ErrorCode code :
       {ErrorCode::malformed, ErrorCode::unsupported, ErrorCode::forbidden, ErrorCode::not_found,
        ErrorCode::conflict, ErrorCode::unauthorized, ErrorCode::timed_out, ErrorCode::unreachable,
        ErrorCode::overloaded, ErrorCode::untrusted, ErrorCode::storage, ErrorCode::configuration,
        ErrorCode::internal}) {
    seen.insert(to_string(code));
    ++count;
  }
  EXPECT_EQ(seen.size(), static_cast<std::size_t>(count));
}

}  // namespace
}  // namespace parallax
