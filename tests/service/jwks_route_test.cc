// SPDX-License-Identifier: Apache-2.0
#include "service/jwks_route.h"

#include <gtest/gtest.h>

#include "permit/jws.h"
#include "service/service_fixture.h"

namespace parallax::service {
namespace {

net::HttpResponse ask(const std::vector<VerifyingKey>& keys) {
  Router router;
  install_jwks_route(router, keys);
  return testing::run(router.answer(testing::get("/.well-known/jwks.json", "")));
}

TEST(JwksRoute, GivesTheKeysThatPermitsAreVerifiedBy) {
  const SigningKey now = SigningKey::generate();
  const SigningKey before = SigningKey::generate();
  const auto response = ask({now.verifying_key(), before.verifying_key()});
  EXPECT_EQ(response.status, 200u);
  EXPECT_EQ(response.content_type, "application/jwk-set+json");
  const auto keys = permit::keys_from_jwks(response.body).value();
  ASSERT_EQ(keys.size(), 2U);
  EXPECT_EQ(keys[0].raw(), now.verifying_key().raw());
  EXPECT_EQ(keys[1].raw(), before.verifying_key().raw());
  EXPECT_EQ(response.body.find("\"d\""), std::string::npos) << "a private key has a d";
  testing::keep_sample("GET", "/.well-known/jwks.json", response);
}

TEST(JwksRoute, IsEmptyWhereNoPermitsAreMade) { EXPECT_EQ(ask({}).body, R"({"keys":[]})"); }

}  // namespace
}  // namespace parallax::service
