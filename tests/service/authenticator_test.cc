// SPDX-License-Identifier: Apache-2.0
#include "service/authenticator.h"

#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>

#include "base/encoding.h"
#include "service/service_fixture.h"

namespace parallax::service {
namespace {

using testing::domain;

class AuthenticatorTest : public testing::ClientFileTest {
 protected:
  Result<Caller> with(net::HttpHeaders headers,
                      std::optional<net::ClientCertificate> certificate = std::nullopt) {
    net::HttpRequest request;
    request.headers = std::move(headers);
    request.client = std::move(certificate);
    return authenticator_->authenticate(request);
  }
  ErrorCode refusal(net::HttpHeaders headers,
                    std::optional<net::ClientCertificate> certificate = std::nullopt) {
    const auto caller = with(std::move(headers), std::move(certificate));
    EXPECT_FALSE(caller.has_value());
    return caller ? ErrorCode::internal : caller.error().code;
  }
};

TEST_F(AuthenticatorTest, KnowsTheTokenInEitherHeader) {
  for (const net::HttpHeaders& headers :
       {net::HttpHeaders{{"authorization", "Bearer " + token_}},
        net::HttpHeaders{{"authorization", "bearer  " + token_ + " "}},
        net::HttpHeaders{{"x-api-key", token_}},
        net::HttpHeaders{{"x-api-key", token_}, {"authorization", "Bearer " + token_}}}) {
    const auto caller = with(headers);
    ASSERT_TRUE(caller.has_value()) << describe(caller.error());
    EXPECT_EQ(caller->client, "portal");
    EXPECT_EQ(caller->issuers, (std::vector{domain("ca.example"), domain("ca.test")}));
  }
}

TEST_F(AuthenticatorTest, RefusesEverythingElse) {
  const std::vector<std::pair<const char*, net::HttpHeaders>> cases = {
      {"nothing", {}},
      {"empty token", {{"x-api-key", ""}}},
      {"unknown token", {{"x-api-key", token_ + "x"}}},
      {"hash instead of token", {{"x-api-key", hex_encode(sha256(token_))}}},
      {"long token", {{"x-api-key", std::string(5000, 'a')}}},
      {"basic", {{"authorization", "Basic cG9ydGFsOng="}}},
      {"bearer without token", {{"authorization", "Bearer "}}},
      {"two different", {{"x-api-key", token_}, {"authorization", "Bearer plx_other"}}},
  };
  for (const auto& [name, headers] : cases) {
    SCOPED_TRACE(name);
    EXPECT_EQ(refusal(headers), ErrorCode::unauthorized);
  }
}

TEST_F(AuthenticatorTest, KnowsBoundCertificates) {
  const std::string print(64, 'a');
  ASSERT_TRUE(
      add_client(path_, {"acme", {domain("ca.test")}, print, {}}, random_, testing::test_time()));
  ASSERT_TRUE(add_client(path_, {"ejbca", {domain("ca.example")}, {}, "ra.ca.example"}, random_,
                         testing::test_time()));
  const auto by_print = with({}, net::ClientCertificate{"x", {}, print});
  ASSERT_TRUE(by_print.has_value());
  EXPECT_EQ(by_print->client, "acme");
  const auto by_name = with({}, net::ClientCertificate{"x", {"RA.ca.example"}, "00"});
  ASSERT_TRUE(by_name.has_value());
  EXPECT_EQ(by_name->client, "ejbca");

  EXPECT_EQ(refusal({}, net::ClientCertificate{"ra.ca.example", {}, "00"}), ErrorCode::unauthorized)
      << "a common name is no subjectAltName";
  EXPECT_EQ(refusal({}, net::ClientCertificate{"x", {"ra.ca.example"}, print}),
            ErrorCode::unauthorized)
      << "fits two clients";
  EXPECT_EQ(refusal({{"x-api-key", "wrong"}}, net::ClientCertificate{"x", {}, print}),
            ErrorCode::unauthorized)
      << "a wrong token is not made good by a certificate";
}

TEST_F(AuthenticatorTest, RevocationNeedsNoRestart) {
  ASSERT_TRUE(with({{"x-api-key", token_}}));
  ASSERT_TRUE(revoke_client(path_, "portal"));
  EXPECT_EQ(refusal({{"x-api-key", token_}}), ErrorCode::unauthorized);
  const auto token =
      add_client(path_, {"portal", {domain("ca.example")}, {}, {}}, random_, testing::test_time());
  ASSERT_TRUE(token.has_value());
  EXPECT_TRUE(with({{"x-api-key", *token}}));
}

TEST_F(AuthenticatorTest, UnusableFileLetsNobodyInUntilMended) {
  const auto good = load_clients(path_).value();
  std::ofstream(path_) << "{\"clients\": [";
  EXPECT_EQ(refusal({{"x-api-key", token_}}), ErrorCode::storage);
  std::filesystem::remove(path_);
  EXPECT_EQ(refusal({{"x-api-key", token_}}), ErrorCode::unauthorized);
  ASSERT_TRUE(replace_file(path_, to_client_file(good)));
  EXPECT_TRUE(with({{"x-api-key", token_}}));
}

TEST(CheckIssuers, NamesTheFirstUnbound) {
  const Caller caller{"portal", {domain("ca.example"), domain("ca.test")}};
  EXPECT_TRUE(check_issuers(caller, {domain("ca.test")}));
  const auto refused = check_issuers(caller, {domain("ca.test"), domain("sub.ca.example")});
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code, ErrorCode::forbidden);
  EXPECT_NE(refused.error().message.find("sub.ca.example"), std::string::npos);
}

}  // namespace
}  // namespace parallax::service
