// SPDX-License-Identifier: Apache-2.0
#include "names/certificate_name.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace parallax::names {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

const PublicSuffixList& suffixes() {
  static const auto list = PublicSuffixList::load(kDefaultPublicSuffixFile);
  return *list;
}

CertificateName tls(std::string_view text) {
  if (looks_like_wildcard(text)) return *WildcardName::parse(text);
  return *DomainName::parse(text, Underscores::allow);
}
CertificateName mailbox(std::string_view text) { return *MailboxAddress::parse(text); }
CertificateName address(std::string_view text) { return *IpAddress::parse(text); }

TEST(Classify, TellsWhatANameIs) {
  const std::pair<const char*, DomainClass> cases[] = {
      {"example.com", DomainClass::ordinary},
      {"www.example", DomainClass::ordinary},
      {"leaf.test", DomainClass::ordinary},
      {"onion.example.com", DomainClass::ordinary},
      {"notlocal.com", DomainClass::ordinary},
      {"e164.arpa", DomainClass::ordinary},
      {"xin-addr.arpa", DomainClass::ordinary},
      {"mail", DomainClass::single_label},
      {"localhost", DomainClass::single_label},
      {"com", DomainClass::single_label},
      {"in-addr.arpa", DomainClass::reverse_zone},
      {"1.2.0.192.in-addr.arpa", DomainClass::reverse_zone},
      {"8.b.d.0.1.0.0.2.ip6.arpa", DomainClass::reverse_zone},
      {"abc.onion", DomainClass::onion},
      {"www.abc.onion", DomainClass::onion},
      {"printer.local", DomainClass::special_use},
      {"a.localhost", DomainClass::special_use},
      {"a.invalid", DomainClass::special_use},
      {"a.alt", DomainClass::special_use},
      {"srv.corp.internal", DomainClass::special_use},
      {"home.arpa", DomainClass::special_use},
      {"nas.home.arpa", DomainClass::special_use},
  };
  for (const auto& [name, wanted] : cases) {
    SCOPED_TRACE(name);
    EXPECT_EQ(classify(*DomainName::parse(name)), wanted);
  }
}

TEST(CheckCertifiable, PassesWhatTheRulesAllow) {
  for (const CertificateName& name :
       {tls("example.com"), tls("*.example.com"), tls("www.example.co.uk"), tls("leaf.test"),
        tls("xn--bcher-kva.example"), tls("abcdef.onion"), tls("*.abcdef.onion"),
        mailbox("alice@example.com"), mailbox("alice@r3---sn.example"), address("8.8.8.8"),
        address("2606:4700::1111")}) {
    SCOPED_TRACE(text_of(name));
    const auto done = check_certifiable(name, suffixes());
    EXPECT_TRUE(done) << done.error().message;
  }
}

TEST(CheckCertifiable, RefusesWithARule) {
  struct Case {
    CertificateName name;
    const char* says;
    const char* rule;
  };
  const Case cases[] = {
      {tls("mail"), "\"mail\" is a single label, an Internal Name", "TLS BR 4.2.2"},
      {tls("com"), "single label", "TLS BR 4.2.2"},
      {mailbox("foo@localhost"), "Internal Name", "TLS BR 4.2.2"},
      {mailbox("foo@mail"), "by house rule for mailboxes too", "TLS BR 4.2.2"},
      {tls("printer.local"), "\"local\" is reserved", "TLS BR 4.2.2"},
      {tls("nas.home.arpa"), "\"home.arpa\" is reserved", "TLS BR 4.2.2"},
      {mailbox("foo@srv.internal"), "Internal Name", "TLS BR 4.2.2"},
      {tls("*.corp.internal"), "Internal Name", "TLS BR 4.2.2"},
      {tls("1.2.0.192.in-addr.arpa"), "reverse zones", "TLS BR 4.2.2"},
      {tls("*.2.0.192.in-addr.arpa"), "reverse zones", "TLS BR 4.2.2"},
      {mailbox("foo@0.192.in-addr.arpa"), "reverse zones", "TLS BR 4.2.2"},
      {tls("*.com"), "directly over the public suffix \"com\"", "TLS BR 3.2.2.6"},
      {tls("*.co.uk"), "directly over the public suffix \"co.uk\"", "TLS BR 3.2.2.6"},
      {tls("*.mail"), "public suffix", "TLS BR 3.2.2.6"},
      {tls("_a.example.com"), "underscore", "TLS BR 7.1.2.7.12"},
      {tls("ab--cd.example.com"), "reserved", "TLS BR 7.1.2.7.12"},
      {tls("*.ab--cd.example.com"), "reserved", "TLS BR 7.1.2.7.12"},
      {address("10.0.0.1"), "Private-Use", "TLS BR 4.2.2"},
      {address("::ffff:8.8.8.8"), "IPv4-mapped", "TLS BR 4.2.2"},
      {address("224.0.0.1"), "Multicast", "TLS BR 4.2.2"},
  };
  for (const Case& each : cases) {
    SCOPED_TRACE(text_of(each.name));
    const auto done = check_certifiable(each.name, suffixes());
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().code, ErrorCode::forbidden);
    EXPECT_THAT(done.error().message, AllOf(HasSubstr(each.says), HasSubstr(each.rule)));
    ASSERT_EQ(done.error().context.size(), 1u);
    EXPECT_EQ(done.error().context[0].first, "rule");
    EXPECT_EQ(done.error().context[0].second, each.rule);
  }
}

TEST(CheckCertifiable, KeepsLocalPartsOutOfItsSentences) {
  const auto done = check_certifiable(mailbox("secret@localhost"), suffixes());
  ASSERT_FALSE(done);
  EXPECT_EQ(describe(done.error()).find("secret"), std::string::npos);
}

TEST(CaaDomain, IsWhereTheSearchStarts) {
  EXPECT_EQ(caa_domain(tls("a.example.com"))->text(), "a.example.com");
  EXPECT_EQ(caa_domain(tls("*.example.com"))->text(), "example.com");
  EXPECT_EQ(caa_domain(mailbox("alice@B\u00FCcher.example"))->text(), "xn--bcher-kva.example");
}

TEST(CaaDomain, DoesNotExistForAddressesAndOnionNames) {
  const std::pair<CertificateName, const char*> cases[] = {
      {address("8.8.8.8"), "domain names only"},
      {tls("a.onion"), "onion"},
      {tls("*.a.onion"), "onion"},
      {mailbox("alice@a.onion"), "onion"},
  };
  for (const auto& [name, says] : cases) {
    SCOPED_TRACE(text_of(name));
    const auto domain = caa_domain(name);
    ASSERT_FALSE(domain);
    EXPECT_EQ(domain.error().code, ErrorCode::unsupported);
    EXPECT_THAT(domain.error().message, HasSubstr(says));
  }
}

}  // namespace
}  // namespace parallax::names
