// SPDX-License-Identifier: Apache-2.0
// Documents on web servers (TLS BR 3.2.2.4.18, .19): the trail that leads there, and what is held
// against it.
#include <functional>

#include <gtest/gtest.h>

#include "dcv/methods_http_facts.h"

namespace parallax::dcv {
namespace {

using dns::LookupStatus;
using dns::RecordType;
using dns::Verdict;
using http_test::hop;
using http_test::judge;
using http_test::kHost;
using http_test::kKeyAuthorization;
using http_test::kNow;
using http_test::kRandomValue;
using http_test::redirect;
using net::GuardedFailure;

struct Case {
  const char* name;
  ControlOutcome outcome;
  ControlReason reason;
  std::function<void(ControlObservation&)> spoil;
};

void expect(const Case& each, const ControlDetermination& made) {
  EXPECT_EQ(made.outcome, each.outcome) << made.explanation;
  EXPECT_EQ(made.reason, each.reason) << made.explanation;
  EXPECT_TRUE(dns_test::is_printable(made.explanation)) << made.explanation;
  EXPECT_EQ(made.challenge_information.empty(), each.outcome != ControlOutcome::shown);
}

void fail_with(ControlObservation& seen, GuardedFailure failure) {
  seen.http->hops.back().failure = failure;
  seen.http->hops.back().status = 0;
  seen.http->hops.back().address.clear();
  seen.http->hops.back().message = "it went wrong.";
  seen.http->body.clear();
}

void no_address(ControlObservation& seen) {
  seen.lookups = {dns_test::answer(kHost, RecordType::a, {}, "address"),
                  dns_test::answer(kHost, RecordType::aaaa, {}, "address")};
}

const ControlOutcome kShown = ControlOutcome::shown;
const ControlOutcome kNotShown = ControlOutcome::not_shown;
const ControlOutcome kUndetermined = ControlOutcome::undetermined;

std::vector<Case> statuses() {
  using Seen = ControlObservation;
  using R = ControlReason;
  return {
      {"straight from the host", kShown, R::challenge_found, [](Seen&) {}},
      {"status 201", kShown, R::challenge_found, [](Seen& s) { s.http->hops[0].status = 201; }},
      {"status 299", kShown, R::challenge_found, [](Seen& s) { s.http->hops[0].status = 299; }},
      {"status 404", kNotShown, R::challenge_missing,
       [](Seen& s) { s.http->hops[0].status = 404; }},
      {"status 410", kNotShown, R::challenge_missing,
       [](Seen& s) { s.http->hops[0].status = 410; }},
      {"status 403", kNotShown, R::http_status, [](Seen& s) { s.http->hops[0].status = 403; }},
      {"status 500", kNotShown, R::http_status, [](Seen& s) { s.http->hops[0].status = 500; }},
      {"status 300", kNotShown, R::http_status, [](Seen& s) { s.http->hops[0].status = 300; }},
      {"status 199", kNotShown, R::http_status, [](Seen& s) { s.http->hops[0].status = 199; }},
      {"no status", kUndetermined, R::lookup_failed, [](Seen& s) { s.http->hops[0].status = 0; }},
      {"an insecure zone", kShown, R::challenge_found,
       [](Seen& s) { s.lookups[0].verdict = Verdict::insecure; }},
      {"a remote that does not validate", kShown, R::challenge_found,
       [](Seen& s) {
         s.validating = false;
         s.lookups[0].verdict = Verdict::indeterminate;
       }},
      {"no verdict though it validates", kUndetermined, R::lookup_failed,
       [](Seen& s) { s.lookups[0].verdict = Verdict::indeterminate; }},
  };
}

std::vector<Case> redirects() {
  using Seen = ControlObservation;
  using R = ControlReason;
  return {
      {"a 301 within the host", kShown, R::challenge_found,
       [](Seen& s) { redirect(s, 301, "/elsewhere", "http://www.example.com/elsewhere"); }},
      {"a 308 to https", kShown, R::challenge_found,
       [](Seen& s) { redirect(s, 308, "https://www.example.com/x", "https://www.example.com/x"); }},
      {"a 307 to another host", kShown, R::challenge_found,
       [](Seen& s) {
         redirect(s, 307, "//cdn.example.net:443/x", "http://cdn.example.net:443/x");
         s.lookups.push_back(http_test::address_lookup("cdn.example.net"));
       }},
      {"ten redirects", kShown, R::challenge_found,
       [](Seen& s) {
         for (int i = 0; i < 10; ++i) {
           const std::string path = "/" + std::to_string(i);
           redirect(s, 302, path, "http://www.example.com" + path);
         }
       }},
      {"eleven redirects", kUndetermined, R::lookup_failed,
       [](Seen& s) {
         for (int i = 0; i < 11; ++i) {
           const std::string path = "/" + std::to_string(i);
           redirect(s, 302, path, "http://www.example.com" + path);
         }
       }},
      {"a 303 that was followed", kUndetermined, R::lookup_failed,
       [](Seen& s) { redirect(s, 303, "/x", "http://www.example.com/x"); }},
      {"a hop no redirect leads to", kUndetermined, R::lookup_failed,
       [](Seen& s) { redirect(s, 302, "/x", "http://www.example.com/y"); }},
      {"a hop to an odd port", kUndetermined, R::lookup_failed,
       [](Seen& s) {
         redirect(s, 302, "http://www.example.com:8080/", "http://www.example.com:8080/");
       }},
      {"a redirect to a host nobody looked up", kUndetermined, R::lookup_failed,
       [](Seen& s) { redirect(s, 302, "http://cdn.example.net/", "http://cdn.example.net/"); }},
      {"a redirect to a host with bogus addresses", kUndetermined, R::bogus,
       [](Seen& s) {
         redirect(s, 302, "http://cdn.example.net/", "http://cdn.example.net/");
         s.lookups.push_back(
             dns_test::failure("cdn.example.net", RecordType::a, LookupStatus::bogus, "address"));
       }},
      {"a failure in the middle", kUndetermined, R::lookup_failed,
       [](Seen& s) {
         redirect(s, 302, "/x", "http://www.example.com/x");
         s.http->hops[0].failure = GuardedFailure::timed_out;
       }},
  };
}

std::vector<Case> contradictions() {
  using Seen = ControlObservation;
  using R = ControlReason;
  return {
      {"nothing reported", kUndetermined, R::lookup_failed, [](Seen& s) { s.http.reset(); }},
      {"no hops reported", kUndetermined, R::lookup_failed, [](Seen& s) { s.http->hops.clear(); }},
      {"another document", kUndetermined, R::lookup_failed,
       [](Seen& s) { s.http->hops[0].url = "http://www.example.com/"; }},
      {"another host", kUndetermined, R::lookup_failed,
       [](Seen& s) { s.http->hops[0].url.replace(7, 3, "ftp"); }},
      {"https instead of http", kUndetermined, R::lookup_failed,
       [](Seen& s) { s.http->hops[0].url.insert(4, "s"); }},
      {"an address the DNS did not give", kUndetermined, R::lookup_failed,
       [](Seen& s) { s.http->hops[0].address = "203.0.113.8"; }},
      {"no address", kUndetermined, R::lookup_failed,
       [](Seen& s) { s.http->hops[0].address.clear(); }},
      {"an address that is none", kUndetermined, R::lookup_failed,
       [](Seen& s) { s.http->hops[0].address = "here"; }},
      {"a bogus AAAA beside a good A", kUndetermined, R::bogus,
       [](Seen& s) {
         s.lookups.push_back(
             dns_test::failure(kHost, RecordType::aaaa, LookupStatus::bogus, "address"));
       }},
  };
}

// What a failure of one family means: in a signed zone it may hide what the zone says.
std::vector<Case> lost_families() {
  using Seen = ControlObservation;
  using R = ControlReason;
  static constexpr auto lose = [](Seen& s, LookupStatus status) {
    s.lookups.push_back(dns_test::failure(kHost, RecordType::aaaa, status, "address"));
  };
  static constexpr auto over_ipv6 = [](Seen& s) {
    s.lookups = {http_test::address_lookup(kHost, "2001:db8::7")};
    for (auto& hop : s.http->hops) hop.address = "2001:db8::7";
  };
  return {
      {"a lost AAAA beside a secure A", kUndetermined, R::timed_out,
       [](Seen& s) { lose(s, LookupStatus::timed_out); }},
      {"a failed AAAA beside a secure A", kUndetermined, R::lookup_failed,
       [](Seen& s) { lose(s, LookupStatus::failed); }},
      {"a failed A beside a secure AAAA", kUndetermined, R::lookup_failed,
       [](Seen& s) {
         over_ipv6(s);
         s.lookups.push_back(
             dns_test::failure(kHost, RecordType::a, LookupStatus::failed, "address"));
       }},
      {"an AAAA without a verdict beside a secure A", kUndetermined, R::lookup_failed,
       [](Seen& s) {
         s.lookups.push_back(dns_test::answer(kHost, RecordType::aaaa, {}, "address"));
         s.lookups.back().verdict = Verdict::indeterminate;
       }},
      {"a failed AAAA beside an insecure A", kShown, R::challenge_found,
       [](Seen& s) {
         s.lookups[0].verdict = Verdict::insecure;
         lose(s, LookupStatus::failed);
       }},
      {"a lost A beside an insecure AAAA", kShown, R::challenge_found,
       [](Seen& s) {
         over_ipv6(s);
         s.lookups[0].verdict = Verdict::insecure;
         s.lookups.push_back(
             dns_test::failure(kHost, RecordType::a, LookupStatus::timed_out, "address"));
       }},
      {"an empty AAAA beside a secure A", kShown, R::challenge_found,
       [](Seen& s) {
         s.lookups.push_back(dns_test::answer(kHost, RecordType::aaaa, {}, "address"));
       }},
      {"a lost AAAA at a remote that does not validate", kShown, R::challenge_found,
       [](Seen& s) {
         s.validating = false;
         s.lookups[0].verdict = Verdict::indeterminate;
         lose(s, LookupStatus::timed_out);
       }},
  };
}

std::vector<Case> failures() {
  using Seen = ControlObservation;
  using R = ControlReason;
  return {
      {"no such name", kNotShown, R::challenge_missing,
       [](Seen& s) {
         fail_with(s, GuardedFailure::lookup_failed);
         s.lookups = {dns_test::nxdomain(kHost, RecordType::a, "address"),
                      dns_test::nxdomain(kHost, RecordType::aaaa, "address")};
       }},
      {"no address record", kNotShown, R::challenge_missing,
       [](Seen& s) {
         fail_with(s, GuardedFailure::lookup_failed);
         no_address(s);
       }},
      {"no address record, without a verdict", kUndetermined, R::lookup_failed,
       [](Seen& s) {
         fail_with(s, GuardedFailure::lookup_failed);
         no_address(s);
         s.lookups[0].verdict = Verdict::indeterminate;
       }},
      {"no A record, and a lost AAAA", kUndetermined, R::timed_out,
       [](Seen& s) {
         fail_with(s, GuardedFailure::lookup_failed);
         no_address(s);
         s.lookups[1].status = LookupStatus::timed_out;
       }},
      {"a lookup that failed", kUndetermined, R::lookup_failed,
       [](Seen& s) {
         fail_with(s, GuardedFailure::lookup_failed);
         s.lookups = {dns_test::failure(kHost, RecordType::a, LookupStatus::failed, "address")};
       }},
      {"a lookup that nobody reported", kUndetermined, R::lookup_failed,
       [](Seen& s) {
         fail_with(s, GuardedFailure::lookup_failed);
         s.lookups.clear();
       }},
      {"bogus addresses", kUndetermined, R::bogus,
       [](Seen& s) {
         fail_with(s, GuardedFailure::bogus);
         s.lookups = {dns_test::failure(kHost, RecordType::a, LookupStatus::bogus, "address")};
       }},
      {"said to be bogus, without the lookup", kUndetermined, R::bogus,
       [](Seen& s) { fail_with(s, GuardedFailure::bogus); }},
      {"a refused address", kNotShown, R::address_refused,
       [](Seen& s) { fail_with(s, GuardedFailure::address_refused); }},
      {"a refused connection", kUndetermined, R::connection_failed,
       [](Seen& s) { fail_with(s, GuardedFailure::connection_failed); }},
      {"a timeout", kUndetermined, R::timed_out,
       [](Seen& s) { fail_with(s, GuardedFailure::timed_out); }},
      {"a refused redirect", kNotShown, R::redirect_refused,
       [](Seen& s) { fail_with(s, GuardedFailure::redirect_refused); }},
      {"no HTTP", kNotShown, R::protocol_error,
       [](Seen& s) { fail_with(s, GuardedFailure::protocol_error); }},
  };
}

std::vector<Case> trails() {
  std::vector<Case> out;
  for (const auto& part : {statuses(), redirects(), contradictions(), lost_families(), failures()})
    out.insert(out.end(), part.begin(), part.end());
  return out;
}

TEST(HttpMethods, JudgeTheTrail) {
  const ControlCheck check = http_test::website_check();
  for (const auto& each : trails()) {
    SCOPED_TRACE(each.name);
    auto seen = http_test::document(check, "x " + std::string(kRandomValue) + " y");
    each.spoil(seen);
    expect(each, judge(check, seen));
  }
}

TEST(HttpMethods, JudgeTheSameTrailForAcme) {
  const ControlCheck check = http_test::acme_check();
  for (const auto& each : trails()) {
    SCOPED_TRACE(each.name);
    auto seen = http_test::document(check, std::string(kKeyAuthorization));
    each.spoil(seen);
    expect(each, judge(check, seen));
  }
}

TEST(HttpMethods, TakeTheWeakestVerdictOfTheHops) {
  const ControlCheck check = http_test::website_check();
  auto seen = http_test::document(check, std::string(kRandomValue));
  redirect(seen, 302, "http://cdn.example.net/", "http://cdn.example.net/");
  seen.lookups.push_back(http_test::address_lookup("cdn.example.net"));
  EXPECT_EQ(judge(check, seen).verdict, Verdict::secure);
  seen.lookups.back().verdict = Verdict::insecure;
  EXPECT_EQ(judge(check, seen).verdict, Verdict::insecure);
}

TEST(HttpMethods, AskAnAddressWithoutTheDns) {
  ControlCheck check = http_test::website_check();
  for (const char* text : {"203.0.113.7", "2001:db8::7"}) {
    SCOPED_TRACE(text);
    check.applied_for = dns_test::address(text);
    auto seen = http_test::document(check, std::string(kRandomValue));
    seen.lookups.clear();
    const bool v4 = dns_test::address(text).is_v4();
    auto& first = seen.http->hops[0];
    first.url = "http://" + (v4 ? std::string(text) : "[" + std::string(text) + "]") +
                std::get<HttpValue>(check.challenge).path;
    first.address = text;
    EXPECT_EQ(judge(check, seen).outcome, kShown) << judge(check, seen).explanation;
    first.address = "203.0.113.9";
    EXPECT_EQ(judge(check, seen).outcome, kUndetermined);
  }
}

}  // namespace
}  // namespace parallax::dcv
