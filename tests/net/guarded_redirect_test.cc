// SPDX-License-Identifier: Apache-2.0
// Redirects: which are followed, and what is checked before a connection is made.
#include <optional>

#include "guarded_fixture.h"

namespace parallax::net {
namespace {

using namespace test;
using testing::HasSubstr;
using Failure = GuardedFailure;

class GuardedRedirect : public GuardedTest {
 protected:
  GuardedRedirect() {
    serve(site);
    serve(site, 25);
    serve(site, 22);
    resolver.has("b.example", {"127.0.0.1"});
  }

  // What the site answers to "/from"; anything else is answered with its own target.
  std::string from_answer;
  Site site{loop, [this](const std::string& request) {
              const std::string at = target(request);
              if (at == "/from") return Reply{from_answer, true};
              if (at.starts_with("/count/") && at != "/count/0")
                return Reply{redirect(next_count(at)), true};
              return Reply{ok(at), true};
            }};

 private:
  static std::string next_count(const std::string& at) {
    return "/count/" + std::to_string(std::stoi(at.substr(7)) - 1);
  }
};

TEST_F(GuardedRedirect, OnlyFourStatusesAreFollowed) {
  for (unsigned status = 300; status < 400; ++status) {
    SCOPED_TRACE(status);
    from_answer = redirect("/to", status);
    const GuardedTrail trail = get("http://a.example/from");
    const bool followed = status == 301 || status == 302 || status == 307 || status == 308;
    EXPECT_EQ(trail.failure, followed ? Failure::none : Failure::redirect_refused);
    EXPECT_EQ(trail.hops.size(), followed ? 2u : 1u);
    EXPECT_EQ(trail.hops[0].status, status);
    EXPECT_EQ(trail.hops[0].location, "/to");
    EXPECT_EQ(trail.body, followed ? "/to" : "");
  }
  from_answer = "HTTP/1.1 201 Created\r\nLocation: /to\r\nContent-Length: 2\r\n\r\nok";
  const GuardedTrail created = get("http://a.example/from");
  EXPECT_EQ(created.failure, Failure::none);
  EXPECT_EQ(created.body, "ok");
  EXPECT_EQ(created.hops.size(), 1u);
}

struct RedirectCase {
  const char* name;
  std::string answer;
  Failure failure = Failure::none;
  const char* said = "";          // in the message, or the whole body
  std::vector<const char*> hops;  // after the first
};

std::vector<RedirectCase> followed() {
  const auto none = Failure::none;
  return {
      {"absolute", redirect("http://b.example/to"), none, "/to", {"http://b.example/to"}},
      {"relative", redirect("to?x"), none, "/to?x", {"http://a.example/to?x"}},
      {"scheme_relative", redirect("//b.example/to"), none, "/to", {"http://b.example/to"}},
      {"fragment", redirect("/to#x"), none, "/to", {"http://a.example/to"}},
      {"address", redirect("http://127.0.0.1/to"), none, "/to", {"http://127.0.0.1/to"}},
      {"port_25",
       redirect("http://a.example:25/from/"),
       none,
       "/from/",
       {"http://a.example:25/from/"}},
      {"port_22", redirect("http://a.example:22/to"), none, "/to", {"http://a.example:22/to"}},
      {"body_is_not_awaited",
       "HTTP/1.1 302 Found\r\nLocation: /to\r\nContent-Length: 900\r\n\r\nnever",
       none,
       "/to",
       {"http://a.example/to"}},
      {"no_length",
       "HTTP/1.1 302 Found\r\nLocation: /to\r\n\r\n",
       none,
       "/to",
       {"http://a.example/to"}},
  };
}

std::vector<RedirectCase> refused() {
  const auto no = Failure::redirect_refused;
  return {
      {"self", redirect("/from"), no, "loop", {}},
      {"self_by_fragment", redirect("#x"), no, "loop", {}},
      {"self_in_capitals", redirect("HTTP://A.Example:80/from"), no, "loop", {}},
      {"no_location", "HTTP/1.1 302 Found\r\nContent-Length: 0\r\n\r\n", no, "no Location", {}},
      {"empty_location", redirect(""), no, "it is empty", {}},
      {"two_locations",
       "HTTP/1.1 302 Found\r\nLocation: /to\r\nLocation: /to\r\nContent-Length: 0\r\n\r\n",
       no,
       "more than one",
       {}},
      {"scheme", redirect("ftp://b.example/"), no, "only http and https", {}},
      {"port", redirect("http://b.example:8080/"), no, "Authorized Port", {}},
      {"user", redirect("http://u@b.example/"), no, "user information", {}},
      {"number_as_host", redirect("http://2130706433/"), no, "not a DNS name", {}},
      {"not_ascii", redirect("/b\xC3\xBC"), no, "\\xc3", {}},
      {"overlong", redirect("/" + std::string(3000, 'x')), no, "is the most", {}},
      {"own_network",
       redirect("http://127.0.0.3/"),
       Failure::address_refused,
       "must not reach",
       {"http://127.0.0.3/"}},
      {"own_network_by_name",
       redirect("http://inside.example/"),
       Failure::address_refused,
       "inside.example",
       {"http://inside.example/"}},
      {"own_network_embedded",
       redirect("http://[::ffff:127.0.0.3]/"),
       Failure::address_refused,
       "must not reach",
       {"http://[::ffff:127.0.0.3]/"}},
      {"no_such_host",
       redirect("http://none.example/"),
       Failure::lookup_failed,
       "none.example",
       {"http://none.example/"}},
      {"bogus_host",
       redirect("http://bogus.example/"),
       Failure::bogus,
       "bogus.example",
       {"http://bogus.example/"}},
      {"dead_port",
       redirect("http://127.0.0.2/"),
       Failure::connection_failed,
       "refused",
       {"http://127.0.0.2/"}},
  };
}

TEST_F(GuardedRedirect, FollowsAndRefuses) {
  settings.own_networks.push_back({ip("127.0.0.3"), 32});
  resolver.has("inside.example", {"127.0.0.3"});
  resolver.has("bogus.example", {"127.0.0.1"});
  resolver.fails("bogus.example", dns::RecordType::aaaa, dns::LookupStatus::bogus);
  auto all = followed();
  for (RedirectCase& c : refused()) all.push_back(std::move(c));
  for (const RedirectCase& c : all) {
    SCOPED_TRACE(c.name);
    from_answer = c.answer;
    const std::size_t before = site.connections;
    const GuardedTrail trail = get("http://a.example/from");
    EXPECT_EQ(trail.failure, c.failure) << trail.message;
    EXPECT_THAT(c.failure == Failure::none ? trail.body : trail.message, HasSubstr(c.said));
    ASSERT_EQ(trail.hops.size(), c.hops.size() + 1);
    for (std::size_t i = 0; i < c.hops.size(); ++i)
      EXPECT_EQ(text_of(trail.hops[i + 1].url), c.hops[i]);
    EXPECT_EQ(site.connections - before, c.failure == Failure::none ? 2u : 1u);
    EXPECT_EQ(trail.hops.back().address.has_value(),
              c.failure == Failure::none || c.failure == Failure::redirect_refused);
  }
}

TEST_F(GuardedRedirect, OutsideTheLabNoRedirectLeadsInside) {
  // Only the first address is within reach here, so the walk starts where a redirect would end.
  settings.lab = false;
  for (const char* inside : {"http://169.254.169.254/latest/meta-data/", "http://10.0.0.1/",
                             "http://[fd00::1]/", "http://[::ffff:10.0.0.1]/"}) {
    SCOPED_TRACE(inside);
    EXPECT_EQ(get(inside).failure, Failure::address_refused);
  }
}

TEST_F(GuardedRedirect, TenAreFollowedAndNotEleven) {
  const GuardedTrail ten = get("http://a.example/count/10");
  EXPECT_EQ(ten.failure, Failure::none) << ten.message;
  EXPECT_EQ(ten.hops.size(), 11u);
  const GuardedTrail eleven = get("http://a.example/count/11");
  EXPECT_EQ(eleven.failure, Failure::redirect_refused);
  EXPECT_EQ(eleven.hops.size(), 11u);
  EXPECT_THAT(eleven.message, HasSubstr("10 redirects"));
  settings.redirects_max = 0;
  from_answer = redirect("/to");
  const GuardedTrail none = get("http://a.example/from");
  EXPECT_EQ(none.failure, Failure::redirect_refused);
  EXPECT_EQ(none.hops.size(), 1u);
}

TEST_F(GuardedRedirect, ALoopOfSeveralIsSeen) {
  Site loops(loop, [](const std::string& request) {
    return Reply{redirect(target(request) == "/3" ? "/1" : target(request) == "/1" ? "/2" : "/3")};
  });
  serve(loops);
  const GuardedTrail trail = get("http://a.example/1");
  EXPECT_EQ(trail.failure, Failure::redirect_refused);
  EXPECT_THAT(trail.message, HasSubstr("loop, back to http://a.example/1"));
  EXPECT_EQ(trail.hops.size(), 3u);
  EXPECT_EQ(loops.connections, 3u);
}

TEST_F(GuardedRedirect, EveryHopIsResolvedAnew) {
  from_answer = redirect("/to");
  const GuardedTrail trail = get("http://a.example/from");
  EXPECT_EQ(trail.failure, Failure::none) << trail.message;
  EXPECT_EQ(trail.lookups.size(), 4u);
  EXPECT_EQ(resolver.asked.size(), 4u);
}

TEST_F(GuardedRedirect, TheLocationIsKeptPrintable) {
  from_answer = redirect("/\xFF\x80x");
  const GuardedTrail trail = get("http://a.example/from");
  EXPECT_EQ(trail.hops.at(0).location, "/\\xff\\x80x");
  from_answer = redirect("/" + std::string(9000, 'y'));
  EXPECT_LE(get("http://a.example/from").hops.at(0).location.size(), kLocationBytesMax + 3);
}

}  // namespace
}  // namespace parallax::net
