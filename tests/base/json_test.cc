// SPDX-License-Identifier: Apache-2.0
#include "base/json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace parallax {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

json::value parsed(std::string_view text) {
  auto value = parse_json(text);
  EXPECT_TRUE(value) << text;
  return value ? *value : json::value();
}

std::string pointer_of(const Error& error) {
  for (const auto& [name, value] : error.context)
    if (name == "pointer") return value;
  return "none";
}

TEST(ParseJson, RefusesWhatIsNoStrictDocument) {
  const std::pair<const char*, std::string> cases[] = {
      {"Empty", ""},
      {"OnlySpace", "  "},
      {"Trailing", "{} x"},
      {"TwoDocuments", "{}{}"},
      {"TrailingComma", "[1,]"},
      {"Comment", "/* */ {}"},
      {"SingleQuotes", "{'a':1}"},
      {"BareKey", "{a:1}"},
      {"NaN", "NaN"},
      {"Infinity", "[Infinity]"},
      {"LeadingZero", "01"},
      {"PlusSign", "+1"},
      {"CutShort", "{\"a\":"},
      {"RawControl", "\"a\nb\""},
      {"NotUtf8", "\"\xff\""},
      {"LoneSurrogate", "\"\\ud800\""},
      {"ByteOrderMark", "\xef\xbb\xbf{}"},
      {"NulBehind", std::string("{}\0", 3)},
      {"TooDeep", std::string(17, '[') + std::string(17, ']')},
      {"MuchTooDeep", std::string(100000, '[')},
  };
  for (const auto& [name, text] : cases) {
    SCOPED_TRACE(name);
    const auto value = parse_json(text);
    ASSERT_FALSE(value);
    EXPECT_EQ(value.error().code, ErrorCode::malformed);
  }
}

TEST(ParseJson, AcceptsTheDeepestNestingAndSpaceAround) {
  EXPECT_TRUE(parse_json(std::string(16, '[') + std::string(16, ']')));
  EXPECT_TRUE(parse_json(" \t\r\n{} \t\r\n"));
}

TEST(ParseJson, RefusesDuplicateKeysWhereverTheyStand) {
  const std::pair<const char*, const char*> cases[] = {
      {"AtTheTop", R"({"a":1,"a":2})"},
      {"EqualValues", R"({"a":1,"b":0,"a":1})"},
      {"Nested", R"({"x":[{"a":1,"b":{},"a":2}]})"},
      {"BehindAnInnerObject", R"({"a":{"b":1},"a":2})"},
      {"EscapedDifferently", R"({"a":1,"\u0061":2})"},
  };
  for (const auto& [name, text] : cases) {
    SCOPED_TRACE(name);
    const auto value = parse_json(text);
    ASSERT_FALSE(value);
    EXPECT_EQ(value.error().code, ErrorCode::malformed);
    EXPECT_THAT(value.error().message, HasSubstr("the JSON key \"a\" stands twice"));
  }
  EXPECT_TRUE(parse_json(R"({"a":{"a":{"a":1}},"b":[{"a":1},{"a":2}],"A":3})"));
  EXPECT_FALSE(parse_json(R"({"":1,"":2})"));
}

TEST(ObjectReader, ReadsEveryKindOfMember) {
  const json::value value = parsed(
      R"({"s":"x","i":-3,"n":1.5,"b":true,"l":["p","q"],"v":null,"a":[1],"os":"y","on":null})");
  ObjectReader in(value, "/order");
  EXPECT_TRUE(in.has("s"));
  EXPECT_FALSE(in.has("absent"));
  EXPECT_EQ(in.string("s"), "x");
  EXPECT_EQ(in.integer("i", -3, 3), -3);
  EXPECT_EQ(in.number("n", 0, 2), 1.5);
  EXPECT_TRUE(in.boolean("b"));
  EXPECT_THAT(in.strings("l"), ElementsAre("p", "q"));
  EXPECT_TRUE(in.value("v").is_null());
  EXPECT_EQ(in.array("a").size(), 1u);
  EXPECT_EQ(in.optional_string("os"), "y");
  EXPECT_EQ(in.optional_string("on"), std::nullopt);
  EXPECT_EQ(in.optional_integer("absent", 0, 1), std::nullopt);
  EXPECT_EQ(in.optional_number("absent", 0, 1), std::nullopt);
  EXPECT_EQ(in.optional_boolean("absent"), std::nullopt);
  EXPECT_EQ(in.optional_strings("absent"), std::nullopt);
  EXPECT_EQ(in.optional_value("absent"), nullptr);
  const auto end = in.finish();
  EXPECT_TRUE(end) << end.error().message;
}

struct BadMember {
  const char* name;
  const char* text;
  void (*read)(ObjectReader&);
  const char* says;
};

class BadMembers : public ::testing::TestWithParam<BadMember> {};

TEST_P(BadMembers, AreNamedWithTheirPlace) {
  const json::value value = parsed(GetParam().text);
  ObjectReader in(value, "/order");
  GetParam().read(in);
  const auto end = in.finish();
  ASSERT_FALSE(end);
  EXPECT_EQ(end.error().code, ErrorCode::malformed);
  EXPECT_THAT(end.error().message, HasSubstr(GetParam().says));
  EXPECT_EQ(pointer_of(end.error()), "/order/m");
}

