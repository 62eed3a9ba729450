#include "reeve/tuning/calibration_fit.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "reeve/base/random.h"
#include "reeve/base/text.h"
#include "reeve/evaluation/probability_scores.h"
#include "reeve/evaluation/ranking.h"

namespace reeve::tuning {
namespace {

using inference::Calibration;

std::string GoldenFolder() {
  const char* const folder = std::getenv("REEVE_GOLDEN");
  return folder != nullptr ? folder : REEVE_SOURCE_DIR "/../shared/acceptance/golden";
}

// scikit-learn's logistic regression and isotonic regression of 500 rows with many ties.
class GoldenCalibrationTest : public testing::Test {
 protected:
  void SetUp() override {
    if (!std::filesystem::exists(GoldenFolder() + "/evaluation.json"))
      GTEST_SKIP() << "no golden values";
    std::ifstream(GoldenFolder() + "/evaluation.json") >> golden_;
    std::ifstream file(GoldenFolder() + "/binary.csv");
    std::string line;
    std::getline(file, line);
    while (std::getline(file, line)) {
      const std::vector<std::string> cells = Split(line, ',');
      labels_.push_back(std::stoi(cells[0]));
      probabilities_.push_back(std::stod(cells[1]));
    }
  }

  nlohmann::json golden_;
  std::vector<std::int32_t> labels_;
  std::vector<double> probabilities_;
};

TEST_F(GoldenCalibrationTest, PlattIsTheLogisticRegressionOnLogits) {
  const auto fitted = FitPlatt(labels_, probabilities_, PlattTargets::kPlain);
  ASSERT_TRUE(fitted.ok());
  EXPECT_NEAR(fitted->slope, golden_["platt"]["a"].get<double>(), 1e-6);
  EXPECT_NEAR(fitted->intercept, golden_["platt"]["b"].get<double>(), 1e-6);
}

TEST_F(GoldenCalibrationTest, PooledBlocksAreTheIsotonicRegression) {
  const auto blocks = PoolAdjacentViolators(labels_, probabilities_);
  // The golden points are the ends of each block.
  std::vector<double> x, y;
  for (const PooledBlock& block : blocks) {
    x.push_back(block.low);
    y.push_back(block.share);
    if (block.high == block.low) continue;
    x.push_back(block.high);
    y.push_back(block.share);
  }
  const auto& golden = golden_["isotonic"];
  ASSERT_EQ(x.size(), golden["x"].size());
  for (std::size_t i = 0; i < x.size(); ++i) {
    EXPECT_NEAR(x[i], golden["x"][i].get<double>(), 1e-12);
    EXPECT_NEAR(y[i], golden["y"][i].get<double>(), 1e-6);
  }
}

struct Sample {
  std::vector<std::int32_t> labels;
  std::vector<double> probabilities;
};

// Labels follow the logit z, `told` is what a model says instead.
template <typename Told>
Sample MakeSample(std::size_t rows, std::uint64_t seed, Told told) {
  Random random(seed);
  Sample sample;
  for (std::size_t i = 0; i < rows; ++i) {
    const double z = 1.5 * random.Normal() - 0.5;
    sample.labels.push_back(random.Uniform() < 1 / (1 + std::exp(-z)));
    sample.probabilities.push_back(1 / (1 + std::exp(-told(z))));
  }
  return sample;
}

Probabilities TwoColumns(const std::vector<double>& positive) {
  Probabilities probabilities(static_cast<std::int64_t>(positive.size()), 2);
  for (std::size_t i = 0; i < positive.size(); ++i) {
    probabilities.mutable_row(static_cast<std::int64_t>(i))[0] = 1 - positive[i];
    probabilities.mutable_row(static_cast<std::int64_t>(i))[1] = positive[i];
  }
  return probabilities;
}

double LossAfter(const Calibration& calibration, const Sample& sample) {
  Probabilities probabilities = TwoColumns(sample.probabilities);
  for (std::int64_t row = 0; row < probabilities.rows; ++row)
    calibration.Apply(probabilities.mutable_row(row));
  return evaluation::WeightedMean(evaluation::LogLosses(sample.labels, probabilities), {});
}

TEST(FitPlattTest, UndoesABentLogit) {
  const Sample sample = MakeSample(50'000, 1, [](double z) { return 2 * z + 1; });
  const auto fitted = FitPlatt(sample.labels, sample.probabilities);
  EXPECT_NEAR(fitted->slope, 0.5, 0.02);
  EXPECT_NEAR(fitted->intercept, -0.5, 0.04);
}

TEST(FitPlattTest, TheDerivativesVanishAtSmoothedTargets) {
  const Sample sample = MakeSample(300, 2, [](double z) { return 3 * z; });
  const auto fitted = FitPlatt(sample.labels, sample.probabilities);
  const auto positives =
      static_cast<double>(std::count(sample.labels.begin(), sample.labels.end(), 1));
  const double high = (positives + 1) / (positives + 2), low = 1 / (300 - positives + 2);
  double by_slope = 0, by_intercept = 0;
  for (std::size_t i = 0; i < 300; ++i) {
    const double p = sample.probabilities[i];
    const double logit = std::log(p / (1 - p));
    const double error = 1 / (1 + std::exp(-fitted->slope * logit - fitted->intercept)) -
                         (sample.labels[i] == 1 ? high : low);
    by_slope += error * logit;
    by_intercept += error;
  }
  EXPECT_NEAR(by_slope, 0, 1e-5);
  EXPECT_NEAR(by_intercept, 0, 1e-5);
}

TEST(FitPlattTest, StaysFiniteWhereClassesAreApartAndAtZerosAndOnes) {
  const std::vector<std::int32_t> labels = {0, 0, 0, 1, 1, 1};
  const auto fitted = FitPlatt(labels, std::vector<double>{0, 0, 0.1, 0.9, 1, 1});
  ASSERT_TRUE(fitted.ok()) << fitted.status().message();
  EXPECT_LT(fitted->slope, 10);
}

TEST(FitPlattTest, RefusesAReversedRankingAndOneClass) {
  const std::vector<double> p = {0.1, 0.2, 0.8, 0.9};
  EXPECT_EQ(FitPlatt(std::vector<std::int32_t>{1, 1, 0, 0}, p).status().code(),
            StatusCode::kInvalidData);
  EXPECT_EQ(FitPlatt(std::vector<std::int32_t>{1, 1, 1, 1}, p).status().code(),
            StatusCode::kInvalidData);
}

// The best rising staircase by trying every one (shares of runs of distinct values).
double SmallestSquares(const std::vector<std::int32_t>& labels, std::size_t from, double least) {
  if (from == labels.size()) return 0;
  double best = std::numeric_limits<double>::infinity();
  double sum = 0;
  for (std::size_t end = from + 1; end <= labels.size(); ++end) {
    sum += labels[end - 1];
    const double share = sum / static_cast<double>(end - from);
    if (share < least) continue;
    double squares = 0;
    for (std::size_t i = from; i < end; ++i) squares += (labels[i] - share) * (labels[i] - share);
    best = std::min(best, squares + SmallestSquares(labels, end, share));
  }
  return best;
}

TEST(PoolAdjacentViolatorsTest, FindsTheBestRisingStaircase) {
  Random random(3);
  for (int repeat = 0; repeat < 100; ++repeat) {
    std::vector<std::int32_t> labels;
    std::vector<double> p;
    const std::size_t rows = 1 + random.Below(11);
    for (std::size_t i = 0; i < rows; ++i) {
      labels.push_back(static_cast<std::int32_t>(random.Below(2)));
      p.push_back(static_cast<double>(i + 1) / 20);
    }
    double squares = 0;
    const auto blocks = PoolAdjacentViolators(labels, p);
    for (std::size_t i = 0; i < rows; ++i) {
      const auto block = std::find_if(blocks.begin(), blocks.end(), [&](const PooledBlock& b) {
        return b.low <= p[i] && p[i] <= b.high;
      });
      ASSERT_NE(block, blocks.end());
      squares += (labels[i] - block->share) * (labels[i] - block->share);
    }
    EXPECT_NEAR(squares, SmallestSquares(labels, 0, 0), 1e-9);
  }
}

TEST(FitIsotonicTest, UndoesWhatNoLineCanAndKeepsTheOrder) {
  const Sample sample = MakeSample(20'000, 4, [](double z) { return z * z * z; });
  const auto isotonic = FitIsotonic(sample.labels, sample.probabilities);
  ASSERT_TRUE(isotonic.ok());
  EXPECT_LT(LossAfter(*isotonic, sample),
            LossAfter(*FitPlatt(sample.labels, sample.probabilities), sample) - 0.01);
  std::vector<bool> positive;
  std::vector<double> mapped;
  for (std::size_t i = 0; i < sample.labels.size(); ++i) {
    positive.push_back(sample.labels[i] == 1);
    std::vector<double> row = {1 - sample.probabilities[i], sample.probabilities[i]};
    isotonic->Apply(row);
    EXPECT_GT(row[1], 0);
    EXPECT_LT(row[1], 1);
    mapped.push_back(row[1]);
  }
  EXPECT_NEAR(*evaluation::Auc(evaluation::Rank(positive, mapped, {})),
              *evaluation::Auc(evaluation::Rank(positive, sample.probabilities, {})), 1e-6);
}

TEST(FitIsotonicTest, IsAlwaysACalibrationThatReadsBack) {
  Random random(5);
  for (int repeat = 0; repeat < 300; ++repeat) {
    std::vector<std::int32_t> labels = {0, 1};
    std::vector<double> p = {random.Uniform(), random.Uniform()};
    for (std::uint64_t i = random.Below(40); i > 0; --i) {
      labels.push_back(static_cast<std::int32_t>(random.Below(2)));
      p.push_back(static_cast<double>(random.Below(5)) / 4);
    }
    const auto fitted = FitIsotonic(labels, p);
    ASSERT_TRUE(fitted.ok());
    const auto read = Calibration::FromJson(fitted->ToJson(), 2);
    EXPECT_TRUE(read.ok()) << read.status().message() << fitted->ToJson().dump();
  }
}

TEST(FitTemperatureTest, FindsTheTemperatureOfTwoAndOfManyClasses) {
  const Sample sample = MakeSample(50'000, 6, [](double z) { return 2.5 * z; });
  EXPECT_NEAR(FitTemperature(sample.labels, TwoColumns(sample.probabilities))->temperature, 2.5,
              0.08);
  Random random(7);
  std::vector<std::int32_t> labels;
  Probabilities probabilities(20'000, 4);
  for (std::int64_t row = 0; row < probabilities.rows; ++row) {
    double z[4], truth[4], sum = 0, told = 0;
    for (int k = 0; k < 4; ++k) {
      z[k] = random.Normal();
      truth[k] = std::exp(z[k]);
      sum += truth[k];
      told += std::exp(z[k] / 0.6);
    }
    double draw = random.Uniform() * sum;
    int label = 0;
    while (label < 3 && draw >= truth[label]) draw -= truth[label++];
    labels.push_back(label);
    for (int k = 0; k < 4; ++k)
      probabilities.mutable_row(row)[static_cast<std::size_t>(k)] = std::exp(z[k] / 0.6) / told;
  }
  EXPECT_NEAR(FitTemperature(labels, probabilities)->temperature, 1 / 0.6, 0.06);
}

TEST(FitTemperatureTest, NoNeighbouringTemperatureIsBetter) {
  const Sample sample = MakeSample(400, 8, [](double z) { return 0.5 * z + 1; });
  Calibration best = *FitTemperature(sample.labels, TwoColumns(sample.probabilities));
  const double loss = LossAfter(best, sample);
  for (const double factor : {0.99, 1.01}) {
    Calibration other = best;
    other.temperature *= factor;
    EXPECT_GE(LossAfter(other, sample), loss);
  }
}

TEST(FitTemperatureTest, StaysWithinBoundsOnNonsense) {
  // Every row is told wrong: the hottest temperature is the best.
  const auto fitted = FitTemperature(std::vector<std::int32_t>{0, 1}, TwoColumns({1, 0}));
  EXPECT_NEAR(fitted->temperature, 20, 1e-6);
  EXPECT_NEAR(FitTemperature(std::vector<std::int32_t>{1, 0}, TwoColumns({0.6, 0.4}))->temperature,
              0.05, 1e-6);
}

}  // namespace
}  // namespace reeve::tuning
