// SPDX-License-Identifier: Apache-2.0
// The concurrent climb: when it ends, what it cancels, and what it reports.
#include "caa/search.h"

#include <algorithm>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <gtest/gtest.h>

#include "caa/fake_resolver.h"

namespace parallax::caa {
namespace {

using dns::LookupStatus;
using test::property;
using Names = std::vector<std::string>;

constexpr const char* kDomain = "a.b.example.com";
const Names kClimb = {"a.b.example.com", "b.example.com", "example.com", "com"};

Task<void> observe_into(std::optional<CaaObservation>& out, dns::Resolver& resolver,
                        names::DomainName domain, SearchSettings settings, Deadline deadline) {
  out = co_await observe_caa(resolver, std::move(domain), settings, deadline);
}

// Starts a search whose outcome lands in `out`.
void spawn(boost::asio::io_context& io, std::optional<CaaObservation>& out, dns::Resolver& resolver,
           std::string_view domain) {
  boost::asio::co_spawn(
      io,
      observe_into(out, resolver, test::name(domain), {}, Deadline::after(std::chrono::hours(1))),
      [](const std::exception_ptr&) {});
}

// One search on a context of its own, moved on by hand.
class Search : public testing::Test {
 protected:
  void start(Deadline deadline = Deadline::after(std::chrono::hours(1))) {
    boost::asio::co_spawn(io_,
                          observe_into(seen_, resolver_, test::name(kDomain), settings_, deadline),
                          boost::asio::bind_cancellation_slot(
                              cancel_.slot(), [this](const std::exception_ptr& error) {
                                ended_ = true;
                                failed_ = error != nullptr;
                              }));
    io_.poll();
  }

  void release(const std::string& at) {
    resolver_.release(at);
    io_.poll();
  }

  [[nodiscard]] Names reported() const {
    Names out;
    for (const auto& lookup : seen_->lookups) out.push_back(lookup.name.text());
    return out;
  }

  [[nodiscard]] CaaReason reason() const {
    return test::reason(*seen_, test::tls("ca.example"), {.permit_insecure_lookup_failure = true});
  }

