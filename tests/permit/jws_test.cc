// SPDX-License-Identifier: Apache-2.0
#include "permit/jws.h"

#include <gtest/gtest.h>

#include "base/encoding.h"
#include "base/json.h"

namespace parallax::permit {
namespace {

constexpr std::string_view kType = "sample+jwt";
constexpr std::string_view kPayload = R"({"a":1})";

// RFC 8037 appendix A.2 and A.3: a key and its thumbprint.
TEST(Jws, KeysAreNamedByTheirThumbprints) {
  const auto raw = base64url_decode("11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo").value();
  const auto key = VerifyingKey::from_raw(raw).value();
  EXPECT_EQ(key_id(key), "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
  const json::object jwk = to_jwk(key);
  EXPECT_EQ(jwk.at("kty").as_string(), "OKP");
  EXPECT_EQ(jwk.at("crv").as_string(), "Ed25519");
  EXPECT_EQ(jwk.at("x").as_string(), "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo");
  EXPECT_FALSE(jwk.contains("d"));
}

TEST(Jws, OpensWithTheKeyThatSigned) {
  const SigningKey key = SigningKey::generate();
  const SigningKey other = SigningKey::generate();
  const std::string jws = sign_jws(kType, kPayload, key);
  const auto opened = open_jws(jws, kType, std::vector{other.verifying_key(), key.verifying_key()});
  ASSERT_TRUE(opened) << describe(opened.error());
  EXPECT_EQ(opened->payload, kPayload);
  EXPECT_EQ(opened->key_id, key_id(key.verifying_key()));
  EXPECT_EQ(open_jws(jws, kType, std::vector{other.verifying_key()}).error().code,
            ErrorCode::untrusted);
  EXPECT_EQ(open_jws(jws, "another+jwt", std::vector{key.verifying_key()}).error().code,
            ErrorCode::unsupported);
}

TEST(Jws, AnyAlteredCharacterIsNoticed) {
  const SigningKey key = SigningKey::generate();
  const std::string jws = sign_jws(kType, kPayload, key);
  for (std::size_t i = 0; i < jws.size(); ++i) {
    std::string altered = jws;
    altered[i] = altered[i] == 'A' ? 'B' : 'A';
    EXPECT_FALSE(open_jws(altered, kType, std::vector{key.verifying_key()})) << i;
  }
}

TEST(Jws, HeadersOfOthersAreRefused) {
  const SigningKey key = SigningKey::generate();
  const std::string id = key_id(key.verifying_key());
  const auto signed_with = [&key](const std::string& header) {
    const std::string input = base64url_encode(header) + "." + base64url_encode(kPayload);
    return input + "." + base64url_encode(key.sign(input));
  };
  const auto header = [&id](const std::string& alg, const std::string& more) {
    return R"({"alg":")" + alg + R"(","kid":")" + id + R"(","typ":"sample+jwt")" + more + "}";
  };
  const std::tuple<const char*, std::string, bool> cases[] = {
      {"as_it_must_be", signed_with(header("EdDSA", "")), true},
      {"none", signed_with(header("none", "")), false},
      {"hmac", signed_with(header("HS256", "")), false},
      {"critical", signed_with(header("EdDSA", R"(,"crit":["exp"],"exp":1)")), false},
      {"own_key", signed_with(header("EdDSA", R"(,"jwk":{"kty":"OKP"})")), false},
      {"key_elsewhere", signed_with(header("EdDSA", R"(,"jku":"https://a.example/")")), false},
      {"twice", signed_with(header("EdDSA", R"(,"alg":"none")")), false},
      {"no_type", signed_with(R"({"alg":"EdDSA","kid":")" + id + R"("})"), false},
      {"no_json", signed_with("EdDSA"), false},
      {"no_signature", header("EdDSA", "") + "." + base64url_encode(kPayload) + ".", false},
      {"two_parts", "a.b", false},
      {"four_parts", signed_with(header("EdDSA", "")) + ".x", false},
      {"empty", "", false},
      {"too_long", std::string(kJwsSizeMax + 1, 'a'), false},
  };
  for (const auto& [name, jws, good] : cases) {
    SCOPED_TRACE(name);
    EXPECT_EQ(open_jws(jws, kType, std::vector{key.verifying_key()}).has_value(), good);
  }
}

TEST(Jws, KeySetsAreReadAndOtherKeysLeftOut) {
  const SigningKey key = SigningKey::generate();
  const json::value set = json::object{
      {"keys",
       json::array{to_jwk(key.verifying_key()), json::object{{"kty", "EC"}, {"crv", "P-256"}},
                   json::object{{"kty", "OKP"}, {"crv", "Ed25519"}, {"x", "short"}}, 7}}};
  const auto keys = keys_from_jwks(json::serialize(set)).value();
  ASSERT_EQ(keys.size(), 1U);
  EXPECT_EQ(keys[0].raw(), key.verifying_key().raw());
  for (const char* text : {"", "[]", "{}", R"({"keys":{}})"}) EXPECT_FALSE(keys_from_jwks(text));
}

}  // namespace
}  // namespace parallax::permit
