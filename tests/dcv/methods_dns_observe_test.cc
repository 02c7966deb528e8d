// SPDX-License-Identifier: Apache-2.0
// What the DNS methods ask, once and nothing else, and that their own judgement takes what they
// report.
#include <gtest/gtest.h>

#include "dcv/methods_dns_facts.h"

namespace parallax::dcv {
namespace {

using dns::RecordType;
using dns_test::address;
using dns_test::caa_record;
using dns_test::check_of;
using dns_test::kDigest;
using dns_test::kDomain;
using dns_test::kNow;
using dns_test::name;
using dns_test::PlannedResolver;
using dns_test::txt;
using dns_test::wire_name;
using rules::ControlMethod;

struct Case {
  const char* name;
  ControlMethod method;
  Target adn;
  Challenge challenge;
  const char* at;  // the one name asked
  RecordType type;
  std::string rdata;  // that shows control
  const char* purpose;
};

std::vector<Case> cases() {
  const std::string digest(kDigest);
  const PersistentValue persistent{.issuers = {name("ca.example")},
                                   .account_uri = "https://ca.example/acct/1"};
  const std::string record = txt("ca.example; accounturi=https://ca.example/acct/1");
  const Target domain = name(kDomain);
  const Target v4 = address("192.0.2.1");
  const auto txt_type = RecordType::txt;
  return {
      {"dns_change", ControlMethod::dns_change, domain, DnsValue{.prefix = "", .value = "abc"},
       "example.com", txt_type, txt("abc"), "challenge"},
      {"dns_change behind a label", ControlMethod::dns_change, domain,
       DnsValue{.prefix = "_dcv", .value = "abc"}, "_dcv.example.com", txt_type, txt("abc"),
       "challenge"},
      {"dns_change, a CNAME", ControlMethod::dns_change, domain,
       DnsValue{.type = RecordType::cname, .prefix = "_dcv", .value = "x.ca.example"},
       "_dcv.example.com", RecordType::cname, wire_name("x.ca.example"), "challenge"},
      {"dns_change, CAA without a climb", ControlMethod::dns_change, domain,
       DnsValue{.type = RecordType::caa, .prefix = "", .value = "abc"}, "example.com",
       RecordType::caa, caa_record("x", "abc"), "challenge"},
      {"acme_dns", ControlMethod::acme_dns, domain,
       DnsValue{.prefix = "_acme-challenge", .value = digest}, "_acme-challenge.example.com",
       txt_type, txt(digest), "challenge"},
      {"dns_account", ControlMethod::dns_account, domain,
       DnsValue{.prefix = "_ujmmovf2vn55tgye._acme-challenge", .value = digest},
       "_ujmmovf2vn55tgye._acme-challenge.example.com", txt_type, txt(digest), "challenge"},
      {"dns_persistent", ControlMethod::dns_persistent, domain, persistent,
       "_validation-persist.example.com", txt_type, record, "challenge"},
      {"dns_persistent of an address", ControlMethod::dns_persistent, v4, persistent,
       "_ip-validation-persist.1.2.0.192.in-addr.arpa", txt_type, record, "challenge"},
      {"contact_email_txt", ControlMethod::contact_email_txt, domain, ContactValue{"a@example.com"},
       "_validation-contactemail.example.com", txt_type, txt("a@example.com"), "challenge"},
      {"contact_phone_txt", ControlMethod::contact_phone_txt, domain, ContactValue{"+15551234567"},
       "_validation-contactphone.example.com", txt_type, txt("+1 555 123 4567"), "challenge"},
      {"reverse_lookup", ControlMethod::reverse_lookup, v4, ReverseValue{name("host.example.com")},
       "1.2.0.192.in-addr.arpa", RecordType::ptr, wire_name("host.example.com"), "reverse"},
  };
}

TEST(DnsMethods, AskOneQuestionAndReportItsAnswer) {
  for (const auto& each : cases()) {
    SCOPED_TRACE(each.name);
    PlannedResolver resolver;
    resolver.plan(each.at, each.type, {each.rdata});
    const Method* method = find_method(each.method);
    ASSERT_NE(method, nullptr);
    const auto check = check_of(each.method, each.adn, each.challenge);
    const auto seen = dns_test::observe(*method, check, each.adn, resolver);
    ASSERT_EQ(resolver.asked.size(), 1);
    EXPECT_EQ(resolver.asked[0], (dns::Question{name(each.at), each.type}));
    ASSERT_EQ(seen.lookups.size(), 1);
    EXPECT_EQ(seen.lookups[0].purpose, each.purpose);
    EXPECT_EQ(seen.lookups[0].name, each.at);
    EXPECT_EQ(method->assess(seen, check, each.adn, kNow).outcome, ControlOutcome::shown);
  }
}

TEST(DnsMethods, ReportThatNothingIsThere) {
  for (const auto& each : cases()) {
    SCOPED_TRACE(each.name);
    PlannedResolver resolver;
    const Method* method = find_method(each.method);
    const auto check = check_of(each.method, each.adn, each.challenge);
    const auto seen = dns_test::observe(*method, check, each.adn, resolver);
    const auto made = method->assess(seen, check, each.adn, kNow);
    EXPECT_EQ(made.outcome, ControlOutcome::not_shown);
    EXPECT_EQ(made.reason, ControlReason::challenge_missing);
    EXPECT_NE(made.explanation.find("NXDOMAIN"), std::string::npos) << made.explanation;
  }
}

// The name asked may be too long although the ADN is not: no question, no control.
TEST(DnsMethods, AskNothingWhereNoNameCanBe) {
  const std::string label(60, 'a');
  const Target longest = name(label + "." + label + "." + label + "." + label + ".example");
  for (const auto& each : cases()) {
    if (std::string_view(each.at).starts_with("example.com") ||
        std::holds_alternative<names::IpAddress>(each.adn))
      continue;
    SCOPED_TRACE(each.name);
    PlannedResolver resolver;
    const Method* method = find_method(each.method);
    const auto check = check_of(each.method, longest, each.challenge);
    const auto seen = dns_test::observe(*method, check, longest, resolver);
    EXPECT_TRUE(resolver.asked.empty());
    EXPECT_EQ(method->assess(seen, check, longest, kNow).reason, ControlReason::challenge_missing);
  }
}

TEST(ContactCaa, ReportsTheClimbUpToTheRelevantSet) {
  PlannedResolver resolver;
  const auto contact = caa_record("contactemail", "a@example.com");
  resolver.plan("example.com", RecordType::caa,
                {caa_record("issue", "ca.example"), contact, "\x01"});
  const auto check = check_of(ControlMethod::contact_email_caa, name("a.www.example.com"),
                              ContactValue{"a@example.com"});
  const auto& method = contact_email_caa_method();
  const auto seen = dns_test::observe(method, check, check.applied_for, resolver);
  ASSERT_EQ(seen.lookups.size(), 3);
  EXPECT_EQ(seen.lookups[0].name, "a.www.example.com");
  EXPECT_EQ(seen.lookups[1].name, "www.example.com");
  EXPECT_EQ(seen.lookups[2].name, "example.com");
  for (const auto& lookup : seen.lookups) {
    EXPECT_EQ(lookup.purpose, "challenge");
    EXPECT_EQ(lookup.type, RecordType::caa);
  }
  // The records as they came, the unreadable one with them.
  EXPECT_EQ(seen.lookups[2].rdata,
            (std::vector<std::string>{caa_record("issue", "ca.example"), contact, "\x01"}));
  EXPECT_EQ(method.assess(seen, check, check.applied_for, kNow).outcome, ControlOutcome::shown);
}

TEST(ContactCaa, ReportsAClimbThatFoundNothing) {
  PlannedResolver resolver;
  resolver.plan("com", RecordType::caa, {});
  const auto check =
      check_of(ControlMethod::contact_phone_caa, name(kDomain), ContactValue{"+15551234567"});
  const auto& method = contact_phone_caa_method();
  const auto seen = dns_test::observe(method, check, check.applied_for, resolver);
  EXPECT_EQ(seen.lookups.size(), 2);
  EXPECT_EQ(method.assess(seen, check, check.applied_for, kNow).reason,
            ControlReason::challenge_missing);
}

}  // namespace
}  // namespace parallax::dcv
