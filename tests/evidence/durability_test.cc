// SPDX-License-Identifier: Apache-2.0
// Power cuts at random moments. Every acknowledged append must be there afterwards, in a file
// that needs no repair; and with SQLite's syncing turned down the same test must see losses, or
// it would prove nothing.
#include <map>
#include <random>

#include <gtest/gtest.h>

#include "evidence/fixture.h"
#include "evidence/lossy_vfs.h"
#include "evidence/reader.h"

namespace parallax::evidence {
namespace {

constexpr int kAppenders = 4;
constexpr int kAppendsEach = 12;
// A whole run makes about a thousand changes to its files; the cut falls among them, now and then
// behind the last.
constexpr std::uint64_t kCutMax = 1200;
// Small, so that moving the log into the database is cut as well.
constexpr std::size_t kTidyOctets = std::size_t{64} * 1024;

using Acknowledged = std::map<std::uint64_t, std::string>;  // index -> order id

Task<void> append_until_refused(SqliteStore* store, std::string name, std::uint32_t seed,
                                Acknowledged* acknowledged) {
  std::mt19937 random(seed);
  for (int i = 0; i < kAppendsEach; ++i) {
    const std::string id = name + "-" + std::to_string(i);
    const auto index = co_await store->append(sample_decision("ca", id, random() % 20'000));
    if (!index) co_return;
    acknowledged->emplace(*index, id);
  }
}

// Writes until the power is cut (or all is written), and returns what was acknowledged.
Acknowledged write_until_cut(const std::string& path, LossyVfs& vfs, Synchronous synchronous,
                             std::mt19937& random) {
  Acknowledged acknowledged;
  StoreSeams seams;
  seams.vfs = vfs.name();
  seams.synchronous = synchronous;
  seams.tidy_octets = kTidyOctets;
  SqliteStoreSettings settings;
  settings.path = path;
  vfs.cut_power_at(1 + random() % kCutMax);
  auto store = SqliteStore::open(settings, sample_log_key(), seams);
  if (!store) return acknowledged;  // cut while the file was being made
  boost::asio::io_context context;
  for (int i = 0; i < kAppenders; ++i)
    boost::asio::co_spawn(context,
                          append_until_refused(store->get(), std::to_string(i),
                                               static_cast<std::uint32_t>(random()), &acknowledged),
                          [](const std::exception_ptr& failed) { EXPECT_FALSE(failed); });
  context.run();
  return acknowledged;
}

// What comes after the cut is only looked at, not kept: no need to wait for this machine's disk.
StoreSeams unsynced_store() {
  StoreSeams seams;
  seams.synchronous = Synchronous::off;
  return seams;
}

// How many acknowledged records are missing from the file at `path`, which must otherwise be in
// order and go on working.
std::size_t lost(const std::string& path, const Acknowledged& acknowledged) {
  SqliteStoreSettings settings;
  settings.path = path;
  const auto store = SqliteStore::open(settings, sample_log_key(), unsynced_store());
  if (!store) return acknowledged.size();
  auto reader = EvidenceReader::open(path);
  std::size_t missing = 0;
  for (const auto& [index, order_id] : acknowledged) {
    const auto record = reader->show(index);
    const auto decision = run_task((*store)->find_decision("ca", order_id));
    const bool found = record && record->order_id == order_id && decision && *decision &&
                       (*decision)->index == index;
    if (!found) ++missing;
  }
  return missing;
}

// Structure and going on: what a restart needs.
void expect_intact(const std::string& path) {
  {
    const auto store = open_store(path, unsynced_store());
    const auto next = EvidenceReader::open(path)->count();
    const auto appended = run_task(store->append(sample_decision("ca", "after the cut")));
    ASSERT_TRUE(appended) << describe(appended.error());
    EXPECT_EQ(*appended, *next);
  }
  auto database = Database::open(path, Access::read_only);
  ASSERT_TRUE(database);
  EXPECT_EQ(database->integer("SELECT count(*) FROM pragma_integrity_check "
                              "WHERE integrity_check <> 'ok'"),
            0);
  EXPECT_EQ(database->integer("SELECT max(idx) + 1 - count(*) FROM record"), 0);
}

struct Outcome {
  bool cut = false;  // not so if all was written before
  std::size_t acknowledged = 0;
  std::size_t lost = 0;
};

Outcome cut_and_look(std::uint32_t seed, Synchronous synchronous, Unsynced unsynced) {
  std::mt19937 random(seed);
  const TemporaryDirectory before;
  const TemporaryDirectory after;
  LossyVfs vfs;
  const Acknowledged acknowledged = write_until_cut(before.file(), vfs, synchronous, random);
  vfs.restore(after.path(), unsynced, static_cast<std::uint32_t>(random()));
  Outcome outcome;
  outcome.cut = vfs.power_is_cut();
  outcome.acknowledged = acknowledged.size();
  outcome.lost = lost(after.file(), acknowledged);
  if (synchronous == Synchronous::full) expect_intact(after.file());
  return outcome;
}

void expect_nothing_lost(Unsynced unsynced, std::uint32_t seeds) {
  std::size_t acknowledged = 0;
  std::uint32_t cuts = 0;
  for (std::uint32_t seed = 1; seed <= seeds; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    const Outcome outcome = cut_and_look(seed, Synchronous::full, unsynced);
    EXPECT_EQ(outcome.lost, 0U);
    acknowledged += outcome.acknowledged;
    cuts += outcome.cut ? 1 : 0;
  }
  ::testing::Test::RecordProperty("acknowledged", static_cast<int>(acknowledged));
  EXPECT_GT(acknowledged, seeds) << "the cuts fall too early to prove anything";
  EXPECT_GT(cuts, seeds / 2) << "the cuts fall too late to prove anything";
}

std::size_t losses(Synchronous synchronous) {
  std::size_t sum = 0;
  for (std::uint32_t seed = 1; seed <= 20; ++seed)
    sum += cut_and_look(seed, synchronous, Unsynced::dropped).lost;
  return sum;
}

TEST(Durability, NothingAcknowledgedIsLostWhenUnsyncedWritesAreDropped) {
  expect_nothing_lost(Unsynced::dropped, 60);
}

TEST(Durability, NothingAcknowledgedIsLostWhenUnsyncedWritesAreScattered) {
  expect_nothing_lost(Unsynced::scattered, 60);
}

TEST(Durability, WithoutSyncingAcknowledgedRecordsAreLost) {
  EXPECT_GT(losses(Synchronous::off), 0U);
}

TEST(Durability, SyncingAtCheckpointsOnlyIsNotEnough) {
  EXPECT_GT(losses(Synchronous::normal), 0U);
}

}  // namespace
}  // namespace parallax::evidence
