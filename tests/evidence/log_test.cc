// SPDX-License-Identifier: Apache-2.0
// The Merkle log in an evidence file: what the writer leaves there, read back from the rows.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "base/encoding.h"
#include "base/merkle.h"
#include "evidence/checkpoint.h"
#include "evidence/fixture.h"
#include "evidence/log_rows.h"
#include "evidence/reader.h"
#include "evidence/writer.h"

namespace parallax::evidence {
namespace {

const Instant kMorning = parse_instant("2026-11-22T08:00:00Z").value();

PreparedRecord prepared(const std::string& id, Instant recorded = kMorning) {
  Record record = sample_decision("ca", id);
  record.recorded = recorded;
  return prepare(std::move(record), system_random()).value();
}

class LogTest : public testing::Test {
 protected:
  LogTest() { reopen(); }

  void reopen() { writer_.emplace(Writer::open(directory_.file(), sample_log_key(), {}).value()); }
  // Writes `count` records as one group.
  void write(std::size_t count) {
    std::vector<PreparedRecord> records;
    for (std::size_t i = 0; i < count; ++i) records.push_back(prepared(std::to_string(next_++)));
    std::vector<const PreparedRecord*> group;
    for (const PreparedRecord& record : records) group.push_back(&record);
    const auto indexes = writer_->write(group);
    ASSERT_TRUE(indexes) << describe(indexes.error());
    for (const auto& index : *indexes) ASSERT_TRUE(index) << describe(index.error());
    for (const PreparedRecord& record : records)
      leaf_hashes_.push_back(hex_decode(record.leaf_hash).value());
  }
  [[nodiscard]] Checkpoint checkpoint(LogRows& rows) const {
    const auto note = rows.checkpoint().value();
    return open_checkpoint(*note, std::vector{sample_log_key().key()}, {}).value().checkpoint;
  }

  TemporaryDirectory directory_;
  std::optional<Writer> writer_;
  std::size_t next_ = 0;
  std::vector<std::string> leaf_hashes_;
};

TEST_F(LogTest, EveryGroupEndsInACheckpointOverTheWholeLog) {
  auto database = Database::open(directory_.file(), Access::read_only).value();
  auto rows = LogRows::over(database).value();
  EXPECT_EQ(rows.size().value(), 0U);
  EXPECT_FALSE(rows.checkpoint().value());
  EXPECT_FALSE(rows.origin().value());
  for (const std::size_t count : {1U, 1U, 2U, 5U, 247U, 1U, 300U, 3U}) {
    write(count);
    if (count == 2) reopen();  // the edge of the tree is read back
    if (count == 300) reopen();
    const Checkpoint seen = checkpoint(rows);
    EXPECT_EQ(seen.origin, sample_log_key().origin());
    EXPECT_EQ(seen.size, leaf_hashes_.size());
    EXPECT_EQ(seen.root, merkle::root(leaf_hashes_));
    EXPECT_EQ(merkle::root_of(seen.size, rows.tree()).value(), seen.root);
  }
  EXPECT_EQ(rows.origin().value(), sample_log_key().origin());
  EXPECT_EQ(database.integer("SELECT count(*) FROM tile_root"), 2);
  EXPECT_EQ(database.integer("SELECT count(*) FROM checkpoint"), 8);
}

TEST_F(LogTest, ProofsFromTheRowsLeadToTheCheckpoint) {
  write(200);
  auto database = Database::open(directory_.file(), Access::read_only).value();
  auto rows = LogRows::over(database).value();
  const Checkpoint before = checkpoint(rows);
  write(600);
  const Checkpoint after = checkpoint(rows);
  for (const std::uint64_t index : {0U, 255U, 256U, 511U, 512U, 799U}) {
    const auto path = merkle::inclusion_proof(index, after.size, rows.tree()).value();
    EXPECT_EQ(merkle::root_from_path(leaf_hashes_[index], index, after.size, path), after.root);
  }
  const auto proof = merkle::consistency_proof(before.size, after.size, rows.tree()).value();
  EXPECT_TRUE(merkle::is_consistent(before.size, before.root, after.size, after.root, proof));
  const auto leaves = rows.leaves(250, 10).value();
  ASSERT_EQ(leaves.size(), 10U);
  EXPECT_EQ(merkle::leaf_hash(leaves[9]), leaf_hashes_[259]);
  EXPECT_EQ(rows.leaves(795, 10).error().code, ErrorCode::storage) << "beyond the end";
  EXPECT_EQ(rows.hashes(1, 3, 1).error().code, ErrorCode::storage) << "not full yet";
}

TEST_F(LogTest, AFileKeepsItsOrigin) {
  write(1);
  const auto other = LogKey::make("other.example", SigningKey::generate()).value();
  const auto opened = Writer::open(directory_.file(), other, {});
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, ErrorCode::configuration);
  const auto rotated = LogKey::make(sample_log_key().origin(), SigningKey::generate()).value();
  EXPECT_TRUE(Writer::open(directory_.file(), rotated, {})) << "keys change, the log does not";
}

TEST_F(LogTest, TimeDoesNotGoBack) {
  struct Case {
    const char* name;
    Instant recorded;
    bool taken;
  };
  using std::chrono::seconds;
  const Case cases[] = {
      {"first", kMorning, true},
      {"same_time", kMorning, true},
      {"written_out_of_order", kMorning - kClockSlack, true},
      {"clock_set_back", kMorning - kClockSlack - std::chrono::nanoseconds(1), false},
      {"later", kMorning + seconds(600), true},
      {"before_the_later_one", kMorning, false},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.name);
    const PreparedRecord record = prepared(c.name, c.recorded);
    const auto indexes = writer_->write({&record});
    ASSERT_TRUE(indexes);
    EXPECT_EQ((*indexes)[0].has_value(), c.taken);
    if (c.taken) continue;
    EXPECT_EQ((*indexes)[0].error().code, ErrorCode::storage);
    EXPECT_NE((*indexes)[0].error().message.find("the clock went back"), std::string::npos);
    reopen();
    EXPECT_FALSE((*writer_->write({&record}))[0]) << "nor after a restart";
  }
}

