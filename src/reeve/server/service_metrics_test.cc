#include "reeve/server/service_metrics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "reeve/server/test_samples.h"

namespace reeve::server {
namespace {

using testing::HasSubstr;
using testing::Not;

contract::Contract TwoFeatures() {
  contract::Contract contract;
  contract.columns = {{.name = "income"}, {.name = "edu\"cation", .type = ColumnType::kCategory}};
  contract.classes = {"No", "Yes"};
  contract.positive = "Yes";
  return contract;
}

ServiceMetrics::ModelLabels Loans(const std::string& version = "7") {
  return {.name = "loans",
          .version = version,
          .alias = "champion",
          .digest = "abc",
          .trained_at = 1.7e9,
          .loaded_at = 1.8e9};
}

TEST(ServiceMetricsTest, ShowsAModelAtZeroAndCountsItsRows) {
  ServerMetrics server(16);
  const auto metrics = ServiceMetrics::Make(server);
  const auto model = metrics->AddModel(Loans(), TwoFeatures());
  const std::string labels = R"(model="loans",version="7")";
  auto samples = Samples(server);
  for (const char* name : {"Yes", "No"})
    EXPECT_EQ(samples.at("reeve_predictions_total{" + labels + ",class=\"" + name + "\"}"), 0);
  EXPECT_EQ(samples.at("reeve_feature_unseen_total{" + labels + R"(,feature="edu\"cation"})"), 0);
  EXPECT_EQ(samples.at("reeve_model_info{" + labels + R"(,alias="champion",sha256="abc"})"), 1);
  EXPECT_EQ(samples.at("reeve_model_trained_timestamp_seconds{" + labels + "}"), 1.7e9);
  EXPECT_EQ(samples.at(R"(reeve_model_loads_total{model="loans",outcome="failure"})"), 0);

  inference::RowScores scores;
  scores.probabilities = {0.1, 0.9, 0.95, 0.05, 0.5, 0.5, 0, 0};
  scores.predicted = {1, 0, 1, -1};
  scores.missing = {2, 0};
  scores.issues = {{.row = 0, .field = 1, .rule = contract::Rule::kUnseenCategory},
                   {.row = 1, .field = 0, .rule = contract::Rule::kOutOfRange},
                   {.row = 3, .field = 1, .rule = contract::Rule::kUnseenCategory},
                   {.row = 3, .field = 0, .rule = contract::Rule::kMissingValue}};
  model->OnScored(scores, 1e-6);
  samples = Samples(server);
  EXPECT_EQ(samples.at("reeve_rows_scored_total{" + labels + "}"), 3);
  EXPECT_EQ(samples.at("reeve_predictions_total{" + labels + R"(,class="Yes"})"), 2);
  EXPECT_EQ(samples.at("reeve_prediction_score_count{" + labels + "}"), 3);
  EXPECT_EQ(samples.at("reeve_prediction_score_bucket{" + labels + R"(,le="0.05"})"), 1);
  EXPECT_EQ(samples.at("reeve_prediction_score_bucket{" + labels + R"(,le="0.5"})"), 2);
  EXPECT_EQ(samples.at("reeve_prediction_score_bucket{" + labels + R"(,le="0.9"})"), 3);
  EXPECT_DOUBLE_EQ(samples.at("reeve_prediction_score_sum{" + labels + "}"), 1.45);
  EXPECT_EQ(samples.at("reeve_feature_missing_total{" + labels + R"(,feature="income"})"), 2);
  EXPECT_EQ(samples.at("reeve_feature_unseen_total{" + labels + R"(,feature="edu\"cation"})"), 1);
  EXPECT_EQ(samples.at("reeve_feature_out_of_range_total{" + labels + R"(,feature="income"})"), 1);
}

TEST(ServiceMetricsTest, PutsScoresIntoTheBucketsOfTheirBounds) {
  ServerMetrics server(16);
  const auto metrics = ServiceMetrics::Make(server);
  const auto model = metrics->AddModel(Loans(), TwoFeatures());
  const int steps = 2000;
  inference::RowScores scores;
  for (int i = 0; i <= steps; ++i) {
    for (const double p : {std::nextafter(i / 2000.0, 0), i / 2000.0}) {
      scores.probabilities.insert(scores.probabilities.end(), {1 - p, p});
      scores.predicted.push_back(1);
    }
  }
  model->OnScored(scores, 0);
  const auto samples = Samples(server);
  for (int bucket = 1; bucket <= 20; ++bucket) {
    const double bound = bucket / 20.0;
    double expected = 0;
    for (std::size_t row = 0; row < scores.predicted.size(); ++row)
      expected += scores.probabilities[2 * row + 1] <= bound ? 1 : 0;
    char name[100];
    std::snprintf(name, sizeof name,
                  R"(reeve_prediction_score_bucket{model="loans",version="7",le="%g"})", bound);
    EXPECT_EQ(samples.at(name), expected) << bound;
  }
}

TEST(ServiceMetricsTest, SharesASeriesBetweenFeaturesBeyondTheLimit) {
  ServerMetrics server(16);
  const auto metrics = ServiceMetrics::Make(server, {.most_features = 2, .most_classes = 2});
  contract::Contract contract;
  for (int i = 0; i < 10; ++i) {
    contract.columns.push_back({.name = "f" + std::to_string(i)});
    contract.classes.push_back("c" + std::to_string(i));
  }
  const auto model = metrics->AddModel(Loans(), contract);
  inference::RowScores scores;
  scores.probabilities.assign(20, 0.1);
  scores.predicted = {0, 9};
  scores.missing.assign(10, 1);
  model->OnScored(scores, 0);
  const auto samples = Samples(server);
  const std::string labels = R"(model="loans",version="7",)";
  EXPECT_EQ(samples.at("reeve_feature_missing_total{" + labels + R"(feature="f1"})"), 1);
  EXPECT_EQ(samples.at("reeve_feature_missing_total{" + labels + R"(feature="other"})"), 8);
  EXPECT_EQ(samples.at("reeve_predictions_total{" + labels + R"(class="other"})"), 1);
  EXPECT_FALSE(samples.contains("reeve_feature_missing_total{" + labels + R"(feature="f2"})"));
}

TEST(ServiceMetricsTest, KeepsCountsOfRetiredVersionsForAWhile) {
  ServerMetrics server(16);
  const auto metrics = ServiceMetrics::Make(server, {.most_retired = 2});
  auto first = metrics->AddModel(Loans("1"), TwoFeatures());
  // The same version once more, before the first object goes.
  auto again = metrics->AddModel(Loans("1"), TwoFeatures());
  first.reset();
  EXPECT_THAT(server.Render(false), HasSubstr("reeve_model_info"));
  again.reset();
  std::string text = server.Render(false);
  EXPECT_THAT(text, Not(HasSubstr("reeve_model_info")));
  EXPECT_THAT(text, HasSubstr(R"(reeve_rows_scored_total{model="loans",version="1"} 0)"));
  for (const char* version : {"2", "3"}) metrics->AddModel(Loans(version), TwoFeatures());
  text = server.Render(false);
  EXPECT_THAT(text, Not(HasSubstr(R"(version="1")")));
  EXPECT_THAT(text, HasSubstr(R"(version="2")"));
}

TEST(ServiceMetricsTest, LetsAModelOutliveTheService) {
  ServerMetrics server(16);
  auto metrics = ServiceMetrics::Make(server);
  const auto model = metrics->AddModel(Loans(), TwoFeatures());
  metrics.reset();
  inference::RowScores scores;
  scores.probabilities = {0.5, 0.5};
  scores.predicted = {0};
  model->OnScored(scores, 0);
}

TEST(ServiceMetricsTest, ShowsWhatThePredictionLogSays) {
  ServerMetrics server(16);
  const auto metrics = ServiceMetrics::Make(server);
  metrics->SetPredictionLog(10, 2, 1000);
  metrics->SetPredictionLog(12, 2, 1500);
  metrics->OnLabels(3);
  const auto samples = Samples(server);
  EXPECT_EQ(samples.at("reeve_prediction_log_written_rows_total"), 12);
  EXPECT_EQ(samples.at("reeve_prediction_log_dropped_rows_total"), 2);
  EXPECT_EQ(samples.at("reeve_prediction_log_written_bytes_total"), 1500);
  EXPECT_EQ(samples.at("reeve_labels_received_total"), 3);
}

}  // namespace
}  // namespace reeve::server
