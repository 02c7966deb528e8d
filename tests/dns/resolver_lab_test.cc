// SPDX-License-Identifier: Apache-2.0
// The resolver against the lab's signed world (lab/world.yaml). Runs inside the lab only.
#include "dns/unbound_resolver.h"

#include <cstdlib>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

namespace parallax::dns {
namespace {

std::string required_environment(const char* name) {
  const char* value = std::getenv(name);
  EXPECT_NE(value, nullptr) << name << " is not set: run this test through lab/lab exec";
  return value == nullptr ? "" : value;
}

ResolverSettings lab_settings() {
  ResolverSettings settings;
  settings.trust_anchor_file = required_environment("PARALLAX_LAB_TRUST_ANCHORS");
  settings.root_hints_file = required_environment("PARALLAX_LAB_ROOT_HINTS");
  settings.lab = true;
  return settings;
}

names::DomainName name_of(std::string_view text) {
  return names::DomainName::parse(text, names::Underscores::allow).value();
}

// One resolver on an executor of its own.
class LabWorker {
 public:
  explicit LabWorker(const ResolverSettings& settings = lab_settings())
      : resolver_(UnboundResolver::make(io_.get_executor(), settings, system_clock()).value()) {}

  template <class T>
  T await(Task<T> task) {
    std::optional<T> result;
    boost::asio::co_spawn(io_, keep(std::move(task), result), boost::asio::detached);
    io_.restart();
    while (!result && io_.run_one() > 0) {
    }
    return std::move(result.value());
  }

  Lookup lookup(std::string_view name, RecordType type = RecordType::caa,
                std::chrono::milliseconds wait = std::chrono::seconds(10)) {
    return await(resolver_->lookup({name_of(name), type}, Deadline::after(wait)));
  }

  UnboundResolver& resolver() { return *resolver_; }

 private:
  template <class T>
  static Task<void> keep(Task<T> task, std::optional<T>& result) {
    result.emplace(co_await std::move(task));
  }

