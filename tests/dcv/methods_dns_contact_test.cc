// SPDX-License-Identifier: Apache-2.0
// Contacts in TXT records and in the relevant CAA set (TLS BR Appendix A).
#include "dcv/methods/contact.h"

#include <algorithm>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "dcv/methods_dns_facts.h"

namespace parallax::dcv {
namespace {

using dns::LookupStatus;
using dns::RecordType;
using dns_test::answer;
using dns_test::caa_record;
using dns_test::check_of;
using dns_test::failure;
using dns_test::kDomain;
using dns_test::kNow;
using dns_test::name;
using dns_test::nxdomain;
using dns_test::seen;
using dns_test::txt;
using rules::ControlMethod;

struct FormCase {
  const char* name;
  std::string text;
  std::optional<std::string> canonical;  // nullopt: no contact
};

TEST(CanonicalContact, IsTheWholeTextOrNothing) {
  const std::vector<FormCase> emails{
      {"plain", "hostmaster@example.com", "hostmaster@example.com"},
      {"the domain in capitals", "hostmaster@EXAMPLE.com", "hostmaster@example.com"},
      {"the local part in capitals", "HostMaster@example.com", "HostMaster@example.com"},
      {"a U-label", "post@bücher.example", "post@xn--bcher-kva.example"},
      {"blanks around it", " hostmaster@example.com", std::nullopt},
      {"a blank behind it", "hostmaster@example.com ", std::nullopt},
      {"angle brackets", "<hostmaster@example.com>", std::nullopt},
      {"a URL", "mailto:hostmaster@example.com", "mailto:hostmaster@example.com"},
      {"a list", "a@example.com, b@example.com", std::nullopt},
      {"two at signs", "a@b@example.com", std::nullopt},
      {"no domain", "hostmaster", std::nullopt},
      {"an address literal", "hostmaster@[192.0.2.1]", std::nullopt},
      {"a line break", "hostmaster@example.com\r\nRCPT TO:<x@y.example>", std::nullopt},
      {"empty", "", std::nullopt},
  };
  for (const auto& each : emails) {
    SCOPED_TRACE(each.name);
    const auto made = canonical_contact(ContactKind::email, each.text);
    // RFC 5321 lets a colon stand in quotes only.
    if (each.text.starts_with("mailto:")) {
      EXPECT_FALSE(made.has_value());
      continue;
    }
    ASSERT_EQ(made.has_value(), each.canonical.has_value());
    if (made) EXPECT_EQ(*made, *each.canonical);
  }
  const std::vector<FormCase> phones{
      {"digits", "+15551234567", "+15551234567"},
      {"visual separators", "+1-(555).123-4567", "+15551234567"},
      {"as Appendix A.1.2 writes it", "+1 (555) 123-4567", "+15551234567"},
      {"with blanks alone", "+1 555 123 4567", "+15551234567"},
      {"the longest", "+123456789012345", "+123456789012345"},
      {"too long", "+1234567890123456", std::nullopt},
      {"no plus", "15551234567", std::nullopt},
      {"an international prefix", "0015551234567", std::nullopt},
      {"no country code", "+0555123456", std::nullopt},
      {"a plus alone", "+", std::nullopt},
      {"separators alone", "+()-.", std::nullopt},
      {"one digit", "+1", std::nullopt},
      {"a second plus", "+1+5551234567", std::nullopt},
      {"letters", "+1-800-FLOWERS", std::nullopt},
      {"an extension", "+15551234567;ext=12", std::nullopt},
      {"a URI", "tel:+15551234567", std::nullopt},
      {"a blank in front", " +15551234567", std::nullopt},
      {"a blank behind", "+15551234567 ", std::nullopt},
      {"a blank behind the plus", "+ 15551234567", std::nullopt},
      {"a tab", "+1\t5551234567", std::nullopt},
      {"two numbers", "+15551234567,+15551234568", std::nullopt},
      {"too many separators", "+1" + std::string(80, '-') + "5551234567", std::nullopt},
      {"empty", "", std::nullopt},
  };
  for (const auto& each : phones) {
    SCOPED_TRACE(each.name);
    const auto made = canonical_contact(ContactKind::phone, each.text);
    ASSERT_EQ(made.has_value(), each.canonical.has_value());
    if (made) EXPECT_EQ(*made, *each.canonical);
  }
}

struct TxtCase {
  const char* name;
  std::string contact;
  std::vector<std::string> texts;
  ControlReason reason;
};

const auto kFound = ControlReason::challenge_found;
const auto kDiffers = ControlReason::challenge_differs;
const auto kUnusable = ControlReason::record_unusable;

void expect_txt(const Method& method, ControlMethod id, const std::string& at,
                const std::vector<TxtCase>& cases) {
  for (const auto& each : cases) {
    SCOPED_TRACE(each.name);
    std::vector<std::string> records;
    for (const auto& text : each.texts) records.push_back(txt(text));
    const auto check = check_of(id, name(kDomain), ContactValue{each.contact});
    const auto made =
        method.assess(seen({answer(at, RecordType::txt, records)}), check, check.applied_for, kNow);
    EXPECT_EQ(made.reason, each.reason);
    EXPECT_EQ(made.challenge_information.empty(), each.reason != kFound);
    EXPECT_TRUE(dns_test::is_printable(made.explanation)) << made.explanation;
  }
}

TEST(ContactTxt, ComparesMailboxesAsMailboxes) {
  const std::string contact = "HostMaster@example.com";
  expect_txt(contact_email_txt_method(), ControlMethod::contact_email_txt,
             "_validation-contactemail.example.com",
             {
                 {"equal", contact, {contact}, kFound},
                 {"the domain in capitals", contact, {"HostMaster@EXAMPLE.COM"}, kFound},
                 {"the local part in lower case", contact, {"hostmaster@example.com"}, kDiffers},
                 {"another domain", contact, {"HostMaster@example.org"}, kDiffers},
                 {"among others", contact, {"a@example.com", contact}, kFound},
                 {"beside an unusable one", contact, {"call me", contact}, kFound},
                 {"padded", contact, {" " + contact}, kUnusable},
                 {"a list", contact, {contact + ", a@example.com"}, kUnusable},
                 {"a tag before it", contact, {"email=" + contact}, kDiffers},
                 {"empty", contact, {""}, kUnusable},
             });
}

TEST(ContactTxt, ComparesNumbersByTheirDigits) {
  const std::string contact = "+1 (555) 123-4567";
  expect_txt(contact_phone_txt_method(), ControlMethod::contact_phone_txt,
             "_validation-contactphone.example.com",
             {
                 {"equal", contact, {contact}, kFound},
                 {"other separators", contact, {"+1.555.123.4567"}, kFound},
                 {"another number", contact, {"+1 555 123 4568"}, kDiffers},
                 {"a longer number", contact, {"+1 555 123 45678"}, kDiffers},
                 {"an extension", contact, {"+15551234567;ext=1"}, kUnusable},
                 {"a mailbox", contact, {"a@example.com"}, kUnusable},
             });
}

TEST(ContactTxt, JudgesTheLookupFirst) {
  const std::string at = "_validation-contactemail.example.com";
  const auto check =
      check_of(ControlMethod::contact_email_txt, name(kDomain), ContactValue{"a@example.com"});
  const auto reason = [&check](SeenLookup lookup) {
    return contact_email_txt_method()
        .assess(seen({std::move(lookup)}), check, check.applied_for, kNow)
        .reason;
  };
  EXPECT_EQ(reason(nxdomain(at, RecordType::txt)), ControlReason::challenge_missing);
  EXPECT_EQ(reason(answer(at, RecordType::txt, {})), ControlReason::challenge_missing);
  EXPECT_EQ(reason(failure(at, RecordType::txt, LookupStatus::failed)),
            ControlReason::lookup_failed);
  EXPECT_EQ(reason(failure(at, RecordType::txt, LookupStatus::bogus)), ControlReason::bogus);
  EXPECT_EQ(reason(answer("_validation-contactphone.example.com", RecordType::txt,
                          {txt("a@example.com")})),
            ControlReason::lookup_failed);
}

// The climb from www.example.com; CAA sets by level.
struct Level {
  std::string at;
  std::vector<std::string> rdata;
};

std::vector<SeenLookup> climb(const std::vector<Level>& levels) {
  std::vector<SeenLookup> out;
  for (const auto& level : levels) out.push_back(answer(level.at, RecordType::caa, level.rdata));
  return out;
}

struct CaaCase {
  const char* name;
  std::vector<SeenLookup> lookups;
  ControlReason reason;
};

const std::string kContact = "hostmaster@example.com";

ControlDetermination judge_caa(std::vector<SeenLookup> lookups) {
  const auto check =
      check_of(ControlMethod::contact_email_caa, name("www.example.com"), ContactValue{kContact});
  return contact_email_caa_method().assess(seen(std::move(lookups)), check, check.applied_for,
                                           kNow);
}

TEST(ContactCaa, ReadsTheRelevantSet) {
  const auto good = caa_record("contactemail", kContact);
  const auto issue = caa_record("issue", "ca.example");
  const std::string www = "www.example.com";
  const std::string dom = "example.com";
  const auto missing = ControlReason::challenge_missing;
  const std::vector<CaaCase> cases{
      {"at the name", climb({{www, {issue, good}}}), kFound},
      {"above it", climb({{www, {}}, {dom, {good}}}), kFound},
      {"at the top-level domain", climb({{www, {}}, {dom, {}}, {"com", {good}}}), kFound},
      {"the tag in capitals", climb({{www, {caa_record("ContactEmail", kContact)}}}), kFound},
      {"critical", climb({{www, {"\x80" + good.substr(1)}}}), kFound},
      {"among others", climb({{www, {caa_record("contactemail", "a@example.com"), good}}}), kFound},
      {"beside a malformed record", climb({{www, {"\x01", good}}}), kFound},
      {"hidden by a nearer set", climb({{www, {issue}}, {dom, {good}}}), missing},
      {"hidden by a malformed record", climb({{www, {"\x01"}}, {dom, {good}}}), missing},
      {"another tag", climb({{www, {caa_record("iodef", kContact)}}}), missing},
      {"a phone property", climb({{www, {caa_record("contactphone", kContact)}}}), missing},
      {"no set at all", climb({{www, {}}, {dom, {}}, {"com", {}}}), missing},
      {"another contact", climb({{www, {caa_record("contactemail", "a@example.com")}}}), kDiffers},
      {"padded", climb({{www, {caa_record("contactemail", " " + kContact)}}}), kUnusable},
      {"a URL", climb({{www, {caa_record("contactemail", "mailto:" + kContact)}}}), kUnusable},
  };
  for (const auto& each : cases) {
    SCOPED_TRACE(each.name);
    const auto made = judge_caa(each.lookups);
    EXPECT_EQ(made.reason, each.reason);
    EXPECT_EQ(made.challenge_information, each.reason == kFound ? kContact : "");
    EXPECT_TRUE(dns_test::is_printable(made.explanation)) << made.explanation;
  }
}

TEST(ContactCaa, BelievesAnUnbrokenClimbOnly) {
  const auto good = caa_record("contactemail", kContact);
  const std::string www = "www.example.com";
  const std::string dom = "example.com";
  auto unproved = climb({{www, {good}}});
  unproved[0].verdict = dns::Verdict::indeterminate;
  auto typed = climb({{www, {good}}});
  typed[0].type = RecordType::txt;
  auto capitals = climb({{www, {}}, {"EXAMPLE.com", {good}}});
  auto gone = climb({{www, {good}}});
  gone[0].rcode = dns::Rcode::nxdomain;
  auto broken = climb({{www, {}}});
  broken.push_back(failure(dom, RecordType::caa, LookupStatus::failed));
  auto bogus = climb({{www, {}}});
  bogus.push_back(failure(dom, RecordType::caa, LookupStatus::bogus));
  auto slow = climb({{www, {}}});
  slow.push_back(failure(dom, RecordType::caa, LookupStatus::timed_out));
  auto foreign = climb({{www, {good}}});
  foreign[0].name = "a b";
  const auto failed = ControlReason::lookup_failed;
  const std::vector<CaaCase> cases{
      {"nothing", {}, failed},
      {"a gap", climb({{www, {}}, {"com", {good}}}), failed},
      {"it starts above", climb({{dom, {good}}}), failed},
      {"another name", climb({{"mail.example.com", {good}}}), failed},
      {"no name", foreign, failed},
      {"no end", climb({{www, {}}, {dom, {}}}), failed},
      {"another type", typed, failed},
      {"the name in capitals", capitals, failed},
      {"NXDOMAIN with data", gone, failed},
      {"validating, unproved", unproved, failed},
      {"a failure on the way", broken, failed},
      {"bogus on the way", bogus, ControlReason::bogus},
      {"timed out on the way", slow, ControlReason::timed_out},
  };
  for (const auto& each : cases) {
    SCOPED_TRACE(each.name);
    const auto made = judge_caa(each.lookups);
    EXPECT_EQ(made.reason, each.reason);
    EXPECT_EQ(made.outcome, ControlOutcome::undetermined);
    EXPECT_TRUE(made.challenge_information.empty());
    EXPECT_TRUE(dns_test::is_printable(made.explanation)) << made.explanation;
  }
}

TEST(ContactCaa, NeverProposesASetThatWouldHideTheOneFound) {
  const auto made = judge_caa(
      climb({{"www.example.com", {}}, {"example.com", {caa_record("issue", "ca.example")}}}));
  EXPECT_NE(made.explanation.find("  example.com. CAA 0 contactemail "), std::string::npos)
      << made.explanation;
  EXPECT_EQ(made.explanation.find("  www.example.com. CAA"), std::string::npos);
}

TEST(ContactCaa, KnowsNumbersToo) {
  const auto check =
      check_of(ControlMethod::contact_phone_caa, name(kDomain), ContactValue{"+15551234567"});
  const auto made = contact_phone_caa_method().assess(
      seen({answer(kDomain, RecordType::caa,
                   {caa_record("contactemail", kContact),
                    caa_record("contactphone", "+1 (555) 123-4567")})}),
      check, check.applied_for, kNow);
  EXPECT_EQ(made.challenge_information, "+15551234567");
}

RC_GTEST_PROP(CanonicalContact, DoesNotDependOnSeparators, (const std::vector<bool>& gaps)) {
  std::string text = "+1";
  for (std::size_t i = 0; i < std::min<std::size_t>(gaps.size(), 13); ++i)
    text += gaps[i] ? "-5" : "5";
  text += "5";
  std::string digits;
  std::copy_if(text.begin(), text.end(), std::back_inserter(digits),
               [](char c) { return c != '-'; });
  RC_ASSERT(canonical_contact(ContactKind::phone, text).value() == digits);
}

}  // namespace
}  // namespace parallax::dcv
