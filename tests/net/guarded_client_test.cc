// SPDX-License-Identifier: Apache-2.0
// The guarded client against sites that answer over plain HTTP: answers, bounds, deadlines,
// addresses.
#include "net/guarded_client.h"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>

#include "guarded_fixture.h"

namespace parallax::net {
namespace {

using namespace test;
using std::chrono::milliseconds;
using testing::HasSubstr;
using Failure = GuardedFailure;

constexpr milliseconds kSoon{20};

std::string many(std::size_t count) { return std::string(count, 'x'); }

std::vector<std::string> asked(const std::vector<dns::Lookup>& lookups) {
  std::vector<std::string> out;
  for (const auto& lookup : lookups)
    out.push_back(lookup.question.name.text() + " " + dns::to_string(lookup.question.type));
  return out;
}

TEST_F(GuardedTest, SendsWhatItShouldAndNothingElse) {
  Site site(loop, [](const std::string&) { return Reply{ok("hello")}; });
  serve(site);
  const GuardedTrail trail = get("http://a.example/.well-known/x?y=1", {{"X-One", "1"}});
  EXPECT_EQ(trail.failure, Failure::none) << trail.message;
  EXPECT_EQ(trail.body, "hello");
  EXPECT_FALSE(trail.body_truncated);
  ASSERT_EQ(trail.hops.size(), 1u);
  EXPECT_EQ(text_of(trail.hops[0].url), "http://a.example/.well-known/x?y=1");
  EXPECT_EQ(trail.hops[0].status, 200u);
  EXPECT_EQ(trail.hops[0].address, ip("127.0.0.1"));
  EXPECT_THAT(asked(trail.lookups), testing::ElementsAre("a.example A", "a.example AAAA"));
  EXPECT_THAT(site.requests, testing::ElementsAre("GET /.well-known/x?y=1 HTTP/1.1\r\n"
                                                  "Host: a.example\r\n"
                                                  "User-Agent: parallax-test/1\r\n"
                                                  "Accept: */*\r\n"
                                                  "Accept-Encoding: identity\r\n"
                                                  "X-One: 1\r\n"
                                                  "Connection: close\r\n\r\n"));
}

TEST_F(GuardedTest, IgnoresProxiesOfTheEnvironment) {
  setenv("http_proxy", "http://127.0.0.1:1/", 1);
  Site site(loop, [](const std::string&) { return Reply{ok("direct")}; });
  serve(site);
  EXPECT_EQ(get("http://a.example/").body, "direct");
  unsetenv("http_proxy");
}

TEST_F(GuardedTest, KeepsNoCookies) {
  Site site(loop, [](const std::string& request) {
    return Reply{target(request) == "/2" ? ok("")
                                         : "HTTP/1.1 302 Found\r\nSet-Cookie: a=b\r\n"
                                           "Location: /2\r\nContent-Length: 0\r\n\r\n"};
  });
  serve(site);
  EXPECT_EQ(get("http://a.example/1").failure, Failure::none);
  ASSERT_EQ(site.requests.size(), 2u);
  EXPECT_THAT(site.requests[1], testing::Not(HasSubstr("ookie")));
}

struct AnswerCase {
  const char* name;
  std::string octets;
  bool hold = false;  // the site leaves the connection open
  Failure failure = Failure::none;
  unsigned status = 0;
  std::string body = {};
  bool truncated = false;
  const char* said = "";
};

// The body bound is 10 octets here, the head bound 1024.
std::vector<AnswerCase> good_answers() {
  const std::string head = "HTTP/1.1 200 OK\r\n";
  const std::string chunked = head + "Transfer-Encoding: chunked\r\n\r\n";
  const auto none = Failure::none;
  return {
      {"length", head + "Content-Length: 2\r\n\r\nok", true, none, 200, "ok"},
      {"length_and_more", head + "Content-Length: 2\r\n\r\nokxx", true, none, 200, "ok"},
      {"chunked", chunked + "2\r\nok\r\n0\r\n\r\n", true, none, 200, "ok"},
      {"until_close", head + "\r\nok", false, none, 200, "ok"},
      {"until_close_said_so", head + "Connection: close\r\n\r\nok", false, none, 200, "ok"},
      {"until_close_empty", head + "\r\n", false, none, 200, ""},
      {"http_1_0", "HTTP/1.0 200 OK\r\n\r\nok", false, none, 200, "ok"},
      {"204", "HTTP/1.1 204 No Content\r\n\r\n", true, none, 204, ""},
      {"304", "HTTP/1.1 304 Not Modified\r\n\r\n", true, none, 304, ""},
      {"404", "HTTP/1.1 404 Not Found\r\nContent-Length: 4\r\n\r\ngone", true, none, 404, "gone"},
      {"500", "HTTP/1.1 500 Oh\r\nContent-Length: 0\r\n\r\n", true, none, 500, ""},
      {"300_without_location", "HTTP/1.1 300 Many\r\nContent-Length: 0\r\n\r\n", true, none, 300},
      {"interim", "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n" + ok("ok"), true, none, 200, "ok"},
      {"encoded_all_the_same", head + "Content-Encoding: gzip\r\nContent-Length: 2\r\n\r\n\x1f\x8b",
       true, none, 200, "\x1f\x8b"},
      {"at_the_bound", head + "Content-Length: 10\r\n\r\n0123456789", true, none, 200, "0123456789",
       false},
      {"until_close_at_the_bound", head + "\r\n0123456789", false, none, 200, "0123456789", false},
      {"beyond_the_bound", head + "Content-Length: 11\r\n\r\n0123456789", true, none, 200,
       "0123456789", true},
      {"chunked_beyond", chunked + "6\r\n012345\r\n6\r\n6789ab\r\n", true, none, 200, "0123456789",
       true},
      {"until_close_beyond", head + "\r\n0123456789a", true, none, 200, "0123456789", true},
      {"length_of_a_galaxy", head + "Content-Length: 9999999999999999\r\n\r\n0123456789", true,
       none, 200, "0123456789", true},
  };
}

std::vector<AnswerCase> bad_answers() {
  const std::string head = "HTTP/1.1 200 OK\r\n";
  const auto bad = Failure::protocol_error;
  const auto no_answer = Failure::connection_failed;
  return {
      {"nothing", "", false, no_answer, 0, "", false, "without an answer"},
      {"head_cut", "HTTP/1.1 200 OK\r\nX: ", false, bad, 0, "", false, "head of the message"},
      {"length_cut", head + "Content-Length: 3\r\n\r\nok", false, bad, 0, "", false,
       "before the body was whole"},
      {"chunked_cut", head + "Transfer-Encoding: chunked\r\n\r\n3\r\nok", false, bad, 0, "", false,
       "before the body was whole"},
      {"head_huge", head + "X: " + many(2000) + "\r\n\r\n", true, bad, 0, "", false,
       "larger than 1024 octets"},
      {"head_endless", head + "X: " + many(200000), true, bad, 0, "", false,
       "larger than 1024 octets"},
      {"garbage", "\x01\x02\x03garbage\r\n\r\n", true, bad, 0, "", false,
       "begins with \"\\x01\\x02\\x03garbage"},
      {"smtp", "220 mail.example ESMTP\r\n", true, bad, 0, "", false, "220 mail.exa"},
      {"ssh", "SSH-2.0-OpenSSH_9.2\r\n", true, bad, 0, "", false, "SSH-2.0"},
      {"no_head", "hello\r\n\r\n", true, bad, 0, "", false, "no status line"},
      {"tls", std::string("\x15\x03\x01\x00\x02\x02\x50", 7), true, bad, 0, "", false,
       "speaks TLS where plain HTTP was expected"},
      {"http2_settings", std::string("\0\0\x06\x04\0\0\0\0\0\0\x03\0\0\0\x64", 15), true, bad, 0,
       "", false, "HTTP/2 only"},
      {"http2_goaway", std::string("\0\0\x08\x07\0\0\0\0\0\0\0\0\0\0\0\0\x01", 17), false, bad, 0,
       "", false, "HTTP/2 only"},
      {"version_2", "HTTP/2.0 200 OK\r\n\r\n", true, bad, 0, "", false, "HTTP/2.0 200"},
      {"status_999", "HTTP/1.1 999 X\r\n\r\n", true, bad, 0, "", false, "100-599"},
      {"switching", "HTTP/1.1 101 X\r\nUpgrade: y\r\nConnection: upgrade\r\n\r\n", true, bad, 0, "",
       false, "switched protocols"},
      {"gzip_framing", head + "Transfer-Encoding: gzip\r\n\r\nxx", false, bad, 0, "", false,
       "chunked"},
      {"two_lengths", head + "Content-Length: 1\r\nContent-Length: 2\r\n\r\nxx", true, bad, 0, "",
       false, "multiple Content-Length"},
      {"both_framings", head + "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", true, bad,
       0, "", false, "Transfer-Encoding"},
      {"extension_bomb",
       head + "Transfer-Encoding: chunked\r\n\r\n1;" + many(100000) + "\r\na\r\n0\r\n\r\n", true,
       bad, 0, "", false, "larger than"},
  };
}

TEST_F(GuardedTest, ReadsAnswers) {
  settings.body_bytes_max = 10;
  settings.head_bytes_max = 1024;
  auto all = good_answers();
  for (AnswerCase& c : bad_answers()) all.push_back(std::move(c));
  for (const AnswerCase& c : all) {
    SCOPED_TRACE(c.name);
    Site site(loop, [&](const std::string&) { return Reply{c.octets, c.hold}; });
    serve(site);
    const GuardedTrail trail = get("http://a.example/");
    EXPECT_EQ(trail.failure, c.failure) << trail.message;
    EXPECT_EQ(trail.message.empty(), c.failure == Failure::none) << trail.message;
    EXPECT_THAT(trail.message, HasSubstr(c.said));
    EXPECT_EQ(trail.body, c.body);
    EXPECT_EQ(trail.body_truncated, c.truncated);
    ASSERT_EQ(trail.hops.size(), 1u);
    EXPECT_EQ(trail.hops[0].status, c.status);
    EXPECT_EQ(trail.hops[0].address, ip("127.0.0.1"));
    EXPECT_EQ(site.connections, 1u);
  }
}

TEST_F(GuardedTest, InterimAnswersEnd) {
  std::string interim;
  for (int i = 0; i < 100; ++i) interim += "HTTP/1.1 100 Continue\r\n\r\n";
  Site site(loop, [&](const std::string&) { return Reply{interim, true}; });
  serve(site);
  const GuardedTrail trail = get("http://a.example/");
  EXPECT_EQ(trail.failure, Failure::protocol_error);
  EXPECT_THAT(trail.message, HasSubstr("without end"));
}

TEST_F(GuardedTest, HeadersThatAreNotTheCallers) {
  const std::pair<const char*, const char*> cases[] = {
      {"Host", "b.example"}, {"User-Agent", "x"},      {"accept", "x"},
      {"Cookie", "a=b"},     {"Connection", "x"},      {"Content-Length", "1"},
      {"Expect", "x"},       {"Accept-Encoding", "x"}, {"Transfer-Encoding", "chunked"},
      {"X", "a\r\nHost: b"}, {"X\r\nY", "a"},          {"", "a"},
      {"X Y", "a"},
  };
  Site site(loop, [](const std::string&) { return Reply{ok("")}; });
  serve(site);
  for (const auto& [header, value] : cases) {
    SCOPED_TRACE(header);
    const GuardedTrail trail = get("http://a.example/", {{header, value}});
    EXPECT_EQ(trail.failure, Failure::protocol_error);
    EXPECT_FALSE(trail.message.empty());
  }
  EXPECT_EQ(site.connections, 0u);
  EXPECT_TRUE(resolver.asked.empty());
}

TEST_F(GuardedTest, TargetsThatAreNotSent) {
  Site site(loop, [](const std::string&) { return Reply{ok("")}; });
  serve(site);
  const auto made = client();
  for (const char* bad : {"", "x", "/x y", "/x\r\nHost: b", "/\xC3\xBC"}) {
    SCOPED_TRACE(bad);
    GuardedUrl from = url("http://a.example/");
    from.target = bad;
    const auto trail = loop.await(made->get(from, {}, Deadline::after(kStuck)));
    EXPECT_EQ(trail.failure, Failure::protocol_error);
  }
  GuardedUrl from = url("http://a.example/");
  from.port = 8080;
  const auto trail = loop.await(made->get(from, {}, Deadline::after(kStuck)));
  EXPECT_EQ(trail.failure, Failure::address_refused);
  EXPECT_THAT(trail.message, HasSubstr("8080"));
  EXPECT_EQ(site.connections, 0u);
}

TEST_F(GuardedTest, ASilentServerTimesOut) {
  Site site(loop, [](const std::string&) { return Reply{"", true}; });
  serve(site);
  settings.response_timeout = kSoon;
  const GuardedTrail trail = get("http://a.example/");
  EXPECT_EQ(trail.failure, Failure::timed_out);
  EXPECT_THAT(trail.message, HasSubstr("a.example (127.0.0.1), port 80, took the request"));
  EXPECT_TRUE(trail.hops.at(0).address);
}

TEST_F(GuardedTest, AnAnswerThatStopsTimesOut) {
  Site site(loop, [](const std::string&) {
    return Reply{"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nslow", true};
  });
  serve(site);
  settings.response_timeout = kSoon;
  const GuardedTrail trail = get("http://a.example/");
  EXPECT_EQ(trail.failure, Failure::timed_out);
  EXPECT_THAT(trail.message, HasSubstr("after 42 octets"));
}

TEST_F(GuardedTest, TheWholeHasADeadlineToo) {
  Site site(loop, [](const std::string&) { return Reply{"", true}; });
  serve(site);
  EXPECT_EQ(get("http://a.example/", {}, Deadline::after(kSoon)).failure, Failure::timed_out);
  const auto past = Deadline::at(Deadline::clock::now() - milliseconds(1));
  const GuardedTrail late = get("http://127.0.0.1/", {}, past);
  EXPECT_EQ(late.failure, Failure::timed_out);
  EXPECT_FALSE(late.hops.at(0).address);
}

TEST_F(GuardedTest, CancellationEndsIt) {
  Site site(loop, [](const std::string&) { return Reply{"", true}; });
  serve(site);
  resolver.hangs("slow.example", dns::RecordType::a);
  for (const char* from : {"http://a.example/", "http://slow.example/"}) {
    SCOPED_TRACE(from);
    const auto made = client();
    asio::cancellation_signal signal;
    bool done = false;
    asio::co_spawn(loop.io, made->get(url(from), {}, Deadline::after(kStuck)),
                   asio::bind_cancellation_slot(
                       signal.slot(), [&](const std::exception_ptr&,
                                          const GuardedTrail& /*trail*/) { done = true; }));
    const std::size_t before = site.requests.size();
    loop.until([&] { return site.requests.size() > before || resolver.hanging_now > 0; });
    EXPECT_FALSE(done);
    signal.emit(asio::cancellation_type::terminal);
    loop.until([&] { return done; });
    EXPECT_EQ(resolver.hanging_now, 0u);
  }
}

}  // namespace
}  // namespace parallax::net
