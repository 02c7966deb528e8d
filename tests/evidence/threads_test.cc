// SPDX-License-Identifier: Apache-2.0
// Many workers, one store: run under ThreadSanitizer too.
#include <algorithm>
#include <thread>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "evidence/fixture.h"
#include "evidence/reader.h"

namespace parallax::evidence {
namespace {

struct Appender {
  std::string name;
  unsigned appends = 0;
  std::vector<std::uint64_t> indexes;
  unsigned failures = 0;
  unsigned strays = 0;  // resumptions on another thread than the worker's
};

Task<void> append_all(SqliteStore* store, Appender* appender) {
  const auto home = std::this_thread::get_id();
  for (unsigned i = 0; i < appender->appends; ++i) {
    const std::string id = std::to_string(i);
    const auto index = co_await store->append(sample_decision(appender->name, id));
    if (std::this_thread::get_id() != home) ++appender->strays;
    if (index)
      appender->indexes.push_back(*index);
    else
      ++appender->failures;
    const auto found = co_await store->find_decision(appender->name, id);
    if (std::this_thread::get_id() != home) ++appender->strays;
    if (!found || !*found || (*found)->index != index) ++appender->failures;
  }
}

void work(SqliteStore* store, std::vector<Appender*> appenders) {
  boost::asio::io_context context;
  for (Appender* appender : appenders)
    boost::asio::co_spawn(context, append_all(store, appender),
                          [appender](const std::exception_ptr& failed) {
                            if (failed) ++appender->failures;
                          });
  context.run();
}

// Each element: the appends of one coroutine; coroutines are dealt out to `workers` threads.
std::vector<Appender> append_in_parallel(const std::string& path,
                                         const std::vector<unsigned>& appends, unsigned workers,
                                         StoreSeams seams = {}) {
  std::vector<Appender> appenders;
  for (const unsigned count : appends) {
    Appender appender;
    appender.name = "client-" + std::to_string(appenders.size());
    appender.appends = count;
    appenders.push_back(std::move(appender));
  }
  const auto store = open_store(path, std::move(seams));
  std::vector<std::thread> threads;
  for (unsigned worker = 0; worker < workers; ++worker) {
    std::vector<Appender*> share;
    for (std::size_t i = worker; i < appenders.size(); i += workers) share.push_back(&appenders[i]);
    threads.emplace_back(work, store.get(), std::move(share));
  }
  for (std::thread& thread : threads) thread.join();
  return appenders;
}

// Indexes have no gaps, and each appender's own come in its order.
void check(const std::vector<Appender>& appenders) {
  std::vector<std::uint64_t> all;
  for (const Appender& appender : appenders) {
    EXPECT_EQ(appender.failures, 0U);
    EXPECT_EQ(appender.strays, 0U);
    EXPECT_EQ(appender.indexes.size(), appender.appends);
    EXPECT_TRUE(std::is_sorted(appender.indexes.begin(), appender.indexes.end()));
    all.insert(all.end(), appender.indexes.begin(), appender.indexes.end());
  }
  std::sort(all.begin(), all.end());
  for (std::uint64_t i = 0; i < all.size(); ++i) ASSERT_EQ(all[i], i);
}

TEST(StoreThreads, ManyWorkersShareOneStore) {
  const TemporaryDirectory directory;
  check(append_in_parallel(directory.file(), std::vector<unsigned>(12, 25), 4));
  EXPECT_EQ(EvidenceReader::open(directory.file())->count(), 300U);
}

TEST(StoreThreads, WorkersThatDoNotAwaitEachOtherStillShareGroups) {
  const TemporaryDirectory directory;
  check(append_in_parallel(directory.file(), std::vector<unsigned>(200, 1), 2));
}

RC_GTEST_PROP(StoreThreads, IndexesHaveNoGapsAndKeepEachAppendersOrder, ()) {
  const auto appends =
      *rc::gen::resize(8, rc::gen::container<std::vector<unsigned>>(rc::gen::inRange(0U, 6U)));
  const auto workers = *rc::gen::inRange(1U, 4U);
  const TemporaryDirectory directory;
  StoreSeams seams;
  seams.synchronous = Synchronous::off;  // order is asked here, not durability
  check(append_in_parallel(directory.file(), appends, workers, seams));
  RC_ASSERT(!::testing::Test::HasFailure());
}

}  // namespace
}  // namespace parallax::evidence
