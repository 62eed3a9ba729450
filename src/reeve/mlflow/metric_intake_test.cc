#include "reeve/mlflow/metric_intake.h"

#include <string>
#include <thread>
#include <vector>

#include "reeve/mlflow/test_api.h"
#include "reeve/sql/open.h"

namespace reeve::mlflow {
namespace {

/// An API on an SQLite file, whichever database the other tests have.
class MetricIntakeTest : public ApiTest {
 protected:
  void SetUp() override {
    api_ = Open();
    ASSERT_NE(api_, nullptr);
    run_ = Between(Answer("POST", "/runs/create", R"({"experiment_id":"0"})"), R"("run_id":")");
  }
  std::string Path() const { return folder_.Path("mlflow.db"); }
  std::unique_ptr<Api> Open() {
    Result<std::unique_ptr<Api>> api =
        Api::Open({.database_uri = "sqlite:///" + Path(), .clock = &clock_});
    EXPECT_TRUE(api.ok()) << api.status().message();
    return api.ok() ? std::move(*api) : nullptr;
  }
  std::string Log(const std::string& key, int step, const std::string& more = "",
                  const std::string& value = "0") {
    return Answer("POST", "/runs/log-batch",
                  R"({"run_id":")" + run_ + R"(","metrics":[{"key":")" + key + R"(","value":)" +
                      value + R"(,"timestamp":1,"step":)" + std::to_string(step) + "}]" + more +
                      "}");
  }
  std::string Get() { return Answer("GET", "/runs/get", "run_id=" + run_); }
  // What is in the database itself.
  std::int64_t Written() const {
    const auto database = *sql::Open("sqlite:///" + Path(), {.create = false});
    sql::Statement row = *database->Prepare("SELECT count(*) FROM metrics");
    EXPECT_TRUE(*row.Step());
    return row.Integer(0);
  }

  std::string run_;
};

TEST_F(MetricIntakeTest, ReadersSeeWhatWasAcknowledged) {
  for (int step = 0; step < 50; ++step) {
    ASSERT_EQ(Log("m", step), "{}");
    ASSERT_NE(Get().find("\"step\":" + std::to_string(step) + "}"), std::string::npos) << Get();
  }
}

TEST_F(MetricIntakeTest, ReadersOfAnotherServerDoToo) {
  std::unique_ptr<Api> writer = std::move(api_);
  api_ = Open();
  std::swap(api_, writer);
  for (int step = 0; step < 50; ++step) {
    ASSERT_EQ(Log("m", step), "{}");
    std::swap(api_, writer);
    ASSERT_NE(Get().find("\"step\":" + std::to_string(step) + "}"), std::string::npos) << Get();
    std::swap(api_, writer);
  }
}

TEST_F(MetricIntakeTest, PointsComeIntoTheDatabaseWithoutAReader) {
  ASSERT_EQ(Log("m", 1), "{}");
  while (Written() != 1) std::this_thread::yield();
  ASSERT_EQ(Log("m", 2), "{}");
  while (Written() != 2) std::this_thread::yield();
}

TEST_F(MetricIntakeTest, TheEndSettles) {
  ASSERT_EQ(Log("m", 1), "{}");
  api_.reset();
  EXPECT_EQ(Written(), 1);
}

TEST_F(MetricIntakeTest, TheStartSettlesWhatAKilledServerLeft) {
  api_.reset();
  {
    const auto pending = *tracking::PendingMetrics::Open(Path());
    const tracking::MetricRow row = {.run_id = run_, .key = "m", .step = 3};
    ASSERT_TRUE(pending->Add(std::span(&row, 1)).ok());
  }
  api_ = Open();
  EXPECT_EQ(Written(), 1);
}

TEST_F(MetricIntakeTest, MistakesAreToldAtOnce) {
  ASSERT_EQ(Answer("POST", "/runs/delete", R"({"run_id":")" + run_ + "\"}"), "{}");
  EXPECT_EQ(Log("m", 1), "INVALID_PARAMETER_VALUE: The run " + run_ +
                             " must be in the 'active' state. Current state is deleted.");
  run_ = "gone";
  EXPECT_EQ(Log("m", 1), "RESOURCE_DOES_NOT_EXIST: Run with id=gone not found");
  EXPECT_EQ(Written(), 0);
}

// What is written at once comes behind what waits: of equal points the first is the latest.
TEST_F(MetricIntakeTest, TheOrderOfCallsIsKept) {
  ASSERT_EQ(Log("m", 1), "{}");
  ASSERT_EQ(Log("m", 1, R"(,"tags":[{"key":"a","value":"b"}])", R"("NaN")"), "{}");
  EXPECT_NE(Get().find(R"({"key":"m","value":0.0,"timestamp":1,"step":1})"), std::string::npos)
      << Get();
}

TEST_F(MetricIntakeTest, ManyThreadsReadWhatTheyHaveWritten) {
  constexpr int kSteps = 40;
  const auto work = [this](int number) {
    const std::string key = "m" + std::to_string(number);
    for (int step = 0; step < kSteps; ++step) {
      EXPECT_EQ(Log(key, step), "{}");
      if (step % 4 != number % 4) continue;
      EXPECT_NE(Get().find("{\"key\":\"" + key + R"(","value":0.0,"timestamp":1,"step":)" +
                           std::to_string(step) + "}"),
                std::string::npos);
    }
  };
  std::vector<std::thread> threads;
  for (int number = 0; number < 6; ++number) threads.emplace_back(work, number);
  for (std::thread& thread : threads) thread.join();
  api_.reset();
  EXPECT_EQ(Written(), 6 * kSteps);
}

TEST_F(MetricIntakeTest, AReaderIsToldWhenPointsCannotBeWritten) {
  const auto database = *sql::Open("sqlite:///" + Path(), {.create = false});
  ASSERT_EQ(Log("m", 1), "{}");
  ASSERT_NE(Get().find("\"step\":1}"), std::string::npos);
  ASSERT_TRUE(database
                  ->RunScript("CREATE TRIGGER full BEFORE INSERT ON metrics BEGIN "
                              "SELECT RAISE(ABORT, 'no room'); END")
                  .ok());
  ASSERT_EQ(Log("m", 2), "{}");
  EXPECT_NE(Get().find("no room"), std::string::npos) << Get();
  ASSERT_TRUE(database->RunScript("DROP TRIGGER full").ok());
  EXPECT_NE(Get().find("\"step\":2}"), std::string::npos) << Get();
}

}  // namespace
}  // namespace reeve::mlflow
