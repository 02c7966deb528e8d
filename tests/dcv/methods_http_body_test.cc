// SPDX-License-Identifier: Apache-2.0
// What the document must hold (TLS BR 3.2.2.4.18, .19), and what the request may not.
#include <gtest/gtest.h>

#include "base/encoding.h"
#include "dcv/methods_http_facts.h"

namespace parallax::dcv {
namespace {

using http_test::judge;
using http_test::kKeyAuthorization;
using http_test::kRandomValue;
using http_test::redirect;

constexpr const char* kStart = "http://www.example.com/.well-known/pki-validation/file.txt";
const ControlOutcome kShown = ControlOutcome::shown;
const ControlOutcome kNotShown = ControlOutcome::not_shown;

struct BodyCase {
  const char* name;
  std::string body;
  bool truncated;
  ControlReason reason;
};

TEST(WebsiteChange, FindsTheValueInTheBody) {
  const std::string value(kRandomValue);
  const BodyCase cases[] = {
      {"the value alone", value, false, ControlReason::challenge_found},
      {"among other text", "<p>" + value + "</p>\n", false, ControlReason::challenge_found},
      {"within the bound of a longer body", value + std::string(100, 'x'), true,
       ControlReason::challenge_found},
      {"behind the bound", std::string(100, 'x'), true, ControlReason::challenge_differs},
      {"in another case", "U4d0gVkFtZyb2MlQ8SxW5OHr", false, ControlReason::challenge_differs},
      {"cut short", value.substr(1), false, ControlReason::challenge_differs},
      {"nothing", "", false, ControlReason::challenge_missing},
      {"octets that are no text", std::string("\0\xff\x1b[2J", 6), false,
       ControlReason::challenge_differs},
  };
  const ControlCheck check = http_test::website_check();
  for (const auto& each : cases) {
    SCOPED_TRACE(each.name);
    auto seen = http_test::document(check, each.body);
    seen.http->body_truncated = each.truncated;
    const auto made = judge(check, seen);
    EXPECT_EQ(made.reason, each.reason) << made.explanation;
    EXPECT_TRUE(dns_test::is_printable(made.explanation));
  }
}

TEST(WebsiteChange, HoldsThePatternBesideTheValue) {
  const std::string value(kRandomValue);
  auto asked = http_test::website();
  asked.pattern = "^token=[A-Za-z0-9]{24}$";
  const ControlCheck check = http_test::website_check(asked);
  EXPECT_EQ(judge(check, http_test::document(check, "token=" + value)).outcome, kShown);
  EXPECT_EQ(judge(check, http_test::document(check, value)).reason,
            ControlReason::challenge_differs);
  EXPECT_EQ(judge(check, http_test::document(check, "token=" + std::string(24, 'x'))).reason,
            ControlReason::challenge_differs);
}

// An anchor at the end, or a part that is missing, means nothing where the document goes on.
TEST(WebsiteChange, HoldsAPatternAgainstNothingButAWholeDocument) {
  auto asked = http_test::website();
  asked.pattern = "^token=[A-Za-z0-9]{24}$";
  const ControlCheck check = http_test::website_check(asked);
  const std::string body = "token=" + asked.value;
  struct Part {
    const char* name;
    bool truncated;
    std::size_t before;
    std::size_t after;
  };
  for (const auto& each : {Part{"cut by its bound", true, 0, 0}, Part{"the beginning", false, 0, 9},
                           Part{"the end", false, 9, 0}}) {
    SCOPED_TRACE(each.name);
    auto seen = http_test::document(check, body);
    ASSERT_EQ(judge(check, seen).outcome, kShown);
    seen.http->body_truncated = each.truncated;
    seen.http->body_before = each.before;
    seen.http->body_after = each.after;
    EXPECT_EQ(judge(check, seen).outcome, kNotShown);
    EXPECT_EQ(judge(check, seen).reason, ControlReason::challenge_differs);
  }
}

TEST(WebsiteChange, RunsNoPatternThatCostsTooMuch) {
  const std::pair<const char*, bool> cases[] = {
      {"(a?){500}a{500}b$", false},
      {"((a{9}){9}){9}", true},
      {"((a{10}){10}){10}x", false},
      {"(?:[a-z]{0,30}x){30}", false},
      {"[\\pL]{900}", false},
      {"^token=[A-Za-z0-9]{24}$", true},
      {"(?s)<p>.*[a-z]{100}.*</p>", true},
  };
  for (const auto& [pattern, allowed] : cases) {
    SCOPED_TRACE(pattern);
    auto asked = http_test::website();
    asked.pattern = pattern;
    const ControlCheck check = http_test::website_check(asked);
    const auto valid = find_method(check.method)->validate(check);
    EXPECT_EQ(valid.has_value(), allowed) << (valid ? "" : describe(valid.error()));
    if (allowed) continue;
    EXPECT_EQ(valid.error().code, ErrorCode::malformed);
    // Nor where a check came without having been held against its method.
    const auto made = judge(check, http_test::document(check, asked.value + std::string(900, 'a')));
    EXPECT_EQ(made.outcome, kNotShown);
  }
}

TEST(WebsiteChange, TakesNoEncodedValueFromARequest) {
  const std::string value(kRandomValue);
  const auto encoded = [](const std::string& text) {
    std::string out;
    for (const char c : text) out += "%" + hex_encode(std::string_view(&c, 1));
    return out;
  };
  const auto escaped = [](std::string text, int times) {
    for (int i = 0; i < times; ++i)
      for (std::size_t at = 0; (at = text.find('%', at)) != std::string::npos; at += 3)
        text.replace(at, 1, "%25");
    return text;
  };
  std::string upper = encoded(value);
  for (char& c : upper)
    if (c >= 'a' && c <= 'f') c = static_cast<char>(c - 'a' + 'A');
  const std::pair<const char*, std::string> cases[] = {
      {"plain", value},
      {"one character encoded", "%75" + value.substr(1)},
      {"all encoded", encoded(value)},
      {"in capitals", upper},
      {"twice", escaped(encoded(value), 1)},
      {"five times", escaped(encoded(value), 5)},
      {"a hundred times", escaped("%75" + value.substr(1), 100)},
  };
  const ControlCheck check = http_test::website_check();
  for (const auto& [name, text] : cases) {
    SCOPED_TRACE(name);
    auto seen = http_test::document(check, value);
    redirect(seen, 302, "/echo?x=" + text, "http://www.example.com/echo?x=" + text);
    const auto made = judge(check, seen);
    EXPECT_EQ(made.outcome, kNotShown) << made.explanation;
    EXPECT_EQ(made.reason, ControlReason::redirect_refused);
  }
  for (const char* harmless : {"/x?a=%41%2541%", "/x?100%", "/x?%zz", "/x?%75%34"}) {
    SCOPED_TRACE(harmless);
    auto seen = http_test::document(check, value);
    redirect(seen, 302, harmless, std::string("http://www.example.com") + harmless);
    EXPECT_EQ(judge(check, seen).outcome, kShown) << judge(check, seen).explanation;
  }
}

TEST(WebsiteChange, TakesNoValueThatARedirectPutIntoTheRequest) {
  const ControlCheck check = http_test::website_check();
  auto seen = http_test::document(check, std::string(kRandomValue));
  const std::string location = "/echo?x=" + std::string(kRandomValue);
  redirect(seen, 302, location, "http://www.example.com" + location);
  EXPECT_EQ(judge(check, seen).reason, ControlReason::redirect_refused);
  EXPECT_EQ(judge(check, seen).outcome, kNotShown);
}

TEST(WebsiteChange, ExplainsWhatToChange) {
  const ControlCheck check = http_test::website_check();
  const auto made = judge(check, http_test::document(check, "hello"));
  for (const char* part : {"u4D0GvKfTzYB2mLq8sXw5ohR", kStart, "\"hello\"", "Put the value"})
    EXPECT_NE(made.explanation.find(part), std::string::npos) << made.explanation;
}

TEST(AcmeHttp, TakesTheKeyAuthorizationAlone) {
  const std::string value(kKeyAuthorization);
  const BodyCase cases[] = {
      {"alone", value, false, ControlReason::challenge_found},
      {"with a line end", value + "\r\n", false, ControlReason::challenge_found},
      {"with white space behind", value + " \t\v\f\n\n", false, ControlReason::challenge_found},
      {"white space in front", " " + value, false, ControlReason::challenge_differs},
      {"text behind white space", value + "\n x", false, ControlReason::challenge_differs},
      {"a zero octet behind", value + '\0', false, ControlReason::challenge_differs},
      {"truncated", value, true, ControlReason::challenge_differs},
      {"truncated within white space", value + std::string(1000, ' '), true,
       ControlReason::challenge_differs},
      {"in another case", "E" + value.substr(1), false, ControlReason::challenge_differs},
      {"a part of it", value.substr(0, value.size() - 1), false, ControlReason::challenge_differs},
      {"the token alone", value.substr(0, value.find('.')), false,
       ControlReason::challenge_differs},
      {"nothing", "", false, ControlReason::challenge_missing},
      {"white space alone", " \n", false, ControlReason::challenge_missing},
  };
  const ControlCheck check = http_test::acme_check();
  for (const auto& each : cases) {
    SCOPED_TRACE(each.name);
    auto seen = http_test::document(check, each.body);
    seen.http->body_truncated = each.truncated;
    const auto made = judge(check, seen);
    EXPECT_EQ(made.reason, each.reason) << made.explanation;
    EXPECT_TRUE(dns_test::is_printable(made.explanation));
  }
}

}  // namespace
}  // namespace parallax::dcv
