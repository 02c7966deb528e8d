// SPDX-License-Identifier: Apache-2.0
#include "evidence/sqlite_store.h"

#include <sys/stat.h>

#include <fstream>
#include <thread>

#include <gtest/gtest.h>

#include "base/canonical_json.h"
#include "evidence/fixture.h"
#include "evidence/lossy_vfs.h"
#include "evidence/reader.h"
#include "evidence/schema.h"

namespace parallax::evidence {
namespace {

constexpr int kSqliteFull = 13;  // SQLITE_FULL

// Appends on `context` and puts the result where the test can see it.
void begin_append(boost::asio::io_context& context, SqliteStore& store, Record record,
                  std::optional<Result<std::uint64_t>>& result) {
  auto keep = [&](const std::exception_ptr&, Result<std::uint64_t> r) { result = std::move(r); };
  boost::asio::co_spawn(context, store.append(std::move(record)), keep);
}

TEST(SqliteStore, KeepsEveryField) {
  const TemporaryDirectory directory;
  const auto store = open_store(directory.file());
  const Record record = sample_decision("ca", "order-1");
  ASSERT_EQ(run_task(store->append(record)), 0U);
  const auto found = run_task(store->find_decision("ca", "order-1"));
  ASSERT_TRUE(found);
  ASSERT_TRUE(found->has_value());
  const StoredRecord& kept = **found;
  EXPECT_EQ(kept.index, 0U);
  EXPECT_EQ(kept.kind, RecordKind::decision);
  EXPECT_EQ(kept.client, record.client);
  EXPECT_EQ(kept.order_id, record.order_id);
  EXPECT_EQ(kept.recorded, record.recorded);
  EXPECT_EQ(kept.outcome, record.outcome);
  EXPECT_EQ(kept.names, record.names);
  EXPECT_EQ(kept.request_digest, record.request_digest);
  EXPECT_EQ(kept.answer, sample_answer(0));
  EXPECT_EQ(kept.body, canonical_json(record.body).value());
  EXPECT_EQ(kept.leaf_hash, leaf_hash(kept.leaf));
}

TEST(SqliteStore, DecidesAnOrderOnce) {
  const TemporaryDirectory directory;
  const auto store = open_store(directory.file());
  ASSERT_EQ(run_task(store->append(sample_decision("ca", "1"))), 0U);
  const auto again = run_task(store->append(sample_decision("ca", "1", 99)));
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, ErrorCode::conflict);
  EXPECT_TRUE(store->healthy());
  EXPECT_EQ(run_task(store->append(sample_decision("other", "1"))), 1U) << "ids are per client";
  EXPECT_EQ(run_task(store->append(sample_late("ca", "1"))), 2U);
  EXPECT_EQ(run_task(store->append(sample_late("ca", "1"))), 3U) << "late ones are many";
}

TEST(SqliteStore, FindsTheSameAgainAndNothingElse) {
  const TemporaryDirectory directory;
  const auto store = open_store(directory.file());
  ASSERT_EQ(run_task(store->append(sample_late("ca", "1"))), 0U);
  const auto early = run_task(store->find_decision("ca", "1"));
  ASSERT_TRUE(early);
  EXPECT_FALSE(early->has_value()) << "a late observation is no decision";
  ASSERT_EQ(run_task(store->append(sample_decision("ca", "1"))), 1U);
  for (int turn = 0; turn < 3; ++turn) {
    const auto found = run_task(store->find_decision("ca", "1"));
    ASSERT_TRUE(found);
    ASSERT_TRUE(found->has_value());
    EXPECT_EQ((*found)->index, 1U);
  }
  const auto foreign = run_task(store->find_decision("other", "1"));
  ASSERT_TRUE(foreign);
  EXPECT_FALSE(foreign->has_value());
}

TEST(SqliteStore, GoesOnAfterReopening) {
  const TemporaryDirectory directory;
  EXPECT_EQ(run_task(open_store(directory.file())->append(sample_decision("ca", "1"))), 0U);
  const auto store = open_store(directory.file());
  EXPECT_EQ(run_task(store->append(sample_decision("ca", "2"))), 1U);
  EXPECT_FALSE(run_task(store->append(sample_decision("ca", "1"))));
}

TEST(SqliteStore, RefusesARecordThatCannotBeKept) {
  const TemporaryDirectory directory;
  const auto store = open_store(directory.file());
  Record record = sample_decision("ca", "1");
  record.body.as_object()["fraction"] = 0.5;
  const auto refused = run_task(store->append(record));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::internal);
  EXPECT_TRUE(store->healthy());
}

