// SPDX-License-Identifier: Apache-2.0
// A record against itself: any octet of leaf or parts that changes is found, and where.
#include <gmock/gmock.h>
#include <rapidcheck/gtest.h>

#include "audit/audit_stage.h"
#include "audit/log_audit.h"
#include "audit/stored_rows.h"
#include "base/merkle.h"
#include "evidence/log_key.h"

namespace parallax::audit {
namespace {

using test::decide;
using test::everybody_permits;
using test::stored;
using testing::HasSubstr;

const StoredRow& sample() {
  static const StoredRow row = stored(decide(test::caa_order(), everybody_permits()).front(), 0);
  return row;
}

Result<RecordAudit> audited(const StoredRow& row, const char* newest = "2026-12-15T00:00:00Z") {
  auto facts = audit_leaf(row);
  if (!facts) return fail(facts.error());
  auto keys = test::keys();
  return audit_record(row, *facts,
                      {&keys, &orders::test::suffixes(), parse_instant(newest).value(), {}});
}

TEST(AuditRecord, HoldsAsItWasWritten) {
  const auto held = audited(sample());
  ASSERT_TRUE(held) << describe(held.error());
  EXPECT_EQ(held->parts, 3u) << "order, check and name";
  EXPECT_EQ(held->erased, 0u);
  EXPECT_EQ(held->judged.names, 1u);
}

struct Change {
  const char* name;
  std::function<void(StoredRow&)> make;
  const char* message;
};

TEST(AuditRecord, WhatStandsBesideTheLeafIsWhatItSays) {
  const Change changes[] = {
      {"leaf", [](StoredRow& row) { row.leaf += ' '; }, "does not hash to its leaf hash"},
      {"leaf and hash",
       [](StoredRow& row) {
         row.leaf += ' ';
         row.leaf_hash = evidence::leaf_hash(row.leaf);
       },
       "not canonical JSON"},
      {"kind", [](StoredRow& row) { row.kind = "late-observation"; }, "another kind"},
      {"time", [](StoredRow& row) { row.recorded = "2026-12-15T00:00:01.000000000Z"; },
       "another time"},
      {"outcome", [](StoredRow& row) { row.outcome = "refused"; }, "another outcome"},
      {"client", [](StoredRow& row) { row.client = "other"; }, "another order (part=/order)"},
      {"order", [](StoredRow& row) { row.order_id = "other"; }, "another order (part=/order)"},
      {"digest", [](StoredRow& row) { row.request_digest = "other"; }, "another order"},
      {"names", [](StoredRow& row) { row.names = {"example.org"}; }, "other names"},
      {"no names", [](StoredRow& row) { row.names.clear(); }, "other names"},
      {"salt", [](StoredRow& row) { row.parts[1].salt[31] ^= 1; },
       "the part at /checks/0 is not what the record committed to"},
      {"text", [](StoredRow& row) { row.parts[2].text[9] ^= 1; },
       "the part at /names/0 is not what the record committed to"},
      {"pointer", [](StoredRow& row) { row.parts[0].pointer = "/outcome"; },
       "the part at /outcome is not one that the record committed to"},
      {"a part twice", [](StoredRow& row) { row.parts.push_back(row.parts[0]); },
       "the part at /order is not one that the record committed to"},
      {"a part too early gone", [](StoredRow& row) { row.parts.pop_back(); },
       "1 of its parts were erased before their time"},
  };
  for (const Change& change : changes) {
    SCOPED_TRACE(change.name);
    StoredRow row = sample();
    change.make(row);
    const auto held = audited(row);
    ASSERT_FALSE(held);
    EXPECT_THAT(describe(held.error()), HasSubstr(change.message));
  }
}

TEST(AuditRecord, PartsMayBeErasedAfterTwoYears) {
  StoredRow row = sample();
  row.parts.pop_back();
  row.names.clear();
  EXPECT_FALSE(audited(row, "2028-12-14T23:59:59Z"));
  const auto held = audited(row, "2028-12-15T00:00:00Z");
  ASSERT_TRUE(held) << describe(held.error());
  EXPECT_EQ(held->erased, 1u);
  EXPECT_EQ(held->judged.names, 0u) << "there is nothing left to decide again";
}

RC_GTEST_PROP(AuditRecord, AnyOctetOfLeafOrPartsThatChangesIsFound, ()) {
  StoredRow row = sample();
  std::vector<std::string*> texts{&row.leaf, &row.leaf_hash};
  for (evidence::Part& part : row.parts)
    texts.insert(texts.end(), {&part.pointer, &part.salt, &part.text});
  std::string& text = **rc::gen::elementOf(texts);
  const auto position = *rc::gen::inRange<std::size_t>(0, text.size());
  const auto flipped = *rc::gen::inRange(1, 256);
  text[position] = static_cast<char>(text[position] ^ flipped);
  RC_ASSERT_FALSE(audited(row).has_value());
}

class LogAuditTest : public testing::Test {
 protected:
  static const evidence::LogKey& key() {
    static const auto made =
        evidence::LogKey::make("log.example/one", SigningKey::generate()).value();
    return made;
  }
  static std::string note(std::uint64_t size, const std::string& root,
                          const evidence::LogKey& by = key()) {
    const auto text = evidence::format_checkpoint({by.origin(), size, root});
    return evidence::format_note({text, {by.sign(text)}});
  }
  // One leaf further.
  Result<std::vector<std::string>> take(LogAudit& log, const char* time = "2026-12-15T00:00:00Z") {
    return log.append(merkle::leaf_hash(std::to_string(log.size())), parse_instant(time).value());
  }
  LogAudit log_{{key().key()}, {}};
};

TEST_F(LogAuditTest, CheckpointsHoldOverTheLeavesTaken) {
  for (std::uint64_t size = 1; size <= 20; ++size) {
    ASSERT_TRUE(take(log_));
    const auto held = log_.check(note(size, log_.root()));
    ASSERT_TRUE(held) << describe(held.error());
    EXPECT_EQ(log_.covered(), size);
  }
  EXPECT_EQ(log_.origin(), "log.example/one");
}

TEST_F(LogAuditTest, WhatDoesNotHoldIsNamed) {
  ASSERT_TRUE(take(log_));
  ASSERT_TRUE(log_.check(note(1, log_.root())));
  ASSERT_TRUE(take(log_));
  const auto stranger = evidence::LogKey::make("log.example/two", SigningKey::generate()).value();
  const struct {
    const char* name;
    std::string note;
    const char* message;
  } cases[] = {
      {"size", note(3, log_.root()), "it is over 3 records, and stands over 2"},
      {"root", note(2, std::string(32, 'x')),
       "not that of the first 2 records: one of them from 1"},
      {"key", note(2, log_.root(), stranger), ""},
      {"no note", "nothing", ""},
  };
  for (const auto& each : cases) {
    SCOPED_TRACE(each.name);
    const auto held = log_.check(each.note);
    ASSERT_FALSE(held);
    EXPECT_THAT(held.error().message, HasSubstr(each.message));
  }
  LogAudit both({key().key(), stranger.key()}, {});
  ASSERT_TRUE(take(both));
  ASSERT_TRUE(both.check(note(1, both.root())));
  ASSERT_TRUE(take(both));
  const auto mixed = both.check(note(2, both.root(), stranger));
  ASSERT_FALSE(mixed);
  EXPECT_THAT(mixed.error().message, HasSubstr("the others are of log.example/one"));
}

TEST_F(LogAuditTest, TimeGoesBackByNoMoreThanTheSlackOfTheWriter) {
  ASSERT_TRUE(take(log_, "2026-12-15T00:01:00Z"));
  ASSERT_TRUE(take(log_, "2026-12-15T00:00:00Z"));
  const auto before = take(log_, "2026-12-14T23:59:59Z");
  ASSERT_FALSE(before);
  EXPECT_THAT(before.error().message, HasSubstr("stands behind a record of 2026-12-15T00:01:00"));
}

TEST_F(LogAuditTest, WitnessesAreToldByTheNewestCheckpointTheyCosigned) {
  const SigningKey secret = SigningKey::generate();
  const auto witness = evidence::NoteKey::make(
      "witness.example", evidence::NoteSignatureType::cosignature, secret.verifying_key());
  LogAudit log({key().key()}, {*witness});
  for (std::uint64_t size = 1; size <= 3; ++size) {
    ASSERT_TRUE(take(log));
    auto signed_note = evidence::parse_note(note(size, log.root())).value();
    if (size == 2)
      signed_note.signatures.push_back(evidence::cosign_note(
          signed_note.text, *witness, secret, parse_instant("2026-12-15T00:00:09Z").value()));
    ASSERT_TRUE(log.check(evidence::format_note(signed_note)));
  }
  ASSERT_EQ(log.witnessed().size(), 1u);
  EXPECT_EQ(log.witnessed()[0].size, 2u);
  EXPECT_EQ(log.witnessed()[0].at, parse_instant("2026-12-15T00:00:09Z").value());
}

RC_GTEST_FIXTURE_PROP(LogAuditTest, AnyOctetOfACheckpointThatChangesIsFound, ()) {
  LogAudit log({key().key()}, {});
  RC_ASSERT(take(log).has_value());
  std::string text = note(1, log.root());
  const auto position = *rc::gen::inRange<std::size_t>(0, text.size());
  text[position] = static_cast<char>(text[position] ^ *rc::gen::inRange(1, 256));
  RC_ASSERT_FALSE(log.check(text).has_value());
}

}  // namespace
}  // namespace parallax::audit
