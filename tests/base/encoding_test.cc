// SPDX-License-Identifier: Apache-2.0
#include "base/encoding.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

namespace parallax {
namespace {

TEST(Hex, EncodesInLowerCase) {
  EXPECT_EQ(hex_encode(""), "");
  EXPECT_EQ(hex_encode(std::string("\x00\x7f\x80\xff", 4)), "007f80ff");
  EXPECT_EQ(*hex_decode("00Ff7F"), std::string("\x00\xff\x7f", 3));
}

TEST(Hex, RefusesOtherText) {
  for (const char* text : {"0", "000", "0g", "g0", " 00", "0x00", "00 ", "\xff\xff"}) {
    SCOPED_TRACE(text);
    ASSERT_FALSE(hex_decode(text));
    EXPECT_EQ(hex_decode(text).error().code, ErrorCode::malformed);
  }
}

TEST(Base64, AgreesWithRfc4648Section10) {
  const std::pair<const char*, const char*> vectors[] = {
      {"", ""},
      {"f", "Zg=="},
      {"fo", "Zm8="},
      {"foo", "Zm9v"},
      {"foob", "Zm9vYg=="},
      {"fooba", "Zm9vYmE="},
      {"foobar", "Zm9vYmFy"},
  };
  for (const auto& [octets, text] : vectors) {
    SCOPED_TRACE(octets);
    EXPECT_EQ(base64_encode(octets), text);
    EXPECT_EQ(*base64_decode(text), octets);
  }
}

TEST(Base64, DecodesStrictly) {
  const std::pair<const char*, const char*> cases[] = {
      {"NoPadding", "Zg"},      {"ShortPadding", "Zg="},       {"SurplusPadding", "Zg==="},
      {"PaddingOnly", "===="},  {"PaddingInside", "Zg==Zg=="}, {"WhiteSpace", "Zm9v\n"},
      {"SpaceInside", "Zm 9v"}, {"PadBitsSet", "Zh=="},        {"PadBitsSetTwo", "Zm9="},
      {"UrlAlphabet", "-_-_"},  {"NotAscii", "\xc3\xa4Zg"},
  };
  for (const auto& [name, text] : cases) {
    SCOPED_TRACE(name);
    ASSERT_FALSE(base64_decode(text));
    EXPECT_EQ(base64_decode(text).error().code, ErrorCode::malformed);
  }
}

TEST(Base64Url, HasItsOwnAlphabetAndNoPadding) {
  EXPECT_EQ(base64url_encode("\xfb\xff\xfe"), "-__-");
  EXPECT_EQ(base64url_encode("f"), "Zg");
  EXPECT_EQ(*base64url_decode("-__-"), "\xfb\xff\xfe");
  for (const char* text : {"Zg==", "+//+", "Z", "Zh", "Zm9vY"}) {
    SCOPED_TRACE(text);
    EXPECT_FALSE(base64url_decode(text));
  }
}

RC_GTEST_PROP(EncodingProperty, OctetsSurviveEveryEncoding, (const std::string& octets)) {
  RC_ASSERT(*hex_decode(hex_encode(octets)) == octets);
  RC_ASSERT(*base64_decode(base64_encode(octets)) == octets);
  RC_ASSERT(*base64url_decode(base64url_encode(octets)) == octets);
}

RC_GTEST_PROP(EncodingProperty, DecodableTextIsTheOnlyOneOfItsOctets, ()) {
  const auto text =
      *rc::gen::container<std::string>(rc::gen::elementOf(std::string("AZaz09+/=-_ ")));
  if (const auto octets = base64_decode(text)) RC_ASSERT(base64_encode(*octets) == text);
  if (const auto octets = base64url_decode(text)) RC_ASSERT(base64url_encode(*octets) == text);
}

TEST(Printable, EscapesAndCuts) {
  EXPECT_EQ(printable("plain ~"), "plain ~");
  EXPECT_EQ(printable(std::string("a\0\n\x1b\xff", 5)), "a\\x00\\x0a\\x1b\\xff");
  EXPECT_EQ(printable("abcdef", 3), "abc...");
  EXPECT_EQ(printable("abc", 3), "abc");
}

RC_GTEST_PROP(EncodingProperty, PrintableIsPrintable, (const std::string& octets)) {
  for (const char c : printable(octets)) RC_ASSERT(c >= 0x20 && c < 0x7f);
}

TEST(IsUtf8, SeesOneBadOctetWhereverItStands) {
  for (std::size_t size = 1; size <= 24; ++size)
    for (std::size_t at = 0; at < size; ++at) {
      std::string text(size, 'a');
      text[at] = static_cast<char>(0xff);
      EXPECT_FALSE(is_utf8(text)) << at << " of " << size;
      text.replace(at, 1, "\xc3\xa9");
      EXPECT_TRUE(is_utf8(text)) << at << " of " << size;
    }
}

TEST(IsUtf8, FollowsRfc3629) {
  struct Case {
    const char* name;
    std::string text;
    bool valid;
  };
  for (const Case& each : {
           Case{"Empty", "", true},
           Case{"Ascii", "abc", true},
           Case{"Nul", std::string(1, '\0'), true},
           Case{"TwoOctets", "\xc2\x80\xdf\xbf", true},
           Case{"ThreeOctets", "\xe0\xa0\x80\xef\xbf\xbf", true},
           Case{"FourOctets", "\xf0\x90\x80\x80\xf4\x8f\xbf\xbf", true},
           Case{"BeforeSurrogates", "\xed\x9f\xbf", true},
           Case{"BareContinuation", "\x80", false},
           Case{"OverlongTwo", "\xc1\xbf", false},
           Case{"OverlongThree", "\xe0\x9f\xbf", false},
           Case{"OverlongFour", "\xf0\x8f\xbf\xbf", false},
           Case{"Surrogate", "\xed\xa0\x80", false},
           Case{"BeyondUnicode", "\xf4\x90\x80\x80", false},
           Case{"FiveOctetLead", "\xf8\x88\x80\x80\x80", false},
           Case{"CutShort", "a\xe2\x82", false},
           Case{"LeadThenAscii", "\xc3z", false},
       }) {
    SCOPED_TRACE(each.name);
    EXPECT_EQ(is_utf8(each.text), each.valid);
  }
}

}  // namespace
}  // namespace parallax
