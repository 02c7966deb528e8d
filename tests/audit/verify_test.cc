// SPDX-License-Identifier: Apache-2.0
// Whole evidence files: as a coordinator writes them, and changed by somebody with the file in
// hand.
#include "audit/verify.h"

#include <cstdlib>
#include <fstream>

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "audit/audit_stage.h"
#include "audit/stored_rows.h"
#include "evidence/log_rows.h"
#include "evidence/sqlite.h"

namespace parallax::audit {
namespace {

using evidence::Access;
using evidence::Database;
using test::but;
using test::decide;
using test::everybody_permits;
using test::keeps_silent;
using testing::AllOf;
using testing::HasSubstr;

const evidence::LogKey& log_key() {
  static const auto made =
      evidence::LogKey::make("log.example/evidence", SigningKey::generate()).value();
  return made;
}

class VerifyTest : public testing::Test {
 protected:
  VerifyTest() {
    std::string pattern = std::filesystem::temp_directory_path() / "parallax-audit-XXXXXX";
    if (::mkdtemp(pattern.data()) == nullptr) std::abort();
    directory_ = pattern;
    settings_.database = file("evidence.db");
    settings_.log_keys = {log_key().key()};
  }
  ~VerifyTest() override {
    std::error_code ignored;
    std::filesystem::remove_all(directory_, ignored);
  }

  [[nodiscard]] std::string file(const std::string& name) const { return directory_ / name; }
  static void write(const std::string& path, std::vector<evidence::Record> records) {
    auto writer = evidence::Writer::open(path, log_key(), {}).value();
    for (evidence::Record& record : records) {
      const auto prepared = evidence::prepare(std::move(record), system_random()).value();
      const auto indexes = writer.write({&prepared}).value();
      ASSERT_TRUE(indexes.front()) << describe(indexes.front().error());
    }
  }
  // Three decisions, the last of them with a late observation: four records.
  void write_sample() {
    write(settings_.database, decide(test::caa_order("order-0"), everybody_permits()));
    auto control = test::control_order();
    control.id = "order-1";
    write(settings_.database, decide(control, everybody_permits()));
    write(settings_.database, decide(test::caa_order("order-2"), but({"us-1"}, keeps_silent())));
  }
  // Changes the file as somebody can who has it.
  void change(const std::string& sql) {
    auto database = Database::open(settings_.database, Access::read_write).value();
    auto triggers = database.prepare("SELECT name FROM sqlite_schema WHERE type = 'trigger'");
    std::vector<std::string> names;
    for (auto row = triggers->step(); row && *row; row = triggers->step())
      names.push_back(triggers->text(0));
    triggers->reset();
    for (const std::string& name : names)
      ASSERT_TRUE(database.execute(fmt::format("DROP TRIGGER {};", name)));
    const auto changed = database.execute("PRAGMA foreign_keys = OFF;" + sql);
    ASSERT_TRUE(changed) << describe(changed.error());
  }
  static std::string checkpoint_of(const std::string& path) {
    auto database = Database::open(path, Access::read_only).value();
    auto rows = evidence::LogRows::over(database).value();
    return rows.checkpoint().value().value();
  }
  Status verified() {
    auto keys = test::keys();
    verified_ = Verified();
    return verify(settings_, keys, orders::test::suffixes(), verified_);
  }
  // What is said of the file as it is now.
  std::string finding() {
    const auto held = verified();
    return held ? "all holds" : describe(held.error());
  }

