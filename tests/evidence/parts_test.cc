// SPDX-License-Identifier: Apache-2.0
#include "evidence/parts.h"

#include <gtest/gtest.h>

#include "base/canonical_json.h"
#include "base/encoding.h"
#include "base/json.h"

namespace parallax::evidence {
namespace {

// Salts of one octet each, counted up, so that the vectors below are the same every time.
class CountingRandom final : public Random {
 public:
  std::string octets(std::size_t count) override { return std::string(count, next_++); }

 private:
  char next_ = 'a';
};

json::value sample() {
  return parse_json(
             R"({"kind":"decision","names":[{"name":"a@example.com"},{"name":"b@example.com"}],)"
             R"("order":{"id":"1"}})")
      .value();
}

const std::vector<std::string> kPointers{"/order", "/names/0", "/names/1"};

CommittedBody committed() {
  CountingRandom random;
  return commit_parts(sample(), kPointers, random).value();
}

TEST(Parts, LeaveNothingButCommitmentsInTheLeaf) {
  const CommittedBody body = committed();
  // Computed by Python's hashlib: SHA-256 of b"parallax part v1\0", 32 times the salt, the text.
  EXPECT_EQ(canonical_json(body.leaf).value(),
            R"({"kind":"decision","names":[)"
            R"({"commitment":"TkAP-wep1_lQWXy7Jz3PIah8lCc-zXLSv2uANkkQbkg"},)"
            R"({"commitment":"A73NLmeFI-KqEohKIDlfYplPpKtVnw9qydfICN38jLQ"}],)"
            R"("order":{"commitment":"qbyXuCaTLXSklPkCt7U2rhYgRyciyBlmjr9BXK7iUCA"}})");
  ASSERT_EQ(body.parts.size(), 3U);
  EXPECT_EQ(body.parts[0], (Part{"/order", std::string(kSaltSize, 'a'), R"({"id":"1"})"}));
  EXPECT_EQ(body.parts[2].text, R"({"name":"b@example.com"})");
}

TEST(Parts, OpenToWhatTheyWereInAnyOrderAndNumber) {
  const CommittedBody body = committed();
  EXPECT_EQ(open_parts(body.leaf, body.parts).value(), sample());
  const std::vector<Part> two{body.parts[2], body.parts[0]};
  const auto opened = open_parts(body.leaf, two).value();
  EXPECT_EQ(opened.at("order"), sample().at("order"));
  EXPECT_EQ(opened.at("names").at(1), sample().at("names").at(1));
  EXPECT_EQ(opened.at("names").at(0), body.leaf.at("names").at(0)) << "undisclosed";
  EXPECT_EQ(open_parts(body.leaf, {}).value(), body.leaf);
}

TEST(Parts, EqualPartsDoNotLookEqual) {
  CountingRandom random;
  const auto body = commit_parts(parse_json(R"({"a":"x","b":"x"})").value(),
                                 std::vector<std::string>{"/a", "/b"}, random)
                        .value();
  EXPECT_NE(body.leaf.at("a"), body.leaf.at("b"));
}

TEST(Parts, OfAnotherRecordAreNotBelieved) {
  const CommittedBody body = committed();
  const auto altered = [&body](auto&& alter) {
    Part part = body.parts[1];
    alter(part);
    return open_parts(body.leaf, std::vector{part});
  };
  const std::pair<const char*, Result<json::value>> cases[] = {
      {"text", altered([](Part& p) { p.text[10] = 'c'; })},
      {"salt", altered([](Part& p) { p.salt[31] = 'x'; })},
      {"longer_text", altered([](Part& p) { p.text += ' '; })},
      {"another_place", altered([](Part& p) { p.pointer = "/names/1"; })},
      {"no_place", altered([](Part& p) { p.pointer = "/names/2"; })},
      {"not_a_commitment", altered([](Part& p) { p.pointer = "/kind"; })},
      {"no_pointer", altered([](Part& p) { p.pointer = "names"; })},
      {"whole_record", altered([](Part& p) { p.pointer = ""; })},
      {"inside_a_commitment", altered([](Part& p) { p.pointer = "/names/0/commitment"; })},
  };
  for (const auto& [name, opened] : cases) {
    SCOPED_TRACE(name);
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().code, ErrorCode::untrusted);
  }
  const auto short_salt = altered([](Part& p) { p.salt.pop_back(); });
  ASSERT_FALSE(short_salt);
  EXPECT_EQ(short_salt.error().code, ErrorCode::malformed);
  EXPECT_FALSE(open_parts(body.leaf, std::vector{body.parts[0], body.parts[0]})) << "twice";
}

TEST(Parts, CannotBeTakenFromNowhereOrWithoutEnd) {
  CountingRandom random;
  EXPECT_EQ(commit_parts(sample(), std::vector<std::string>{"/none"}, random).error().code,
            ErrorCode::internal);
  EXPECT_EQ(commit_parts(sample(), std::vector<std::string>(kPartsMax + 1, "/order"), random)
                .error()
                .code,
            ErrorCode::internal);
}

}  // namespace
}  // namespace parallax::evidence
