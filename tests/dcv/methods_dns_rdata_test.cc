// SPDX-License-Identifier: Apache-2.0
// RDATA as it is compared, and the reverse zone names of addresses.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "dcv/methods_dns_facts.h"

namespace parallax::dcv {
namespace {

using dns_test::address;
using dns_test::txt;
using dns_test::txt_split;
using dns_test::wire_name;
using namespace std::string_literals;

struct TextCase {
  const char* name;
  std::string rdata;
  std::optional<std::string> text;  // nullopt: malformed
};

TEST(TxtText, JoinsTheCharacterStringsOfOneRecord) {
  const std::vector<TextCase> cases{
      {"one", txt("abc"), "abc"},
      {"two", txt({"abc", "def"}), "abcdef"},
      {"no separator is added", txt({"a ", " b"}), "a  b"},
      {"an empty string", txt({""}), ""},
      {"empty ones among others", txt({"", "a", "", "b"}), "ab"},
      {"any octets", txt("\x00\xff"s), "\x00\xff"s},
      {"the longest string", txt(std::string(255, 'x')), std::string(255, 'x')},
      {"no string at all", "", std::nullopt},
      {"cut short", "\x05"s + "abc", std::nullopt},
      {"a length alone", "\x01", std::nullopt},
      {"the second is cut short", txt("abc") + "\x02z", std::nullopt},
  };
  for (const auto& each : cases) {
    SCOPED_TRACE(each.name);
    const auto text = txt_text(each.rdata);
    ASSERT_EQ(text.has_value(), each.text.has_value());
    if (text) EXPECT_EQ(*text, *each.text);
  }
}

RC_GTEST_PROP(TxtText, DoesNotDependOnWhereTheTextIsSplit, (const std::string& text)) {
  const auto size = *rc::gen::inRange<std::size_t>(1, 256);
  RC_ASSERT(txt_text(txt_split(text, size)).value() == text);
}

TEST(NameText, ReadsOneWholeName) {
  const std::vector<TextCase> cases{
      {"a name", wire_name("www.example.com"), "www.example.com"},
      {"lower case", wire_name("WwW.Example.COM"), "www.example.com"},
      {"underscores", wire_name("_a._b.example"), "_a._b.example"},
      {"the root", "\0"s, "."},
      {"a dot inside a label", "\x03"s + "a.b" + "\0"s, "a\\046b"},
      {"a space", "\x01 \0"s, "\\032"},
      {"a high octet", "\x01\xff\0"s, "\\255"},
      {"nothing", "", std::nullopt},
      {"no end", "\x03"s + "com", std::nullopt},
      {"a label cut short", "\x05"s + "com", std::nullopt},
      {"surplus octets", wire_name("com") + "x", std::nullopt},
      {"a compression pointer", "\xc0\x0c"s, std::nullopt},
      {"a label of 64 octets", "\x40"s + std::string(64, 'a') + "\0"s, std::nullopt},
      {"the longest label", wire_name(std::string(63, 'a')), std::string(63, 'a')},
      {"256 octets",
       wire_name(std::string(63, 'a') + "." + std::string(63, 'a') + "." + std::string(63, 'a') +
                 "." + std::string(62, 'a')),
       std::nullopt},
  };
  for (const auto& each : cases) {
    SCOPED_TRACE(each.name);
    const auto text = name_text(each.rdata);
    ASSERT_EQ(text.has_value(), each.text.has_value());
    if (text) EXPECT_EQ(*text, *each.text);
  }
}

RC_GTEST_PROP(NameText, NeverTakesOddOctetsForADomainName, (const std::string& label)) {
  RC_PRE(!label.empty() && label.size() <= 63);
  const std::string rdata = static_cast<char>(label.size()) + label + '\0';
  const auto text = name_text(rdata);
  RC_ASSERT(text.has_value());
  if (text->find('\\') != std::string::npos)
    RC_ASSERT(!names::DomainName::parse(*text, names::Underscores::allow));
}

struct ReverseCase {
  const char* address;
  const char* name;
};

TEST(ReverseName, FollowsTheRfcs) {
  const std::vector<ReverseCase> cases{
      {"192.0.2.1", "1.2.0.192.in-addr.arpa"},  // RFC 1035 s3.5
      {"8.8.4.4", "4.4.8.8.in-addr.arpa"},
      {"255.255.255.255", "255.255.255.255.in-addr.arpa"},
      {"4321:0:1:2:3:4:567:89ab",  // RFC 3596 s2.5
       "b.a.9.8.7.6.5.0.4.0.0.0.3.0.0.0.2.0.0.0.1.0.0.0.0.0.0.0.1.2.3.4.ip6.arpa"},
      {"2001:db8::1", "1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa"},
  };
  for (const auto& each : cases) {
    SCOPED_TRACE(each.address);
    EXPECT_EQ(reverse_name(address(each.address)).text(), each.name);
  }
}

RC_GTEST_PROP(ReverseName, IsAnotherOneForEachAddress,
              (std::uint32_t first, std::uint32_t second)) {
  using boost::asio::ip::make_address_v4;
  const names::IpAddress a{make_address_v4(first)};
  const names::IpAddress b{make_address_v4(second)};
  RC_ASSERT((reverse_name(a) == reverse_name(b)) == (first == second));
}

}  // namespace
}  // namespace parallax::dcv