  std::filesystem::path directory_;
  VerifySettings settings_;
  Verified verified_;
};

TEST_F(VerifyTest, WhatACoordinatorWroteHolds) {
  write_sample();
  EXPECT_EQ(finding(), "all holds");
  EXPECT_EQ(verified_.origin, "log.example/evidence");
  EXPECT_EQ(verified_.records, 4u);
  EXPECT_EQ(verified_.checkpoints, 4u);
  EXPECT_EQ(verified_.covered, 4u);
  EXPECT_EQ(verified_.decisions, 3u);
  EXPECT_EQ(verified_.late, 1u);
  EXPECT_EQ(verified_.quorums, 4u);
  EXPECT_EQ(verified_.observations, 6u + 12u + 5u + 1u);
  EXPECT_EQ(verified_.parts, 3u + 4u + 3u + 1u);
  EXPECT_EQ(verified_.parts_erased, 0u);
}

TEST_F(VerifyTest, AnEmptyLogHolds) {
  write(settings_.database, {});
  EXPECT_EQ(finding(), "all holds");
  EXPECT_EQ(verified_.records, 0u);
}

TEST_F(VerifyTest, OfAFileThatIsNotThereOrNoEvidenceNothingIsSaid) {
  EXPECT_EQ(verified().error().code, ErrorCode::not_found);
  std::ofstream(settings_.database) << std::string(4096, 'x');
  const ErrorCode code = verified().error().code;
  EXPECT_TRUE(code == ErrorCode::storage || code == ErrorCode::configuration);
}

struct Tampering {
  const char* name;
  const char* sql;
  const char* message;
  const char* where;
};

TEST_F(VerifyTest, WhatSomebodyChangedIsFoundAndNamed) {
  write_sample();
  const std::string whole = file("whole.db");
  {  // one file, without a write-ahead log beside it
    auto database = Database::open(settings_.database, Access::read_write).value();
    ASSERT_TRUE(database.execute(fmt::format("VACUUM INTO '{}'", whole)));
  }
  const Tampering cases[] = {
      {"leaf", "UPDATE record SET leaf = replace(leaf, 'permitted', 'refused') WHERE idx = 1;",
       "does not hash to its leaf hash", "record=1"},
      {"outcome", "UPDATE record SET outcome = 'refused' WHERE idx = 2;", "another outcome",
       "record=2"},
      {"part", "UPDATE record_part SET text = replace(text, '5/5', '4/5') WHERE record = 0;",
       "the part at /names/0 is not what the record committed to", "record=0"},
      {"salt",
       "UPDATE record_part SET salt = iif(salt LIKE '0%', '1', '0') || substr(salt, 2) WHERE "
       "record = 3;",
       "the part at /late is not", "record=3"},
      {"no salt", "UPDATE record_part SET salt = 'x' || substr(salt, 2) WHERE record = 3;",
       "the salt of the part at /late is no hex", "record=3"},
      {"erased", "DELETE FROM record_part WHERE record = 1 AND position = 0;",
       "1 of its parts were erased before their time", "record=1"},
      {"checkpoint's size",
       "UPDATE checkpoint SET note = (SELECT note FROM checkpoint WHERE size = 3) WHERE size = 2;",
       "it is over 3 records, and stands over 2", "checkpoint=2"},
      {"checkpoint's root", "UPDATE checkpoint SET note = replace(note, 'a', 'b') WHERE size = 3;",
       "", "checkpoint=3"},
      {"swapped records",

       "UPDATE record SET idx = 100 WHERE idx = 0; UPDATE record SET idx = 0 WHERE idx = 2;"
       "UPDATE record SET idx = 2 WHERE idx = 100;"
       "UPDATE record_part SET record = 100 WHERE record = 0;"
       "UPDATE record_part SET record = 0 WHERE record = 2;"
       "UPDATE record_part SET record = 2 WHERE record = 100;",
       "not that of the first 1 records", "checkpoint=1"},
      {"missing record", "DELETE FROM record WHERE idx = 1;", "the record is missing", "record=1"},
      {"missing end", "DELETE FROM record WHERE idx = 3;", "it is over 4 records, the log has 3",
       "checkpoint=4"},
      {"missing checkpoint", "DELETE FROM checkpoint WHERE size = 4;",
       "the newest checkpoint is over 3 of 4 records", ""},
  };
  for (const Tampering& each : cases) {
    SCOPED_TRACE(each.name);
    settings_.database = file(std::string("changed-") + std::to_string(&each - cases) + ".db");
    std::filesystem::copy_file(whole, settings_.database);
    ASSERT_EQ(finding(), "all holds");
    change(each.sql);
    EXPECT_THAT(finding(), AllOf(HasSubstr(each.message), HasSubstr(each.where)));
  }
}

TEST_F(VerifyTest, TheOlderCheckpointIsABeginning) {
  write(settings_.database, decide(test::caa_order("order-0"), everybody_permits()));
  settings_.older = checkpoint_of(settings_.database);
  write(settings_.database, decide(test::caa_order("order-1"), everybody_permits()));
  EXPECT_EQ(finding(), "all holds");
  EXPECT_EQ(verified_.older, 1u);
}

TEST_F(VerifyTest, ACheckpointOfAForkOrOfALongerLogIsFound) {
  write_sample();
  const std::string fork = file("fork.db");
  write(fork, decide(test::caa_order("order-0"), everybody_permits()));
  settings_.older = checkpoint_of(fork);
  EXPECT_THAT(finding(), AllOf(HasSubstr("the log was forked or rewritten"),
                               HasSubstr("checkpoint=the older one")));
  for (int i = 1; i < 5; ++i)
    write(fork, decide(test::caa_order(fmt::format("order-{}", i)), everybody_permits()));
  settings_.older = checkpoint_of(fork);
  EXPECT_THAT(finding(), HasSubstr("the log has 4 records, and had 5: records are missing"));
  settings_.older = "nothing";
  EXPECT_THAT(finding(), HasSubstr("checkpoint=the older one"));
}

TEST_F(VerifyTest, KeysOfOthersDoNotHold) {
  write_sample();
  const auto other = evidence::LogKey::make("log.example/evidence", SigningKey::generate()).value();
  settings_.log_keys = {other.key()};
  EXPECT_THAT(finding(), HasSubstr("checkpoint=1"));
  settings_.log_keys = {log_key().key()};
  settings_.witnesses = {evidence::NoteKey::make("witness.example",
                                                 evidence::NoteSignatureType::cosignature,
                                                 SigningKey::generate().verifying_key())
                             .value()};
  EXPECT_THAT(finding(), HasSubstr("the witness witness.example cosigned no checkpoint"));
}

TEST_F(VerifyTest, OnlyTheRecordsAskedForAreLookedInto) {
  write_sample();
  change("UPDATE record_part SET text = replace(text, '5/5', '4/5') WHERE record = 0;");
  settings_.first = 1;
  settings_.last = 2;
  EXPECT_EQ(finding(), "all holds");
  EXPECT_EQ(verified_.records, 4u) << "the log is walked as a whole";
  EXPECT_EQ(verified_.decisions, 2u);
  settings_.first = 0;
  EXPECT_THAT(finding(), HasSubstr("record=0"));
}

TEST_F(VerifyTest, WhatWasErasedAfterItsTimeIsTold) {
  write(settings_.database, decide(test::caa_order("order-0"), everybody_permits()));
  write(settings_.database,
        decide(test::caa_order("order-1"), everybody_permits(), "2028-12-16T00:00:00Z"));
  change("DELETE FROM record_part WHERE record = 0; DELETE FROM record_name WHERE record = 0;");
  EXPECT_EQ(finding(), "all holds");
  EXPECT_EQ(verified_.parts_erased, 3u);
  EXPECT_EQ(verified_.records_erased, 1u);
  EXPECT_EQ(verified_.decisions, 1u);
}

TEST_F(VerifyTest, TheHashesOfTilesAreThoseOfTheRecords) {
  const auto records = decide(test::caa_order(), but({"us-1"}, keeps_silent()));
  std::vector<evidence::Record> many;
  while (many.size() < 300) many.push_back(records.back());
  write(settings_.database, std::move(many));
  EXPECT_EQ(finding(), "all holds");
  EXPECT_EQ(verified_.late, 300u);
  change(
      "UPDATE tile_root SET hash = iif(hash LIKE '0%', '1', '0') || substr(hash, 2) WHERE level = "
      "1;");
  EXPECT_THAT(finding(), AllOf(HasSubstr("the stored hash 0 of tile level 1 is not that of its "
                                         "records"),
                               HasSubstr("record=255")));
}

}  // namespace
}  // namespace parallax::audit
