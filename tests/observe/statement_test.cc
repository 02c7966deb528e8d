// SPDX-License-Identifier: Apache-2.0
// Statements and their batches: what was signed reads back, and nothing else holds.
#include "observe/statement.h"

#include <functional>

#include <boost/json/serialize.hpp>
#include <gmock/gmock.h>

#include "base/encoding.h"
#include "base/json.h"
#include "base/merkle.h"
#include "observe/samples.h"

namespace parallax::observe {
namespace {

using test::sample_observation;
using testing::HasSubstr;

std::vector<std::string> statements(std::size_t count) {
  std::vector<std::string> out;
  for (std::size_t i = 0; i < count; ++i) out.push_back("statement " + std::to_string(i));
  return out;
}

TEST(Batch, OfEverySizeHoldsForEveryStatement) {
  const SigningKey key = SigningKey::generate();
  for (std::size_t size = 1; size <= kBatchSizeMax; ++size) {
    const auto batch = sign_batch(statements(size), key);
    ASSERT_EQ(batch.size(), size);
    for (std::size_t i = 0; i < size; ++i) {
      StatementVerifier verifier(key.verifying_key());
      EXPECT_EQ(batch[i].statement, "statement " + std::to_string(i));
      EXPECT_EQ(batch[i].batch_index, i);
      EXPECT_EQ(batch[i].batch_size, size);
      EXPECT_EQ(batch[i].signature, batch[0].signature);
      EXPECT_TRUE(verifier.holds(batch[i])) << i << " of " << size;
    }
  }
}

struct Tampering {
  const char* name;
  std::function<void(SignedStatement&)> tamper;
};

const Tampering kTamperings[] = {
    {"statement", [](SignedStatement& s) { s.statement += ' '; }},
    {"statement_emptied", [](SignedStatement& s) { s.statement.clear(); }},
    {"index_up", [](SignedStatement& s) { ++s.batch_index; }},
    {"index_out", [](SignedStatement& s) { s.batch_index = s.batch_size; }},
    {"index_huge", [](SignedStatement& s) { s.batch_index = UINT64_MAX; }},
    {"size_up", [](SignedStatement& s) { ++s.batch_size; }},
    {"size_down", [](SignedStatement& s) { --s.batch_size; }},
    {"size_zero", [](SignedStatement& s) { s.batch_size = 0; }},
    {"size_huge", [](SignedStatement& s) { s.batch_size = UINT64_MAX; }},
    {"path_longer", [](SignedStatement& s) { s.batch_path.push_back(std::string(32, 'x')); }},
    {"signature", [](SignedStatement& s) { s.signature[10] ^= 1; }},
    {"signature_short", [](SignedStatement& s) { s.signature.pop_back(); }},
    {"signature_long", [](SignedStatement& s) { s.signature += '\0'; }},
    {"signature_none", [](SignedStatement& s) { s.signature.clear(); }},
};

class TamperedStatement : public testing::TestWithParam<Tampering> {};

TEST_P(TamperedStatement, DoesNotHold) {
  const SigningKey key = SigningKey::generate();
  for (const std::size_t size : {1u, 2u, 3u, 7u, 8u, 33u}) {
    const auto batch = sign_batch(statements(size), key);
    for (const SignedStatement& good : batch) {
      SignedStatement bad = good;
      GetParam().tamper(bad);
      StatementVerifier verifier(key.verifying_key());
      EXPECT_FALSE(verifier.holds(bad)) << good.batch_index << " of " << size;
      EXPECT_TRUE(verifier.holds(good));
      EXPECT_FALSE(verifier.holds(bad)) << "nor from what is remembered";
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Batch, TamperedStatement, testing::ValuesIn(kTamperings),
                         [](const auto& param) { return std::string(param.param.name); });

TEST(Batch, EveryNodeOfThePathMatters) {
  const SigningKey key = SigningKey::generate();
  const auto batch = sign_batch(statements(13), key);
  StatementVerifier verifier(key.verifying_key());
  for (const SignedStatement& good : batch) {
    for (std::size_t node = 0; node < good.batch_path.size(); ++node) {
      SignedStatement bad = good;
      bad.batch_path[node][31] ^= 1;
      EXPECT_FALSE(verifier.holds(bad));
      bad = good;
      bad.batch_path.erase(bad.batch_path.begin() + static_cast<std::ptrdiff_t>(node));
      EXPECT_FALSE(verifier.holds(bad));
      bad = good;
      bad.batch_path[node].clear();
      EXPECT_FALSE(verifier.holds(bad));
    }
  }
}

TEST(Batch, AnInnerNodeIsNoStatement) {
  const SigningKey key = SigningKey::generate();
  const auto batch = sign_batch(statements(4), key);
  SignedStatement forged = batch[0];
  // The octets under the left inner node, offered as a statement one level up.
  forged.statement = merkle::leaf_hash(batch[0].statement) + merkle::leaf_hash(batch[1].statement);
  forged.batch_path.erase(forged.batch_path.begin());
  StatementVerifier verifier(key.verifying_key());
  for (const std::uint64_t size : {2u, 4u}) {
    forged.batch_size = size;
    EXPECT_FALSE(verifier.holds(forged));
  }
}

TEST(Verifier, AnotherKeysBatchDoesNotHold) {
  const auto batch = sign_batch(statements(3), SigningKey::generate());
  StatementVerifier verifier(SigningKey::generate().verifying_key());
  for (const SignedStatement& statement : batch) EXPECT_FALSE(verifier.holds(statement));
}

TEST(Verifier, RemembersBatchesAndForgetsNothingThatMatters) {
  const SigningKey key = SigningKey::generate();
  StatementVerifier verifier(key.verifying_key());
  std::vector<SignedStatement> all;
  for (int batch = 0; batch < 50; ++batch)  // more than it remembers
    for (SignedStatement& one :
         sign_batch({"a" + std::to_string(batch), "b" + std::to_string(batch)}, key))
      all.push_back(std::move(one));
  for (int round = 0; round < 2; ++round)
    for (const SignedStatement& statement : all) EXPECT_TRUE(verifier.holds(statement));
  SignedStatement forged = all.back();
  forged.statement = "c";
  EXPECT_FALSE(verifier.holds(forged)) << "the signature is remembered, the root is another";
}

TEST(Statement, WithPacketsOrWithout) {
  const Observation observation = sample_observation();
  const std::string with = write_statement(observation, true).value();
  const std::string without = write_statement(observation, false).value();
  EXPECT_GT(with.size(), without.size());
  EXPECT_EQ(std::get<caa::CaaObservation>(read_statement(with)->seen).lookups.at(0).packet,
            "\x01\x02");
  EXPECT_EQ(std::get<caa::CaaObservation>(read_statement(without)->seen).lookups.at(0).packet, "");
}

TEST(Statement, TextThatIsNotUtf8IsRefusedNotMangled) {
  Observation observation = sample_observation();
  observation.software = "\xff";
  const auto written = write_statement(observation, false);
  ASSERT_FALSE(written);
}

struct Altered {
  const char* name;
  const char* key;
  json::value value;
};

const Altered kAltered[] = {
    {"another_version", "type", "parallax-observation/2"},
    {"attempt_zero", "attempt", 0},
    {"attempt_negative", "attempt", -1},
    {"attempt_huge", "attempt", 1001},
    {"attempt_text", "attempt", "1"},
    {"attempt_fraction", "attempt", 1.5},
    {"order_number", "order", 5},
    {"lab_text", "lab", "false"},
    {"started_day", "started", "2026-11-22"},
    {"finished_empty", "finished", ""},
    {"caa_null", "caa", nullptr},
    {"caa_text", "caa", "permitted"},
    {"nonce_null", "nonce", nullptr},
    {"unknown_member", "verdict", "permitted"},
};

class AlteredStatement : public testing::TestWithParam<Altered> {};

TEST_P(AlteredStatement, IsNotRead) {
  json::value value = parse_json(write_statement(sample_observation(), true).value()).value();
  value.as_object()[GetParam().key] = GetParam().value;
  EXPECT_FALSE(read_statement(json::serialize(value)));
}

INSTANTIATE_TEST_SUITE_P(Statement, AlteredStatement, testing::ValuesIn(kAltered),
                         [](const auto& param) { return std::string(param.param.name); });

TEST(Statement, MissingMembersAreNotRead) {
  const json::value whole = parse_json(write_statement(sample_observation(), true).value()).value();
  for (const auto& member : whole.as_object()) {
    json::object cut = whole.as_object();
    cut.erase(member.key());
    EXPECT_FALSE(read_statement(json::serialize(cut))) << member.key();
  }
}

}  // namespace
}  // namespace parallax::observe
