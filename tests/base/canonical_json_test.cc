// SPDX-License-Identifier: Apache-2.0
#include "base/canonical_json.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include "base/encoding.h"
#include "base/json.h"

namespace parallax {
namespace {

TEST(CanonicalJson, WritesOneText) {
  struct Case {
    const char* name;
    std::string input;
    std::string text;
  };
  for (const Case& each : {
           Case{"Null", " null ", "null"},
           Case{"Booleans", "[ true , false ]", "[true,false]"},
           Case{"Empty", "{ \"a\" : [ ] , \"b\" : { } }", R"({"a":[],"b":{}})"},
           Case{"SafeIntegers", "[-9007199254740991, 0, -0, 9007199254740991]",
                "[-9007199254740991,0,0,9007199254740991]"},
           // RFC 8785 s3.2.2, less its fractions.
           Case{"Rfc8785Strings",
                R"({"string":"\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/",)"
                R"("literals":[null,true,false]})",
                "{\"literals\":[null,true,false],\"string\":\"\xe2\x82\xac$\\u000f\\nA'B\\\"\\\\"
                "\\\\\\\"/\"}"},
           // RFC 8785 s3.2.3.
           Case{"Rfc8785Sorting",
                R"({"\u20ac":"Euro Sign","\r":"Carriage Return","\ufb33":"Hebrew Letter Dalet )"
                R"(With Dagesh","1":"One","\ud83d\ude00":"Emoji: Grinning Face",)"
                R"("\u0080":"Control","\u00f6":"Latin Small Letter O With Diaeresis"})",
                "{\"\\r\":\"Carriage Return\",\"1\":\"One\",\"\xc2\x80\":\"Control\","
                "\"\xc3\xb6\":\"Latin Small Letter O With Diaeresis\","
                "\"\xe2\x82\xac\":\"Euro Sign\",\"\xf0\x9f\x98\x80\":\"Emoji: Grinning Face\","
                "\"\xef\xac\xb3\":\"Hebrew Letter Dalet With Dagesh\"}"},
           Case{"ShortEscapes", R"("\b\t\n\f\r\u0000\u001f\u007f")",
                std::string("\"\\b\\t\\n\\f\\r\\u0000\\u001f\x7f\"")},
           Case{"PrefixFirst", R"({"ab":1,"a":2,"":3})", R"({"":3,"a":2,"ab":1})"},
           Case{"PlanesInOrder", R"({"\udbff\udfff":1,"\ud800\udc00":2,"\ue000":3,"\uffff":4})",
                "{\"\xf0\x90\x80\x80\":2,\"\xf4\x8f\xbf\xbf\":1,\"\xee\x80\x80\":3,"
                "\"\xef\xbf\xbf\":4}"},
           Case{"Nested", R"({"b":{"d":1,"c":[{"f":2,"e":3}]},"a":4})",
                R"({"a":4,"b":{"c":[{"e":3,"f":2}],"d":1}})"},
       }) {
    SCOPED_TRACE(each.name);
    const auto value = parse_json(each.input);
    ASSERT_TRUE(value) << value.error().message;
    const auto text = canonical_json(*value);
    ASSERT_TRUE(text) << text.error().message;
    EXPECT_EQ(*text, each.text);
  }
}

// Every octet, at every place of a text longer than what is looked at in one step.
TEST(CanonicalJson, EscapesWhereverItMust) {
  constexpr std::size_t kSize = 19;
  for (int octet = 0; octet < 0x80; ++octet)
    for (std::size_t at = 0; at < kSize; ++at) {
      std::string text(kSize, '~');
      text[at] = static_cast<char>(octet);
      const bool must = octet < 0x20 || octet == '"' || octet == '\\';
      const auto written = canonical_json(json::value(text));
      ASSERT_TRUE(written.has_value());
      EXPECT_EQ(written->size() > kSize + 2, must) << octet << " at " << at;
      EXPECT_EQ(*parse_json(*written), json::value(text)) << octet << " at " << at;
    }
}

