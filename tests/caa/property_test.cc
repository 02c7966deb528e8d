// SPDX-License-Identifier: Apache-2.0
#include "caa/property.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "caa/facts.h"

namespace parallax::caa {
namespace {

TEST(Rdata, HoldsFlagsTagAndValue) {
  const auto parsed = parse_rdata(std::string_view("\x80\x05IsSuEca.example\0", 18));
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->flags, 128);
  EXPECT_EQ(parsed->tag, "IsSuE");
  EXPECT_EQ(parsed->value, std::string_view("ca.example\0", 11));
  EXPECT_TRUE(parsed->critical());
  EXPECT_TRUE(parsed->has_tag("issue"));
  EXPECT_FALSE(parsed->has_tag("issuewild"));
}

TEST(Rdata, TheValueMayBeEmpty) {
  EXPECT_EQ(parse_rdata(std::string_view("\0\x05issue", 7)).value(), test::property("issue", ""));
}

TEST(Rdata, OnlyTheFirstFlagBitIsCritical) {
  for (unsigned flags = 0; flags < 256; ++flags)
    EXPECT_EQ(test::property("x", "", static_cast<std::uint8_t>(flags)).critical(), flags >= 128);
}

TEST(Rdata, RefusesWhatDoesNotParse) {
  const std::pair<const char*, std::string_view> cases[] = {
      {"empty", ""},
      {"flags only", std::string_view("\0", 1)},
      {"empty tag", std::string_view("\0\0ca.example", 12)},
      {"tag beyond the end", std::string_view("\0\x06issue", 7)},
      {"no tag at all", std::string_view("\0\x01", 2)},
      {"hyphen in tag", std::string_view("\0\x03"
                                         "a-b"
                                         "v",
                                         6)},
      {"space in tag", std::string_view("\0\x03"
                                        "a b"
                                        "v",
                                        6)},
      {"NUL in tag", std::string_view("\0\x03"
                                      "a\0b"
                                      "v",
                                      6)},
      {"high octet in tag", std::string_view("\0\x02"
                                             "\xc3\xa4"
                                             "v",
                                             5)},
  };
  for (const auto& [label, rdata] : cases) {
    SCOPED_TRACE(label);
    const auto parsed = parse_rdata(rdata);
    ASSERT_FALSE(parsed);
    EXPECT_EQ(parsed.error().code, ErrorCode::malformed);
  }
}

TEST(PropertyText, IsTheZoneFileForm) {
  EXPECT_EQ(to_text(test::property("issuemail", "ca.example; a=b")),
            "0 issuemail \"ca.example; a=b\"");
  EXPECT_EQ(to_text(test::property("tbs", "\"\\\x01\xff", 128)), "128 tbs \"\\\"\\\\\\001\\255\"");
}

TEST(ValueText, RefusesAnyOtherSpelling) {
  for (const char* text : {"\"", "\\", "a\\", "\\x", "\\1", "\\12", "\\256", "\\999", "\\065",
                           "\\034", "\\092", "\\1a2", "\x01", "\xc3\xa4"}) {
    SCOPED_TRACE(text);
    EXPECT_FALSE(unescape_value(text));
  }
}

RC_GTEST_PROP(ValueText, IsAnExactInverse, (const std::string& octets)) {
  const auto text = escape_value(octets);
  for (const char c : text) RC_ASSERT(c >= 0x20 && c < 0x7f);
  RC_ASSERT(unescape_value(text).value() == octets);
}

RC_GTEST_PROP(ValueText, EveryAcceptedTextIsTheOneWeWrite, (const std::string& text)) {
  const auto octets = unescape_value(text);
  if (octets) RC_ASSERT(escape_value(*octets) == text);
}

RC_GTEST_PROP(Rdata, WhatParsesIsWhatWasWritten, (const std::string& octets)) {
  const auto parsed = parse_rdata(octets);
  if (parsed) RC_ASSERT(test::rdata(*parsed) == octets);
}

}  // namespace
}  // namespace parallax::caa
