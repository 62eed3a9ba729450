#include "reeve/mlflow/metric_history.h"

#include "reeve/mlflow/test_api.h"

namespace reeve::mlflow {
namespace {

class MetricHistoryTest : public ApiTest {
 protected:
  // A run with points of "m" at steps 0, 1, … whose values are a half more.
  std::string RunWith(int points) {
    const std::string id =
        Between(Answer("POST", "/runs/create", R"({"experiment_id":"0"})"), R"("run_id":")");
    std::string batch;
    for (int i = 0; i < points; ++i) {
      const std::string n = std::to_string(i);
      batch += (i == 0 ? "" : ",") + std::string(R"({"key":"m","value":)") + n +
               R"(.5,"timestamp":1,"step":)" + n + "}";
    }
    EXPECT_EQ(Answer("POST", "/runs/log-batch",
                     R"({"run_id":")" + id + R"(","metrics":[)" + batch + "]}"),
              "{}");
    return id;
  }
  std::string Interval(const std::string& query) {
    return Answer("GET", "/metrics/get-history-bulk-interval", "metric_key=m&" + query);
  }
  // The steps of an answer: "0 1 2".
  static std::string Steps(const std::string& answer) {
    std::string steps;
    const std::string name = "\"step\":";
    for (std::size_t at = answer.find(name); at != std::string::npos; at = answer.find(name, at)) {
      at += name.size();
      steps += (steps.empty() ? "" : " ") + answer.substr(at, answer.find_first_of(",}", at) - at);
    }
    return steps;
  }
};

TEST_F(MetricHistoryTest, IsReadWholeOrInPages) {
  const std::string query = "run_id=" + RunWith(5) + "&metric_key=m";
  const std::string whole = Answer("GET", "/metrics/get-history", query);
  EXPECT_EQ(whole.substr(0, whole.find('}') + 1),
            R"({"metrics":[{"key":"m","value":0.5,"timestamp":1,"step":0})");
  EXPECT_EQ(Steps(whole), "0 1 2 3 4");
  EXPECT_EQ(whole.find("next_page_token"), std::string::npos);
  const std::string first = Answer("GET", "/metrics/get-history", query + "&max_results=3");
  EXPECT_EQ(Steps(first), "0 1 2");
  const std::string token = Between(first, R"("next_page_token":")");
  const std::string second =
      Answer("GET", "/metrics/get-history", query + "&max_results=2&page_token=" + token);
  EXPECT_EQ(Steps(second), "3 4");
  EXPECT_EQ(second.find("next_page_token"), std::string::npos);
}

TEST_F(MetricHistoryTest, UnknownRunsAndKeysHaveNone) {
  EXPECT_EQ(Answer("GET", "/metrics/get-history", "run_id=abc&metric_key=m"), "{}");
  EXPECT_EQ(Interval("run_ids=abc"), "{}");
  EXPECT_EQ(Answer("GET", "/metrics/get-history-bulk", "run_id=abc&metric_key=m"),
            R"({"metrics":[]})");
}

TEST_F(MetricHistoryTest, PagesAreChecked) {
  const std::string query = "run_id=abc&metric_key=m";
  EXPECT_EQ(Answer("GET", "/metrics/get-history", query + "&max_results=0"),
            "INVALID_PARAMETER_VALUE: Invalid value 0 for parameter 'max_results' supplied. It "
            "must be a positive integer.");
  EXPECT_NE(Answer("GET", "/metrics/get-history", query + "&page_token=%23")
                .find("INVALID_PARAMETER_VALUE"),
            std::string::npos);
}

TEST_F(MetricHistoryTest, OfSeveralRunsComesRunByRun) {
  const std::string one = RunWith(2);
  const std::string other = RunWith(3);
  const std::string query = "run_id=" + one + "&run_id=" + other + "&metric_key=m";
  const std::string answer = Answer("GET", "/metrics/get-history-bulk", query);
  EXPECT_EQ(Steps(answer), one < other ? "0 1 0 1 2" : "0 1 2 0 1");
  EXPECT_NE(answer.find(R"("step":1,"run_id":")" + one + "\"}"), std::string::npos);
  EXPECT_EQ(Steps(Answer("GET", "/metrics/get-history-bulk", query + "&max_results=1")), "0");
}

TEST_F(MetricHistoryTest, BulkNeedsRunsAndAKey) {
  EXPECT_EQ(Answer("GET", "/metrics/get-history-bulk", "metric_key=m"),
            "INVALID_PARAMETER_VALUE: GetMetricHistoryBulk request must specify at least one "
            "run_id.");
  EXPECT_EQ(Answer("GET", "/metrics/get-history-bulk", "run_id=a"),
            "INVALID_PARAMETER_VALUE: GetMetricHistoryBulk request must specify a metric_key.");
  std::string many = "metric_key=m";
  for (int i = 0; i < 101; ++i) many += "&run_id=" + std::to_string(i);
  EXPECT_EQ(Answer("GET", "/metrics/get-history-bulk", many),
            "INVALID_PARAMETER_VALUE: GetMetricHistoryBulk request cannot specify more than 100 "
            "run_ids. Received 101 run_ids.");
}

TEST_F(MetricHistoryTest, ASampleIsEvenAndHasTheLastPoint) {
  const std::string query = "run_ids=" + RunWith(10) + "&max_results=";
  EXPECT_EQ(Steps(Interval(query + "10")), "0 1 2 3 4 5 6 7 8 9");
  // Stretches 0-2, 3-5, 6-7, 8-9, as the database's ntile cuts them; 9 takes the place of 8.
  EXPECT_EQ(Steps(Interval(query + "4")), "0 3 6 9");
  EXPECT_EQ(Steps(Interval(query + "1")), "9");
  EXPECT_EQ(Steps(Interval(query + "3&start_step=2&end_step=6")), "2 4 6");
}

TEST_F(MetricHistoryTest, SamplesComeInTheOrderOfTheRequest) {
  const std::string one = RunWith(9);
  const std::string other = RunWith(1);
  EXPECT_EQ(Steps(Interval("max_results=2&run_ids=" + one + "&run_ids=" + other)), "0 8 0");
  EXPECT_EQ(Steps(Interval("max_results=2&run_ids=" + other + "&run_ids=" + one)), "0 0 8");
}

TEST_F(MetricHistoryTest, IntervalsAreCheckedInMlflowsWords) {
  const auto refused = [&](const std::string& query, const std::string& words) {
    EXPECT_NE(Interval(query).find("INVALID_PARAMETER_VALUE: " + words), std::string::npos)
        << Interval(query);
  };
  refused("", "Missing value for required parameter 'run_ids'");
  refused("run_ids=a&max_results=2501", "max_results must be between 1 and 2500");
  refused("run_ids=a&max_results=0", "max_results must be between 1 and 2500");
  refused("run_ids=a&start_step=1",
          "If either start step or end step are specified, both must be specified.");
  refused("run_ids=a&start_step=5&end_step=2",
          "end_step must be greater than start_step. Found start_step=5 and end_step=2.");
  std::string many;
  for (int i = 0; i < 101; ++i) many += "run_ids=" + std::to_string(i) + "&";
  refused(many,
          "GetMetricHistoryBulkInterval request must specify at most 100 run_ids. Received 101 "
          "run_ids.");
}

}  // namespace
}  // namespace reeve::mlflow
