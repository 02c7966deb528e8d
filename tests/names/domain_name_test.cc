// SPDX-License-Identifier: Apache-2.0
#include "names/domain_name.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace parallax::names {
namespace {

using ::testing::HasSubstr;

std::string label_of(std::size_t size) { return std::string(size, 'a'); }

// Four labels and three dots: `size` octets in all.
std::string name_of(std::size_t size) {
  const std::string head = label_of(63) + "." + label_of(63) + "." + label_of(63) + ".";
  return head + label_of(size - head.size());
}

DomainName domain(std::string_view text) {
  auto name = DomainName::parse(text, Underscores::allow);
  EXPECT_TRUE(name) << text << ": " << (name ? "" : name.error().message);
  return *name;
}

struct Accepted {
  const char* name;
  std::string input;
  std::string text;
  Underscores underscores = Underscores::refuse;
};

class AcceptedDomainName : public ::testing::TestWithParam<Accepted> {};

TEST_P(AcceptedDomainName, HasCanonicalText) {
  const auto parsed = DomainName::parse(GetParam().input, GetParam().underscores);
  ASSERT_TRUE(parsed) << parsed.error().message;
  EXPECT_EQ(parsed->text(), GetParam().text);
}

INSTANTIATE_TEST_SUITE_P(
    Table, AcceptedDomainName,
    ::testing::Values(
        Accepted{"Plain", "example.com", "example.com"},
        Accepted{"UpperCase", "EXAMPLE.Com", "example.com"},
        Accepted{"TrailingDot", "example.com.", "example.com"},
        Accepted{"SingleLabel", "localhost", "localhost"},
        Accepted{"DigitsInFront", "3com.example", "3com.example"},
        Accepted{"NumericLabelInside", "1.2.0.192.in-addr.arpa", "1.2.0.192.in-addr.arpa"},
        Accepted{"InnerHyphens", "r3---sn-a.example", "r3---sn-a.example"},
        Accepted{"LongestLabel", label_of(63) + ".example", label_of(63) + ".example"},
        Accepted{"LongestName", name_of(253), name_of(253)},
        Accepted{"LongestNameWithDot", name_of(253) + ".", name_of(253)},
        Accepted{"Underscore", "_dmarc.example.com", "_dmarc.example.com", Underscores::allow},
        Accepted{"UnderscoreBesideIdn", "_dmarc.b\u00FCcher.example",
                 "_dmarc.xn--bcher-kva.example", Underscores::allow},
        Accepted{"ULabel", "b\u00FCcher.example", "xn--bcher-kva.example"},
        Accepted{"ULabelUpperCase", "B\u00DCCHER.example", "xn--bcher-kva.example"},
        Accepted{"ULabelDecomposed", "bu\u0308cher.example", "xn--bcher-kva.example"},
        Accepted{"ALabel", "xn--bcher-kva.example", "xn--bcher-kva.example"},
        Accepted{"ALabelUpperCase", "XN--BCHER-KVA.example", "xn--bcher-kva.example"},
        Accepted{"SharpSStays", "fa\u00DF.example", "xn--fa-hia.example"},
        Accepted{"FinalSigmaStays", "\u03B2\u03CC\u03BB\u03BF\u03C2.example",
                 "xn--nxasmm1c.example"},
        Accepted{"FullwidthLetters", "\uFF45\uFF58.example", "ex.example"},
        Accepted{"IdeographicDot", "example\u3002com", "example.com"},
        Accepted{"FullwidthDot", "example\uFF0Ecom", "example.com"},
        Accepted{"Arabic", "\u0645\u062B\u0627\u0644.\u0625\u062E\u062A\u0628\u0627\u0631",
                 "xn--mgbh0fb.xn--kgbechtv"},
        Accepted{"KatakanaMiddleDot", "\u30AB\u30FB\u30AB.example", "xn--lcka3v.example"},
        Accepted{"SoftHyphenIgnored", "exam\u00ADple.com", "example.com"}),
    [](const auto& info) { return info.param.name; });

struct Refused {
  const char* name;
  std::string input;
  const char* says;
};

class RefusedDomainName : public ::testing::TestWithParam<Refused> {};

TEST_P(RefusedDomainName, SaysWhy) {
  const auto parsed = DomainName::parse(GetParam().input);
  ASSERT_FALSE(parsed) << parsed->text();
  EXPECT_EQ(parsed.error().code, ErrorCode::malformed);
  EXPECT_THAT(parsed.error().message, HasSubstr(GetParam().says));
}

INSTANTIATE_TEST_SUITE_P(
    Table, RefusedDomainName,
    ::testing::Values(
        Refused{"Empty", "", "is empty"}, Refused{"Root", ".", "the root"},
        Refused{"TwoDots", "example..com", "two dots in a row"},
        Refused{"LeadingDot", ".example.com", "one in front"},
        Refused{"TwoTrailingDots", "example.com..", "two dots in a row"},
        Refused{"LabelTooLong", label_of(64) + ".example", "has 64 octets; 63 is the most"},
        Refused{"NameTooLong", name_of(254), "at most 253 octets; this one has 254"},
        Refused{"ThreeHundredOctets", std::string(296, 'a') + ".com",
                "at most 253 octets; this one has 300"},
        Refused{"TenThousandOctets", std::string(10000, 'a'), "at most 253 octets"},
        Refused{"LeadingHyphen", "-a.example", "begins or ends with a hyphen"},
        Refused{"TrailingHyphen", "a-.example", "begins or ends with a hyphen"},
        Refused{"Underscore", "_dmarc.example.com", "underscore"},
        Refused{"Space", "exa mple.com", "holds \" \""},
        Refused{"SpaceBehind", "example.com ", "holds \" \""},
        Refused{"Nul", std::string("exa\0mple.com", 12), "\\u{0000}"},
        Refused{"NewLine", "example.com\n", "\\u{000a}"},
        Refused{"Wildcard", "*.example.com", "asterisk"},
        Refused{"AsteriskInside", "a*.example.com", "asterisk"},
        Refused{"FullwidthAsterisk", "\uFF0A.example.com", "asterisk"},
        Refused{"Mailbox", "alice@example.com", "looks like a mailbox"},
        Refused{"Url", "https://example.com/", "looks like a URL"},
        Refused{"Port", "example.com:443", "port"},
        Refused{"Ipv4", "192.0.2.1", "looks like an IPv4 address"},
        Refused{"Ipv4Short", "127.1", "looks like an IPv4 address"},
        Refused{"Ipv4Hex", "0x7f.1", "looks like an IPv4 address"},
        Refused{"Ipv4HexWhole", "0x7f000001", "looks like an IPv4 address"},
        Refused{"Ipv4Fullwidth", "\uFF11\uFF12\uFF17.0.0.\uFF11", "looks like an IPv4 address"},
        Refused{"Ipv6", "2001:db8::1", "looks like an IPv6 address"},
        Refused{"Ipv6Brackets", "[2001:db8::1]", "looks like an IPv6 address"},
        Refused{"NumericTopLevel", "example.123", "the top-level domain \"123\" is a number"},
        Refused{"NotUtf8", "ex\xff.com", "must be UTF-8"},
        Refused{"OverlongUtf8", "ex\xc0\xae.com", "must be UTF-8"},
        Refused{"Emoji", "\u2603.example", "IDNA2008"},
        Refused{"EmojiALabel", "xn--n3h.example", "IDNA2008"},
        Refused{"ALabelOfAscii", "xn--abc-.example", "begins or ends with a hyphen"},
        Refused{"ALabelEmpty", "xn--.example", "hyphen"},
        Refused{"ALabelGarbage", "xn--zzzzzzzzzz99999.example", "IDNA2008"},
        Refused{"ALabelAndMore", "xn--strae-oqa\uFF0D.example", "IDNA2008"},
        Refused{"ALabelOfUpperCase", "xn--bcher-2pa.example", "IDNA2008"},
        Refused{"ALabelNotNfc", "xn--bucher-xyd.example", "IDNA2008"},
        Refused{"ALabelOfFullwidth", "xn--mi7c.example", "IDNA2008"},
        Refused{"ALabelContextO", "xn--ab-3n4a.example", "IDNA2008"},
        Refused{"LeadingCombiningMark", "\u0301a.example", "IDNA2008"},
        Refused{"JoinerOutOfContext", "a\u200Db.example", "IDNA2008"},
        Refused{"MiddleDotOutOfContext", "a\u00B7b.example", "IDNA2008"},
        Refused{"MixedDirection", "\u0645a1\u0645\u0661.example", "IDNA2008"},
        Refused{"OnlySoftHyphen", "a.\u00AD.example", "\\u{00ad}"},
        Refused{"MapsToSlash", "a\u2100b.example", "domain name"},
        Refused{"RightToLeftOverride", "a\u202Ecom.example", "\\u{202e}"}),
    [](const auto& info) { return info.param.name; });

TEST(DomainName, KnowsItsLabelsAndAncestors) {
  const DomainName name = domain("a.b.example");
  EXPECT_EQ(name.label_count(), 3u);
  EXPECT_THAT(name.labels(), ::testing::ElementsAre("a", "b", "example"));
  EXPECT_EQ(name.parent(), domain("b.example"));
  EXPECT_EQ(name.top_level(), domain("example"));
  EXPECT_EQ(domain("example").parent(), std::nullopt);
  EXPECT_EQ(domain("example").top_level(), domain("example"));
}

TEST(DomainName, AncestryRespectsLabelBoundaries) {
  EXPECT_TRUE(domain("a.example").is_at_or_below(domain("a.example")));
  EXPECT_TRUE(domain("b.a.example").is_at_or_below(domain("a.example")));
  EXPECT_FALSE(domain("ba.example").is_at_or_below(domain("a.example")));
  EXPECT_FALSE(domain("example").is_at_or_below(domain("a.example")));
}

TEST(DomainName, TakesALabelInFront) {
  EXPECT_EQ(domain("example.com").with_label("_acme-challenge")->text(),
            "_acme-challenge.example.com");
  EXPECT_EQ(domain("example.com").with_label("B\u00FCcher")->text(), "xn--bcher-kva.example.com");
  for (const std::string& bad : {std::string(), std::string("a.b"), label_of(64), std::string("*"),
                                 std::string("\xff"), std::string("-a")}) {
    SCOPED_TRACE(bad);
    EXPECT_FALSE(domain("example.com").with_label(bad));
  }
  const auto long_one = domain(name_of(253)).with_label("a");
  ASSERT_FALSE(long_one);
  EXPECT_THAT(long_one.error().message, HasSubstr("would have 255 octets"));
}

TEST(DomainName, ShowsUnicodeToPeople) {
  EXPECT_EQ(domain("xn--bcher-kva.example").unicode(), "b\u00FCcher.example");
  EXPECT_EQ(domain("_a.example").unicode(), "_a.example");
}

TEST(WildcardName, StandsOverItsBase) {
  const auto name = WildcardName::parse("*.Example.COM.");
  ASSERT_TRUE(name);
  EXPECT_EQ(name->text(), "*.example.com");
  EXPECT_EQ(name->base(), domain("example.com"));
}

TEST(WildcardName, RefusesEveryOtherAsterisk) {
  const std::pair<const char*, const char*> cases[] = {
      {"example.com", "must begin with \"*.\""},
      {"*", "must begin with \"*.\""},
      {"*example.com", "must begin with"},
      {"*.", "is empty"},
      {"*.*.example.com", "asterisk"},
      {"*.a*.example.com", "asterisk"},
      {"*..example.com", "empty"},
      {"*.192.0.2.1", "IPv4"},
      {"*._a.example.com", "underscore"},
  };
  for (const auto& [input, says] : cases) {
    SCOPED_TRACE(input);
    const auto name = WildcardName::parse(input);
    ASSERT_FALSE(name);
    EXPECT_THAT(name.error().message, HasSubstr(says));
  }
  EXPECT_FALSE(WildcardName::parse("*." + name_of(252)));
  EXPECT_TRUE(WildcardName::parse("*." + name_of(251)));
}

}  // namespace
}  // namespace parallax::names