constexpr std::int64_t kBig = INT64_MAX;

INSTANTIATE_TEST_SUITE_P(
    Table, BadMembers,
    ::testing::Values(
        BadMember{"Missing", "{}", [](ObjectReader& in) { (void)in.string("m"); },
                  "\"m\" is required"},
        BadMember{"NotAString", R"({"m":1})", [](ObjectReader& in) { (void)in.string("m"); },
                  "must be a string"},
        BadMember{"NullString", R"({"m":null})", [](ObjectReader& in) { (void)in.string("m"); },
                  "must be a string"},
        BadMember{"OptionalStringMistyped", R"({"m":1})",
                  [](ObjectReader& in) { (void)in.optional_string("m"); }, "must be a string"},
        BadMember{"IntegerTooSmall", R"({"m":-1})",
                  [](ObjectReader& in) { (void)in.integer("m", 0, 9); }, "from 0 to 9"},
        BadMember{"IntegerTooLarge", R"({"m":10})",
                  [](ObjectReader& in) { (void)in.optional_integer("m", 0, 9); }, "from 0 to 9"},
        BadMember{"IntegerBeyondInt64", R"({"m":18446744073709551615})",
                  [](ObjectReader& in) { (void)in.integer("m", 0, kBig); }, "whole number"},
        BadMember{"IntegerFraction", R"({"m":1.5})",
                  [](ObjectReader& in) { (void)in.integer("m", 0, 9); }, "whole number"},
        BadMember{"IntegerAsText", R"({"m":"1"})",
                  [](ObjectReader& in) { (void)in.integer("m", 0, 9); }, "whole number"},
        BadMember{"NumberOutOfRange", R"({"m":91})",
                  [](ObjectReader& in) { (void)in.number("m", -90, 90); }, "from -90 to 90"},
        BadMember{"NumberAsText", R"({"m":"1"})",
                  [](ObjectReader& in) { (void)in.optional_number("m", 0, 9); }, "a number"},
        BadMember{"BooleanAsNumber", R"({"m":1})", [](ObjectReader& in) { (void)in.boolean("m"); },
                  "true or false"},
        BadMember{"OptionalBoolean", R"({"m":"true"})",
                  [](ObjectReader& in) { (void)in.optional_boolean("m"); }, "true or false"},
        BadMember{"StringsNotAnArray", R"({"m":"x"})",
                  [](ObjectReader& in) { (void)in.strings("m"); }, "must be an array"},
        BadMember{"StringsOfNumbers", R"({"m":["x",1]})",
                  [](ObjectReader& in) { (void)in.optional_strings("m"); }, "strings only"},
        BadMember{"ArrayAnObject", R"({"m":{}})", [](ObjectReader& in) { (void)in.array("m"); },
                  "must be an array"},
        BadMember{"ValueMissing", "{}", [](ObjectReader& in) { (void)in.value("m"); },
                  "\"m\" is required"},
        BadMember{"Unknown", R"({"m":1})", [](ObjectReader&) {}, "not a known member"},
        BadMember{"Rejected", R"({"m":1})",
                  [](ObjectReader& in) { in.reject("m", "no such thing"); }, "no such thing"}),
    [](const auto& info) { return info.param.name; });

TEST(ObjectReader, KeepsTheFirstError) {
  const json::value value = parsed(R"({"a":1,"b":2,"c":3})");
  ObjectReader in(value, "");
  (void)in.string("b");
  (void)in.string("a");
  in.reject("c", "later", ErrorCode::forbidden);
  const auto end = in.finish();
  ASSERT_FALSE(end);
  EXPECT_EQ(pointer_of(end.error()), "/b");
  EXPECT_EQ(end.error().code, ErrorCode::malformed);
}

TEST(ObjectReader, IgnoresUnknownMembersWhereAsked) {
  const json::value value = parsed(R"({"a":"x","b":2})");
  ObjectReader in(value, "", UnknownKeys::ignore);
  EXPECT_EQ(in.string("a"), "x");
  EXPECT_TRUE(in.finish());
}

TEST(ObjectReader, RefusesWhatIsNoObject) {
  for (const char* text : {"null", "[]", "1", "\"x\""}) {
    SCOPED_TRACE(text);
    const json::value value = parsed(text);
    ObjectReader in(value, "/order");
    EXPECT_EQ(in.string("a"), "");
    EXPECT_TRUE(in.strings("a").empty());
    EXPECT_EQ(in.optional_value("a"), nullptr);
    const auto end = in.finish();
    ASSERT_FALSE(end);
    EXPECT_EQ(end.error().message, "must be a JSON object");
    EXPECT_EQ(pointer_of(end.error()), "/order");
  }
}

TEST(ObjectReader, EscapesPointers) {
  const json::value value = parsed(R"({"a/b~c":1})");
  ObjectReader in(value, "/x");
  EXPECT_EQ(in.pointer_to("a/b~c"), "/x/a~1b~0c");
  EXPECT_EQ(pointer_of(in.finish().error()), "/x/a~1b~0c");
}

}  // namespace
}  // namespace parallax