TEST(CanonicalJson, RefusesWhatHasNoPlaceInSignedText) {
  const std::pair<const char*, json::value> cases[] = {
      {"Fraction", 1.5},
      {"WholeDouble", 1.0},
      {"TooLarge", std::int64_t{9007199254740992}},
      {"TooSmall", std::int64_t{-9007199254740992}},
      {"TooLargeUnsigned", std::uint64_t{18446744073709551615u}},
      {"NotUtf8", "\xff"},
      {"Surrogate", "\xed\xa0\x80"},
      {"KeyNotUtf8", json::object{{"\xff", 1}}},
      {"DeepInside", json::array{json::object{{"a", json::array{1.5}}}}},
  };
  for (const auto& [name, value] : cases) {
    SCOPED_TRACE(name);
    const auto text = canonical_json(value);
    ASSERT_FALSE(text) << *text;
    EXPECT_EQ(text.error().code, ErrorCode::unsupported);
  }
}

// The order of RFC 8785 s3.2.3, straight from its definition.
std::u16string utf16(const std::u32string& code_points) {
  std::u16string out;
  for (const char32_t c : code_points) {
    if (c < 0x10000) {
      out += static_cast<char16_t>(c);
    } else {
      out += static_cast<char16_t>(0xD800 + ((c - 0x10000) >> 10));
      out += static_cast<char16_t>(0xDC00 + ((c - 0x10000) & 0x3FF));
    }
  }
  return out;
}

std::string utf8(const std::u32string& code_points) {
  std::string out;
  const auto tail = [&](char32_t c, int shift) {
    out += static_cast<char>(0x80 | ((c >> shift) & 0x3F));
  };
  for (const char32_t c : code_points) {
    if (c < 0x80) {
      out += static_cast<char>(c);
    } else if (c < 0x800) {
      out += static_cast<char>(0xC0 | (c >> 6));
      tail(c, 0);
    } else if (c < 0x10000) {
      out += static_cast<char>(0xE0 | (c >> 12));
      tail(c, 6);
      tail(c, 0);
    } else {
      out += static_cast<char>(0xF0 | (c >> 18));
      tail(c, 12);
      tail(c, 6);
      tail(c, 0);
    }
  }
  return out;
}

RC_GTEST_PROP(CanonicalJsonProperty, KeysSortByUtf16, ()) {
  const auto key = rc::gen::map(
      rc::gen::container<std::vector<char32_t>>(rc::gen::elementOf(std::vector<char32_t>{
          U'a', U'z', 0x7f, 0x80, 0x7ff, 0x800, 0xd7ff, 0xe000, 0xffff, 0x10000, 0x10ffff})),
      [](const std::vector<char32_t>& c) { return std::u32string(c.begin(), c.end()); });
  const std::u32string a = *key;
  const std::u32string b = *key;
  RC_PRE(a != b);
  const json::object object{{utf8(a), 1}, {utf8(b), 2}};
  const std::string text = *canonical_json(object);
  RC_ASSERT((text.find(":1") < text.find(":2")) == (utf16(a) < utf16(b)));
}

RC_GTEST_PROP(CanonicalJsonProperty, ParsesBackToTheSameValue,
              (const std::map<std::string, std::int32_t>& numbers,
               const std::vector<bool>& flags)) {
  json::object object;
  for (const auto& [key, number] : numbers) object[printable(key)] = number;
  json::array array;
  for (const bool flag : flags) array.emplace_back(flag);
  object["flags"] = std::move(array);
  const auto text = canonical_json(object);
  RC_ASSERT(text.has_value());
  RC_ASSERT(*parse_json(*text) == json::value(object));
  RC_ASSERT(*canonical_json(*parse_json(*text)) == *text);
}

}  // namespace
}  // namespace parallax
