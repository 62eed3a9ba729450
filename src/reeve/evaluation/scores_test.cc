#include "reeve/evaluation/scores.h"

#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "reeve/base/random.h"
#include "reeve/evaluation/ranking.h"
#include "reeve/evaluation/threshold.h"

namespace reeve::evaluation {
namespace {

struct Sample {
  std::vector<std::int32_t> labels;
  std::vector<double> p;
  Probabilities probabilities;
};

// Scores with few distinct values, so that ties abound.
Sample RandomSample(std::size_t rows, std::uint64_t seed) {
  Random random(seed);
  Sample sample;
  sample.probabilities = Probabilities(static_cast<std::int64_t>(rows), 2);
  for (std::size_t i = 0; i < rows; ++i) {
    sample.p.push_back(std::round(random.Uniform() * 20) / 20);
    sample.labels.push_back(random.Uniform() < 0.2 + 0.6 * sample.p.back());
    sample.probabilities.mutable_row(static_cast<std::int64_t>(i))[0] = 1 - sample.p.back();
    sample.probabilities.mutable_row(static_cast<std::int64_t>(i))[1] = sample.p.back();
  }
  return sample;
}

TEST(AucTest, EqualsTheDefinitionOverPairs) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    const Sample sample = RandomSample(60, seed);
    double wins = 0, pairs = 0;
    for (std::size_t i = 0; i < 60; ++i) {
      for (std::size_t j = 0; j < 60; ++j) {
        if (sample.labels[i] != 1 || sample.labels[j] != 0) continue;
        pairs += 1;
        wins += sample.p[i] > sample.p[j] ? 1 : sample.p[i] == sample.p[j] ? 0.5 : 0;
      }
    }
    EXPECT_NEAR(*Score(Metric::kAuc, sample.labels, sample.probabilities, 0.5, {}), wins / pairs,
                1e-12);
  }
}

TEST(BestThresholdTest, EqualsTryingEveryProbability) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    const Sample sample = RandomSample(80, seed);
    for (const Metric metric :
         {Metric::kF1, Metric::kMcc, Metric::kBalancedAccuracy, Metric::kF2}) {
      double best = -2;
      for (const double threshold : sample.p) {
        best = std::max(best, *Score(metric, sample.labels, sample.probabilities, threshold, {}));
      }
      const auto choice = BestThreshold(metric, sample.labels, sample.p, {});
      EXPECT_NEAR(choice->value, best, 1e-12);
      EXPECT_NEAR(*Score(metric, sample.labels, sample.probabilities, choice->threshold, {}), best,
                  1e-12);
    }
  }
}

TEST(LogLossTest, EqualsTheFormula) {
  Probabilities p(4, 2);
  p.values = {0.2, 0.8, 0.8, 0.2, 0.9, 0.1, 0.8, 0.2};
  const std::vector<std::int32_t> labels = {1, 1, 0, 0};
  EXPECT_NEAR(*Score(Metric::kLogLoss, labels, p, 0.5, {}),
              (-std::log(0.8) - std::log(0.2) - std::log(0.9) - std::log(0.8)) / 4, 1e-12);
}

TEST(ComputeScoresTest, LeavesOutWhatIsUndefined) {
  Probabilities p(2, 2);
  p.values = {0.2, 0.8, 0.3, 0.7};
  const std::vector<std::int32_t> labels = {1, 1};
  const auto scores = ComputeScores(labels, p, {});
  ASSERT_TRUE(scores.ok());
  EXPECT_FALSE(scores->Find("auc").has_value());
  EXPECT_EQ(scores->Find("accuracy"), 1.0);
}

TEST(ComputeScoresTest, IntervalsHoldTheScore) {
  const Sample sample = RandomSample(400, 3);
  const auto scores = ComputeScores(sample.labels, sample.probabilities, {});
  ASSERT_TRUE(scores.ok());
  EXPECT_GE(scores->intervals.size(), 8u);
  for (const auto& [name, interval] : scores->intervals) {
    EXPECT_LE(interval.low, *scores->Find(name)) << name;
    EXPECT_GE(interval.high, *scores->Find(name)) << name;
    EXPECT_LT(interval.high - interval.low, 1) << name;
  }
  const auto again = ComputeScores(sample.labels, sample.probabilities, {});
  EXPECT_EQ(scores->FindInterval("brier")->low, again->FindInterval("brier")->low);
}

// Large tables take short cuts: they have to agree with the bootstrap of small ones, which shrinks
// with the root of the number of rows.
TEST(ConfidenceIntervalTest, ShrinksWithTheRootOfRows) {
  const Sample small = RandomSample(4000, 3), large = RandomSample(64000, 3);
  for (const Metric metric : {Metric::kLogLoss, Metric::kBrier, Metric::kF1, Metric::kMcc,
                              Metric::kRecall, Metric::kAveragePrecision, Metric::kAuc}) {
    const auto wide = ConfidenceInterval(metric, small.labels, small.probabilities, {});
    const auto narrow = ConfidenceInterval(metric, large.labels, large.probabilities, {});
    ASSERT_TRUE(wide.ok() && narrow.ok()) << InfoOf(metric).name;
    EXPECT_NEAR((wide->high - wide->low) / (narrow->high - narrow->low), 4, 1.2)
        << InfoOf(metric).name;
    const double score = Score(metric, large.labels, large.probabilities, 0.5, {}).value();
    EXPECT_LT(narrow->low, score) << InfoOf(metric).name;
    EXPECT_GT(narrow->high, score) << InfoOf(metric).name;
  }
}

TEST(ScoreTest, RefusesWhatMakesNoSense) {
  const Sample sample = RandomSample(20, 1);
  EXPECT_EQ(Score(Metric::kF1Macro, sample.labels, sample.probabilities, 0.5, {}).status().code(),
            StatusCode::kInvalidArgument);
  EXPECT_EQ(Score(Metric::kAuc, {}, Probabilities(0, 2), 0.5, {}).status().code(),
            StatusCode::kInvalidData);
  EXPECT_EQ(BestThreshold(Metric::kAuc, sample.labels, sample.p, {}).status().code(),
            StatusCode::kInvalidArgument);
}

TEST(ParseMetricTest, NamesTheNearest) {
  EXPECT_THAT(ParseMetric("acuracy").status().message(), testing::HasSubstr("\"accuracy\""));
  for (const MetricInfo& info : AllMetrics())
    EXPECT_EQ(InfoOf(ParseMetric(info.name).value()).name, info.name);
}

TEST(NormalQuantileTest, KnownValues) {
  EXPECT_NEAR(NormalQuantile(0.975), 1.959963984540054, 1e-12);
  EXPECT_NEAR(NormalQuantile(0.5), 0, 1e-12);
  EXPECT_NEAR(NormalQuantile(0.001), -3.090232306167813, 1e-11);
}

}  // namespace
}  // namespace reeve::evaluation
