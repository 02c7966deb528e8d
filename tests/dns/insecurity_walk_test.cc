// SPDX-License-Identifier: Apache-2.0
#include "dns/insecurity_walk.h"

#include <map>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include "dns/signed_denial.h"

namespace parallax::dns {
namespace {

struct Scripted {
  LookupStatus status = LookupStatus::answered;
  Verdict verdict = Verdict::secure;
  std::string packet{};
};

// Answers from a table; what is not in it fails.
class ScriptedAsker final : public Asker {
 public:
  explicit ScriptedAsker(std::map<std::string, Scripted> script) : script_(std::move(script)) {}

  Task<Outcome> ask(std::string name, RecordType type, Deadline /*deadline*/) override {
    Outcome outcome;
    const auto found = script_.find(name + "/" + to_string(type));
    if (found != script_.end()) {
      outcome.status = found->second.status;
      outcome.verdict = found->second.verdict;
      outcome.packet = found->second.packet;
    }
    co_return outcome;
  }

 private:
  std::map<std::string, Scripted> script_;
};

Task<void> keep(Task<InsecurityProof> walk, InsecurityProof& proof) {
  proof = co_await std::move(walk);
}

InsecurityProof walk(std::map<std::string, Scripted> script, const std::string& name) {
  ScriptedAsker asker(std::move(script));
  const ManualClock clock(SignedZone::valid_time());
  boost::asio::io_context io;
  InsecurityProof proof;
  boost::asio::co_spawn(
      io,
      keep(walk_to_insecurity(asker, clock, names::DomainName::parse(name).value(),
                              Deadline::after(std::chrono::seconds(5))),
           proof),
      boost::asio::detached);
  io.run();
  return proof;
}

std::string ds_of(const std::string& name, int algorithm = 13) {
  return make_response({.name = name,
                        .type = RecordType::ds,
                        .answer = {name + ". 60 DS 1 " + std::to_string(algorithm) +
                                   " 2 0000000000000000000000000000000000000000000000000000000000"
                                   "000000"}});
}

std::string denial_of(const std::string& name, const std::string& types) {
  return make_response({.name = name,
                        .type = RecordType::ds,
                        .authority = {name + ". 60 NSEC zz." + name + ". " + types}});
}

constexpr auto kAnswered = LookupStatus::answered;

TEST(WalkToInsecurity, DecidesStepByStep) {
  struct Case {
    const char* name;
    std::map<std::string, Scripted> script;
    bool proved;
    const char* at;
    std::size_t steps;
  };
  const Scripted tld{kAnswered, Verdict::secure, ds_of("cedar")};
  const std::vector<Case> cases{
      {"unsigned_delegation",
       {{"cedar/DS", tld}, {"x.cedar/DS", {.packet = denial_of("x.cedar", "NS RRSIG NSEC")}}},
       true,
       "x.cedar",
       2},
      {"unsupported_algorithm",
       {{"cedar/DS", tld}, {"x.cedar/DS", {.packet = ds_of("x.cedar", 253)}}},
       true,
       "x.cedar",
       2},
      {"unsigned_top_level",
       {{"cedar/DS", {.packet = denial_of("cedar", "NS RRSIG NSEC")}}},
       true,
       "cedar",
       1},
      {"signed_all_the_way",
       {{"cedar/DS", tld}, {"x.cedar/DS", {.packet = ds_of("x.cedar")}}},
       false,
       "",
       2},
      {"no_cut_at_the_name",
       {{"cedar/DS", tld}, {"x.cedar/DS", {.packet = denial_of("x.cedar", "A RRSIG NSEC")}}},
       false,
       "",
       2},
      {"failed", {{"cedar/DS", tld}}, false, "", 2},
      {"timed_out",
       {{"cedar/DS", tld}, {"x.cedar/DS", {LookupStatus::timed_out, Verdict::indeterminate, ""}}},
       false,
       "",
       2},
      {"bogus",
       {{"cedar/DS", tld}, {"x.cedar/DS", {LookupStatus::bogus, Verdict::bogus, ""}}},
       false,
       "",
       2},
      {"insecure_without_a_proof",
       {{"cedar/DS", tld},
        {"cedar/DNSKEY", {.packet = SignedZone().dnskey_response()}},
        {"x.cedar/DS", {kAnswered, Verdict::insecure, denial_of("x.cedar", "NS RRSIG NSEC")}}},
       false,
       "",
       2},
      {"indeterminate_denial",
       {{"cedar/DS", {kAnswered, Verdict::indeterminate, denial_of("cedar", "NS RRSIG NSEC")}}},
       false,
       "",
       1},
  };
  for (const Case& tested : cases) {
    SCOPED_TRACE(tested.name);
    const InsecurityProof proof = walk(tested.script, "x.cedar");
    EXPECT_EQ(proof.proved, tested.proved) << proof.reason;
    EXPECT_EQ(proof.insecure_at, tested.at);
    EXPECT_EQ(proof.steps.size(), tested.steps);
    EXPECT_FALSE(proof.reason.empty());
  }
}

std::string opt_out_denial(const SignedZone& zone) {
  ResponseText text{.name = "x.cedar", .type = RecordType::ds};
  for (const std::string& line :
       {nsec3_line(hash_label("cedar"), hash_label("cedar", 1), 1, "NS SOA RRSIG DNSKEY"),
        nsec3_line(hash_label("x.cedar", -1), hash_label("x.cedar", 1), 1, "NS RRSIG")}) {
    for (const std::string& made : zone.signed_record(line)) {
      text.authority.push_back(made);
    }
  }
  return make_response(text);
}

TEST(WalkToInsecurity, VerifiesOptOutUnderSecureKeysOnly) {
  const SignedZone zone;
  struct Case {
    const char* name;
    Verdict dnskey;
    bool proved;
  };
  for (const Case& tested :
       {Case{"secure", Verdict::secure, true}, Case{"insecure", Verdict::insecure, false},
        Case{"indeterminate", Verdict::indeterminate, false}}) {
    SCOPED_TRACE(tested.name);
    const InsecurityProof proof =
        walk({{"cedar/DS", {.packet = ds_of("cedar")}},
              {"cedar/DNSKEY", {kAnswered, tested.dnskey, zone.dnskey_response()}},
              {"x.cedar/DS", {kAnswered, Verdict::insecure, opt_out_denial(zone)}}},
             "x.cedar");
    EXPECT_EQ(proof.proved, tested.proved) << proof.reason;
  }
}

// A zone above a secure delegation has nothing to say below it, whatever its hashes cover.
TEST(WalkToInsecurity, TakesOptOutFromTheEnclosingZoneOnly) {
  const SignedZone zone;
  const InsecurityProof proof =
      walk({{"cedar/DS", {.packet = ds_of("cedar")}},
            {"x.cedar/DS", {.packet = ds_of("x.cedar")}},
            {"x.cedar/DNSKEY", {.packet = zone.dnskey_response()}},
            {"www.x.cedar/DS", {kAnswered, Verdict::insecure, opt_out_denial(zone)}}},
           "www.x.cedar");
  EXPECT_FALSE(proof.proved) << proof.reason;
}

}  // namespace
}  // namespace parallax::dns
