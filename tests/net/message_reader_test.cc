// SPDX-License-Identifier: Apache-2.0
// The guards in front of Beast's parser, without a socket. Each case runs whole and octet by octet:
// how the octets are cut must not matter.
#include "net/impl/message_reader.h"

#include <cstring>

#include <gtest/gtest.h>

namespace parallax::net::impl {
namespace {

struct Outcome {
  ReadStep step = ReadStep::need_more;
  unsigned status = 0;
  Message message;
  bool keep_alive = false;
};

// Feeds `input` in pieces of at most `piece` octets until the reader comes to an end.
Outcome feed(MessageReader& reader, std::string_view input, std::size_t piece) {
  for (;;) {
    const ReadStep step = reader.advance();
    if (step == ReadStep::refused) return {step, reader.refusal().status, {}, false};
    if (step == ReadStep::complete) {
      const bool keep_alive = reader.keep_alive();
      return {step, 0, reader.take(), keep_alive};
    }
    if (step == ReadStep::head) continue;
    if (input.empty()) return {step, 0, {}, false};
    const auto room = reader.prepare();
    const std::size_t size = std::min({piece, input.size(), room.size()});
    std::memcpy(room.data(), input.data(), size);
    reader.commit(size);
    input.remove_prefix(size);
  }
}

constexpr MessageLimits kLimits{8 * 1024, 16 * 1024, 256 * 1024};
constexpr std::size_t kPieces[] = {1, 7, 4096, 1 << 20};

struct Case {
  const char* name;
  std::string input;
  ReadStep step;
  unsigned status;  // of the refusal
  std::string body;
};

std::string request(const std::string& rest, const char* version = "1.1") {
  return std::string("POST /x HTTP/") + version + "\r\nHost: a\r\n" + rest;
}

std::string many(std::size_t count, char c = 'a') { return std::string(count, c); }

std::vector<Case> body_cases() {
  const auto complete = ReadStep::complete;
  const auto more = ReadStep::need_more;
  return {
      {"no_body", request("\r\n"), complete, 0, ""},
      {"length", request("Content-Length: 3\r\n\r\nabc"), complete, 0, "abc"},
      {"length_0", request("Content-Length: 0\r\n\r\n"), complete, 0, ""},
      {"length_short", request("Content-Length: 4\r\n\r\nabc"), more, 0, ""},
      {"chunked", request("Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"),
       complete, 0, "abcde"},
      {"chunked_empty", request("Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"), complete, 0, ""},
      {"chunked_capitals", request("TRANSFER-ENCODING: Chunked\r\n\r\n1\r\na\r\n0\r\n\r\n"),
       complete, 0, "a"},
      {"chunk_extension", request("Transfer-Encoding: chunked\r\n\r\n1;n=v\r\na\r\n0\r\n\r\n"),
       complete, 0, "a"},
  };
}

std::vector<Case> transfer_encoding_cases() {
  const auto refused = ReadStep::refused;
  return {
      {"te_gzip_body_left", request("Transfer-Encoding: gzip\r\n\r\nGET / HTTP/1.1\r\n\r\n"),
       refused, 400, ""},
      {"te_gzip_chunked", request("Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n"), refused,
       400, ""},
      {"te_chunked_gzip", request("Transfer-Encoding: chunked, gzip\r\n\r\n0\r\n\r\n"), refused,
       400, ""},
      {"te_identity", request("Transfer-Encoding: identity\r\nContent-Length: 1\r\n\r\na"), refused,
       400, ""},
      {"te_empty", request("Transfer-Encoding:\r\n\r\n"), refused, 400, ""},
      {"te_comma", request("Transfer-Encoding: chunked,\r\n\r\n0\r\n\r\n"), refused, 400, ""},
      {"te_quoted", request("Transfer-Encoding: \"chunked\"\r\n\r\n0\r\n\r\n"), refused, 400, ""},
      {"te_parameter", request("Transfer-Encoding: chunked;q=1\r\n\r\n0\r\n\r\n"), refused, 400,
       ""},
      {"te_twice",
       request("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
       refused, 400, ""},
      {"te_in_1_0", request("Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "1.0"), refused, 400,
       ""},
      {"te_then_length",
       request("Transfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\n"), refused, 400,
       ""},
      {"length_then_te",
       request("Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"), refused, 400,
       ""},
  };
}

std::vector<Case> length_cases() {
  const auto refused = ReadStep::refused;
  return {
      {"length_twice_equal", request("Content-Length: 1\r\nContent-Length: 1\r\n\r\na"), refused,
       400, ""},
      {"length_twice_other", request("Content-Length: 1\r\nContent-Length: 2\r\n\r\nab"), refused,
       400, ""},
      {"length_list", request("Content-Length: 1, 1\r\n\r\na"), refused, 400, ""},
      {"length_signed", request("Content-Length: +1\r\n\r\na"), refused, 400, ""},
      {"length_negative", request("Content-Length: -1\r\n\r\na"), refused, 400, ""},
      {"length_hex", request("Content-Length: 0x1\r\n\r\na"), refused, 400, ""},
      {"length_empty", request("Content-Length:\r\n\r\n"), refused, 400, ""},
      {"length_huge", request("Content-Length: 99999999999999999999999\r\n\r\n"), refused, 400, ""},
      {"length_over_limit", request("Content-Length: 16385\r\n\r\n"), refused, 413, ""},
  };
}

std::vector<Case> chunk_cases() {
  const auto refused = ReadStep::refused;
  return {
      {"chunk_over_limit", request("Transfer-Encoding: chunked\r\n\r\n4001\r\n"), refused, 413, ""},
      {"chunks_over_limit",
       request("Transfer-Encoding: chunked\r\n\r\n4000\r\n" + many(0x4000) + "\r\n1\r\n"), refused,
       413, ""},
      {"chunk_size_not_hex", request("Transfer-Encoding: chunked\r\n\r\nzz\r\na\r\n"), refused, 400,
       ""},
      {"chunk_size_overflow", request("Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n"),
       refused, 400, ""},
      {"chunk_without_crlf", request("Transfer-Encoding: chunked\r\n\r\n1\r\naXX0\r\n\r\n"),
       refused, 400, ""},
      {"extension_100_KiB",
       request("Transfer-Encoding: chunked\r\n\r\n1;" + many(100 * 1024) + "\r\na\r\n0\r\n\r\n"),
       refused, 413, ""},
      {"trailers_100_KiB",
       request("Transfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\nT: " + many(100 * 1024) +
               "\r\n\r\n"),
       refused, 413, ""},
  };
}

std::vector<Case> head_cases() {
  const auto complete = ReadStep::complete;
  const auto refused = ReadStep::refused;
  return {
      {"head_too_large", request("X: " + many(8 * 1024) + "\r\n\r\n"), refused, 431, ""},
      {"head_endless", request("X: " + many(100 * 1024)), refused, 431, ""},
      {"target_too_large", "GET /" + many(9000) + " HTTP/1.1\r\nHost: a\r\n\r\n", refused, 431, ""},
      {"no_host", "GET / HTTP/1.1\r\n\r\n", refused, 400, ""},
      {"two_hosts", "GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", refused, 400, ""},
      {"no_host_1_0", "GET / HTTP/1.0\r\n\r\n", complete, 0, ""},
      {"space_before_colon", request("X : 1\r\n\r\n"), refused, 400, ""},
      {"bare_line_feed", "GET / HTTP/1.1\nHost: a\n\n\r\n\r\n", refused, 400, ""},
      {"nul_in_value", request(std::string("X: a\0b\r\n\r\n", 11)), refused, 400, ""},
      {"bare_cr_in_value", request("X: a\rb\r\n\r\n"), refused, 400, ""},
      {"version_2", "GET / HTTP/2.0\r\nHost: a\r\n\r\n", refused, 400, ""},
      {"tls_hello", std::string("\x16\x03\x01\x02\x00\x01", 6) + many(64), refused, 400, ""},
      {"expect_other", request("Expect: a-miracle\r\n\r\n"), refused, 417, ""},
  };
}

std::vector<Case> framing_cases() {
  std::vector<Case> all;
  for (const auto& group :
       {body_cases(), transfer_encoding_cases(), length_cases(), chunk_cases(), head_cases()})
    all.insert(all.end(), group.begin(), group.end());
  return all;
}

TEST(MessageReader, FramingOfRequests) {
  for (const Case& c : framing_cases()) {
    for (const std::size_t piece : kPieces) {
      SCOPED_TRACE(std::string(c.name) + " in pieces of " + std::to_string(piece));
      MessageReader reader(MessageKind::request, kLimits);
      const Outcome outcome = feed(reader, c.input, piece);
      EXPECT_EQ(outcome.step, c.step);
      EXPECT_EQ(outcome.status, c.status);
      EXPECT_EQ(outcome.message.body, c.body);
    }
  }
}

// Many one-octet chunks: the body is small, the message is not.
TEST(MessageReader, BoundsAllOctetsOfAMessage) {
  MessageReader reader(MessageKind::request, {8 * 1024, 64 * 1024, 16 * 1024});
  std::string input = request("Transfer-Encoding: chunked\r\n\r\n");
  for (int i = 0; i < 4000; ++i) input += "1\r\na\r\n";
  const Outcome outcome = feed(reader, input, 4096);
  EXPECT_EQ(outcome.step, ReadStep::refused);
  EXPECT_EQ(outcome.status, 413u);
}

TEST(MessageReader, HeadersAreLowerCaseAndTrailersAreDropped) {
  MessageReader reader(MessageKind::request, kLimits);
  const Outcome outcome = feed(
      reader,
      request("X-One:  a b \r\nTransfer-Encoding: chunked\r\n\r\n0\r\nAuthorization: x\r\n\r\n"),
      4096);
  ASSERT_EQ(outcome.step, ReadStep::complete);
  const HttpHeaders expected{{"host", "a"}, {"x-one", "a b"}, {"transfer-encoding", "chunked"}};
  EXPECT_EQ(outcome.message.headers, expected);
}

TEST(MessageReader, PipelinedRequestsComeOneByOne) {
  MessageReader reader(MessageKind::request, kLimits);
  const std::string input =
      request("Content-Length: 1\r\n\r\na") + request("Connection: close\r\n\r\n");
  const Outcome first = feed(reader, input, 1 << 20);
  EXPECT_EQ(first.message.body, "a");
  EXPECT_TRUE(first.keep_alive);
  EXPECT_TRUE(reader.started());
  const Outcome second = feed(reader, "", 1);
  EXPECT_EQ(second.step, ReadStep::complete);
  EXPECT_FALSE(second.keep_alive);
  EXPECT_FALSE(reader.started());
}

TEST(MessageReader, RefusalIsFinal) {
  MessageReader reader(MessageKind::request, kLimits);
  EXPECT_EQ(feed(reader, "\r\n\r\n", 4).step, ReadStep::refused);
  EXPECT_EQ(feed(reader, request("\r\n"), 4096).step, ReadStep::refused);
}

TEST(MessageReader, FramingOfResponses) {
  const auto complete = ReadStep::complete;
  const auto refused = ReadStep::refused;
  const std::vector<Case> cases{
      {"length", "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\na", complete, 0, "a"},
      {"chunked", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n",
       complete, 0, "a"},
      {"no_reason", "HTTP/1.1 200 \r\nContent-Length: 0\r\n\r\n", complete, 0, ""},
      {"204", "HTTP/1.1 204 No Content\r\n\r\n", complete, 0, ""},
      {"until_close", "HTTP/1.1 200 OK\r\n\r\na", refused, 400, ""},
      {"gzip", "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\na", refused, 400, ""},
      {"length_and_chunked",
       "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", refused, 400,
       ""},
      {"status_999", "HTTP/1.1 999 X\r\nContent-Length: 0\r\n\r\n", refused, 400, ""},
      {"not_http", "220 mail.example ESMTP\r\n\r\n", refused, 400, ""},
      {"too_large", "HTTP/1.1 200 OK\r\nContent-Length: 16385\r\n\r\n", refused, 413, ""},
  };
  for (const Case& c : cases) {
    for (const std::size_t piece : kPieces) {
      SCOPED_TRACE(std::string(c.name) + " in pieces of " + std::to_string(piece));
      MessageReader reader(MessageKind::response, kLimits);
      const Outcome outcome = feed(reader, c.input, piece);
      EXPECT_EQ(outcome.step, c.step);
      EXPECT_EQ(outcome.status, c.status);
      EXPECT_EQ(outcome.message.body, c.body);
    }
  }
}

TEST(MessageReader, AnAnswerToHeadHasNoBody) {
  MessageReader reader(MessageKind::response, kLimits);
  reader.skip_body();
  const Outcome outcome = feed(reader, "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n", 4096);
  EXPECT_EQ(outcome.step, ReadStep::complete);
  EXPECT_TRUE(outcome.keep_alive);
}

}  // namespace
}  // namespace parallax::net::impl
