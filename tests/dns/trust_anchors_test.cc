// SPDX-License-Identifier: Apache-2.0
#include "dns/trust_anchors.h"

#include <gtest/gtest.h>

#include "dns/settings.h"

namespace parallax::dns {
namespace {

const std::string kDs2017 =
    ". IN DS 20326 8 2 E06D44B80B8F1D39A95C0B0D7C65D08458E880409BBC683457104237C7F8EC8D\n";
const std::string kDs2024 =
    ". IN DS 38696 8 2 683D2D0ACB8C9B712A1948B27F741219298D0A450D612C483AF444A4C0FB2B16\n";
const std::string kDnskey2024 =
    ". IN DNSKEY 257 3 8 AwEAAa96jeuknZlaeSrvyAJj6ZHv28hhOKkx3rLGXVaC6rXTsDc449/cidltpkyGwCJNnOAl"
    "FNKF2jBosZBU5eeHspaQWOmOElZsjICMQMC3aeHbGiShvZsx4wMYSjH8e7Vrhbu6irwCzVBApESjbUdpWWmEnhathWu1"
    "jo+siFUiRAAxm9qyJNg/wOZqqzL/dL/q8PkcRU5oUKEpUge71M3ej2/7CPqpdVwuMoTvoB+ZOT4YeGyxMvHmbrxlFzGO"
    "HOijtzN+u1TQNatX2XBuzZNQ1K+s2CXkPIZo7s6JgZyvaBevYtxPvYLw4z9mR7K2vaF18UYH9Z9GNUUeayffKC73PYc="
    "\n";
const std::string kForeignDs =
    ". IN DS 12345 13 2 0000000000000000000000000000000000000000000000000000000000000000\n";

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  return text.replace(text.find(from), from.size(), to);
}

struct Case {
  const char* name;
  std::string text;
  bool iana_ok;
  bool lab_ok;
};

TEST(TrustAnchors, FollowThePolicy) {
  const std::vector<Case> cases{
      {"both_ds", kDs2017 + kDs2024, true, true},
      {"ksk_2024_ds_alone", kDs2024, true, true},
      {"ksk_2024_dnskey", kDnskey2024, true, true},
      {"ds_and_dnskey", kDs2017 + kDnskey2024, true, true},
      {"comments_and_blank_lines", "; anchors\n\n" + kDs2024 + "\n", true, true},
      {"parentheses", replaced(replaced(kDs2024, "8 2 ", "8 2 (\n "), "B16", "B16 )"), true, true},
      {"no_line_end", kDs2024.substr(0, kDs2024.size() - 1), true, true},
      {"lower_case_digest", replaced(kDs2024, "683D2D0ACB8C", "683d2d0acb8c"), true, true},
      {"empty", "", false, false},
      {"only_comments", "; nothing\n", false, false},
      {"ksk_2017_alone", kDs2017, false, true},
      {"foreign", kForeignDs, false, true},
      {"foreign_beside_iana", kDs2024 + kForeignDs, false, true},
      {"digest_with_a_changed_digit", replaced(kDs2024, "683D", "683E"), false, true},
      {"digest_under_another_tag", replaced(kDs2024, "38696", "38697"), false, true},
      {"other_digest_type", replaced(kDs2024, "8 2 ", "8 1 "), false, true},
      {"revoked_key", replaced(kDnskey2024, "257", "385"), false, true},
      {"zone_signing_key", replaced(kDnskey2024, "257", "256"), false, true},
      {"key_with_a_changed_digit", replaced(kDnskey2024, "AwEAAa96", "AwEAAa97"), false, true},
      {"other_owner", "test" + kDs2024, false, false},
      {"other_type", kDs2024 + ". IN NS a.root-servers.net.\n", false, false},
      {"other_class", replaced(kDs2024, "IN", "CH"), false, false},
      {"not_a_record", kDs2024 + "hello\n", false, false},
      {"cut_off", kDs2024.substr(0, 15) + "\n", false, false},
  };
  for (const Case& tested : cases) {
    SCOPED_TRACE(tested.name);
    EXPECT_EQ(parse_trust_anchors(tested.text, AnchorPolicy::iana).has_value(), tested.iana_ok);
    EXPECT_EQ(parse_trust_anchors(tested.text, AnchorPolicy::any).has_value(), tested.lab_ok);
  }
}

TEST(TrustAnchors, GivesEachRecordAsOneLine) {
  const Result<TrustAnchors> anchors =
      parse_trust_anchors(kDs2017 + kDnskey2024, AnchorPolicy::iana);
  ASSERT_TRUE(anchors);
  EXPECT_EQ(anchors->key_tags, (std::vector<std::uint16_t>{20326, 38696}));
  ASSERT_EQ(anchors->records.size(), 2U);
  for (const std::string& record : anchors->records) {
    EXPECT_EQ(record.find('\n'), std::string::npos);
    EXPECT_TRUE(parse_trust_anchors(record, AnchorPolicy::any));
  }
}

TEST(TrustAnchors, SayWhatIsWrong) {
  const Result<TrustAnchors> missing = parse_trust_anchors(kDs2017, AnchorPolicy::iana);
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, ErrorCode::configuration);
  EXPECT_NE(missing.error().message.find("38696"), std::string::npos);
  const Result<TrustAnchors> foreign =
      parse_trust_anchors(kDs2024 + kForeignDs, AnchorPolicy::iana);
  ASSERT_FALSE(foreign);
  EXPECT_NE(foreign.error().message.find("12345"), std::string::npos);
}

TEST(TrustAnchors, AreBounded) {
  std::string many;
  for (std::size_t i = 0; i <= kTrustAnchorsMax; ++i) {
    many += kDs2024;
  }
  EXPECT_FALSE(parse_trust_anchors(many, AnchorPolicy::iana));
}

TEST(TrustAnchors, ReadsTheInstalledFile) {
  const Result<TrustAnchors> anchors =
      read_trust_anchors(kDefaultTrustAnchorFile, AnchorPolicy::iana);
  ASSERT_TRUE(anchors) << describe(anchors.error());
  EXPECT_FALSE(anchors->records.empty());
  const Result<TrustAnchors> absent =
      read_trust_anchors("/nonexistent/root.key", AnchorPolicy::iana);
  ASSERT_FALSE(absent);
  EXPECT_EQ(absent.error().code, ErrorCode::configuration);
}

}  // namespace
}  // namespace parallax::dns
