// SPDX-License-Identifier: Apache-2.0
// What holds for every name, not only for those in the tables.
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include "names/certificate_name.h"

namespace parallax::names {
namespace {

rc::Gen<std::string> label_text() {
  return rc::gen::map(rc::gen::pair(rc::gen::inRange<std::size_t>(1, 64),
                                    rc::gen::container<std::string>(
                                        63, rc::gen::elementOf(std::string("abcXYZ019-")))),
                      [](const std::pair<std::size_t, std::string>& pair) {
                        std::string label = pair.second.substr(0, pair.first);
                        label.front() = 'a';
                        label.back() = 'z';
                        return label;
                      });
}

rc::Gen<std::string> domain_text() {
  return rc::gen::map(
      rc::gen::resize(4, rc::gen::container<std::vector<std::string>>(label_text())),
      [](const std::vector<std::string>& labels) {
        std::string name;
        for (const std::string& label : labels) name += label + ".";
        name += "example";
        return name.substr(name.size() > 253 ? name.size() - 253 : 0);
      });
}

// Text from the alphabet in which the parsers' decisions lie.
rc::Gen<std::string> hostile_text() {
  static const std::vector<std::string> kPieces = {
      "a",  "Z",      "0",      "-",      ".",      "..",     "_",      "*.",     "@",    "\"",
      "\\", "[",      "]",      ":",      "::",     "xn--",   "\u00FC", "\u0308", "\xff", "\u3002",
      " ",  "\u200D", "\u00AD", "\u0645", "\u0661", "\uFF0A", "\u2603", "1.2",    "com",  "\u00DF"};
  return rc::gen::map(rc::gen::container<std::vector<std::string>>(rc::gen::elementOf(kPieces)),
                      [](const std::vector<std::string>& pieces) {
                        std::string out;
                        for (const std::string& piece : pieces) out += piece;
                        return out;
                      });
}

template <class Parser>
void canonical_text_is_a_fixed_point(const std::string& text, Parser parse) {
  const auto once = parse(text);
  if (!once) {
    RC_ASSERT(!once.error().message.empty());
    return;
  }
  const auto twice = parse(once->text());
  RC_ASSERT(twice.has_value());
  RC_ASSERT(*twice == *once);
  RC_ASSERT(twice->text() == once->text());
}

RC_GTEST_PROP(NamesProperty, CanonicalTextIsAFixedPoint, ()) {
  const std::string text = *hostile_text();
  canonical_text_is_a_fixed_point(text, [](std::string_view t) { return DomainName::parse(t); });
  canonical_text_is_a_fixed_point(
      text, [](std::string_view t) { return DomainName::parse(t, Underscores::allow); });
  canonical_text_is_a_fixed_point(text, WildcardName::parse);
  canonical_text_is_a_fixed_point(text, MailboxAddress::parse);
  canonical_text_is_a_fixed_point(text, IpAddress::parse);
}

RC_GTEST_PROP(NamesProperty, ParentsLieAboveAndEndAtTheTop, ()) {
  const auto parsed = DomainName::parse(*domain_text());
  RC_PRE(parsed.has_value());
  const DomainName& name = *parsed;
  std::size_t steps = 1;
  DomainName last = name;
  for (auto at = name.parent(); at; at = at->parent()) {
    RC_ASSERT(name.is_at_or_below(*at));
    RC_ASSERT(!at->is_at_or_below(name));
    RC_ASSERT(*DomainName::parse(at->text()) == *at);
    last = *at;
    ++steps;
  }
  RC_ASSERT(steps == name.label_count());
  RC_ASSERT(last == name.top_level());
}

RC_GTEST_PROP(NamesProperty, EveryQuotedLocalPartHasOneSpelling, ()) {
  const std::string content =
      *rc::gen::container<std::string>(rc::gen::elementOf(std::string("ab. @\"\\")));
  RC_PRE(content.size() <= 20);
  std::string all_escaped = "\"";
  for (const char c : content) all_escaped += std::string("\\") + c;
  std::string few_escaped = "\"";
  for (const char c : content) {
    if (c == '"' || c == '\\') few_escaped += '\\';
    few_escaped += c;
  }
  const auto one = MailboxAddress::parse(all_escaped + "\"@example.com");
  const auto other = MailboxAddress::parse(few_escaped + "\"@example.com");
  RC_ASSERT(one.has_value());
  RC_ASSERT(other.has_value());
  RC_ASSERT(one->text() == other->text());
}

RC_GTEST_PROP(NamesProperty, AddressesSurviveTheirText, (std::uint32_t v4)) {
  const IpAddress address(boost::asio::ip::make_address_v4(v4));
  RC_ASSERT(*IpAddress::parse(address.text()) == address);
  boost::asio::ip::address_v6::bytes_type octets{};
  for (auto& octet : octets) octet = *rc::gen::arbitrary<unsigned char>();
  const IpAddress six{boost::asio::ip::make_address_v6(octets)};
  RC_ASSERT(*IpAddress::parse(six.text()) == six);
}

RC_GTEST_PROP(NamesProperty, AnEmbeddedAddressIsNeverPublic, (std::uint32_t v4)) {
  const auto text = boost::asio::ip::make_address_v4(v4).to_string();
  for (const std::string& prefix : {"::ffff:", "64:ff9b::", "::", "64:ff9b:1::"})
    RC_ASSERT(!IpAddress::parse(prefix + text)->special_purpose().empty());
}

}  // namespace
}  // namespace parallax::names
