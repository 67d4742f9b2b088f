// The pool: each item once, in any number of threads, again after a fork, without allocation.
#include "core/workers.hpp"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <memory>
#include <numeric>
#include <thread>
#include <vector>

#include "tests/core/allocations.hpp"

namespace volery {
namespace {

/// Runs the items and returns how often each was done.
std::vector<int> count_items(Workers& workers, int num_items) {
  std::vector<int> counts(static_cast<std::size_t>(num_items));
  // plain increments: the thread sanitizer would tell if two workers shared an item
  workers.run(num_items, [&](int item, int) { ++counts[static_cast<std::size_t>(item)]; });
  return counts;
}

class EveryWidth : public testing::TestWithParam<int> {};

TEST_P(EveryWidth, DoesEachItemExactlyOnce) {
  Workers workers(GetParam());
  EXPECT_EQ(workers.num_threads(), GetParam());
  for (const int num_items : {0, 1, 2, 3, 100, 10000}) {
    for (const int count : count_items(workers, num_items)) ASSERT_EQ(count, 1);
  }
}

TEST_P(EveryWidth, SurvivesManyShortRuns) {
  Workers workers(GetParam());
  std::vector<long> sums(64);
  constexpr int kRuns = 5000;
  for (int run = 0; run < kRuns; ++run) {
    const int num_items = 1 + run % 7;
    workers.run(num_items,
                [&](int item, int) { sums[static_cast<std::size_t>(item)] += item + 1; });
  }
  long expected = 0;
  for (int run = 0; run < kRuns; ++run) {
    const int n = 1 + run % 7;
    expected += n * (n + 1) / 2;
  }
  EXPECT_EQ(std::accumulate(sums.begin(), sums.end(), 0L), expected);
}

TEST_P(EveryWidth, NamesWorkersFromZeroUpAndNeverTwoAtOnce) {
  Workers workers(GetParam());
  std::vector<int> inside(static_cast<std::size_t>(GetParam()));
  std::atomic<int> wrong{0};
  workers.run(1000, [&](int, int worker) {
    if (worker < 0 || worker >= GetParam()) {
      ++wrong;
      return;
    }
    // a second thread under the same number would make this odd, or race
    int& mine = inside[static_cast<std::size_t>(worker)];
    if (++mine != 1) ++wrong;
    --mine;
  });
  EXPECT_EQ(wrong, 0);
}

TEST_P(EveryWidth, WakesAfterASleep) {
  Workers workers(GetParam());
  for (int pause = 0; pause < 5; ++pause) {
    // far longer than the threads spin
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
    for (const int count : count_items(workers, 50)) ASSERT_EQ(count, 1);
  }
}

TEST_P(EveryWidth, AllocatesNothingAfterTheFirstRun) {
  Workers workers(GetParam());
  std::vector<int> counts(100);
  const auto job = [&](int item, int) { ++counts[static_cast<std::size_t>(item)]; };
  workers.run(100, job);
  const long before = num_allocations();
  for (int run = 0; run < 100; ++run) workers.run(100, job);
  EXPECT_EQ(num_allocations(), before);
  EXPECT_EQ(counts[99], 101);
}

INSTANTIATE_TEST_SUITE_P(Threads, EveryWidth, testing::Values(1, 2, 3, 4));

TEST(Workers, ReallyUsesItsThreads) {
  Workers workers(2);
  std::atomic<int> arrived{0};
  std::atomic<bool> met{false};
  // both items wait for each other, which one thread alone could never end
  workers.run(2, [&](int, int) {
    ++arrived;
    for (int wait = 0; wait < 2000 && arrived < 2; ++wait) {
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    if (arrived == 2) met = true;
  });
  EXPECT_TRUE(met);
}

TEST(Workers, TakesItemsInAscendingOrder) {
  Workers workers(3);
  std::vector<std::vector<int>> taken(3);
  workers.run(
      300, [&](int item, int worker) { taken[static_cast<std::size_t>(worker)].push_back(item); });
  for (const std::vector<int>& items : taken) {
    EXPECT_TRUE(std::is_sorted(items.begin(), items.end()));
  }
}

TEST(Workers, CostsNothingUnlessRun) {
  // no thread is started: there are far more pools here than a machine would stand
  std::vector<std::unique_ptr<Workers>> pools;
  for (int i = 0; i < 200; ++i) pools.push_back(std::make_unique<Workers>(64));
  EXPECT_EQ(count_items(*pools[7], 1), std::vector<int>({1}));
}

TEST(Workers, PoolsDoNotDisturbEachOther) {
  Workers outer(2);
  std::atomic<int> done{0};
  outer.run(4, [&](int, int) {
    Workers inner(2);
    inner.run(10, [&](int, int) { ++done; });
  });
  EXPECT_EQ(done, 40);
}

#ifdef VOLERY_ASSERTS
TEST(WorkersDeathTest, RefusesToBeNested) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  Workers workers(1);
  EXPECT_DEATH(workers.run(1, [&](int, int) { workers.run(1, [](int, int) {}); }), "workers.cpp");
}
#endif

// The thread sanitizer ends a forked child that starts threads.
#if !defined(__SANITIZE_THREAD__)
TEST(Workers, StartsItsThreadsAgainInAForkedChild) {
  Workers workers(3);
  ASSERT_EQ(count_items(workers, 100), std::vector<int>(100, 1));
  const pid_t child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    bool right = true;
    {
      // three items that wait for each other need three threads of the child's own
      std::atomic<int> arrived{0};
      workers.run(3, [&](int, int) {
        ++arrived;
        for (int wait = 0; wait < 2000 && arrived < 3; ++wait) {
          std::this_thread::sleep_for(std::chrono::milliseconds(1));
        }
      });
      right = arrived == 3 && count_items(workers, 100) == std::vector<int>(100, 1);
    }
    _exit(right ? 0 : 1);
  }
  int status = -1;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << status;
  // and the parent's own threads go on
  EXPECT_EQ(count_items(workers, 100), std::vector<int>(100, 1));
}

TEST(Workers, EndsCleanlyInAForkedChildThatNeverRan) {
  auto workers = std::make_unique<Workers>(3);
  ASSERT_EQ(count_items(*workers, 100), std::vector<int>(100, 1));
  const pid_t child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    workers.reset();
    _exit(0);
  }
  int status = -1;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << status;
}
#endif

}  // namespace
}  // namespace volery
