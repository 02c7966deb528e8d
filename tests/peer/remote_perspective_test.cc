// SPDX-License-Identifier: Apache-2.0
// What a coordinator makes of whatever comes back from a remote.
#include "peer/remote_perspective.h"

#include <functional>

#include <boost/json/serialize.hpp>
#include <gmock/gmock.h>

#include "peer/peer_fixture.h"

namespace parallax::peer {
namespace {

using corroborate::NonCorroboration;
using testing::HasSubstr;

using Answer = std::function<Result<net::HttpResponse>(const net::HttpRequest&)>;

// Answers as the test says and keeps what it was asked.
class FakeHttp final : public net::HttpClient {
 public:
  FakeHttp(Answer answer, std::vector<net::HttpRequest>& asked)
      : answer_(std::move(answer)), asked_(asked) {}
  Task<Result<net::HttpResponse>> request(net::HttpRequest request, Deadline) override {
    asked_.push_back(request);
    co_return answer_(request);
  }
  void close() override {}

 private:
  Answer answer_;
  std::vector<net::HttpRequest>& asked_;
};

class RemotePerspectiveTest : public testing::Test {
 protected:
  corroborate::PerspectiveReply ask(Answer answer,
                                    std::chrono::milliseconds wait = std::chrono::seconds(20)) {
    RemotePerspective remote("eu-1", test::signing_key().verifying_key(),
                             std::make_unique<FakeHttp>(std::move(answer), asked));
    return loop.await(remote.observe(test::request(), Deadline::after(wait)));
  }
  // What an honest perspective of this code and key answers.
  std::string honest(const std::string& code, const SigningKey& key) {
    caa::test::FakeResolver resolver(loop.io);
    resolver.release_all();
    observe::Perspective perspective(loop.io.get_executor(), test::settings(code), key,
                                     observe::Senses{.resolver = &resolver}, system_clock());
    const auto seen =
        loop.await(perspective.observe(test::request(), Deadline::after(net::kStuck)));
    return json::serialize(to_json(seen.value().statement));
  }
  static Answer say(std::string body, unsigned status = 200) {
    return [body = std::move(body), status](const net::HttpRequest&) {
      net::HttpResponse response;
      response.status = status;
      response.body = body;
      return Result<net::HttpResponse>(response);
    };
  }

  net::Loop loop;
  std::vector<net::HttpRequest> asked;
};

TEST_F(RemotePerspectiveTest, TakesAnHonestAnswer) {
  const auto reply = ask(say(honest("eu-1", test::signing_key())));
  ASSERT_TRUE(reply) << reply.error().message;
  EXPECT_EQ(reply->observation.perspective, "eu-1");
}

TEST_F(RemotePerspectiveTest, AsksForTheCheckAndLeavesTimeForTheWayHome) {
  (void)ask(say(""), std::chrono::seconds(20));
  (void)ask(say(""), std::chrono::milliseconds(0));
  (void)ask(say(""), std::chrono::hours(1));
  ASSERT_EQ(asked.size(), 3u);
  EXPECT_EQ(asked[0].method, "POST");
  EXPECT_EQ(asked[0].path, kObservePath);
  EXPECT_EQ(asked[0].header("content-type"), "application/json");
  const auto waits = [this](std::size_t i) {
    return parse_json(asked[i].body).value().at("deadline_ms").to_number<std::int64_t>();
  };
  EXPECT_LE(waits(0), 20'000 - kReturnMargin.count());
  EXPECT_EQ(waits(1), 1);
  EXPECT_EQ(waits(2), kDeadlineMsMax);
  EXPECT_EQ(parse_json(asked[0].body).value().at("request"), to_json(test::request()));
}

TEST_F(RemotePerspectiveTest, EveryErrorOfTheChannelHasItsKind) {
  const std::pair<ErrorCode, NonCorroboration> cases[] = {
      {ErrorCode::timed_out, NonCorroboration::timed_out},
      {ErrorCode::unreachable, NonCorroboration::unreachable},
      {ErrorCode::overloaded, NonCorroboration::unreachable},
      {ErrorCode::untrusted, NonCorroboration::wrong_identity},
      {ErrorCode::malformed, NonCorroboration::bad_signature},
      {ErrorCode::configuration, NonCorroboration::unreachable},
      {ErrorCode::internal, NonCorroboration::unreachable},
  };
  for (const auto& [code, kind] : cases) {
    SCOPED_TRACE(to_string(code));
    const auto reply = ask([failure = code](const net::HttpRequest&) {
      return Result<net::HttpResponse>(fail(failure, "planned"));
    });
    ASSERT_FALSE(reply);
    EXPECT_EQ(reply.error().kind, kind);
    EXPECT_EQ(reply.error().message, "planned");
  }
}

TEST_F(RemotePerspectiveTest, WhatIsNoHonestAnswerIsANonCorroboration) {
  const std::string good = honest("eu-1", test::signing_key());
  struct Case {
    const char* name;
    std::string body;
    unsigned status;
    NonCorroboration kind;
    const char* message;
  };
  const Case cases[] = {
      {"overloaded", "busy", 503, NonCorroboration::unreachable, "eu-1 answered 503: busy"},
      {"forbidden", "\x1b[2J", 403, NonCorroboration::unreachable, "403: \\x1b[2J"},
      {"redirect", good, 301, NonCorroboration::unreachable, "301"},
      {"created", good, 201, NonCorroboration::unreachable, "201"},
      {"empty", "", 200, NonCorroboration::bad_signature, "not a JSON document"},
      {"garbage", "\xff\x00\x01", 200, NonCorroboration::bad_signature, "not a JSON document"},
      {"bare_boolean", "true", 200, NonCorroboration::bad_signature, "not a signed statement"},
      {"empty_object", "{}", 200, NonCorroboration::bad_signature, "not a signed statement"},
      {"cut_short", good.substr(0, good.size() - 9), 200, NonCorroboration::bad_signature, ""},
      {"wrong_key", honest("eu-1", SigningKey::generate()), 200, NonCorroboration::bad_signature,
       "not signed by the key of eu-1"},
      {"another_perspective", honest("ap-1", test::signing_key()), 200,
       NonCorroboration::wrong_identity, "\"ap-1\" answered in the place of eu-1"},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.name);
    const auto reply = ask(say(c.body, c.status));
    ASSERT_FALSE(reply);
    EXPECT_EQ(reply.error().kind, c.kind) << reply.error().message;
    EXPECT_THAT(reply.error().message, HasSubstr(c.message));
  }
}

}  // namespace
}  // namespace parallax::peer
