// SPDX-License-Identifier: Apache-2.0
// What needs no name server; the rest is in resolver_lab_test.cc.
#include "dns/unbound_resolver.h"

#include <cstdio>
#include <fstream>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <gtest/gtest.h>

namespace parallax::dns {
namespace {

// An empty file under the test's temporary directory, removed at the end.
class EmptyFile {
 public:
  EmptyFile() : path_(testing::TempDir() + "parallax-empty-anchors") { std::ofstream{path_}; }
  ~EmptyFile() { std::remove(path_.c_str()); }
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  std::string path_;
};

TEST(UnboundResolver, RefusesBadSettings) {
  const EmptyFile empty;
  struct Case {
    const char* name;
    void (*change)(ResolverSettings&, const EmptyFile&);
  };
  const Case cases[] = {
      {"timeout_short",
       [](ResolverSettings& s, const EmptyFile&) { s.lookup_timeout = kLookupTimeoutMin / 2; }},
      {"timeout_long",
       [](ResolverSettings& s, const EmptyFile&) { s.lookup_timeout = kLookupTimeoutMax * 2; }},
      {"ttl_negative",
       [](ResolverSettings& s, const EmptyFile&) { s.cache_max_ttl = std::chrono::seconds(-1); }},
      {"ttl_over_8_h",
       [](ResolverSettings& s, const EmptyFile&) { s.cache_max_ttl = kCacheMaxTtlMax * 2; }},
      {"no_slots", [](ResolverSettings& s, const EmptyFile&) { s.concurrent_lookups_max = 0; }},
      {"no_family", [](ResolverSettings& s, const EmptyFile&) { s.ipv4 = s.ipv6 = false; }},
      {"interface_no_address",
       [](ResolverSettings& s, const EmptyFile&) { s.outgoing_interfaces = {"eth0"}; }},
      {"no_hints",
       [](ResolverSettings& s, const EmptyFile&) { s.root_hints_file = "/nonexistent"; }},
      {"no_anchor_file",
       [](ResolverSettings& s, const EmptyFile&) { s.trust_anchor_file = "/nonexistent"; }},
      {"empty_anchor_file",
       [](ResolverSettings& s, const EmptyFile& e) { s.trust_anchor_file = e.path(); }},
      {"empty_anchor_file_in_a_lab",
       [](ResolverSettings& s, const EmptyFile& e) {
         s.trust_anchor_file = e.path();
         s.lab = true;
       }},
  };
  boost::asio::io_context io;
  for (const Case& tested : cases) {
    SCOPED_TRACE(tested.name);
    ResolverSettings settings;
    tested.change(settings, empty);
    const auto resolver = UnboundResolver::make(io.get_executor(), settings, system_clock());
    ASSERT_FALSE(resolver);
    EXPECT_EQ(resolver.error().code, ErrorCode::configuration);
    EXPECT_FALSE(resolver.error().message.empty());
  }
}

// Root hints that lead nowhere: outside a lab no loopback server is asked.
class NowhereHints {
 public:
  NowhereHints() : path_(testing::TempDir() + "parallax-nowhere-hints") {
    std::ofstream{path_} << ". 3600000 NS ns.\nns. 3600000 A 127.0.0.1\n";
  }
  ~NowhereHints() { std::remove(path_.c_str()); }
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  std::string path_;
};

Task<void> keep(Task<Lookup> task, std::optional<Lookup>& result) {
  result.emplace(co_await std::move(task));
}

TEST(UnboundResolver, FailsWithinTheDeadlineWithoutServers) {
  const NowhereHints hints;
  ResolverSettings settings;
  settings.root_hints_file = hints.path();
  boost::asio::io_context io;
  const auto resolver = UnboundResolver::make(io.get_executor(), settings, system_clock()).value();
  std::optional<Lookup> lookup;
  boost::asio::co_spawn(
      io,
      keep(resolver->lookup({names::DomainName::parse("a.test").value(), RecordType::caa},
                            Deadline::after(std::chrono::milliseconds(400))),
           lookup),
      boost::asio::detached);
  while (!lookup && io.run_one() > 0) {
  }
  ASSERT_TRUE(lookup);
  EXPECT_NE(lookup->status, LookupStatus::answered);
  EXPECT_EQ(lookup->verdict, Verdict::indeterminate);
  EXPECT_FALSE(lookup->reason.empty());
}

TEST(UnboundResolver, TimesOutAtOnceWhenTheDeadlineHasPassed) {
  boost::asio::io_context io;
  const auto resolver = UnboundResolver::make(io.get_executor(), {}, system_clock()).value();
  std::optional<Lookup> lookup;
  boost::asio::co_spawn(
      io,
      keep(resolver->lookup({names::DomainName::parse("a.test").value(), RecordType::caa},
                            Deadline::after(std::chrono::seconds(-1))),
           lookup),
      boost::asio::detached);
  io.run();
  ASSERT_TRUE(lookup);
  EXPECT_EQ(lookup->status, LookupStatus::timed_out);
  EXPECT_EQ(lookup->attempts, 0U);
}

TEST(UnboundResolver, RefusesMoreThanItsQueueHolds) {
  const NowhereHints hints;
  ResolverSettings settings;
  settings.root_hints_file = hints.path();
  settings.concurrent_lookups_max = 1;
  settings.lookup_timeout = kLookupTimeoutMin;
  boost::asio::io_context io;
  const auto resolver = UnboundResolver::make(io.get_executor(), settings, system_clock()).value();
  std::vector<std::optional<Lookup>> lookups(32);
  for (std::size_t i = 0; i < lookups.size(); ++i) {
    boost::asio::co_spawn(
        io,
        keep(resolver->lookup({names::DomainName::parse("a" + std::to_string(i) + ".test").value(),
                               RecordType::caa},
                              Deadline::after(std::chrono::seconds(1))),
             lookups[i]),
        boost::asio::detached);
  }
  const auto finished = [&] {
    return std::all_of(lookups.begin(), lookups.end(), [](const auto& l) { return l.has_value(); });
  };
  while (!finished() && io.run_one() > 0) {
  }
  for (const auto& lookup : lookups) {
    ASSERT_TRUE(lookup);
    EXPECT_NE(lookup->status, LookupStatus::answered);
  }
}

TEST(UnboundResolver, EndsALookupThatIsCancelled) {
  const NowhereHints hints;
  ResolverSettings settings;
  settings.root_hints_file = hints.path();
  boost::asio::io_context io;
  const auto resolver = UnboundResolver::make(io.get_executor(), settings, system_clock()).value();
  boost::asio::cancellation_signal signal;
  bool ended = false;
  std::optional<Lookup> lookup;
  boost::asio::co_spawn(
      io,
      keep(resolver->lookup({names::DomainName::parse("a.test").value(), RecordType::caa},
                            Deadline::after(std::chrono::seconds(5))),
           lookup),
      boost::asio::bind_cancellation_slot(signal.slot(),
                                          [&](const std::exception_ptr&) { ended = true; }));
  boost::asio::post(io, [&] { signal.emit(boost::asio::cancellation_type::terminal); });
  while (!ended && io.run_one() > 0) {
  }
  EXPECT_TRUE(ended);
}

TEST(UnboundResolver, ForgetsLookupsWhenDestroyed) {
  const NowhereHints hints;
  ResolverSettings settings;
  settings.root_hints_file = hints.path();
  boost::asio::io_context io;
  auto resolver = UnboundResolver::make(io.get_executor(), settings, system_clock()).value();
  std::optional<Lookup> lookup;
  boost::asio::co_spawn(
      io,
      keep(resolver->lookup({names::DomainName::parse("a.test").value(), RecordType::caa},
                            Deadline::after(std::chrono::seconds(5))),
           lookup),
      boost::asio::detached);
  io.run_one();
  resolver.reset();
  io.run();
  EXPECT_FALSE(lookup && lookup->status == LookupStatus::answered);
}

}  // namespace
}  // namespace parallax::dns
