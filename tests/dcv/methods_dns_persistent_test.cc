// SPDX-License-Identifier: Apache-2.0
// Persistent TXT records: TLS BR 3.2.2.4.22, 3.2.2.5.8, and the hashed form of the IETF draft.
#include "dcv/methods/persistent_record.h"

#include <algorithm>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "dcv/methods_dns_facts.h"

namespace parallax::dcv {
namespace {

using dns::LookupStatus;
using dns::RecordType;
using dns_test::address;
using dns_test::answer;
using dns_test::check_of;
using dns_test::failure;
using dns_test::kDomain;
using dns_test::kNow;
using dns_test::name;
using dns_test::nxdomain;
using dns_test::seen;
using dns_test::txt;
using rules::ControlMethod;
using Finding = PersistentFinding;

constexpr const char* kAccount = "https://ca.example/acct/123";
constexpr const char* kAt = "_validation-persist.example.com";
constexpr const char* kGood = "ca.example; accounturi=https://ca.example/acct/123";

PersistentTerms terms() {
  return {{name("ca.example"), name("ca2.example")}, {kAccount}, false, kNow};
}

struct RecordCase {
  const char* name;
  std::string text;
  Finding finding;
};

TEST(PersistentRecord, IsHeldAgainstTheRules) {
  const std::string good = kGood;
  const std::vector<RecordCase> cases{
      {"good", good, Finding::usable},
      {"no blanks", "ca.example;accounturi=https://ca.example/acct/123", Finding::usable},
      {"more blanks", " \tca.example ;  accounturi = https://ca.example/acct/123 ",
       Finding::usable},
      {"the issuer in capitals", "CA.Example; accounturi=https://ca.example/acct/123",
       Finding::usable},
      {"another issuer of the CA's", "ca2.example; accounturi=https://ca.example/acct/123",
       Finding::usable},
      {"the tag in capitals", "ca.example; AccountURI=https://ca.example/acct/123",
       Finding::usable},
      {"an unknown parameter", good + "; policy=wildcard; x=y", Finding::usable},
      {"an unknown one twice", good + "; x=1; x=2", Finding::usable},
      {"another account", "ca.example; accounturi=https://ca.example/acct/124",
       Finding::account_differs},
      {"a longer account", good + "4", Finding::account_differs},
      {"a shorter account", "ca.example; accounturi=https://ca.example/acct/12",
       Finding::account_differs},
      {"the account in capitals", "ca.example; accounturi=https://CA.example/acct/123",
       Finding::account_differs},
      {"an empty account", "ca.example; accounturi=", Finding::account_differs},
      {"no account", "ca.example", Finding::account_missing},
      {"no account, other parameters", "ca.example; policy=wildcard", Finding::account_missing},
      {"the account under another tag", "ca.example; account=https://ca.example/acct/123",
       Finding::account_missing},
      {"the account twice", good + "; accounturi=https://ca.example/acct/123",
       Finding::account_twice},
      {"two accounts", good + "; accounturi=https://ca.example/acct/124", Finding::account_twice},
      {"two by case", good + "; ACCOUNTURI=https://ca.example/acct/124", Finding::account_twice},
      {"another issuer", "other.example; accounturi=https://ca.example/acct/123",
       Finding::other_issuer},
      {"an issuer below ours", "x.ca.example; accounturi=https://ca.example/acct/123",
       Finding::other_issuer},
      {"an issuer above ours", "example; accounturi=https://ca.example/acct/123",
       Finding::other_issuer},
      {"an issuer that begins like ours", "ca.example.evil; accounturi=https://ca.example/acct/123",
       Finding::other_issuer},
      {"no issuer", "; accounturi=https://ca.example/acct/123", Finding::other_issuer},
      {"a trailing semicolon", good + ";", Finding::malformed},
      {"a trailing dot", "ca.example.; accounturi=https://ca.example/acct/123", Finding::malformed},
      {"a comma", "ca.example, accounturi=https://ca.example/acct/123", Finding::malformed},
      {"quotes", '"' + good + '"', Finding::malformed},
      {"a line break", good + "\n", Finding::malformed},
      {"a NUL", good + std::string(1, '\0'), Finding::malformed},
      {"something else", "v=spf1 -all", Finding::malformed},
      {"empty", "", Finding::other_issuer},
  };
  for (const auto& each : cases) {
    SCOPED_TRACE(each.name);
    EXPECT_EQ(judge_persistent(each.text, terms()).finding, each.finding);
  }
}

TEST(PersistentRecord, MayExpire) {
  const std::string good = kGood;
  const std::vector<RecordCase> cases{
      {"before it expires", good + "; persistUntil=1826896940", Finding::usable},
      {"in its last second", good + "; persistUntil=1795360940", Finding::usable},
      {"leading zeros", good + "; persistUntil=0001826896940", Finding::usable},
      {"a second late", good + "; persistUntil=1795360939", Finding::expired},
      {"long expired", good + "; persistUntil=0", Finding::expired},
      {"expired, tag in capitals", good + "; PERSISTUNTIL=1", Finding::expired},
      {"expiry empty", good + "; persistUntil=", Finding::bad_expiry},
      {"expiry negative", good + "; persistUntil=-1", Finding::bad_expiry},
      {"expiry signed", good + "; persistUntil=+1826896940", Finding::bad_expiry},
      {"expiry a date", good + "; persistUntil=2027-11-22", Finding::bad_expiry},
      {"expiry in hex", good + "; persistUntil=0x6CE3AEEC", Finding::bad_expiry},
      {"expiry a fraction", good + "; persistUntil=1826896940.5", Finding::bad_expiry},
      {"expiry beyond 64 bits", good + "; persistUntil=99999999999999999999", Finding::bad_expiry},
      {"expiry twice", good + "; persistUntil=1826896940; persistUntil=1826896940",
       Finding::bad_expiry},
      {"expiry twice by case", good + "; persistUntil=1826896940; persistuntil=1826896941",
       Finding::bad_expiry},
  };
  for (const auto& each : cases) {
    SCOPED_TRACE(each.name);
    EXPECT_EQ(judge_persistent(each.text, terms()).finding, each.finding);
  }
}

TEST(PersistentRecord, ExpiresOnceItsLastSecondHasPassed) {
  auto late = terms();
  const std::string text = std::string(kGood) + "; persistUntil=1795360940";
  EXPECT_EQ(judge_persistent(text, late).finding, Finding::usable);
  late.at += std::chrono::nanoseconds(1);
  EXPECT_EQ(judge_persistent(text, late).finding, Finding::expired);
}

TEST(PersistentRecord, SpeaksForNamesBelowWhereItSaysSo) {
  auto below = terms();
  below.below = true;
  const std::vector<RecordCase> cases{
      {"says so", std::string(kGood) + "; policy=wildcard", Finding::usable},
      {"in capitals", std::string(kGood) + "; Policy=WildCard", Finding::usable},
      {"does not", kGood, Finding::not_below},
      {"another policy", std::string(kGood) + "; policy=specific", Finding::not_below},
      {"twice", std::string(kGood) + "; policy=wildcard; policy=none", Finding::not_below},
  };
  for (const auto& each : cases) {
    SCOPED_TRACE(each.name);
    EXPECT_EQ(judge_persistent(each.text, below).finding, each.finding);
  }
}

PersistentValue draft_value() {
  return {.issuers = {name("authority.example")},
          .account_uri = kAccount,
          .form = PersistentForm::hashed,
          .account_hash_prefix = "https://ca.example/account-hash/",
          .key_thumbprints = {"NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs"}};
}

// draft-ietf-acme-dns-persist-02 s10.2: with the domain, and with "*" instead.
TEST(AccountUris, AreHashedAsTheDraftHasIt) {
  const std::string prefix = "https://ca.example/account-hash/sha-256/";
  EXPECT_EQ(account_uris(draft_value(), "example.com"),
            (std::vector<std::string>{prefix + "5SQm7n6tPh2-PlLbCKGnViTXX5z19SCN4cPGQHSk-kw",
                                      prefix + "NpDnSwUthQK8zCgFdefYxAdAVPnygMLbs9US6oO-5ug"}));
}

TEST(AccountUris, HoldTwoForEachKeyAndOneInThePlainForm) {
  auto value = draft_value();
  value.key_thumbprints.emplace_back(43, 'A');
  const auto uris = account_uris(value, "example.com");
  ASSERT_EQ(uris.size(), 4);
  const auto alone = account_uris(draft_value(), "example.com");
  EXPECT_TRUE(std::equal(alone.begin(), alone.end(), uris.begin()));
  value.form = PersistentForm::plain;
  EXPECT_EQ(account_uris(value, "example.com"), std::vector<std::string>{kAccount});
}

ControlCheck plain_check(Target target = name(kDomain)) {
  return check_of(ControlMethod::dns_persistent, std::move(target),
                  PersistentValue{.issuers = {name("ca.example"), name("ca2.example")},
                                  .account_uri = kAccount});
}

ControlDetermination judge(const ControlCheck& check, std::vector<SeenLookup> lookups,
                           Instant at = kNow) {
  return dns_persistent_method().assess(seen(std::move(lookups)), check, check.applied_for, at);
}

struct SetCase {
  const char* name;
  std::vector<std::string> records;
  ControlReason reason;
};

TEST(DnsPersistent, OneUsableRecordSuffices) {
  const std::string other = "other.example; accounturi=https://other.example/1";
  const std::string expired = std::string(kGood) + "; persistUntil=1";
  const std::vector<SetCase> cases{
      {"alone", {txt(kGood)}, ControlReason::challenge_found},
      {"in two strings",
       {txt({"ca.example;", " accounturi=https://ca.example/acct/123"})},
       ControlReason::challenge_found},
      {"beside other issuers", {txt(other), txt(kGood)}, ControlReason::challenge_found},
      {"beside an expired one", {txt(expired), txt(kGood)}, ControlReason::challenge_found},
      {"beside an unreadable one", {"\x09z", txt(kGood)}, ControlReason::challenge_found},
      {"expired", {txt(other), txt(expired)}, ControlReason::record_unusable},
      {"other issuers only", {txt(other)}, ControlReason::challenge_differs},
      {"nothing but garbage", {txt("hello world")}, ControlReason::record_unusable},
      {"unreadable", {"\x09z"}, ControlReason::record_unusable},
      {"spread over two records",
       {txt("ca.example"), txt("accounturi=https://ca.example/acct/123")},
       ControlReason::record_unusable},
  };
  for (const auto& each : cases) {
    SCOPED_TRACE(each.name);
    const auto made = judge(plain_check(), {answer(kAt, RecordType::txt, each.records)});
    EXPECT_EQ(made.reason, each.reason);
    EXPECT_EQ(made.outcome == ControlOutcome::shown, each.reason == ControlReason::challenge_found);
    EXPECT_TRUE(dns_test::is_printable(made.explanation)) << made.explanation;
  }
}

TEST(DnsPersistent, JudgesTheLookupFirst) {
  struct FactsCase {
    const char* name;
    SeenLookup lookup;
    ControlReason reason;
  };
  const auto txt_type = RecordType::txt;
  const std::vector<FactsCase> cases{
      {"NXDOMAIN", nxdomain(kAt, txt_type), ControlReason::challenge_missing},
      {"NODATA", answer(kAt, txt_type, {}), ControlReason::challenge_missing},
      {"SERVFAIL", failure(kAt, txt_type, LookupStatus::failed), ControlReason::lookup_failed},
      {"timed out", failure(kAt, txt_type, LookupStatus::timed_out), ControlReason::timed_out},
      {"bogus", failure(kAt, txt_type, LookupStatus::bogus), ControlReason::bogus},
      {"the name itself", answer(kDomain, txt_type, {txt(kGood)}), ControlReason::lookup_failed},
      {"the label for addresses",
       answer("_ip-validation-persist.example.com", txt_type, {txt(kGood)}),
       ControlReason::lookup_failed},
      {"another type", answer(kAt, RecordType::caa, {txt(kGood)}), ControlReason::lookup_failed},
  };
  for (const auto& each : cases) {
    SCOPED_TRACE(each.name);
    const auto made = judge(plain_check(), {each.lookup});
    EXPECT_EQ(made.reason, each.reason);
    EXPECT_TRUE(made.challenge_information.empty());
  }
}

TEST(DnsPersistent, SaysWhatIsWrongAndWhatToPublish) {
  const std::string expired = std::string(kGood) + "; persistUntil=1";
  const auto made = judge(plain_check(), {answer(kAt, RecordType::txt, {txt("x"), txt(expired)})});
  EXPECT_NE(made.explanation.find("its persistUntil has passed"), std::string::npos);
  EXPECT_NE(made.explanation.find("  _validation-persist.example.com. TXT \"ca.example; "
                                  "accounturi=https://ca.example/acct/123\"  "),
            std::string::npos)
      << made.explanation;
}

// TLS BR 3.2.2.9: the remote's record proves control by itself and carries the same accounturi.
TEST(DnsPersistent, PerspectivesAgreeOnTheAccount) {
  const auto a = judge(plain_check(), {answer(kAt, RecordType::txt, {txt(kGood)})});
  const auto b = judge(plain_check(),
                       {answer(kAt, RecordType::txt,
                               {txt("ca2.example; x=y; accounturi=https://ca.example/acct/123")})});
  EXPECT_EQ(a.challenge_information, "accounturi=https://ca.example/acct/123");
  EXPECT_EQ(a.challenge_information, b.challenge_information);
}

TEST(DnsPersistent, AddressesHaveALabelInTheReverseZone) {
  const std::string at = "_ip-validation-persist.1.2.0.192.in-addr.arpa";
  const auto check = plain_check(address("192.0.2.1"));
  EXPECT_EQ(judge(check, {answer(at, RecordType::txt, {txt(kGood)})}).outcome,
            ControlOutcome::shown);
  EXPECT_EQ(judge(check, {answer("_validation-persist.1.2.0.192.in-addr.arpa", RecordType::txt,
                                 {txt(kGood)})})
                .outcome,
            ControlOutcome::undetermined);
}

TEST(DnsPersistent, TakesTheHashedAccountInTheHashedFormOnly) {
  const std::string hashed =
      "authority.example; accounturi=https://ca.example/account-hash/sha-256/"
      "5SQm7n6tPh2-PlLbCKGnViTXX5z19SCN4cPGQHSk-kw";
  const std::string clear = "authority.example; accounturi=https://ca.example/acct/123";
  auto check = check_of(ControlMethod::dns_persistent, name(kDomain), draft_value());
  const auto found = [&check](const std::string& text) {
    return judge(check, {answer(kAt, RecordType::txt, {dns_test::txt_split(text, 200)})}).outcome;
  };
  EXPECT_EQ(found(hashed), ControlOutcome::shown);
  EXPECT_EQ(found(clear), ControlOutcome::not_shown);
  check.challenge =
      PersistentValue{.issuers = {name("authority.example")}, .account_uri = kAccount};
  EXPECT_EQ(found(hashed), ControlOutcome::not_shown);
  EXPECT_EQ(found(clear), ControlOutcome::shown);
}

TEST(DnsPersistent, TheHashIsOfTheNameThatCarriesTheRecord) {
  const std::string hashed =
      "authority.example; accounturi=https://ca.example/account-hash/sha-256/"
      "5SQm7n6tPh2-PlLbCKGnViTXX5z19SCN4cPGQHSk-kw";
  const auto check =
      check_of(ControlMethod::dns_persistent, name("www.example.com"), draft_value());
  const auto at_adn = [&check](const std::string& text) {
    return dns_persistent_method()
        .assess(seen({answer(kAt, RecordType::txt, {dns_test::txt_split(text, 200)})}), check,
                name(kDomain), kNow)
        .reason;
  };
  EXPECT_EQ(at_adn(hashed), ControlReason::record_unusable);  // speaks for its own name only
  EXPECT_EQ(at_adn(hashed + "; policy=wildcard"), ControlReason::challenge_found);
}

// Draft s6: a wildcard certificate needs the policy although the record stands at its very base.
TEST(DnsPersistent, TheHashedFormServesWildcardsWhereTheRecordSaysSo) {
  const std::string hashed =
      "authority.example; accounturi=https://ca.example/account-hash/sha-256/"
      "5SQm7n6tPh2-PlLbCKGnViTXX5z19SCN4cPGQHSk-kw";
  auto value = draft_value();
  value.wildcard = true;
  const auto check = check_of(ControlMethod::dns_persistent, name(kDomain), value);
  const auto found = [&check](const std::string& text) {
    return judge(check, {answer(kAt, RecordType::txt, {dns_test::txt_split(text, 200)})});
  };
  EXPECT_EQ(found(hashed).reason, ControlReason::record_unusable);
  EXPECT_NE(found(hashed).explanation.find("policy=wildcard"), std::string::npos);
  EXPECT_EQ(found(hashed + "; policy=other").reason, ControlReason::record_unusable);
  EXPECT_EQ(found(hashed + "; policy=wildcard").reason, ControlReason::challenge_found);
}

RC_GTEST_PROP(DnsPersistent, TheOrderOfRecordsDoesNotMatter, (const std::vector<bool>& usable)) {
  std::vector<std::string> records{txt("x"), txt(kGood)};
  for (const bool each : usable)
    records.push_back(
        txt(each ? std::string(kGood) + "; x=y" : std::string(kGood) + "; persistUntil=1"));
  const auto forward = judge(plain_check(), {answer(kAt, RecordType::txt, records)});
  std::reverse(records.begin(), records.end());
  const auto back = judge(plain_check(), {answer(kAt, RecordType::txt, records)});
  RC_ASSERT(forward.outcome == ControlOutcome::shown);
  RC_ASSERT(forward.challenge_information == back.challenge_information);
}

RC_GTEST_PROP(DnsPersistent, NoUnknownParameterChangesTheVerdict, (const std::string& octets)) {
  std::string value;
  for (const char c : octets)
    if (c > 0x20 && c < 0x7f && c != ';') value += c;
  const std::string more = "; x=" + value;
  RC_ASSERT(judge_persistent(kGood + more, terms()).finding == Finding::usable);
  RC_ASSERT(judge_persistent("ca.example" + more, terms()).finding == Finding::account_missing);
}

}  // namespace
}  // namespace parallax::dcv
