// SPDX-License-Identifier: Apache-2.0
#include "base/crypto.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include "base/encoding.h"

namespace parallax {
namespace {

std::string hex(std::string_view text) { return *hex_decode(text); }

// RFC 8032 s7.1 TEST 2, its secret key wrapped as PKCS#8 (RFC 8410 s7).
constexpr const char* kSecret = "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb";
constexpr const char* kPublic = "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c";
constexpr const char* kSignature =
    "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
    "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00";

std::string pem_of(std::string_view der) {
  return "-----BEGIN PRIVATE KEY-----\n" + base64_encode(der) + "\n-----END PRIVATE KEY-----\n";
}

TEST(Sha256, AgreesWithFips180) {
  EXPECT_EQ(hex_encode(sha256("")),
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(hex_encode(sha256("abc")),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(Ed25519, AgreesWithRfc8032) {
  const auto key =
      SigningKey::from_pem(pem_of(hex("302e020100300506032b657004220420") + hex(kSecret)));
  ASSERT_TRUE(key) << key.error().message;
  EXPECT_EQ(hex_encode(key->verifying_key().raw()), kPublic);
  EXPECT_EQ(hex_encode(key->sign(hex("72"))), kSignature);
  const auto verifying = VerifyingKey::from_raw(hex(kPublic));
  ASSERT_TRUE(verifying);
  EXPECT_TRUE(verifying->verify(hex("72"), hex(kSignature)));
}

TEST(Ed25519, RefusesForgeries) {
  const SigningKey key = SigningKey::generate();
  const std::string signature = key.sign("message");
  const VerifyingKey& verifying = key.verifying_key();
  EXPECT_TRUE(verifying.verify("message", signature));
  EXPECT_FALSE(verifying.verify("Message", signature));
  EXPECT_FALSE(verifying.verify("message", ""));
  EXPECT_FALSE(verifying.verify("message", signature.substr(1)));
  EXPECT_FALSE(verifying.verify("message", signature + "x"));
  EXPECT_FALSE(SigningKey::generate().verifying_key().verify("message", signature));
  for (std::size_t bit = 0; bit < signature.size() * 8; ++bit) {
    std::string flipped = signature;
    flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << bit % 8));
    ASSERT_FALSE(verifying.verify("message", flipped)) << "bit " << bit;
  }
}

TEST(Ed25519, KeysSurviveTheirText) {
  const SigningKey key = SigningKey::generate();
  const auto again = SigningKey::from_pem(key.to_pem());
  ASSERT_TRUE(again);
  EXPECT_EQ(again->verifying_key().raw(), key.verifying_key().raw());
  EXPECT_TRUE(VerifyingKey::from_raw(key.verifying_key().raw())->verify("m", again->sign("m")));
}

TEST(Ed25519, RefusesWhatIsNoKey) {
  EXPECT_EQ(VerifyingKey::from_raw("").error().code, ErrorCode::malformed);
  EXPECT_EQ(VerifyingKey::from_raw(std::string(31, 'a')).error().code, ErrorCode::malformed);
  EXPECT_EQ(VerifyingKey::from_raw(std::string(33, 'a')).error().code, ErrorCode::malformed);
  EXPECT_EQ(SigningKey::from_pem("").error().code, ErrorCode::malformed);
  EXPECT_EQ(SigningKey::from_pem("garbage").error().code, ErrorCode::malformed);
  // An X25519 key: same curve, no signatures.
  EXPECT_EQ(SigningKey::from_pem(pem_of(hex("302e020100300506032b656e04220420") + hex(kSecret)))
                .error()
                .code,
            ErrorCode::unsupported);
}

TEST(SystemRandom, GivesWhatIsAskedFor) {
  EXPECT_EQ(system_random().octets(1).size(), 1u);
  EXPECT_EQ(system_random().octets(1024).size(), 1024u);
  EXPECT_NE(system_random().octets(32), system_random().octets(32));
}

RC_GTEST_PROP(CryptoProperty, SignaturesHoldForTheirMessageOnly,
              (const std::string& message, const std::string& other)) {
  static const SigningKey key = SigningKey::generate();
  const std::string signature = key.sign(message);
  RC_ASSERT(signature.size() == kEd25519SignatureSize);
  RC_ASSERT(key.verifying_key().verify(message, signature));
  RC_ASSERT(key.verifying_key().verify(other, signature) == (other == message));
}

}  // namespace
}  // namespace parallax
