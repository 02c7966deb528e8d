// SPDX-License-Identifier: Apache-2.0
// The message reader as the guarded client uses it: the one response of a connection. Each case
// runs whole and octet by octet.
#include <cstring>

#include <gtest/gtest.h>

#include "net/impl/message_reader.h"

namespace parallax::net::impl {
namespace {

constexpr MessageLimits kLimits{1024, 8, 4096, true};
const std::string kHead = "HTTP/1.1 200 OK\r\n";
const std::string kChunked = kHead + "Transfer-Encoding: chunked\r\n\r\n";

struct Case {
  const char* name;
  std::string input;
  ReadStep before_end;  // what the octets alone come to
  ReadStep at_end;      // and what the end of the stream makes of it
  std::string body = {};
  bool truncated = false;
};

std::vector<Case> cases() {
  const auto complete = ReadStep::complete;
  const auto more = ReadStep::need_more;
  const auto refused = ReadStep::refused;
  return {
      {"nothing", "", more, refused},
      {"part_of_head", kHead, more, refused},
      {"until_close", kHead + "\r\nbody", more, complete, "body"},
      {"until_close_empty", kHead + "\r\n", more, complete, ""},
      {"until_close_full", kHead + "\r\n01234567", more, complete, "01234567"},
      {"until_close_cut", kHead + "\r\n012345678", complete, complete, "01234567", true},
      {"length", kHead + "Content-Length: 4\r\n\r\nbody", complete, complete, "body"},
      {"length_not_reached", kHead + "Content-Length: 4\r\n\r\nbod", more, refused},
      {"length_full", kHead + "Content-Length: 8\r\n\r\n01234567", complete, complete, "01234567"},
      {"length_beyond", kHead + "Content-Length: 9\r\n\r\n0123456", more, refused},
      {"length_cut", kHead + "Content-Length: 9\r\n\r\n01234567", complete, complete, "01234567",
       true},
      {"chunked", kChunked + "4\r\nbody\r\n0\r\n\r\n", complete, complete, "body"},
      {"chunked_not_ended", kChunked + "4\r\nbody\r\n", more, refused},
      {"chunked_full", kChunked + "8\r\n01234567\r\n0\r\n\r\n", complete, complete, "01234567"},
      {"chunked_cut", kChunked + "6\r\n012345\r\n6\r\n678", complete, complete, "01234567", true},
      {"garbage_behind_the_cut", kChunked + "9\r\n012345678garbage", complete, complete, "01234567",
       true},
      {"bodiless", "HTTP/1.1 204 No\r\n\r\n", complete, complete},
      {"gzip_is_still_refused", kHead + "Transfer-Encoding: gzip\r\n\r\nx", refused, refused},
      {"two_framings_too", kHead + "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
       refused, refused},
      {"head_bound_too", kHead + "X: " + std::string(1024, 'x') + "\r\n\r\n", refused, refused},
  };
}

TEST(GuardedResponse, EndsWithTheConnectionOrAtTheBound) {
  for (const Case& c : cases()) {
    for (const std::size_t piece : {std::size_t{1}, std::size_t{5}, std::size_t{4096}}) {
      SCOPED_TRACE(std::string(c.name) + " in pieces of " + std::to_string(piece));
      MessageReader reader(MessageKind::response, kLimits);
      std::string_view input = c.input;
      ReadStep step = reader.advance();
      while (step == ReadStep::head || (step == ReadStep::need_more && !input.empty())) {
        if (step == ReadStep::need_more) {
          const auto room = reader.prepare();
          const std::size_t size = std::min({piece, input.size(), room.size()});
          std::memcpy(room.data(), input.data(), size);
          reader.commit(size);
          input.remove_prefix(size);
        }
        step = reader.advance();
      }
      EXPECT_EQ(step, c.before_end);
      if (step == ReadStep::need_more) step = reader.end_of_input();
      EXPECT_EQ(step, c.at_end);
      if (step == ReadStep::refused) {
        EXPECT_FALSE(reader.refusal().detail.empty());
        continue;
      }
      const Message message = reader.take();
      EXPECT_EQ(message.body, c.body);
      EXPECT_EQ(message.body_truncated, c.truncated);
    }
  }
}

TEST(GuardedResponse, TheHeadIsSeenBeforeTheBody) {
  MessageReader reader(MessageKind::response, kLimits);
  const std::string input = "HTTP/1.1 302 Found\r\nLocation: /x\r\nContent-Length: 4\r\n\r\n";
  EXPECT_EQ(reader.advance(), ReadStep::need_more);
  std::memcpy(reader.prepare().data(), input.data(), input.size());
  reader.commit(input.size());
  ASSERT_EQ(reader.advance(), ReadStep::head);
  EXPECT_EQ(reader.head().status, 302u);
  ASSERT_FALSE(reader.head().headers.empty());
  EXPECT_EQ(reader.head().headers.front().second, "/x");
}

// Without the option nothing has changed: such an end is no end.
TEST(GuardedResponse, OtherReadersDoNotTakeAnEndForOne) {
  MessageReader reader(MessageKind::response, {1024, 8, 4096});
  const std::string input = kHead + "Content-Length: 4\r\n\r\nbod";
  std::memcpy(reader.prepare().data(), input.data(), input.size());
  reader.commit(input.size());
  EXPECT_EQ(reader.advance(), ReadStep::head);
  EXPECT_EQ(reader.advance(), ReadStep::need_more);
  EXPECT_EQ(reader.end_of_input(), ReadStep::refused);
  EXPECT_EQ(reader.advance(), ReadStep::refused);
}

}  // namespace
}  // namespace parallax::net::impl
