// SPDX-License-Identifier: Apache-2.0
#include "dns/packet.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "dns/packet_builder.h"

namespace parallax::dns {
namespace {

struct Case {
  const char* name;
  ResponseText response;
  Rcode rcode;
  std::size_t records;
  std::vector<std::string> aliases;
  std::uint32_t ttl_s;
};

// clang-format off: a case is a line or two, not one line per member.
const std::vector<Case>& cases() {
  static const std::vector<Case> all{
      {"record", {.name = "a.test", .answer = {"a.test. 60 CAA 0 issue \"ca\""}},
       Rcode::noerror, 1, {}, 60},
      {"least_ttl_of_two",
       {.name = "a.test",
        .answer = {"a.test. 60 CAA 0 issue \"x\"", "a.test. 40 CAA 0 issue \"y\""}},
       Rcode::noerror, 2, {}, 40},
      {"owner_in_other_case",
       {.name = "a.test", .answer = {"A.TEST. 60 CAA 0 issue \"x\""}},
       Rcode::noerror, 1, {}, 60},
      {"nodata", {.name = "a.test", .authority = {"test. 60 SOA a. b. 1 2 3 4 5"}},
       Rcode::noerror, 0, {}, 0},
      {"nxdomain", {.name = "a.test", .rcode = 3}, Rcode::nxdomain, 0, {}, 0},
      {"servfail", {.name = "a.test", .rcode = 2}, Rcode::servfail, 0, {}, 0},
      {"refused", {.name = "a.test", .rcode = 5}, Rcode::refused, 0, {}, 0},
      {"other_owner", {.name = "a.test", .answer = {"b.test. 60 CAA 0 issue \"ca\""}},
       Rcode::noerror, 0, {}, 0},
      {"other_type", {.name = "a.test", .answer = {"a.test. 60 A 192.0.2.1"}},
       Rcode::noerror, 0, {}, 0},
      {"other_class", {.name = "a.test", .answer = {"a.test. 60 CH CAA 0 issue \"ca\""}},
       Rcode::noerror, 0, {}, 0},
      {"authority_is_no_answer",
       {.name = "a.test", .authority = {"a.test. 60 CAA 0 issue \"ca\""}},
       Rcode::noerror, 0, {}, 0},
      {"cname", {.name = "a.test",
                 .answer = {"a.test. 30 CNAME b.test.", "b.test. 60 CAA 0 issue \"ca\""}},
       Rcode::noerror, 1, {"b.test"}, 30},
      {"cname_chain_out_of_order",
       {.name = "a.test",
        .answer = {"c.test. 60 CAA 0 issue \"ca\"", "b.test. 90 CNAME c.test.",
                   "a.test. 90 CNAME b.test."}},
       Rcode::noerror, 1, {"b.test", "c.test"}, 60},
      {"cname_to_nothing", {.name = "a.test", .rcode = 3, .answer = {"a.test. 30 CNAME b.test."}},
       Rcode::nxdomain, 0, {"b.test"}, 0},
      {"cname_asked_for", {.name = "a.test", .type = RecordType::cname,
                           .answer = {"a.test. 30 CNAME b.test.", "b.test. 9 CNAME c.test."}},
       Rcode::noerror, 1, {}, 30},
      {"dname_with_cname",
       {.name = "x.a.test",
        .answer = {"a.test. 20 DNAME b.test.", "x.a.test. 20 CNAME x.b.test.",
                   "x.b.test. 60 CAA 0 issue \"ca\""}},
       Rcode::noerror, 1, {"x.b.test"}, 20},
      {"dname_without_cname",
       {.name = "y.x.a.test",
        .answer = {"a.test. 20 DNAME b.example.", "y.x.b.example. 60 CAA 0 issue \"ca\""}},
       Rcode::noerror, 1, {"y.x.b.example"}, 20},
      {"dname_at_the_name_is_no_alias", {.name = "a.test", .answer = {"a.test. 20 DNAME b.test."}},
       Rcode::noerror, 0, {}, 0},
      {"escaped_target", {.name = "a.test", .answer = {"a.test. 30 CNAME x\\.y\\000.test."}},
       Rcode::noerror, 0, {"x\\.y\\000.test"}, 0},
  };
  return all;
}
// clang-format on

TEST(DecodeAnswer, ReadsResponses) {
  for (const Case& tested : cases()) {
    SCOPED_TRACE(tested.name);
    const Result<Answer> answer =
        decode_answer(make_response(tested.response), tested.response.name, tested.response.type);
    ASSERT_TRUE(answer) << describe(answer.error());
    EXPECT_EQ(to_string(answer->rcode), to_string(tested.rcode));
    EXPECT_EQ(answer->records.size(), tested.records);
    EXPECT_EQ(answer->alias_chain, tested.aliases);
    EXPECT_EQ(answer->ttl_s, tested.ttl_s);
  }
}

TEST(DecodeAnswer, GivesOwnerAndUncompressedData) {
  const std::string wire = make_response(
      {.name = "a.test", .type = RecordType::mx, .answer = {"A.test. 60 MX 10 a.test."}});
  const Result<Answer> answer = decode_answer(wire, "A.TEST.", RecordType::mx);
  ASSERT_TRUE(answer);
  ASSERT_EQ(answer->records.size(), 1U);
  const ResourceRecord expected{"a.test", RecordType::mx, 60,
                                std::string("\x00\x0a\x01"
                                            "a\x04test\x00",
                                            10)};
  EXPECT_EQ(answer->records[0], expected);
}

// Malformed records must be seen, since they prohibit (RFC 8659 s4.1): none of them may hide the
// set.
TEST(DecodeAnswer, KeepsCaaDataThatDoesNotParse) {
  for (const std::string& data : {std::string("\x00\x05", 2), std::string("\x00", 1), std::string(),
                                  std::string("\x00\x00"
                                              "ca.example",
                                              12)}) {
    SCOPED_TRACE(data.size());
    std::string wire = make_response(
        {.name = "a.test", .answer = {"a.test. 60 CAA 0 issue \"0123456789abcdef\""}});
    constexpr std::size_t kWholeData = 2 + 5 + 16;
    wire.resize(wire.size() - kWholeData - 2);
    wire += {'\0', static_cast<char>(data.size())};
    wire += data;
    const Result<Answer> answer = decode_answer(wire, "a.test", RecordType::caa);
    ASSERT_TRUE(answer) << describe(answer.error());
    ASSERT_EQ(answer->records.size(), 1U);
    EXPECT_EQ(answer->records[0].rdata, data);
    EXPECT_EQ(answer->ttl_s, 60U);
    wire.resize(wire.size() - 1);  // the data ends before it should
    EXPECT_FALSE(decode_answer(wire, "a.test", RecordType::caa));
  }
}

TEST(DecodeAnswer, AsksForTheRoot) {
  const std::string wire =
      make_response({.name = ".", .type = RecordType::ns, .answer = {". 60 NS a.test."}});
  const Result<Answer> answer = decode_answer(wire, ".", RecordType::ns);
  ASSERT_TRUE(answer);
  ASSERT_EQ(answer->records.size(), 1U);
  EXPECT_EQ(answer->records[0].owner, ".");
}

TEST(DecodeAnswer, ReadsManyRecords) {
  constexpr std::size_t kCount = 1001;
  ResponseText text{.name = "a.test"};
  for (std::size_t i = 0; i < kCount; ++i) {
    text.answer.push_back(fmt::format("a.test. 60 CAA 0 issue \"ca-{}.example\"", i));
  }
  const Result<Answer> answer = decode_answer(make_response(text), "a.test", RecordType::caa);
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->records.size(), kCount);
}

ResponseText alias_run(std::size_t steps) {
  ResponseText text{.name = "n0.test"};
  for (std::size_t i = 0; i < steps; ++i) {
    text.answer.push_back(fmt::format("n{}.test. 60 CNAME n{}.test.", i, i + 1));
  }
  return text;
}

TEST(DecodeAnswer, BoundsAliases) {
  const auto decode = [](const ResponseText& text) {
    return decode_answer(make_response(text), text.name, text.type);
  };
  EXPECT_TRUE(decode(alias_run(kAliasStepsMax)));
  EXPECT_FALSE(decode(alias_run(kAliasStepsMax + 1)));
  EXPECT_FALSE(decode({.name = "a.test", .answer = {"a.test. 60 CNAME a.test."}}));
  EXPECT_FALSE(decode(
      {.name = "a.test", .answer = {"a.test. 60 CNAME b.test.", "b.test. 60 CNAME a.test."}}));
  // Grows with each step until the name would be too long; the loop ends there.
  EXPECT_FALSE(decode({.name = "a.b.test", .answer = {"b.test. 60 DNAME c.b.test."}}));
}

TEST(DecodeAnswer, RefusesWhatIsNoAnswerToTheQuestion) {
  const ResponseText text{.name = "a.test", .answer = {"a.test. 60 CAA 0 issue \"ca\""}};
  const std::string wire = make_response(text);
  EXPECT_FALSE(decode_answer(wire, "b.test", RecordType::caa));
  EXPECT_FALSE(decode_answer(wire, "a.test", RecordType::txt));
  EXPECT_FALSE(decode_answer("", "a.test", RecordType::caa));
  EXPECT_FALSE(decode_answer(std::string(kPacketSizeMax + 1, '\0'), "a.test", RecordType::caa));
  std::string query = wire;
  query[2] = static_cast<char>(query[2] & 0x7F);  // QR off
  EXPECT_FALSE(decode_answer(query, "a.test", RecordType::caa));
}

TEST(DecodeAnswer, SurvivesEveryTruncationAndBitFlip) {
  const std::string wire =
      make_response({.name = "x.a.test",
                     .answer = {"a.test. 20 DNAME b.test.", "x.a.test. 20 CNAME x.b.test.",
                                "x.b.test. 60 CAA 0 issue \"ca\""},
                     .authority = {"test. 60 SOA a. b. 1 2 3 4 5"}});
  for (std::size_t size = 0; size < wire.size(); ++size) {
    static_cast<void>(decode_answer(wire.substr(0, size), "x.a.test", RecordType::caa));
  }
  for (std::size_t bit = 0; bit < wire.size() * 8; ++bit) {
    std::string flipped = wire;
    flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << bit % 8));
    static_cast<void>(decode_answer(flipped, "x.a.test", RecordType::caa));
  }
}

TEST(HeaderRcode, IsServfailWithoutAHeader) {
  EXPECT_EQ(header_rcode(""), Rcode::servfail);
  EXPECT_EQ(header_rcode(std::string(11, '\0')), Rcode::servfail);
  EXPECT_EQ(header_rcode(std::string(12, '\0')), Rcode::noerror);
}

}  // namespace
}  // namespace parallax::dns
