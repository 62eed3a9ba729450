#include "reeve/evaluation/reliability.h"

#include <cmath>

#include <gtest/gtest.h>

#include "reeve/base/random.h"

namespace reeve::evaluation {
namespace {

// Rows whose labels follow `told` bent by `bend`: 1 is exactly right, above it probabilities are
// too far from one half.
struct Sample {
  std::vector<std::int32_t> labels;
  Probabilities probabilities;
};

Sample MakeSample(std::size_t rows, double bend, std::uint64_t seed) {
  Random random(seed);
  Sample sample{{}, Probabilities(static_cast<std::int64_t>(rows), 2)};
  for (std::size_t i = 0; i < rows; ++i) {
    const double logit = 1.5 * random.Normal() - 0.5;
    const double truth = 1 / (1 + std::exp(-logit));
    const double told = 1 / (1 + std::exp(-bend * logit));
    sample.labels.push_back(random.Uniform() < truth);
    const auto row = sample.probabilities.mutable_row(static_cast<std::int64_t>(i));
    row[0] = 1 - told;
    row[1] = told;
  }
  return sample;
}

TEST(ReliabilityTest, BinsHoldTheSameNumberOfRowsAndIntervalsHoldTheShare) {
  const Sample sample = MakeSample(2000, 1, 1);
  const auto curve = ReliabilityCurve(sample.labels, sample.probabilities, 10);
  ASSERT_EQ(curve.size(), 10u);
  int within = 0;
  for (const ReliabilityBin& bin : curve) {
    EXPECT_EQ(bin.rows, 200);
    EXPECT_LE(bin.low, bin.observed);
    EXPECT_GE(bin.high, bin.observed);
    within += bin.low <= bin.mean_predicted && bin.mean_predicted <= bin.high;
  }
  EXPECT_GE(within, 8);
}

TEST(ReliabilityTest, TiesStayInOneBin) {
  const std::vector<std::int32_t> labels = {0, 1, 1, 0, 1};
  const auto curve = ReliabilityCurve(labels, std::vector<double>(5, 0.5), 10);
  ASSERT_EQ(curve.size(), 1u);
  EXPECT_DOUBLE_EQ(curve[0].observed, 0.6);
  EXPECT_TRUE(ReliabilityCurve({}, std::vector<double>(), 10).empty());
}

TEST(ReliabilityTest, TheErrorOfARightModelIsThatOfPerfectCalibration) {
  double error = 0, perfect = 0;
  for (std::uint64_t seed = 0; seed < 40; ++seed) {
    const Sample sample = MakeSample(1000, 1, seed);
    error += ExpectedCalibrationError(sample.labels, sample.probabilities, 10, {});
    perfect += ErrorOfPerfectCalibration(sample.labels, sample.probabilities, 10);
  }
  EXPECT_NEAR(error / perfect, 1, 0.08);
  const Sample sure = MakeSample(1000, 2.5, 1);
  EXPECT_GT(ExpectedCalibrationError(sure.labels, sure.probabilities, 10, {}),
            3 * ErrorOfPerfectCalibration(sure.labels, sure.probabilities, 10));
}

TEST(ReliabilityTest, EqualWeightsChangeNothing) {
  const Sample sample = MakeSample(500, 1.4, 3);
  EXPECT_NEAR(ExpectedCalibrationError(sample.labels, sample.probabilities, 10,
                                       std::vector<double>(500, 2.5)),
              ExpectedCalibrationError(sample.labels, sample.probabilities, 10, {}), 1e-12);
}

TEST(ReliabilityTest, OfManyClassesItIsThePredictedOneThatCounts) {
  const std::vector<std::int32_t> labels = {0, 1, 2, 2};
  Probabilities probabilities(4, 3);
  probabilities.values = {0.8, 0.1, 0.1, 0.8, 0.1, 0.1, 0.1, 0.1, 0.8, 0.1, 0.1, 0.8};
  const auto curve = ReliabilityCurve(labels, probabilities, 10);
  ASSERT_EQ(curve.size(), 1u);
  EXPECT_DOUBLE_EQ(curve[0].mean_predicted, 0.8);
  EXPECT_DOUBLE_EQ(curve[0].observed, 0.75);
  EXPECT_NEAR(ExpectedCalibrationError(labels, probabilities, 10, {}), 0.05, 1e-12);
}

}  // namespace
}  // namespace reeve::evaluation
