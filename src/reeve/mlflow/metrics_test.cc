#include "reeve/mlflow/metrics.h"

#include <cmath>
#include <limits>
#include <random>

#include "reeve/mlflow/test_api.h"

namespace reeve::mlflow {
namespace {

class MetricsTest : public ApiTest {
 protected:
  void SetUp() override {
    ApiTest::SetUp();
    id_ = Between(Answer("POST", "/runs/create", R"({"experiment_id":"0"})"), R"("run_id":")");
  }
  std::string Log(const std::string& fields) {
    return Answer("POST", "/runs/log-metric",
                  R"({"run_id":")" + id_ + R"(","key":"m",)" + fields + "}");
  }
  // The list of metrics in the run's answer.
  std::string Latest() {
    const std::string run = Answer("GET", "/runs/get", "run_id=" + id_);
    const std::size_t start = run.find("\"metrics\":");
    return start == std::string::npos ? "" : run.substr(start, run.find(']') + 1 - start);
  }

  std::string id_;
};

TEST_F(MetricsTest, TheLatestHasTheGreatestStepThenTimeThenValue) {
  EXPECT_EQ(Log(R"("value":5,"timestamp":9,"step":1)"), "{}");
  EXPECT_EQ(Log(R"("value":9,"timestamp":99,"step":0)"), "{}");
  EXPECT_EQ(Log(R"("value":9,"timestamp":8,"step":1)"), "{}");
  EXPECT_EQ(Log(R"("value":4,"timestamp":9,"step":1)"), "{}");
  EXPECT_EQ(Latest(), R"("metrics":[{"key":"m","value":5.0,"timestamp":9,"step":1}])");
  EXPECT_EQ(Log(R"("value":6,"timestamp":9,"step":1)"), "{}");
  EXPECT_EQ(Latest(), R"("metrics":[{"key":"m","value":6.0,"timestamp":9,"step":1}])");
}

TEST_F(MetricsTest, NanCountsAsZeroAndInfinityAsTheLargest) {
  EXPECT_EQ(Log(R"("value":-1,"timestamp":1)"), "{}");
  EXPECT_EQ(Log(R"("value":"NaN","timestamp":1)"), "{}");
  EXPECT_EQ(Latest(), R"("metrics":[{"key":"m","value":"NaN","timestamp":1,"step":0}])");
  EXPECT_EQ(Log(R"("value":1,"timestamp":1)"), "{}");
  EXPECT_EQ(Latest(), R"("metrics":[{"key":"m","value":1.0,"timestamp":1,"step":0}])");
  EXPECT_EQ(Log(R"("value":"Infinity","timestamp":1)"), "{}");
  EXPECT_NE(Latest().find("1.7976931348623157e+308"), std::string::npos) << Latest();
}

TEST_F(MetricsTest, NumbersMayBeTexts) {
  EXPECT_EQ(Log(R"("value":"0.5","timestamp":"7","step":"-3")"), "{}");
  EXPECT_EQ(Latest(), R"("metrics":[{"key":"m","value":0.5,"timestamp":7,"step":-3}])");
}

TEST_F(MetricsTest, FieldsAreCheckedInMlflowsWords) {
  const std::string docs = " See the API docs for more information about request parameters.";
  EXPECT_EQ(Log(R"("timestamp":1)"),
            "INVALID_PARAMETER_VALUE: Missing value for required parameter 'value'." + docs);
  EXPECT_EQ(Log(R"("value":1)"),
            "INVALID_PARAMETER_VALUE: Missing value for required parameter 'timestamp'." + docs);
  EXPECT_EQ(Log(R"("value":"x","timestamp":1)"),
            "INVALID_PARAMETER_VALUE: Invalid value \"x\" for parameter 'value' supplied:  Hint: "
            "Value was of type 'str'." +
                docs);
  EXPECT_NE(Log(R"("value":[1],"timestamp":1)").find("INVALID_PARAMETER_VALUE"), std::string::npos);
  EXPECT_EQ(Log(R"("value":1,"timestamp":-2)"),
            "INVALID_PARAMETER_VALUE: Invalid value -2 for parameter 'timestamp' supplied: metric "
            "'m' (value=1.0). Timestamp must be a nonnegative long (64-bit integer) ");
  EXPECT_EQ(Log(R"("value":1,"timestamp":1,"dataset_name":"d")"),
            "INVALID_PARAMETER_VALUE: Both dataset_name and dataset_digest must be provided if one "
            "is provided");
  EXPECT_EQ(Latest(), "");
}

// What the tables should hold after points came in any order and any batches.
TEST_F(MetricsTest, BatchesLeaveTheSameAsPointsOneByOne) {
  constexpr int kPoints = 300;
  std::mt19937 random(7);
  const auto pick = [&](int count) {
    return std::to_string(static_cast<int>(random() % static_cast<unsigned>(count)));
  };
  std::vector<std::string> points;
  for (int i = 0; i < kPoints; ++i) {
    const std::string value = random() % 9 == 0 ? "\"NaN\"" : "-" + pick(4) + "." + pick(3);
    points.push_back(R"({"key":"k)" + pick(5) + R"(","value":)" + value + R"(,"timestamp":)" +
                     pick(4) + R"(,"step":)" + pick(4) + "}");
  }
  for (const std::string& point : points) {
    ASSERT_EQ(Answer("POST", "/runs/log-metric", R"({"run_id":")" + id_ + "\"," + point.substr(1)),
              "{}");
  }
  const std::string one = id_;
  const std::string one_latest = Latest();
  id_ = Between(Answer("POST", "/runs/create", R"({"experiment_id":"0"})"), R"("run_id":")");
  for (std::size_t i = 0; i < points.size();) {
    std::string batch;
    for (std::size_t most = 1 + random() % 70; most > 0 && i < points.size(); --most, ++i)
      batch += (batch.empty() ? "" : ",") + points[i];
    ASSERT_EQ(Answer("POST", "/runs/log-batch",
                     R"({"run_id":")" + id_ + R"(","metrics":[)" + batch + "]}"),
              "{}");
  }
  const auto sorted = [](std::string list) {
    std::vector<std::string> parts;
    for (std::size_t at = list.find('{'); at != std::string::npos; at = list.find('{', at + 1))
      parts.push_back(list.substr(at, list.find('}', at) - at));
    std::sort(parts.begin(), parts.end());
    return parts;
  };
  EXPECT_EQ(sorted(Latest()), sorted(one_latest));
  for (int k = 0; k < 5; ++k) {
    const std::string rest = "&metric_key=k" + std::to_string(k);
    EXPECT_EQ(sorted(Answer("GET", "/metrics/get-history", "run_id=" + id_ + rest)),
              sorted(Answer("GET", "/metrics/get-history", "run_id=" + one + rest)));
  }
}

}  // namespace
}  // namespace reeve::mlflow
