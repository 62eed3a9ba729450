#include "reeve/workflow/score_pictures.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "reeve/base/random.h"
#include "reeve/evaluation/metric.h"

namespace reeve::workflow {
namespace {

struct Sample {
  std::vector<std::int32_t> labels;
  Probabilities probabilities;
  std::vector<std::string> classes;

  ScoredRows Rows() const {
    return {.labels = labels, .probabilities = &probabilities, .classes = classes};
  }
};

Sample MakeSample(std::int64_t rows, int classes) {
  Random random(5);
  Sample sample{{}, Probabilities(rows, classes), {}};
  for (int c = 0; c < classes; ++c) sample.classes.push_back("class " + std::to_string(c));
  for (std::int64_t row = 0; row < rows; ++row) {
    const auto label = static_cast<std::int32_t>(random.Below(static_cast<std::uint64_t>(classes)));
    sample.labels.push_back(label);
    double sum = 0;
    for (int c = 0; c < classes; ++c) {
      double& p = sample.probabilities.mutable_row(row)[static_cast<std::size_t>(c)];
      p = random.Uniform() + (c == label ? 0.3 : 0);
      sum += p;
    }
    for (double& p : sample.probabilities.mutable_row(row)) p /= sum;
  }
  return sample;
}

std::int64_t CountAll(const report::ScoreDistribution& distribution) {
  std::int64_t rows = 0;
  for (const auto& group : distribution.groups)
    rows = std::accumulate(group.counts.begin(), group.counts.end(), rows);
  return rows;
}

TEST(ScorePicturesTest, AreasAreTheScores) {
  const Sample sample = MakeSample(500, 2);
  report::PictureData data;
  AddScorePictures(sample.Rows(), data);
  ASSERT_EQ(data.roc.size(), 1U);
  EXPECT_NEAR(
      data.roc[0].area,
      *evaluation::Score(evaluation::Metric::kAuc, sample.labels, sample.probabilities, 0.5, {}),
      1e-12);
  EXPECT_NEAR(data.precision_recall[0].area,
              *evaluation::Score(evaluation::Metric::kAveragePrecision, sample.labels,
                                 sample.probabilities, 0.5, {}),
              1e-12);
  EXPECT_LE(data.roc[0].points.size(), 250U);
  EXPECT_EQ(CountAll(*data.distribution), 500);
  std::int64_t rows = 0;
  for (const auto& bin : data.calibration) {
    rows += bin.rows;
    EXPECT_LE(bin.interval.low, bin.observed + 1e-12);
    EXPECT_GE(bin.interval.high, bin.observed - 1e-12);
  }
  EXPECT_EQ(rows, 500);
}

TEST(ScorePicturesTest, OfManyClassesTheHardestAreDrawn) {
  const Sample sample = MakeSample(2000, 9);
  report::PictureData data;
  AddScorePictures(sample.Rows(), data);
  EXPECT_EQ(data.roc.size(), 6U);
  EXPECT_FALSE(data.base_rate.has_value());
  const std::vector<double> aucs = ClassAucs(sample.Rows());
  ASSERT_EQ(aucs.size(), 9U);
  for (std::size_t i = 1; i < data.roc.size(); ++i)
    EXPECT_LE(data.roc[i - 1].area, data.roc[i].area);
  EXPECT_DOUBLE_EQ(data.roc[0].area, *std::min_element(aucs.begin(), aucs.end()));
  EXPECT_EQ(data.distribution->groups[0].name, "right decisions");
  EXPECT_EQ(CountAll(*data.distribution), 2000);
}

TEST(ScorePicturesTest, OneClassOnlyHasNoCurveButADistribution) {
  Sample sample = MakeSample(50, 2);
  std::fill(sample.labels.begin(), sample.labels.end(), 1);
  report::PictureData data;
  AddScorePictures(sample.Rows(), data);
  EXPECT_TRUE(data.roc.empty());
  EXPECT_EQ(CountAll(*data.distribution), 50);
  Sample three = MakeSample(50, 3);
  std::fill(three.labels.begin(), three.labels.end(), 1);
  EXPECT_TRUE(std::isnan(ClassAucs(three.Rows())[0]));
  AddScorePictures({}, data);  // no rows: nothing happens
}

}  // namespace
}  // namespace reeve::workflow
