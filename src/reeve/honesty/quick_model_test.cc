#include "reeve/honesty/quick_model.h"

#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "reeve/honesty/test_rows.h"

namespace reeve::honesty {
namespace {

QuickProblem Problem(const TestRows& data) {
  QuickProblem problem{.table = &data.table,
                       .rows = data.rows,
                       .labels = data.labels,
                       .features = data.table.Names()};
  problem.part = AssignParts(data.labels, {}, problem.parts, 1);
  return problem;
}

double Auc(const TestRows& data, double* variance = nullptr) {
  const auto predicted = CrossValidateQuickly(Problem(data), {});
  EXPECT_TRUE(predicted.ok()) << predicted.status().message();
  const auto score = MeasureScore({data.labels, *predicted});
  if (variance != nullptr) *variance = score->variance;
  return score->value;
}

TEST(QuickModelTest, LearnsWhatIsThereAndNothingElse) {
  EXPECT_GT(Auc(MakeTestRows(1000, 2)), 0.85);
  EXPECT_NEAR(Auc(MakeTestRows(1000, 0)), 0.5, 0.07);
}

TEST(QuickModelTest, ThreadsDoNotMatter) {
  const TestRows data = MakeTestRows(400);
  const auto one = CrossValidateQuickly(Problem(data), {.threads = 1});
  const auto three = CrossValidateQuickly(Problem(data), {.threads = 3});
  ASSERT_TRUE(one.ok() && three.ok());
  EXPECT_EQ(one->values, three->values);
}

TEST(QuickModelTest, TextsAloneGiveNothingToLearnFrom) {
  TestRows data = MakeTestRows(100);
  Column text = Column::Texts("text");
  for (int i = 0; i < 100; ++i) text.AppendText("words of row " + std::to_string(i));
  data.table.Add(std::move(text));
  QuickProblem problem = Problem(data);
  problem.features = {"text"};
  EXPECT_EQ(CrossValidateQuickly(problem, {}).status().code(), StatusCode::kInvalidData);
}

TEST(QuickModelTest, CancellationEndsIt) {
  Cancellation cancellation;
  cancellation.Request();
  const TestRows data = MakeTestRows(400);
  EXPECT_EQ(CrossValidateQuickly(Problem(data), {.cancellation = &cancellation}).status().code(),
            StatusCode::kCancelled);
}

TEST(AssignPartsTest, ClassesAreSharedOutAndGroupsStayWhole) {
  std::vector<std::int32_t> labels(90, 0), groups;
  for (std::size_t i = 0; i < 30; ++i) labels[i] = 1;
  for (int i = 0; i < 90; ++i) groups.push_back(i / 9);
  const auto by_class = AssignParts(labels, {}, 3, 1);
  std::vector<int> positives(3);
  for (std::size_t i = 0; i < 30; ++i) ++positives[by_class[i]];
  EXPECT_THAT(positives, testing::Each(10));
  const auto by_group = AssignParts(labels, groups, 3, 1);
  for (std::size_t i = 0; i < 90; ++i) EXPECT_EQ(by_group[i], by_group[i / 9 * 9]);
  EXPECT_EQ(std::set(by_group.begin(), by_group.end()).size(), 3u);
}

TEST(SampleRowsTest, IsASubsetInOrder) {
  const std::vector<std::int64_t> rows = AllRows(1000);
  const auto sample = SampleRows(rows, 100, 1);
  EXPECT_EQ(std::set(sample.begin(), sample.end()).size(), 100u);
  EXPECT_TRUE(std::is_sorted(sample.begin(), sample.end()));
  EXPECT_EQ(sample, SampleRows(rows, 100, 1));
  EXPECT_NE(sample, SampleRows(rows, 100, 2));
  EXPECT_EQ(SampleRows(rows, 5000, 1), rows);
}

}  // namespace
}  // namespace reeve::honesty
