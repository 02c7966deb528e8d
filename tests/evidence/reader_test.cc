// SPDX-License-Identifier: Apache-2.0
#include "evidence/reader.h"

#include <functional>

#include <gtest/gtest.h>

#include "evidence/fixture.h"

namespace parallax::evidence {
namespace {

Instant at(const std::string& text) { return parse_instant(text).value(); }

// Five records: 0-3 decisions of four hours with alternating outcomes, 4 a late observation.
void fill(SqliteStore& store) {
  for (int i = 0; i < 4; ++i) {
    Record record = sample_decision("ca", "order-" + std::to_string(i));
    record.recorded = at("2026-11-22T0" + std::to_string(i) + ":00:00Z");
    record.outcome = i % 2 == 0 ? "permitted" : "refused";
    record.names = {"shared.example", "only-" + std::to_string(i) + ".example"};
    ASSERT_EQ(run_task(store.append(record)), static_cast<std::uint64_t>(i));
  }
  ASSERT_EQ(run_task(store.append(sample_late("ca", "order-1"))), 4U);
}

std::vector<std::uint64_t> indexes(const std::vector<StoredRecord>& records) {
  std::vector<std::uint64_t> out;
  for (const StoredRecord& record : records) out.push_back(record.index);
  return out;
}

class EvidenceReaderTest : public ::testing::Test {
 protected:
  EvidenceReaderTest() : store_(open_store(directory_.file())) { fill(*store_); }

  TemporaryDirectory directory_;
  std::unique_ptr<SqliteStore> store_;  // stays open: readers work beside a running service
};

TEST_F(EvidenceReaderTest, ListsWhatTheFilterSelects) {
  struct Case {
    std::string name;
    std::function<void(ListFilter&)> set;
    std::vector<std::uint64_t> expected;
  };
  const Case cases[] = {
      {"everything, newest first", [](ListFilter&) {}, {4, 3, 2, 1, 0}},
      {"name of all decisions", [](ListFilter& f) { f.name = "shared.example"; }, {3, 2, 1, 0}},
      {"name of one", [](ListFilter& f) { f.name = "only-2.example"; }, {2}},
      {"a name is matched whole", [](ListFilter& f) { f.name = "example"; }, {}},
      {"order with its late part", [](ListFilter& f) { f.order_id = "order-1"; }, {4, 1}},
      {"outcome", [](ListFilter& f) { f.outcome = "refused"; }, {3, 1}},
      {"from is inclusive", [](ListFilter& f) { f.from = at("2026-11-22T02:00:00Z"); }, {4, 3, 2}},
      {"until is exclusive", [](ListFilter& f) { f.until = at("2026-11-22T02:00:00Z"); }, {1, 0}},
      {"all conditions hold",
       [](ListFilter& f) {
         f.name = "shared.example";
         f.outcome = "permitted";
         f.from = at("2026-11-22T01:00:00Z");
       },
       {2}},
      {"limit", [](ListFilter& f) { f.limit = 2; }, {4, 3}},
      {"next page",
       [](ListFilter& f) {
         f.limit = 2;
         f.before_index = 3;
       },
       {2, 1}},
      {"before the first", [](ListFilter& f) { f.before_index = 0; }, {}},
  };
  auto reader = EvidenceReader::open(directory_.file());
  ASSERT_TRUE(reader);
  for (const Case& c : cases) {
    SCOPED_TRACE(c.name);
    ListFilter filter;
    c.set(filter);
    const auto page = reader->list(filter);
    ASSERT_TRUE(page) << describe(page.error());
    EXPECT_EQ(indexes(*page), c.expected);
  }
}

TEST_F(EvidenceReaderTest, RefusesALimitOutOfRange) {
  auto reader = EvidenceReader::open(directory_.file());
  ASSERT_TRUE(reader);
  for (const unsigned limit : {0U, kListLimitMax + 1}) {
    ListFilter filter;
    filter.limit = limit;
    const auto page = reader->list(filter);
    ASSERT_FALSE(page);
    EXPECT_EQ(page.error().code, ErrorCode::malformed);
  }
}

TEST_F(EvidenceReaderTest, ShowsOneRecord) {
  auto reader = EvidenceReader::open(directory_.file());
  ASSERT_TRUE(reader);
  const auto record = reader->show(2);
  ASSERT_TRUE(record);
  EXPECT_EQ(record->order_id, "order-2");
  EXPECT_EQ(record->names, (std::vector<std::string>{"shared.example", "only-2.example"}));
  for (const std::uint64_t index : {std::uint64_t{5}, UINT64_MAX}) {
    const auto none = reader->show(index);
    ASSERT_FALSE(none);
    EXPECT_EQ(none.error().code, ErrorCode::not_found);
  }
}

TEST_F(EvidenceReaderTest, SeesWhatIsWrittenMeanwhile) {
  auto reader = EvidenceReader::open(directory_.file());
  ASSERT_TRUE(reader);
  EXPECT_EQ(reader->count(), 5U);
  ASSERT_TRUE(run_task(store_->append(sample_decision("ca", "new"))));
  EXPECT_EQ(reader->count(), 6U);
  EXPECT_TRUE(reader->show(5));
}

TEST_F(EvidenceReaderTest, NoticesADamagedRecord) {
  store_.reset();
  {
    auto database = Database::open(directory_.file(), Access::read_write);
    ASSERT_TRUE(
        database->execute("DROP TRIGGER record_no_update;"
                          "UPDATE record SET leaf = '{}' WHERE idx = 2"));
  }
  auto reader = EvidenceReader::open(directory_.file());
  ASSERT_TRUE(reader);
  EXPECT_TRUE(reader->show(1));
  const auto damaged = reader->show(2);
  ASSERT_FALSE(damaged);
  EXPECT_EQ(damaged.error().code, ErrorCode::storage);
  EXPECT_FALSE(reader->list(ListFilter{}));
}

TEST(EvidenceReader, SaysThatThereIsNoFile) {
  const TemporaryDirectory directory;
  const auto reader = EvidenceReader::open(directory.file());
  ASSERT_FALSE(reader);
  EXPECT_EQ(reader.error().code, ErrorCode::not_found);
  EXPECT_FALSE(std::filesystem::exists(directory.file()));
}

}  // namespace
}  // namespace parallax::evidence
