#include "reeve/base/parallel.h"

#include <atomic>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace reeve {
namespace {

TEST(ParallelForTest, RunsEveryIndexOnce) {
  for (const int threads : {-1, 0, 1, 2, 4, 5000}) {
    for (const std::int64_t count : {0, 1, 3, 1000}) {
      std::vector<int> seen(static_cast<std::size_t>(count));
      EXPECT_TRUE(ParallelFor(threads, count, [&](std::int64_t i) {
                    ++seen[static_cast<std::size_t>(i)];
                    return Status::Ok();
                  }).ok());
      EXPECT_THAT(seen, testing::Each(1)) << threads << " threads, " << count << " tasks";
    }
  }
}

TEST(ParallelForTest, ReportsTheFirstFailureByIndexWhicheverThreadMeetsIt) {
  for (const int threads : {1, 2, 4}) {
    for (int repeat = 0; repeat < 50; ++repeat) {
      const Status status = ParallelFor(threads, 100, [](std::int64_t i) {
        return i % 10 == 3 ? Status::Io(std::to_string(i)) : Status::Ok();
      });
      EXPECT_EQ(status.message(), "3");
      EXPECT_EQ(status.code(), StatusCode::kIo);
    }
  }
}

TEST(ParallelForTest, SkipsWhatHasNotStartedWhenATaskFails) {
  std::atomic<int> started = 0;
  const Status status = ParallelFor(1, 1000, [&](std::int64_t) {
    ++started;
    return Status::Io("at once");
  });
  EXPECT_FALSE(status.ok());
  EXPECT_EQ(started, 1);
}

TEST(DefaultThreadsTest, IsAtLeastOne) { EXPECT_GE(DefaultThreads(), 1); }

}  // namespace
}  // namespace reeve