TEST_F(LogTest, OtherWritersOfTheFileAreNoticed) {
  write(3);
  auto second = Writer::open(directory_.file(), sample_log_key(), {}).value();
  const PreparedRecord foreign = prepared("foreign");
  ASSERT_EQ((*second.write({&foreign}))[0], 3U);
  leaf_hashes_.push_back(hex_decode(foreign.leaf_hash).value());
  write(2);
  auto database = Database::open(directory_.file(), Access::read_only).value();
  auto rows = LogRows::over(database).value();
  EXPECT_EQ(checkpoint(rows).root, merkle::root(leaf_hashes_));
}

TEST_F(LogTest, WhatOpensALeafMayGoAfterTwoYearsAndTheLogStays) {
  const Instant long_ago = parse_instant("2024-11-01T00:00:00Z").value();
  const PreparedRecord old_record = prepared("old", long_ago);
  ASSERT_TRUE((*writer_->write({&old_record}))[0]);
  const Instant now =
      std::chrono::time_point_cast<std::chrono::nanoseconds>(std::chrono::system_clock::now());
  const PreparedRecord new_record = prepared("new", now);
  ASSERT_TRUE((*writer_->write({&new_record}))[0]);
  {
    auto database = Database::open(directory_.file(), Access::read_write).value();
    for (const char* table : {"record_part", "record_name", "record_answer"}) {
      SCOPED_TRACE(table);
      EXPECT_FALSE(database.execute(fmt::format("DELETE FROM {} WHERE record = 1", table)));
      EXPECT_TRUE(database.execute(fmt::format("DELETE FROM {} WHERE record = 0", table)));
    }
    EXPECT_FALSE(database.execute("DELETE FROM record WHERE idx = 0"));
  }
  auto reader = EvidenceReader::open(directory_.file()).value();
  const auto erased = reader.show(0);
  ASSERT_TRUE(erased) << describe(erased.error());
  EXPECT_TRUE(erased->parts.empty() && erased->names.empty() && erased->answer.empty());
  EXPECT_EQ(erased->body, erased->leaf);
  EXPECT_EQ(erased->body.find("xxxxxxxxxx"), std::string::npos) << "the padding was in a part";
  EXPECT_NE(reader.show(1).value().body.find("xxxxxxxxxx"), std::string::npos);
}

TEST_F(LogTest, APartThatWasExchangedIsNoticed) {
  write(1);
  auto database = Database::open(directory_.file(), Access::read_write).value();
  ASSERT_TRUE(
      database.execute("DROP TRIGGER record_part_no_update;"
                       "UPDATE record_part SET text = '\"other\"' WHERE position = 0"));
  auto reader = EvidenceReader::open(directory_.file()).value();
  const auto damaged = reader.show(0);
  ASSERT_FALSE(damaged);
  EXPECT_EQ(damaged.error().code, ErrorCode::storage);
}

}  // namespace
}  // namespace parallax::evidence
