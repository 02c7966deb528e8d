// SPDX-License-Identifier: Apache-2.0
#include "names/mailbox_address.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace parallax::names {
namespace {

using ::testing::HasSubstr;

std::string domain_of(std::size_t size) {
  std::string out;
  while (out.size() + 64 < size) out += std::string(63, 'a') + ".";
  return out + std::string(size - out.size(), 'a');
}

struct Accepted {
  const char* name;
  std::string input;
  std::string text;
  bool smtputf8 = false;
};

class AcceptedMailbox : public ::testing::TestWithParam<Accepted> {};

TEST_P(AcceptedMailbox, HasCanonicalText) {
  const auto parsed = MailboxAddress::parse(GetParam().input);
  ASSERT_TRUE(parsed) << parsed.error().message;
  EXPECT_EQ(parsed->text(), GetParam().text);
  EXPECT_EQ(parsed->needs_smtputf8(), GetParam().smtputf8);
  EXPECT_EQ(*MailboxAddress::parse(parsed->text()), *parsed);
}

INSTANTIATE_TEST_SUITE_P(
    Table, AcceptedMailbox,
    ::testing::Values(
        Accepted{"Plain", "alice@example.com", "alice@example.com"},
        Accepted{"LocalPartKeepsCase", "Alice@EXAMPLE.com", "Alice@example.com"},
        Accepted{"DotString", "a.b.c@example.com", "a.b.c@example.com"},
        Accepted{"EveryAtext", "!#$%&'*+-/=?^_`{|}~@example.com",
                 "!#$%&'*+-/=?^_`{|}~@example.com"},
        Accepted{"SingleLabelDomain", "foo@localhost", "foo@localhost"},
        Accepted{"NeedlessQuotes", "\"alice\"@example.com", "alice@example.com"},
        Accepted{"NeedlessQuotedPair", "\"al\\ice\"@example.com", "alice@example.com"},
        Accepted{"NeededQuotes", "\"a b\"@example.com", "\"a b\"@example.com"},
        Accepted{"QuotedAt", "\"a@b\"@example.com", "\"a@b\"@example.com"},
        Accepted{"QuotedQuote", "\"a\\\"b\"@example.com", "\"a\\\"b\"@example.com"},
        Accepted{"QuotedBackslash", "\"a\\\\b\"@example.com", "\"a\\\\b\"@example.com"},
        Accepted{"QuotedNeedlessBackslash", "\"a\\ b\"@example.com", "\"a b\"@example.com"},
        Accepted{"QuotedDots", "\"a..b\"@example.com", "\"a..b\"@example.com"},
        Accepted{"QuotedNothing", "\"\"@example.com", "\"\"@example.com"},
        Accepted{"LongestLocalPart", std::string(64, 'a') + "@example.com",
                 std::string(64, 'a') + "@example.com"},
        Accepted{"LongestMailbox", "a@" + domain_of(252), "a@" + domain_of(252)},
        Accepted{"Utf8LocalPart", "J\u00F6rg@example.com", "J\u00F6rg@example.com", true},
        Accepted{"Utf8Quoted", "\"\u00E4 \u00F6\"@example.com", "\"\u00E4 \u00F6\"@example.com",
                 true},
        Accepted{"IdnDomain", "joerg@b\u00FCcher.example", "joerg@xn--bcher-kva.example"},
        Accepted{"ALabelDomain", "joerg@xn--bcher-kva.example", "joerg@xn--bcher-kva.example"}),
    [](const auto& info) { return info.param.name; });

struct Refused {
  const char* name;
  std::string input;
  const char* says;
};

class RefusedMailbox : public ::testing::TestWithParam<Refused> {};

TEST_P(RefusedMailbox, SaysWhy) {
  const auto parsed = MailboxAddress::parse(GetParam().input);
  ASSERT_FALSE(parsed) << parsed->text();
  EXPECT_EQ(parsed.error().code, ErrorCode::malformed);
  EXPECT_THAT(parsed.error().message, HasSubstr(GetParam().says));
}

INSTANTIATE_TEST_SUITE_P(
    Table, RefusedMailbox,
    ::testing::Values(
        Refused{"Empty", "", "is empty"}, Refused{"NoAt", "alice", "there is no @"},
        Refused{"NoDomain", "alice@", "nothing stands behind the @"},
        Refused{"NoLocalPart", "@example.com", "needs a local part"},
        Refused{"OnlyAt", "@", "needs a local part"},
        Refused{"AddressLiteral4", "alice@[192.0.2.1]", "address literal"},
        Refused{"AddressLiteral6", "alice@[IPv6:2001:db8::1]", "address literal"},
        Refused{"BareAddress", "alice@192.0.2.1", "looks like an IPv4 address"},
        Refused{"WildcardName", "*.example.com", "a wildcard name is not a mailbox"},
        Refused{"WildcardDomain", "alice@*.example.com", "no wildcard mailboxes"},
        Refused{"TwoAts", "alice@bob@example.com", "has one @"},
        Refused{"TwoAtsBehindQuotes", "\"a\"@bob@example.com", "has one @"},
        Refused{"LeadingDot", ".alice@example.com", "begins or ends with a dot"},
        Refused{"TrailingDot", "alice.@example.com", "begins or ends with a dot"},
        Refused{"TwoDots", "al..ice@example.com", "two dots in a row"},
        Refused{"Space", "al ice@example.com", "must be quoted"},
        Refused{"AngleBrackets", "<alice@example.com>", "must be quoted"},
        Refused{"DisplayName", "Alice <alice@example.com>", "must be quoted"},
        Refused{"UnclosedQuote", "\"alice@example.com", "no closing quote"},
        Refused{"DanglingBackslash", "\"alice\\", "no closing quote"},
        Refused{"QuotesThenText", "\"alice\"x@example.com", "must follow the quoted"},
        Refused{"QuotesAlone", "\"alice\"", "must follow the quoted"},
        Refused{"QuotedPairNotAscii", "\"\\\u00E4\"@example.com", "may only quote an ASCII"},
        Refused{"LocalPartTooLong", std::string(65, 'a') + "@example.com",
                "at most 64 octets; this one has 65"},
        Refused{"MailboxTooLong", "ab@" + domain_of(252), "at most 254 octets; this one has 255"},
        Refused{"DomainTooLong", "a@" + domain_of(300), "at most 253 octets; this one has 300"},
        Refused{"Huge", std::string(100000, 'a'), "at most 254 octets"},
        Refused{"DomainTwoDots", "alice@example..com", "two dots in a row"},
        Refused{"DomainTrailingDot", "alice@example.com.", "no trailing dot"},
        Refused{"DomainUnderscore", "alice@_a.example.com", "underscore"},
        Refused{"DomainSpace", "alice@exa mple.com", "in the domain of the mailbox"},
        Refused{"NotUtf8", "al\xff@example.com", "must be UTF-8"},
        Refused{"NewLine", "alice@example.com\r\nRCPT TO:", "control characters"},
        Refused{"Nul", std::string("al\0ice@example.com", 18), "control characters"},
        Refused{"QuotedTab", "\"a\tb\"@example.com", "control characters"},
        Refused{"C1Control", "a\u0085b@example.com", "control characters"},
        Refused{"NotNfc", "Jo\u0308rg@example.com", "Normalization Form C"}),
    [](const auto& info) { return info.param.name; });

TEST(MailboxAddress, ComparesLocalPartsExactlyAndDomainsWithoutCase) {
  const auto parse = [](const char* text) { return *MailboxAddress::parse(text); };
  EXPECT_EQ(parse("alice@EXAMPLE.com"), parse("alice@example.com"));
  EXPECT_EQ(parse("\"alice\"@example.com"), parse("alice@example.com"));
  EXPECT_NE(parse("Alice@example.com"), parse("alice@example.com"));
}

TEST(MailboxAddress, SentencesHoldNoLocalPart) {
  for (const char* input : {"secret@", "se cret@example.com", "secret@example..com",
                            "secret..x@example.com", "secret@[192.0.2.1]", "secret@a@b"}) {
    SCOPED_TRACE(input);
    const auto parsed = MailboxAddress::parse(input);
    ASSERT_FALSE(parsed);
    EXPECT_THAT(describe(parsed.error()), ::testing::Not(HasSubstr("cret")));
  }
}

}  // namespace
}  // namespace parallax::names
