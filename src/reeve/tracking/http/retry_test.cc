#include "reeve/tracking/http/retry.h"

#include <cstdlib>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace reeve::tracking {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TEST(RetryTest, WaitsGrowTwofoldUpToTheLongest) {
  const RetryOptions options{.most = 9, .backoff = 0.5, .jitter = 1, .longest = 5};
  std::vector<double> waits;
  for (int tried = 0; tried < 6; ++tried) waits.push_back(WaitBefore(tried, 0, 0, options));
  EXPECT_THAT(waits, ElementsAre(0.5, 1, 2, 4, 5, 5));
  EXPECT_DOUBLE_EQ(WaitBefore(0, 0.5, 0, options), 1);
}

TEST(RetryTest, AServerThatAsksForTimeGetsIt) {
  const RetryOptions options{.backoff = 0.5, .longest = 30};
  EXPECT_EQ(WaitBefore(0, 0, 20, options), 20);
  EXPECT_EQ(WaitBefore(5, 0, 2, options), 16);
  EXPECT_LT(WaitBefore(0, 0, 31, options), 0);
}

TEST(RetryTest, EndsWithTheLastTryOrWhenItIsCancelled) {
  std::vector<double> waits;
  RetryOptions options{.most = 2, .jitter = 0, .wait = [&](double seconds) {
                         waits.push_back(seconds);
                         return true;
                       }};
  EXPECT_TRUE(WaitForNext(0, 0, options));
  EXPECT_TRUE(WaitForNext(1, 7, options));
  EXPECT_FALSE(WaitForNext(2, 0, options));
  EXPECT_FALSE(WaitForNext(0, 1'000, options));
  EXPECT_THAT(waits, ElementsAre(0.5, 7));
  Cancellation cancellation;
  cancellation.Request();
  const RetryOptions cancelled{.most = 2, .backoff = 50, .cancellation = &cancellation};
  EXPECT_FALSE(WaitForNext(0, 0, cancelled));
}

TEST(RetryTest, TakesMlflowsVariables) {
  ASSERT_TRUE(RetryOptionsFromEnvironment().ok());
  EXPECT_EQ(RetryOptionsFromEnvironment()->most, 4);
  EXPECT_FALSE(RetryOptionsFromEnvironment()->at_first_contact);
  ::setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "7", 1);
  ::setenv("MLFLOW_HTTP_REQUEST_BACKOFF_FACTOR", "2.5", 1);
  const Result<RetryOptions> options = RetryOptionsFromEnvironment();
  ::setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "many", 1);
  const Status wrong = RetryOptionsFromEnvironment().status();
  ::unsetenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES");
  ::unsetenv("MLFLOW_HTTP_REQUEST_BACKOFF_FACTOR");
  ASSERT_TRUE(options.ok());
  EXPECT_EQ(options->most, 7);
  EXPECT_EQ(options->backoff, 2.5);
  EXPECT_TRUE(options->at_first_contact);
  EXPECT_EQ(wrong.code(), StatusCode::kInvalidArgument);
  EXPECT_THAT(wrong.message(), HasSubstr("MLFLOW_HTTP_REQUEST_MAX_RETRIES"));
}

}  // namespace
}  // namespace reeve::tracking
