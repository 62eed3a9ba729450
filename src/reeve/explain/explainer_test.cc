#include "reeve/explain/explainer.h"

#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "reeve/explain/test_trained.h"
#include "reeve/inference/mixture.h"

namespace reeve::explain {
namespace {

using inference::Link;

double SumOf(const std::vector<Reason>& reasons) {
  double sum = 0;
  for (const Reason& reason : reasons) sum += reason.contribution;
  return sum;
}

double LogOdds(double p) { return std::log(p / (1 - p)); }

TEST(ExplainerTest, LinearReasonsSumToTheLogOdds) {
  const Table table = TestTable(600);
  const TestModel test = LinearTestModel(
      table, {{"income", 1.5}, {"city=York", 0.8}, {"city=Bath", -0.4}, {"age (missing)", 0.3}});
  const auto explainer = Explainer::Make(test.explained());
  ASSERT_TRUE(explainer.ok()) << explainer.status().message();
  EXPECT_EQ(explainer->unit(), Unit::kLogOdds);
  EXPECT_THAT(explainer->fields(), testing::ElementsAre("income", "age", "city", "noise"));
  const std::vector<std::int32_t> classes(600, 0);
  const auto reasons = explainer->Reasons(table, classes, 100, 2);
  ASSERT_TRUE(reasons.ok());
  const Matrix matrix = *test.pipeline.Transform(table, AllRows(600));
  const Probabilities probabilities = test.model->Predict(matrix);
  for (std::size_t row = 0; row < 600; ++row) {
    // Of the positive class, though the negative one is predicted.
    EXPECT_NEAR(explainer->expected(1) + SumOf((*reasons)[row]),
                LogOdds(probabilities.at(static_cast<std::int64_t>(row), 1)), 1e-6);
  }
}

TEST(ExplainerTest, StrongestReasonsComeFirstAndTopCutsThem) {
  const Table table = TestTable(300);
  const TestModel test = LinearTestModel(table, {{"income", 1.5}, {"age", 0.7}, {"noise", -0.2}});
  const auto explainer = Explainer::Make(test.explained());
  std::vector<std::int32_t> classes(300, 1);
  classes[7] = -1;
  const auto all = explainer->Reasons(table, classes, 10, 1);
  const auto top = explainer->Reasons(table, classes, 2, 1);
  for (std::size_t row = 0; row < 300; ++row) {
    const auto& reasons = (*all)[row];
    for (std::size_t i = 1; i < reasons.size(); ++i)
      EXPECT_GE(std::abs(reasons[i - 1].contribution), std::abs(reasons[i].contribution));
    ASSERT_EQ((*top)[row].size(), std::min<std::size_t>(reasons.size(), 2));
    for (std::size_t i = 0; i < (*top)[row].size(); ++i)
      EXPECT_EQ((*top)[row][i].field, reasons[i].field);
  }
  EXPECT_TRUE((*all)[7].empty());
}

TEST(ExplainerTest, RandomForestsAreExplainedInProbability) {
  const Table table = TestTable(100);
  const TestModel test = ForestTestModel(
      table, Link::kMean, {{0, 50'000, 0.2F, 0.9F}, {0, 60'000, 0.1F, 0.8F}, {3, 0, 0.4F, 0.6F}});
  const auto explainer = Explainer::Make(test.explained());
  EXPECT_EQ(explainer->unit(), Unit::kProbability);
  EXPECT_NEAR(explainer->expected(1), (0.62 + 0.52 + 0.52) / 3, 1e-6);
  const auto reasons = explainer->Reasons(table, std::vector<std::int32_t>(100, 1), 9, 1);
  const Probabilities p = test.model->Predict(*test.pipeline.Transform(table, AllRows(100)));
  for (std::size_t row = 0; row < 100; ++row) {
    EXPECT_NEAR(explainer->expected(1) + SumOf((*reasons)[row]),
                p.at(static_cast<std::int64_t>(row), 1), 1e-6);
  }
}

TEST(ExplainerTest, AMixtureIsTheWeightedSumOfItsMembersLogOdds) {
  const Table table = TestTable(200);
  TestModel boosted = ForestTestModel(table, Link::kLogistic, {{0, 50'000, -1, 1}});
  TestModel forest = ForestTestModel(table, Link::kMean, {{0, 55'000, 0.2F, 0.9F}});
  const auto margins_of = [&](const TestModel& test) {
    const Probabilities p = test.model->Predict(*test.pipeline.Transform(table, AllRows(200)));
    std::vector<double> margins;
    for (std::int64_t row = 0; row < 200; ++row) margins.push_back(LogOdds(p.at(row, 1)));
    return margins;
  };
  const std::vector<double> first = margins_of(boosted), second = margins_of(forest);
  std::vector<features::FittedPipeline> pipelines;
  pipelines.push_back(std::move(boosted.pipeline));
  pipelines.push_back(std::move(forest.pipeline));
  std::vector<inference::MixtureMember> members(2);
  members[0] = {0.75, 0, std::move(boosted.model)};
  members[1] = {0.25, 4, std::move(forest.model)};
  TestModel mixture{features::FittedPipeline::Join(std::move(pipelines)),
                    std::move(*inference::MixtureModel::Make(8, 2, std::move(members)))};
  const auto explainer = Explainer::Make(mixture.explained());
  ASSERT_TRUE(explainer.ok()) << explainer.status().message();
  EXPECT_THAT(explainer->fields(), testing::ElementsAre("income", "age", "city", "noise"));
  const auto reasons = explainer->Reasons(table, std::vector<std::int32_t>(200, 1), 9, 1);
  for (std::size_t row = 0; row < 200; ++row) {
    ASSERT_EQ((*reasons)[row].size(), 1u);  // income, of both members
    EXPECT_NEAR(explainer->expected(1) + SumOf((*reasons)[row]),
                0.75 * first[row] + 0.25 * second[row], 1e-5);
  }
}

TEST(ExplainerTest, ImportanceIsTheMeanSizeForAnyNumberOfThreads) {
  const Table table = TestTable(1000);
  const TestModel test = LinearTestModel(table, {{"income", 1.5}, {"noise", -0.2}});
  const auto explainer = Explainer::Make(test.explained());
  const std::vector<std::int32_t> classes(1000, 1);
  const auto one = explainer->Importance(table, classes, 1);
  const auto four = explainer->Importance(table, classes, 4);
  ASSERT_EQ(one->size(), 4u);
  EXPECT_EQ((*one)[0].column, "income");
  const auto reasons = explainer->Reasons(table, classes, 9, 1);
  double size = 0;
  for (const auto& row : *reasons)
    size += std::abs(row[0].field == 0 ? row[0].contribution : row[1].contribution);
  EXPECT_NEAR((*one)[0].mean, size / 1000, 1e-9);
  EXPECT_LT((*one)[0].low, (*one)[0].mean);
  EXPECT_EQ((*one)[3].mean, 0);
  for (std::size_t i = 0; i < 4; ++i) EXPECT_EQ((*one)[i].mean, (*four)[i].mean);
}

TEST(ExplainerTest, WideMatricesAreExplainedInPieces) {
  Table table = TestTable(700);
  std::vector<std::int32_t> codes;
  std::vector<std::string> towns;
  for (int i = 0; i < 350; ++i) towns.push_back("town " + std::to_string(i));
  for (int row = 0; row < 700; ++row) codes.push_back(row % 350);
  table.Add(Column::Codes("town", ColumnType::kCategory, std::move(codes), std::move(towns)));
  features::PipelineOptions one_hot = features::PipelineOptions::ForLinear();
  one_hot.min_category_rows = 1;
  one_hot.max_categories = 1000;
  const TestModel test =
      LinearTestModel(table, {{"income", 1.5}, {"town=town 7", 2}, {"town=town 349", -1}}, one_hot);
  ASSERT_GT(test.pipeline.outputs().size(), 350u);
  const auto explainer = Explainer::Make(test.explained());
  const auto reasons = explainer->Reasons(table, std::vector<std::int32_t>(700, 1), 9, 3);
  const Probabilities p = test.model->Predict(*test.pipeline.Transform(table, AllRows(700)));
  for (std::size_t row = 0; row < 700; ++row) {
    EXPECT_NEAR(explainer->expected(1) + SumOf((*reasons)[row]),
                LogOdds(p.at(static_cast<std::int64_t>(row), 1)), 1e-6);
  }
}

TEST(ExplainerTest, RefusesModelsThatDoNotHoldWhatItTakes) {
  const Table table = TestTable(50);
  TestModel test = LinearTestModel(table, {});
  inference::Linear linear = dynamic_cast<inference::LinearModel&>(*test.model).linear();
  linear.means.clear();
  linear.deviations.clear();
  test.model = std::move(*inference::LinearModel::Make(linear));
  EXPECT_EQ(Explainer::Make(test.explained()).status().code(), StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace reeve::explain
