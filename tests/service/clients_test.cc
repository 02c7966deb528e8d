// SPDX-License-Identifier: Apache-2.0
#include "service/clients.h"

#include <filesystem>
#include <fstream>
#include <sstream>

#include <sys/stat.h>

#include <gtest/gtest.h>

#include "base/encoding.h"
#include "service/limits.h"
#include "service/service_fixture.h"

namespace parallax::service {
namespace {

using testing::domain;
using testing::test_time;

class ClientsTest : public testing::ClientFileTest {
 protected:
  std::string text() const {
    std::ostringstream out;
    out << std::ifstream(path_).rdbuf();
    return out.str();
  }
  Result<std::string> add(NewCredential wanted) {
    return add_client(path_, std::move(wanted), random_, test_time());
  }
};

TEST_F(ClientsTest, KeepsHashesNeverTokens) {
  EXPECT_TRUE(token_.starts_with("plx_"));
  EXPECT_EQ(token_.size(), 47u);
  EXPECT_EQ(text().find(token_.substr(4)), std::string::npos);
  EXPECT_NE(text().find(hex_encode(sha256(token_))), std::string::npos);
}

TEST_F(ClientsTest, FileIsPrivateAndReplacedAsAWhole) {
  struct stat status{};
  ASSERT_EQ(::stat(path_.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600u);
  const ino_t before = status.st_ino;
  ASSERT_TRUE(add({"portal", {}, {}, {}}));
  ASSERT_EQ(::stat(path_.c_str(), &status), 0);
  EXPECT_NE(status.st_ino, before);
  EXPECT_FALSE(std::filesystem::exists(path_ + ".new"));
}

TEST_F(ClientsTest, ASecondTokenServesRotation) {
  const auto second = add({"portal", {}, {}, {}});
  ASSERT_TRUE(second.has_value()) << describe(second.error());
  EXPECT_NE(*second, token_);
  const auto clients = load_clients(path_).value();
  ASSERT_EQ(clients.size(), 1u);
  ASSERT_EQ(clients[0].tokens.size(), 2u);
  ASSERT_TRUE(revoke_client(path_, "portal", clients[0].tokens[0].id()));
  EXPECT_EQ(load_clients(path_).value()[0].tokens.at(0).sha256, hex_encode(sha256(*second)));
}

TEST_F(ClientsTest, RefusesWhatTheFileCouldNotHold) {
  struct Case {
    const char* name;
    NewCredential wanted;
    ErrorCode code;
  };
  const std::string print(64, 'b');
  ASSERT_TRUE(add({"acme", {domain("ca.test")}, print, {}}));
  const std::vector<Case> cases = {
      {"no issuers", {"new", {}, {}, {}}, ErrorCode::malformed},
      {"empty id", {"", {domain("ca.test")}, {}, {}}, ErrorCode::malformed},
      {"id with space", {"a b", {domain("ca.test")}, {}, {}}, ErrorCode::malformed},
      {"other issuers", {"portal", {domain("rival.example")}, {}, {}}, ErrorCode::conflict},
      {"short fingerprint", {"new", {domain("ca.test")}, "abcd", {}}, ErrorCode::malformed},
      {"no dns name", {"new", {domain("ca.test")}, {}, "-x-"}, ErrorCode::malformed},
      {"bound elsewhere", {"new", {domain("ca.test")}, print, {}}, ErrorCode::malformed},
  };
  const std::string before = text();
  for (const Case& c : cases) {
    SCOPED_TRACE(c.name);
    const auto added = add(c.wanted);
    ASSERT_FALSE(added.has_value());
    EXPECT_EQ(to_string(added.error().code), to_string(c.code)) << describe(added.error());
  }
  EXPECT_EQ(text(), before);
}

TEST_F(ClientsTest, BoundsTheTokensOfAClient) {
  for (std::size_t i = 1; i < kTokensPerClientMax; ++i) ASSERT_TRUE(add({"portal", {}, {}, {}}));
  EXPECT_EQ(add({"portal", {}, {}, {}}).error().code, ErrorCode::overloaded);
}

TEST_F(ClientsTest, RevokingTheUnknownIsAnError) {
  EXPECT_EQ(revoke_client(path_, "nobody").error().code, ErrorCode::not_found);
  EXPECT_EQ(revoke_client(path_, "portal", "00000000").error().code, ErrorCode::not_found);
}

TEST_F(ClientsTest, AMissingFileHoldsNobody) {
  EXPECT_TRUE(load_clients(directory_ + "/none.json").value().empty());
}

TEST_F(ClientsTest, AFileOthersCanWriteIsRefused) {
  ASSERT_EQ(::chmod(path_.c_str(), 0620), 0);
  EXPECT_EQ(load_clients(path_).error().code, ErrorCode::configuration);
}

TEST_F(ClientsTest, AnUnwritablePlaceIsAStorageError) {
  EXPECT_EQ(add_client(directory_ + "/none/clients.json", {"a", {domain("ca.test")}, {}, {}},
                       random_, test_time())
                .error()
                .code,
            ErrorCode::storage);
}

TEST(ClientFile, IsStrict) {
  const std::vector<std::pair<const char*, const char*>> cases = {
      {"not JSON", "clients"},
      {"unknown member", R"({"clients":[],"version":1})"},
      {"unknown in client", R"({"clients":[{"id":"a","issuers":["ca.test"],"token":"x"}]})"},
      {"no id", R"({"clients":[{"issuers":["ca.test"]}]})"},
      {"no issuers", R"({"clients":[{"id":"a","issuers":[]}]})"},
      {"issuer no name", R"({"clients":[{"id":"a","issuers":["ca test"]}]})"},
      {"two of one id", R"({"clients":[{"id":"a","issuers":["ca.test"]},
                                       {"id":"a","issuers":["ca.test"]}]})"},
      {"token no hash", R"({"clients":[{"id":"a","issuers":["ca.test"],
          "tokens":[{"sha256":"secret","added":"2026-11-22T17:00:00Z"}]}]})"},
      {"token no time", R"({"clients":[{"id":"a","issuers":["ca.test"],
          "tokens":[{"sha256":"x"}]}]})"},
      {"fingerprint in capitals", R"({"clients":[{"id":"a","issuers":["ca.test"],
          "certificate_fingerprints":["AAAA"]}]})"},
  };
  for (const auto& [name, text] : cases) {
    SCOPED_TRACE(name);
    const auto clients = parse_client_file(text);
    ASSERT_FALSE(clients.has_value());
    EXPECT_EQ(clients.error().code, ErrorCode::malformed);
  }
}

TEST(ClientFile, ReadsWhatItWrites) {
  const std::vector<ApiClient> clients = {
      {"a",
       {domain("ca.test")},
       {{std::string(64, '0'), test_time()}},
       {std::string(64, 'f')},
       {"ra.ca.test"}},
      {"b", {domain("ca.example"), domain("ca.test")}, {}, {}, {}}};
  const auto again = parse_client_file(to_client_file(clients));
  ASSERT_TRUE(again.has_value()) << describe(again.error());
  EXPECT_EQ(*again, clients);
}

}  // namespace
}  // namespace parallax::service