  boost::asio::io_context io_;
  boost::asio::cancellation_signal cancel_;
  test::FakeResolver resolver_{io_};
  SearchSettings settings_;
  bool ended_ = false;
  bool failed_ = false;
  std::optional<CaaObservation> seen_;
};

TEST_F(Search, AsksEveryStepAtOnceUpToTheTopLevelDomain) {
  start();
  EXPECT_EQ(resolver_.asked, kClimb);
  EXPECT_FALSE(ended_);
}

TEST_F(Search, EndsWithTheWholeClimbWhereThereIsNoSetInAnyOrder) {
  Names order = kClimb;
  std::sort(order.begin(), order.end());
  do {
    SCOPED_TRACE(fmt::format("{}", fmt::join(order, " ")));
    boost::asio::io_context io;
    test::FakeResolver resolver(io);
    std::optional<CaaObservation> seen;
    spawn(io, seen, resolver, kDomain);
    for (const auto& at : order) {
      io.poll();
      EXPECT_FALSE(seen);
      resolver.release(at);
    }
    io.run();
    ASSERT_TRUE(seen);
    EXPECT_EQ(seen->lookups.size(), kClimb.size());
    EXPECT_EQ(test::reason(*seen, test::tls("ca.example")), CaaReason::no_caa_records);
    EXPECT_TRUE(resolver.cancelled.empty());
  } while (std::next_permutation(order.begin(), order.end()));
}

TEST_F(Search, ANearSetEndsItAndCancelsTheRest) {
  resolver_.plan("b.example.com", test::found("b.example.com", {property("issue", "ca.example")}));
  start();
  release("b.example.com");
  EXPECT_FALSE(ended_) << "a nearer name is outstanding";
  release(kDomain);
  ASSERT_TRUE(ended_);
  EXPECT_EQ(reported(), (Names{kDomain, "b.example.com"}));
  EXPECT_EQ(resolver_.cancelled, (std::set<std::string>{"example.com", "com"}));
  EXPECT_EQ(reason(), CaaReason::issuer_authorized);
  EXPECT_EQ(seen_->lookups[1].ttl_s, 600u);
}

TEST_F(Search, AFartherSetWaitsForNearerAnswersThatMayHideIt) {
  resolver_.plan("com", test::found("com", {property("issue", "ca.example")}));
  resolver_.plan(kDomain, test::found(kDomain, {property("issue", ";")}));
  start();
  release("com");
  release("example.com");
  release("b.example.com");
  EXPECT_FALSE(ended_);
  release(kDomain);
  ASSERT_TRUE(ended_);
  EXPECT_EQ(reported(), Names{kDomain});
  EXPECT_EQ(reason(), CaaReason::issuance_forbidden);
}

TEST_F(Search, ANearerFailureEndsIt) {
  for (const auto status : {LookupStatus::failed, LookupStatus::timed_out, LookupStatus::bogus}) {
    SCOPED_TRACE(dns::to_string(status));
    test::FakeResolver resolver(io_);
    resolver.plan(kDomain, test::failed(kDomain, status));
    std::optional<CaaObservation> seen;
    spawn(io_, seen, resolver, kDomain);
    resolver.release(kDomain);
    io_.restart();
    io_.run();
    ASSERT_TRUE(seen);
    ASSERT_EQ(seen->lookups.size(), 1u);
    EXPECT_EQ(seen->lookups[0].status, status);
    EXPECT_EQ(seen->lookups[0].attempts, 2u);
    EXPECT_EQ(resolver.cancelled.size(), 3u);
    EXPECT_TRUE(resolver.proofs_asked.empty());
  }
}

TEST_F(Search, AFailureBeyondTheSetDoesNotMatter) {
  resolver_.plan("com", test::failed("com", LookupStatus::failed));
  resolver_.plan("example.com", test::found("example.com", {property("issue", "ca.example")}));
  start();
  release("com");
  EXPECT_FALSE(ended_);
  release("example.com");
  release("b.example.com");
  release(kDomain);
  ASSERT_TRUE(ended_);
  EXPECT_EQ(reported().size(), 3u);
  EXPECT_EQ(reason(), CaaReason::issuer_authorized);
}

TEST_F(Search, AProvedInsecureFailureLetsTheClimbGoOn) {
  settings_.prove_insecure = true;
  resolver_.plan(kDomain, test::failed(kDomain, LookupStatus::failed));
  resolver_.plan("example.com", test::found("example.com", {property("issue", ";")}));
  resolver_.proofs[kDomain] = {true, "no DS", "b.example.com", {{"b.example.com", "no DS", ""}}};
  resolver_.release_all();
  start();
  ASSERT_TRUE(ended_);
  EXPECT_EQ(resolver_.proofs_asked, Names{kDomain});
  EXPECT_EQ(reported(), (Names{kDomain, "b.example.com", "example.com"}));
  EXPECT_EQ(reason(), CaaReason::issuance_forbidden) << "the parent's prohibition stands";
}

TEST_F(Search, AFailureNotProvedInsecureEndsTheClimb) {
  settings_.prove_insecure = true;
  resolver_.plan(kDomain, test::failed(kDomain, LookupStatus::timed_out));
  start();
  release(kDomain);
  EXPECT_FALSE(ended_) << "the proof is still sought";
  release("proof of " + std::string(kDomain));
  ASSERT_TRUE(ended_);
  EXPECT_EQ(reported(), Names{kDomain});
  ASSERT_TRUE(seen_->lookups[0].insecurity);
  EXPECT_EQ(reason(), CaaReason::lookup_timed_out);
}

TEST_F(Search, NoProofIsSoughtForABogusLookup) {
  settings_.prove_insecure = true;
  resolver_.plan(kDomain, test::failed(kDomain, LookupStatus::bogus));
  resolver_.release_all();
  start();
  ASSERT_TRUE(ended_);
  EXPECT_TRUE(resolver_.proofs_asked.empty());
  EXPECT_EQ(reason(), CaaReason::bogus);
}

TEST_F(Search, AtTheDeadlineWhatHangsIsReportedAsTimedOut) {
  start(Deadline::at(Deadline::clock::now()));
  io_.restart();
  io_.run();
  ASSERT_TRUE(ended_);
  EXPECT_FALSE(failed_);
  EXPECT_EQ(reported(), kClimb);
  for (const auto& lookup : seen_->lookups) EXPECT_EQ(lookup.status, LookupStatus::timed_out);
  EXPECT_EQ(resolver_.cancelled.size(), 4u);
  EXPECT_EQ(reason(), CaaReason::lookup_timed_out);
}

TEST_F(Search, LookupsGetTheNearerOfTheirOwnAndTheSearchsDeadline) {
  const auto deadline = Deadline::after(std::chrono::hours(1));
  settings_.lookup_timeout = std::chrono::hours(2);
  start(deadline);
  for (const auto given : resolver_.deadlines) EXPECT_EQ(given, deadline);
  resolver_.deadlines.clear();
  settings_.lookup_timeout = std::chrono::milliseconds(1);
  start(deadline);
  for (const auto given : resolver_.deadlines) EXPECT_LT(given, deadline);
}

TEST_F(Search, CancellingTheSearchCancelsItsLookups) {
  start();
  cancel_.emit(boost::asio::cancellation_type::terminal);
  io_.poll();
  EXPECT_TRUE(ended_);
  EXPECT_EQ(resolver_.cancelled.size(), 4u);
  if (seen_) EXPECT_EQ(test::reason(*seen_, test::tls("ca.example")), CaaReason::lookup_failed);
}

TEST_F(Search, TheClimbNeverLeavesTheOriginalName) {
  auto aliased = test::found(kDomain, {});
  aliased.alias_chain = {"deep.target.example.net"};
  resolver_.plan(kDomain, aliased);
  resolver_.release_all();
  start();
  EXPECT_EQ(resolver_.asked, kClimb);
  EXPECT_EQ(seen_->lookups[0].alias_chain, Names{"deep.target.example.net"});
}

TEST_F(Search, UnreadableRecordsAreKeptAsHex) {
  auto answer = test::found(kDomain, {property("issue", "ca.example")});
  answer.records.push_back({kDomain, dns::RecordType::caa, 600, std::string("\0\0", 2)});
  answer.records.push_back({kDomain, dns::RecordType::cname, 600, "ignored"});
  resolver_.plan(kDomain, answer);
  resolver_.release_all();
  start();
  ASSERT_TRUE(ended_);
  EXPECT_EQ(seen_->lookups[0].properties.size(), 1u);
  EXPECT_EQ(seen_->lookups[0].malformed_rdata, Names{"0000"});
  EXPECT_EQ(reason(), CaaReason::malformed_record);
}

TEST_F(Search, DataOfABogusAnswerIsNeverTaken) {
  auto bogus = test::found(kDomain, {property("issue", "ca.example")});
  bogus.status = LookupStatus::bogus;
  bogus.verdict = dns::Verdict::bogus;
  resolver_.plan(kDomain, bogus);
  resolver_.release_all();
  start();
  EXPECT_TRUE(seen_->lookups[0].empty_set());
  EXPECT_EQ(reason(), CaaReason::bogus);
}

TEST_F(Search, ATopLevelDomainIsAClimbOfOneStep) {
  std::optional<CaaObservation> seen;
  resolver_.release_all();
  spawn(io_, seen, resolver_, "com");
  io_.run();
  ASSERT_TRUE(seen);
  EXPECT_EQ(seen->lookups.size(), 1u);
}

}  // namespace
}  // namespace parallax::caa
