// SPDX-License-Identifier: Apache-2.0
#include "audit/keys.h"

#include <gmock/gmock.h>

#include "audit/audit_stage.h"
#include "base/encoding.h"

namespace parallax::audit {
namespace {

using testing::HasSubstr;

const observe::SignedStatement& statement() {
  static const auto made = observe::sign_batch({"{}"}, test::key_of("eu-1")).front();
  return made;
}

TEST(PerspectiveKeys, HoldsAStatementAgainstTheKeyOfThatPerspective) {
  auto keys = test::keys();
  EXPECT_TRUE(keys.check("eu-1", statement()));
  const auto other = keys.check("ap-1", statement());
  ASSERT_FALSE(other);
  EXPECT_EQ(other.error().code, ErrorCode::untrusted);
  const auto nobody = keys.check("xx-1", statement());
  ASSERT_FALSE(nobody);
  EXPECT_EQ(nobody.error().message, "there is no key of the perspective xx-1");
}

TEST(PerspectiveKeys, KnowsAllKeysThatAPerspectiveHad) {
  const std::string other = base64_encode(test::key_of("other").verifying_key().raw());
  auto keys = PerspectiveKeys::parse("eu-1 " + other + "\r\n" + test::key_lines()).value();
  EXPECT_TRUE(keys.check("eu-1", statement()));
  EXPECT_TRUE(keys.check("eu-1", observe::sign_batch({"{}"}, test::key_of("other")).front()));
}

TEST(PerspectiveKeys, RefusesWhatIsNoKeyAndNamesTheLine) {
  for (const std::string line : {"eu-1", "eu-1 AAAA", "eu-1 !", "eu-1 AAAA AAAA"}) {
    SCOPED_TRACE(line);
    const auto keys = PerspectiveKeys::parse("\n" + line + "\n");
    ASSERT_FALSE(keys);
    EXPECT_EQ(keys.error().code, ErrorCode::malformed);
    EXPECT_THAT(describe(keys.error()), HasSubstr("line=2"));
  }
  EXPECT_TRUE(PerspectiveKeys::parse("# nothing\n\n").value().empty());
}

}  // namespace
}  // namespace parallax::audit
