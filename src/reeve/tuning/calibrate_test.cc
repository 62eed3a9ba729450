#include "reeve/tuning/calibrate.h"

#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "reeve/base/random.h"

namespace reeve::tuning {
namespace {

using inference::CalibrationKind;

struct Sample {
  std::vector<std::int32_t> labels, folds;
  Probabilities probabilities;
};

// Labels follow the logit z; a model says Logistic(told(z)).
template <typename Told>
Sample MakeSample(std::size_t rows, std::uint64_t seed, Told told) {
  Random random(seed);
  Sample sample{{}, {}, Probabilities(static_cast<std::int64_t>(rows), 2)};
  for (std::size_t i = 0; i < rows; ++i) {
    const double z = 1.5 * random.Normal() - 0.5;
    const double p = 1 / (1 + std::exp(-told(z)));
    sample.labels.push_back(random.Uniform() < 1 / (1 + std::exp(-z)));
    sample.folds.push_back(static_cast<std::int32_t>(i % 5));
    sample.probabilities.mutable_row(static_cast<std::int64_t>(i))[0] = 1 - p;
    sample.probabilities.mutable_row(static_cast<std::int64_t>(i))[1] = p;
  }
  return sample;
}

FittedCalibration Fit(const Sample& sample, const CalibrationOptions& options = {}) {
  auto fitted = FitCalibration(sample.labels, sample.probabilities, sample.folds, options);
  EXPECT_TRUE(fitted.ok()) << fitted.status().message();
  return std::move(fitted).value();
}

TEST(FitCalibrationTest, TakesTheSimplestKindThatHelps) {
  const auto right = [](double z) { return z; };
  const auto too_sure = [](double z) { return 2.5 * z; };
  const auto too_high = [](double z) { return z + 1.5; };
  const auto crooked = [](double z) { return z < 0 ? 0.2 * z : 3 * z; };
  EXPECT_EQ(Fit(MakeSample(5000, 1, too_sure)).calibration.kind, CalibrationKind::kTemperature);
  EXPECT_EQ(Fit(MakeSample(5000, 2, too_high)).calibration.kind, CalibrationKind::kPlatt);
  EXPECT_EQ(Fit(MakeSample(20'000, 3, crooked)).calibration.kind, CalibrationKind::kIsotonic);
  int none = 0;
  for (std::uint64_t seed = 0; seed < 20; ++seed)
    none += Fit(MakeSample(3000, seed, right)).calibration.kind == CalibrationKind::kNone;
  EXPECT_GE(none, 14);
}

TEST(FitCalibrationTest, NeverDoesHarmBeyondNoise) {
  for (std::uint64_t seed = 0; seed < 30; ++seed) {
    const double bend = 0.4 + 0.1 * static_cast<double>(seed % 15);
    const auto fitted =
        Fit(MakeSample(1000 + 300 * seed, seed, [&](double z) { return bend * z; }));
    ASSERT_FALSE(fitted.trials.empty());
    double taken = fitted.trials.front().log_loss;
    for (const CalibrationTrial& trial : fitted.trials) {
      if (trial.kind == fitted.calibration.kind) taken = trial.log_loss;
    }
    EXPECT_LE(taken, fitted.trials.front().log_loss);
  }
}

TEST(FitCalibrationTest, AFoldHasNoSayInItsOwnMap) {
  Sample sample = MakeSample(2000, 4, [](double z) { return 3 * z; });
  const CalibrationOptions platt{.kind = CalibrationKind::kPlatt};
  const auto before = Fit(sample, platt);
  // Other labels in fold 0 move the maps of all folds but its own.
  for (std::size_t i = 0; i < sample.labels.size(); i += 5) sample.labels[i] = 1 - sample.labels[i];
  const auto after = Fit(sample, platt);
  for (std::int64_t row = 0; row < 2000; ++row) {
    if (row % 5 == 0) {
      EXPECT_EQ(after.out_of_fold.at(row, 1), before.out_of_fold.at(row, 1));
    } else {
      EXPECT_NE(after.out_of_fold.at(row, 1), before.out_of_fold.at(row, 1));
    }
  }
}

TEST(FitCalibrationTest, SaysWhyThereIsNone) {
  const auto too_sure = [](double z) { return 2.5 * z; };
  const auto few = Fit(MakeSample(999, 5, too_sure));
  EXPECT_EQ(few.calibration.kind, CalibrationKind::kNone);
  EXPECT_THAT(few.reason, testing::HasSubstr("999 out-of-fold"));
  EXPECT_THAT(Fit(MakeSample(2999, 5, too_sure), {.kind = CalibrationKind::kIsotonic}).reason,
              testing::HasSubstr("3,000"));
  Sample rare = MakeSample(2000, 6, too_sure);
  for (std::size_t i = 29; i < rare.labels.size(); ++i) rare.labels[i] = 0;
  EXPECT_THAT(Fit(rare).reason, testing::HasSubstr("rarer class"));
  Sample one_fold = MakeSample(2000, 7, too_sure);
  std::fill(one_fold.folds.begin(), one_fold.folds.end(), 0);
  EXPECT_THAT(Fit(one_fold).reason, testing::HasSubstr("only one"));
  EXPECT_EQ(Fit(MakeSample(2000, 8, too_sure), {.kind = CalibrationKind::kNone}).reason, "");
}

TEST(FitCalibrationTest, ManyClassesGetATemperature) {
  Random random(9);
  Sample sample{{}, {}, Probabilities(6000, 3)};
  for (std::int64_t row = 0; row < 6000; ++row) {
    double weights[3], sum = 0, told = 0;
    for (double& weight : weights) sum += weight = std::exp(random.Normal());
    for (const double weight : weights) told += weight * weight * weight;
    double draw = random.Uniform() * sum;
    int label = 0;
    while (label < 2 && draw >= weights[label]) draw -= weights[label++];
    sample.labels.push_back(label);
    sample.folds.push_back(static_cast<std::int32_t>(row % 5));
    for (std::size_t k = 0; k < 3; ++k)
      sample.probabilities.mutable_row(row)[k] = weights[k] * weights[k] * weights[k] / told;
  }
  const auto fitted = Fit(sample);
  EXPECT_EQ(fitted.calibration.kind, CalibrationKind::kTemperature);
  EXPECT_NEAR(fitted.calibration.temperature, 3, 0.2);
  const auto platt = FitCalibration(sample.labels, sample.probabilities, sample.folds,
                                    {.kind = CalibrationKind::kPlatt});
  EXPECT_EQ(platt.status().code(), StatusCode::kInvalidArgument);
}

TEST(ParseCalibrationTest, KnowsAutoAndKindsAndNamesTheNearest) {
  EXPECT_FALSE(ParseCalibration("auto")->kind.has_value());
  EXPECT_EQ(ParseCalibration("none")->kind, CalibrationKind::kNone);
  EXPECT_THAT(ParseCalibration("plat").status().message(), testing::HasSubstr("platt"));
}

}  // namespace
}  // namespace reeve::tuning