  boost::asio::io_context io_;
  std::unique_ptr<UnboundResolver> resolver_;
};

struct Case {
  const char* name;
  const char* asked;
  LookupStatus status;
  Verdict verdict;
  Rcode rcode;
  std::size_t records;
  std::size_t aliases = 0;
};

constexpr auto kAnswered = LookupStatus::answered;
constexpr auto kBogus = LookupStatus::bogus;
constexpr auto kFailed = LookupStatus::failed;
constexpr auto kSecure = Verdict::secure;
constexpr auto kInsecure = Verdict::insecure;
constexpr auto kIndeterminate = Verdict::indeterminate;

const Case kCases[] = {
    {"secure", "permits.alder", kAnswered, kSecure, Rcode::noerror, 1},
    {"secure_rsa_nsec3", "rsa.birch", kAnswered, kSecure, Rcode::noerror, 1},
    {"secure_ed25519", "edwards.elm", kAnswered, kSecure, Rcode::noerror, 1},
    {"secure_under_opt_out", "signed.cedar", kAnswered, kSecure, Rcode::noerror, 1},
    {"nodata", "www.nocaa.alder", kAnswered, kSecure, Rcode::noerror, 0},
    {"nxdomain", "no.such.permits.alder", kAnswered, kSecure, Rcode::nxdomain, 0},
    {"nxdomain_nsec3", "no.such.rsa.birch", kAnswered, kSecure, Rcode::nxdomain, 0},
    {"nxdomain_in_opt_out", "no.such.cedar", kAnswered, kInsecure, Rcode::nxdomain, 0},
    {"wildcard", "anything.starred.alder", kAnswered, kSecure, Rcode::noerror, 1},
    {"set_of_1001", "thousand.alder", kAnswered, kSecure, Rcode::noerror, 1001},
    {"ipv6_server", "ipv6.alder", kAnswered, kSecure, Rcode::noerror, 1},
    {"half_dead", "halfdead.alder", kAnswered, kSecure, Rcode::noerror, 1},
    {"unsigned_nsec", "unsigned.alder", kAnswered, kInsecure, Rcode::noerror, 1},
    {"unsigned_nsec3", "unsigned.birch", kAnswered, kInsecure, Rcode::noerror, 1},
    {"unsigned_opt_out", "unsigned.cedar", kAnswered, kInsecure, Rcode::noerror, 0},
    {"unsigned_tld", "unsigned.hazel", kAnswered, kInsecure, Rcode::noerror, 1},
    {"island", "island.alder", kAnswered, kInsecure, Rcode::noerror, 1},
    {"unsupported_algorithm", "unsupported.alder", kAnswered, kInsecure, Rcode::noerror, 1},
    {"unsupported_digest", "digest.alder", kAnswered, kInsecure, Rcode::noerror, 1},
    {"cname", "permits.alias.alder", kAnswered, kSecure, Rcode::noerror, 1, 1},
    {"cname_chain", "chain.alias.alder", kAnswered, kSecure, Rcode::noerror, 1, 2},
    {"cname_to_nodata", "bare.alias.alder", kAnswered, kSecure, Rcode::noerror, 0, 1},
    {"cname_to_nowhere", "nowhere.alias.alder", kAnswered, kSecure, Rcode::nxdomain, 0, 1},
    {"cname_to_unsigned", "unsigned.alias.alder", kAnswered, kInsecure, Rcode::noerror, 1, 1},
    {"dname", "permits.tree.alias.alder", kAnswered, kSecure, Rcode::noerror, 1, 1},
    {"cname_to_bogus", "bogus.alias.alder", kBogus, Verdict::bogus, Rcode::noerror, 0},
    {"cname_loop", "loop.alias.alder", kFailed, kIndeterminate, Rcode::servfail, 0},
    {"expired", "expired.alder", kBogus, Verdict::bogus, Rcode::noerror, 0},
    {"not_yet", "not-yet.alder", kBogus, Verdict::bogus, Rcode::noerror, 0},
    {"missing", "missing.alder", kBogus, Verdict::bogus, Rcode::noerror, 0},
    {"missing_denial", "www.missing-denial.alder", kBogus, Verdict::bogus, Rcode::noerror, 0},
    {"wrong", "wrong.alder", kBogus, Verdict::bogus, Rcode::noerror, 0},
    {"stranger", "stranger.alder", kBogus, Verdict::bogus, Rcode::noerror, 0},
    {"stray_ds", "stray.alder", kBogus, Verdict::bogus, Rcode::noerror, 0},
    {"servfail_secure", "servfail-secure.alder", kFailed, kIndeterminate, Rcode::servfail, 0},
    {"refused_secure", "refused-secure.alder", kFailed, kIndeterminate, Rcode::servfail, 0},
    {"servfail_insecure", "servfail-insecure.alder", kFailed, kIndeterminate, Rcode::servfail, 0},
    {"servfail_opt_out", "servfail-insecure.cedar", kFailed, kIndeterminate, Rcode::servfail, 0},
};

class ResolverLabTest : public testing::TestWithParam<Case> {};

TEST_P(ResolverLabTest, GivesStatusAndVerdict) {
  LabWorker worker;
  const Case& expected = GetParam();
  const Lookup lookup = worker.lookup(expected.asked);
  EXPECT_EQ(to_string(lookup.status), to_string(expected.status)) << lookup.reason;
  EXPECT_EQ(to_string(lookup.verdict), to_string(expected.verdict)) << lookup.reason;
  EXPECT_EQ(lookup.records.size(), expected.records);
  EXPECT_EQ(lookup.alias_chain.size(), expected.aliases);
  if (expected.status != kBogus) {
    EXPECT_EQ(to_string(lookup.rcode), to_string(expected.rcode));
  }
  EXPECT_EQ(lookup.reason.empty(), lookup.status == kAnswered);
  EXPECT_EQ(lookup.attempts > 1, lookup.status != kAnswered);
  EXPECT_EQ(lookup.ttl_s > 0, !lookup.records.empty());
  EXPECT_EQ(lookup.question.name.text(), expected.asked);
}

INSTANTIATE_TEST_SUITE_P(World, ResolverLabTest, testing::ValuesIn(kCases),
                         [](const auto& tested) { return std::string(tested.param.name); });

TEST(ResolverLab, RootValidatesUnderItsOwnAnchorsOnly) {
  LabWorker worker;
  const Status own =
      worker.await(worker.resolver().check_root(Deadline::after(std::chrono::seconds(10))));
  EXPECT_TRUE(own) << describe(own.error());
  ResolverSettings settings = lab_settings();
  settings.trust_anchor_file = kDefaultTrustAnchorFile;
  LabWorker stranger(settings);
  const Status foreign =
      stranger.await(stranger.resolver().check_root(Deadline::after(std::chrono::seconds(10))));
  ASSERT_FALSE(foreign);
  EXPECT_EQ(foreign.error().code, ErrorCode::untrusted);
}

TEST(ResolverLab, LoopbackNameServersNeedALab) {
  ResolverSettings settings = lab_settings();
  settings.trust_anchor_file = kDefaultTrustAnchorFile;
  settings.lab = false;
  LabWorker worker(settings);
  EXPECT_EQ(worker.lookup("permits.alder").status, LookupStatus::failed);
}

TEST(ResolverLab, DeadServerEndsAtOurDeadline) {
  LabWorker worker;
  const Lookup lookup =
      worker.lookup("silent-secure.alder", RecordType::caa, std::chrono::milliseconds(900));
  EXPECT_EQ(lookup.status, LookupStatus::timed_out);
  EXPECT_EQ(lookup.verdict, Verdict::indeterminate);
  EXPECT_EQ(lookup.attempts, 2U);
  EXPECT_EQ(worker.lookup("permits.alder").verdict, Verdict::secure);
}

TEST(ResolverLab, WithoutValidationEveryVerdictIsIndeterminate) {
  ResolverSettings settings = lab_settings();
  settings.validate = false;
  LabWorker worker(settings);
  for (const char* name : {"permits.alder", "expired.alder", "unsigned.alder"}) {
    SCOPED_TRACE(name);
    const Lookup lookup = worker.lookup(name);
    EXPECT_EQ(lookup.status, LookupStatus::answered);
    EXPECT_EQ(lookup.verdict, Verdict::indeterminate);
    EXPECT_FALSE(lookup.records.empty());
  }
}

TEST(ResolverLab, LeavesLateResultsBehindWhenDestroyed) {
  LabWorker worker;
  static_cast<void>(
      worker.lookup("silent-secure.alder", RecordType::caa, std::chrono::milliseconds(150)));
}

struct ProofCase {
  const char* name;
  const char* asked;
  bool proved;
  const char* at;
};

const ProofCase kProofs[] = {
    {"servfail_nsec", "servfail-insecure.alder", true, "servfail-insecure.alder"},
    {"servfail_nsec3", "servfail-insecure.birch", true, "servfail-insecure.birch"},
    {"servfail_opt_out", "servfail-insecure.cedar", true, "servfail-insecure.cedar"},
    {"below_unsigned_tld", "servfail-insecure.hazel", true, "hazel"},
    {"below_an_opt_out_cut", "deep.in.unsigned.cedar", true, "unsigned.cedar"},
    {"unsupported_algorithm", "unsupported-dead.alder", true, "unsupported-dead.alder"},
    {"unsupported_digest", "digest.alder", true, "digest.alder"},
    {"below_a_signed_parent", "servfail.guarded.alder", true, "servfail.guarded.alder"},
    {"servfail_secure", "servfail-secure.alder", false, ""},
    {"servfail_secure_under_opt_out", "servfail-secure.cedar", false, ""},
    {"bogus", "expired.alder", false, ""},
    {"below_bogus", "www.expired.alder", false, ""},
    {"secure", "permits.alder", false, ""},
    {"nonexistent", "no.such.permits.alder", false, ""},
    {"alias_to_unsigned", "unsigned.alias.alder", false, ""},
    {"dead_tld", "shop.ash", false, ""},
};

class InsecurityLabTest : public testing::TestWithParam<ProofCase> {};

TEST_P(InsecurityLabTest, ProvesOnlyWhatIsInsecure) {
  LabWorker worker;
  const ProofCase& expected = GetParam();
  const InsecurityProof proof = worker.await(worker.resolver().prove_insecure(
      name_of(expected.asked), Deadline::after(std::chrono::seconds(15))));
  EXPECT_EQ(proof.proved, expected.proved) << proof.reason;
  EXPECT_EQ(proof.insecure_at, expected.at);
  EXPECT_FALSE(proof.reason.empty());
  EXPECT_FALSE(proof.steps.empty());
}

INSTANTIATE_TEST_SUITE_P(World, InsecurityLabTest, testing::ValuesIn(kProofs),
                         [](const auto& tested) { return std::string(tested.param.name); });

}  // namespace
}  // namespace parallax::dns