TEST(SqliteStore, RefusesAnAnswerThatCannotBeKeptWithoutHarmToOthers) {
  const TemporaryDirectory directory;
  const auto store = open_store(directory.file());
  Record record = sample_decision("ca", "1");
  record.answer = [](const LeafPlace&) { return std::string("\xff"); };
  boost::asio::io_context context;
  std::optional<Result<std::uint64_t>> results[3];
  begin_append(context, *store, sample_decision("ca", "0"), results[0]);
  begin_append(context, *store, record, results[1]);
  begin_append(context, *store, sample_decision("ca", "2"), results[2]);
  context.run();
  EXPECT_EQ(*results[0], 0U);
  EXPECT_EQ(results[1]->error().code, ErrorCode::internal);
  EXPECT_EQ(*results[2], 1U);
  const auto last = run_task(store->find_decision("ca", "2"));
  EXPECT_EQ((*last)->answer, sample_answer(1)) << "the answer is written with the index it gets";
}

TEST(SqliteStore, IsForTheOwnersEyesOnly) {
  const TemporaryDirectory directory;
  std::ofstream(directory.file()).flush();
  ASSERT_EQ(::chmod(directory.file().c_str(), 0644), 0);
  const auto store = open_store(directory.file());
  ASSERT_EQ(run_task(store->append(sample_decision("ca", "1"))), 0U);
  for (const char* suffix : {"", "-wal", "-shm"}) {
    SCOPED_TRACE(suffix);
    struct stat status{};
    ASSERT_EQ(::stat((directory.file() + suffix).c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777, 0600U);
  }
}

TEST(SqliteStore, IsAppendOnlyForOtherToolsToo) {
  const TemporaryDirectory directory;
  {
    const auto store = open_store(directory.file());
    ASSERT_TRUE(run_task(store->append(sample_decision("ca", "1"))));
    ASSERT_TRUE(run_task(store->append(sample_decision("ca", "2"))));
  }
  const std::string tail = "'decision', 'ca', '1', '', '', '', '', '" + std::string(64, '0') + "')";
  const std::string hash = "'" + std::string(64, '0') + "'";
  const std::pair<std::string, std::string> cases[] = {
      {"update", "UPDATE record SET outcome = 'refused'"},
      {"delete", "DELETE FROM record WHERE idx = 1"},
      {"update of a name", "UPDATE record_name SET name = 'a'"},
      {"delete of a name", "DELETE FROM record_name"},
      {"replace by index", "INSERT OR REPLACE INTO record VALUES (0, " + tail},
      {"replace by order", "INSERT OR REPLACE INTO record VALUES (2, " + tail},
      {"gap", "INSERT INTO record VALUES (7, " + tail},
      {"no index", "INSERT INTO record VALUES (NULL, " + tail},
      {"replaced name", "INSERT OR REPLACE INTO record_name VALUES (1, 0, 'a')"},
      {"name added to an older record", "INSERT INTO record_name VALUES (0, 2, 'a')"},
      {"update of an answer", "UPDATE record_answer SET answer = ''"},
      {"delete of an answer", "DELETE FROM record_answer"},
      {"replaced answer", "INSERT OR REPLACE INTO record_answer VALUES (1, 'a')"},
      {"update of a part", "UPDATE record_part SET text = ''"},
      {"delete of a part", "DELETE FROM record_part"},
      {"replaced part", "INSERT OR REPLACE INTO record_part VALUES (1, 0, '', " + hash + ", '')"},
      {"part of an older record", "INSERT INTO record_part VALUES (0, 2, '', " + hash + ", '')"},
      {"tile root out of order", "INSERT INTO tile_root VALUES (1, 1, " + hash + ")"},
      {"update of a checkpoint", "UPDATE checkpoint SET note = ''"},
      {"delete of a checkpoint", "DELETE FROM checkpoint"},
      {"replaced checkpoint", "INSERT OR REPLACE INTO checkpoint VALUES (2, '')"},
      {"checkpoint of the future", "INSERT INTO checkpoint VALUES (3, '')"},
      {"another origin", "UPDATE log SET origin = 'other.example'"},
      {"second origin", "INSERT OR REPLACE INTO log VALUES (1, 'other.example')"},
  };
  auto database = Database::open(directory.file(), Access::read_write);
  ASSERT_TRUE(database);
  for (const auto& [name, sql] : cases) {
    SCOPED_TRACE(name);
    EXPECT_FALSE(database->execute(sql));
  }
  EXPECT_EQ(database->integer("SELECT count(*) FROM record"), 2);
  EXPECT_EQ(database->integer("SELECT count(*) FROM record_name"), 4);
}

TEST(SqliteStore, SaysWhyAFileIsNotIts) {
  const std::string header = "PRAGMA application_id = " + std::to_string(kApplicationId) + ";";
  const std::tuple<std::string, std::string, std::string> cases[] = {
      {"newer schema", header + "PRAGMA user_version = 99", "newer Parallax (schema 99"},
      {"another application", "CREATE TABLE t (a)", "no Parallax evidence"},
      {"schema never released", header + "PRAGMA user_version = 1", "schema 1"},
  };
  for (const auto& [name, sql, message] : cases) {
    SCOPED_TRACE(name);
    const TemporaryDirectory directory;
    ASSERT_TRUE(Database::open(directory.file(), Access::read_write)->execute(sql));
    SqliteStoreSettings settings;
    settings.path = directory.file();
    const auto store = SqliteStore::open(settings, sample_log_key());
    ASSERT_FALSE(store);
    EXPECT_EQ(store.error().code, ErrorCode::configuration);
    EXPECT_NE(store.error().message.find(message), std::string::npos) << store.error().message;
    const auto reader = EvidenceReader::open(directory.file());
    ASSERT_FALSE(reader);
    EXPECT_EQ(describe(reader.error()), describe(store.error()));
  }
}

TEST(SqliteStore, ReportsAFileThatIsNoDatabaseOrCannotBeMade) {
  const TemporaryDirectory directory;
  std::ofstream(directory.file()) << std::string(8192, 'x');
  for (const std::string& path : {directory.file(), directory.file("none/evidence.db")}) {
    SCOPED_TRACE(path);
    SqliteStoreSettings settings;
    settings.path = path;
    const auto store = SqliteStore::open(settings, sample_log_key());
    ASSERT_FALSE(store);
    EXPECT_EQ(store.error().code, ErrorCode::storage);
  }
}

TEST(SqliteStore, AFullDiskFailsEveryWaitingAppendAndHeals) {
  const TemporaryDirectory directory;
  LossyVfs vfs;
  StoreSeams seams;
  seams.vfs = vfs.name();
  const auto store = open_store(directory.file(), seams);
  ASSERT_EQ(run_task(store->append(sample_decision("ca", "before"))), 0U);

  vfs.fail_writes(kSqliteFull);
  boost::asio::io_context context;
  std::optional<Result<std::uint64_t>> results[5];
  for (int i = 0; i < 5; ++i)
    begin_append(context, *store, sample_decision("ca", std::to_string(i)), results[i]);
  context.run();
  for (const auto& result : results) {
    ASSERT_TRUE(result);
    ASSERT_FALSE(*result);
    EXPECT_EQ(result->error().code, ErrorCode::storage);
    EXPECT_NE(result->error().message.find("disk is full"), std::string::npos);
  }
  EXPECT_FALSE(store->healthy());
  const auto found = run_task(store->find_decision("ca", "before"));
  ASSERT_TRUE(found) << "what was written can be read";
  EXPECT_TRUE(found->has_value());

  vfs.fail_writes(0);
  EXPECT_EQ(run_task(store->append(sample_decision("ca", "0"))), 1U) << "no gap, no leftover";
  EXPECT_TRUE(store->healthy());
}

// A store whose writer is stuck in the middle of writing one record, so that a test decides what
// queues up behind it.
class StuckWriter : public ::testing::Test {
 protected:
  void open(std::size_t queue_records_max) {
    SqliteStoreSettings settings;
    settings.path = directory_.file();
    settings.queue_records_max = queue_records_max;
    StoreSeams seams;
    seams.vfs = vfs_.name();
    auto store = SqliteStore::open(settings, sample_log_key(), seams);
    ASSERT_TRUE(store);
    store_ = std::move(*store);
    vfs_.hold_writes();
    begin_append(context_, *store_, sample_decision("ca", "first"), first_);
    context_.poll();
    while (store_->queue_depth() > 0) std::this_thread::yield();
  }

  void release() {
    context_.poll();
    vfs_.release_writes();
    context_.run();
    ASSERT_TRUE(first_);
    EXPECT_EQ(*first_, 0U);
  }

  TemporaryDirectory directory_;
  LossyVfs vfs_;
  boost::asio::io_context context_;
  std::unique_ptr<SqliteStore> store_;
  std::optional<Result<std::uint64_t>> first_;
};

TEST_F(StuckWriter, MakesTheStoreRefuseMoreThanItsQueueHolds) {
  open(4);
  std::optional<Result<std::uint64_t>> results[10];
  for (int i = 0; i < 10; ++i)
    begin_append(context_, *store_, sample_decision("ca", std::to_string(i)), results[i]);
  release();
  for (std::uint64_t i = 0; i < 10; ++i) {
    SCOPED_TRACE(i);
    ASSERT_TRUE(results[i]);
    if (i < 4)
      EXPECT_EQ(*results[i], i + 1);
    else
      EXPECT_EQ(results[i]->error().code, ErrorCode::overloaded);
  }
  EXPECT_TRUE(store_->healthy());
}

TEST_F(StuckWriter, LeavesDuplicatesToBeSettledWithinAGroup) {
  open(100);
  std::optional<Result<std::uint64_t>> results[6];
  for (int i = 0; i < 6; ++i)
    begin_append(context_, *store_, sample_decision("ca", std::to_string(i % 3)), results[i]);
  release();
  for (std::uint64_t i = 0; i < 6; ++i) {
    SCOPED_TRACE(i);
    if (i < 3)
      EXPECT_EQ(*results[i], i + 1);
    else
      EXPECT_EQ(results[i]->error().code, ErrorCode::conflict);
  }
}

TEST(SqliteStore, WritesWhatIsQueuedBeforeItGoes) {
  const TemporaryDirectory directory;
  boost::asio::io_context context;
  std::optional<Result<std::uint64_t>> results[50];
  {
    const auto store = open_store(directory.file());
    for (int i = 0; i < 50; ++i)
      begin_append(context, *store, sample_decision("ca", std::to_string(i)), results[i]);
    context.poll();
  }
  context.run();
  for (std::uint64_t i = 0; i < 50; ++i) EXPECT_EQ(*results[i], i);
  EXPECT_EQ(EvidenceReader::open(directory.file())->count(), 50U);
}

}  // namespace
}  // namespace parallax::evidence
