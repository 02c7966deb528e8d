// SPDX-License-Identifier: Apache-2.0
// The issue-value grammar (RFC 8659 s4.2): what it holds, and what it does not.
#include <gtest/gtest.h>

#include "caa/property.h"

namespace parallax::caa {
namespace {

using Parameters = std::vector<Parameter>;

struct ValidCase {
  const char* name;
  std::string_view value;
  std::string_view issuer;  // empty: none
  Parameters parameters;
};

class ValidIssueValue : public testing::TestWithParam<ValidCase> {};

TEST_P(ValidIssueValue, ParsesToItsParts) {
  const auto parsed = parse_issue_value(GetParam().value);
  ASSERT_TRUE(parsed) << describe(parsed.error());
  EXPECT_EQ(parsed->issuer ? parsed->issuer->text() : "", GetParam().issuer);
  EXPECT_EQ(parsed->parameters, GetParam().parameters);
}

INSTANTIATE_TEST_SUITE_P(
    Grammar, ValidIssueValue,
    testing::Values(
        ValidCase{"empty", "", "", {}}, ValidCase{"white_space_only", " \t ", "", {}},
        ValidCase{"semicolon", ";", "", {}}, ValidCase{"semicolon_in_space", " ; ", "", {}},
        ValidCase{"issuer", "ca.example", "ca.example", {}},
        ValidCase{"issuer_upper_case", "CA.Example", "ca.example", {}},
        ValidCase{"issuer_one_label", "ca", "ca", {}},
        ValidCase{"issuer_hyphens", "a--b.c-d", "a--b.c-d", {}},
        ValidCase{"issuer_in_space", "\t ca.example \t", "ca.example", {}},
        ValidCase{"issuer_semicolon", "ca.example;", "ca.example", {}},
        ValidCase{"issuer_semicolon_space", "ca.example ; \t", "ca.example", {}},
        ValidCase{
            "one_parameter", "ca.example; account=230123", "ca.example", {{"account", "230123"}}},
        ValidCase{"parameter_without_issuer", ";a=b", "", {{"a", "b"}}},
        ValidCase{"parameter_empty_value", "ca.example; a=", "ca.example", {{"a", ""}}},
        ValidCase{
            "empty_value_then_another", "ca.example;a=;b=c", "ca.example", {{"a", ""}, {"b", "c"}}},
        ValidCase{"space_around_everything",
                  "ca.example ; a = b ; c = d ",
                  "ca.example",
                  {{"a", "b"}, {"c", "d"}}},
        ValidCase{"equals_signs_in_value", "ca.example; a==b=", "ca.example", {{"a", "=b="}}},
        ValidCase{
            "tag_with_hyphen_and_digit", "ca.example; 1-a--2=x", "ca.example", {{"1-a--2", "x"}}},
        ValidCase{
            "duplicates_kept", "ca.example; a=1; a=2", "ca.example", {{"a", "1"}, {"a", "2"}}},
        ValidCase{"every_value_octet",
                  "c; a=!\"#$%&'()*+,-./09:<=>?@AZ[\\]^_`az{|}~",
                  "c",
                  {{"a", "!\"#$%&'()*+,-./09:<=>?@AZ[\\]^_`az{|}~"}}},
        ValidCase{"account_uri",
                  "ca.example;accounturi=https://ca.example/acct/1",
                  "ca.example",
                  {{"accounturi", "https://ca.example/acct/1"}}}),
    [](const auto& info) { return info.param.name; });

struct InvalidCase {
  const char* name;
  std::string_view value;
};

class InvalidIssueValue : public testing::TestWithParam<InvalidCase> {};

TEST_P(InvalidIssueValue, IsMalformed) {
  const auto parsed = parse_issue_value(GetParam().value);
  ASSERT_FALSE(parsed);
  EXPECT_EQ(parsed.error().code, ErrorCode::malformed);
}

INSTANTIATE_TEST_SUITE_P(
    Grammar, InvalidIssueValue,
    testing::Values(
        InvalidCase{"percent_signs", "%%%%%"}, InvalidCase{"trailing_dot", "ca.example."},
        InvalidCase{"leading_dot", ".ca.example"}, InvalidCase{"empty_label", "ca..example"},
        InvalidCase{"dot_only", "."}, InvalidCase{"leading_hyphen", "-ca.example"},
        InvalidCase{"trailing_hyphen", "ca-.example"}, InvalidCase{"underscore", "_ca.example"},
        InvalidCase{"quoted", "\"ca.example\""},
        InvalidCase{"two_issuers", "ca.example other.example"},
        InvalidCase{"comma_list", "ca.example,other.example"},
        InvalidCase{"uri_as_issuer", "https://ca.example"},
        InvalidCase{"parameter_without_semicolon", "ca.example a=b"},
        InvalidCase{"two_semicolons", ";;"}, InvalidCase{"two_semicolons_spaced", "ca.example; ;"},
        InvalidCase{"trailing_semicolon", "ca.example; a=b;"},
        InvalidCase{"trailing_semicolon_space", "ca.example; a=b; "},
        InvalidCase{"empty_parameter_between", "ca.example; a=b;;c=d"},
        InvalidCase{"no_equals", "ca.example; policy"}, InvalidCase{"no_tag", "ca.example; =b"},
        InvalidCase{"tag_leading_hyphen", "ca.example; -a=b"},
        InvalidCase{"tag_trailing_hyphen", "ca.example; a-=b"},
        InvalidCase{"tag_underscore", "ca.example; a_b=c"},
        InvalidCase{"space_in_value", "ca.example; a=b c"},
        InvalidCase{"control_octet", "ca.example\x01"}, InvalidCase{"newline", "ca.example\n"},
        InvalidCase{"nul_behind", std::string_view("ca.example\0", 11)},
        InvalidCase{"nul_before", std::string_view("\0ca.example", 11)},
        InvalidCase{"delete_in_value", "ca.example; a=\x7f"},
        InvalidCase{"utf8_issuer", "c\xc3\xa4.example"},
        InvalidCase{"utf8_value", "ca.example; a=\xc3\xa4"},
        InvalidCase{"label_too_long",
                    "a123456789012345678901234567890123456789012345678901234567890123.example"},
        InvalidCase{"looks_like_an_address", "192.0.2.1"}),
    [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace parallax::caa
