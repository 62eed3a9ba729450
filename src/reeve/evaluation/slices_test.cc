#include "reeve/evaluation/slices.h"

#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "reeve/base/random.h"

namespace reeve::evaluation {
namespace {

using testing::DoubleNear;
using testing::ElementsAre;

// Rows whose label follows `strength` of their probability; 1: only chance.
struct Sample {
  std::vector<std::int32_t> labels;
  Probabilities probabilities;
};

Sample MakeSample(std::int64_t rows, std::uint64_t seed) {
  Random random(seed);
  Sample sample{{}, Probabilities(rows, 2)};
  for (std::int64_t row = 0; row < rows; ++row) {
    const double p = 0.05 + 0.9 * random.Uniform();
    sample.labels.push_back(random.Uniform() < p);
    sample.probabilities.mutable_row(row)[0] = 1 - p;
    sample.probabilities.mutable_row(row)[1] = p;
  }
  return sample;
}

std::vector<std::int64_t> Rows(std::int64_t begin, std::int64_t end) {
  std::vector<std::int64_t> rows;
  for (std::int64_t row = begin; row < end; ++row) rows.push_back(row);
  return rows;
}

TEST(HolmTest, EqualsTheWorkedExample) {
  // R: p.adjust(c(0.01, 0.04, 0.03, 0.005), "holm")
  EXPECT_THAT(HolmAdjusted({0.01, 0.04, 0.03, 0.005}),
              ElementsAre(DoubleNear(0.03, 1e-12), DoubleNear(0.06, 1e-12), DoubleNear(0.06, 1e-12),
                          DoubleNear(0.02, 1e-12)));
  EXPECT_THAT(HolmAdjusted({0.9, 0.8}), ElementsAre(1.0, 1.0));
  EXPECT_TRUE(HolmAdjusted({}).empty());
}

TEST(SliceTest, ScoresAreThoseOfTheRowsAlone) {
  const Sample sample = MakeSample(600, 1);
  for (const Metric metric : {Metric::kAuc, Metric::kAccuracy, Metric::kLogLoss}) {
    const std::vector<std::vector<std::int64_t>> slices = {Rows(0, 200), Rows(150, 600)};
    const auto scores = ScoreSlices(metric, sample.labels, sample.probabilities, slices);
    ASSERT_TRUE(scores.ok());
    EXPECT_NEAR(scores->overall, *Score(metric, sample.labels, sample.probabilities, 0.5, {}),
                1e-12);
    for (std::size_t i = 0; i < slices.size(); ++i) {
      Sample part{{}, Probabilities(static_cast<std::int64_t>(slices[i].size()), 2)};
      for (std::size_t row = 0; row < slices[i].size(); ++row) {
        part.labels.push_back(sample.labels[static_cast<std::size_t>(slices[i][row])]);
        const auto from = sample.probabilities.row(slices[i][row]);
        std::copy(from.begin(), from.end(),
                  part.probabilities.mutable_row(static_cast<std::int64_t>(row)).begin());
      }
      ASSERT_TRUE(scores->slices[i].has_value());
      const SliceScore& slice = *scores->slices[i];
      EXPECT_NEAR(slice.score, *Score(metric, part.labels, part.probabilities, 0.5, {}), 1e-12);
      EXPECT_NEAR(slice.difference, slice.score - scores->overall, 1e-12);
      EXPECT_LT(slice.interval.low, slice.score);
      EXPECT_GT(slice.interval.high, slice.score);
    }
  }
}

TEST(SliceTest, AccuracyIsComparedByTheBinomialOfAllRows) {
  Sample sample{{}, Probabilities(400, 2)};
  for (std::int64_t row = 0; row < 400; ++row) {
    sample.labels.push_back(1);
    // 300 right of all, 40 right of the first 100.
    const bool is_right = row < 100 ? row < 40 : row < 360;
    sample.probabilities.mutable_row(row)[1] = is_right ? 0.9 : 0.1;
    sample.probabilities.mutable_row(row)[0] = is_right ? 0.1 : 0.9;
  }
  const std::vector<std::vector<std::int64_t>> slices = {Rows(0, 100)};
  const auto scores = ScoreSlices(Metric::kAccuracy, sample.labels, sample.probabilities, slices);
  ASSERT_TRUE(scores.ok());
  EXPECT_DOUBLE_EQ(scores->overall, 0.75);
  const SliceScore& slice = *scores->slices[0];
  EXPECT_DOUBLE_EQ(slice.score, 0.4);
  // z = (0.4 - 0.75) / sqrt(0.75 * 0.25 / 100)
  EXPECT_NEAR(slice.p, std::erfc(0.35 / std::sqrt(0.001875) / std::sqrt(2.0)), 1e-15);
  const Interval wilson = Wilson(40, 100, 0.95);
  EXPECT_DOUBLE_EQ(slice.interval.low, wilson.low);
}

TEST(SliceTest, SmallSlicesAndThoseOfOneClassGetNoScore) {
  Sample sample = MakeSample(300, 2);
  for (std::size_t row = 0; row < 100; ++row) sample.labels[row] = 0;
  const std::vector<std::vector<std::int64_t>> slices = {Rows(0, 100), Rows(100, 149),
                                                         Rows(100, 300)};
  const auto auc = ScoreSlices(Metric::kAuc, sample.labels, sample.probabilities, slices);
  ASSERT_TRUE(auc.ok());
  EXPECT_FALSE(auc->slices[0].has_value());
  EXPECT_FALSE(auc->slices[1].has_value());
  EXPECT_TRUE(auc->slices[2].has_value());
  const auto accuracy = ScoreSlices(Metric::kAccuracy, sample.labels, sample.probabilities, slices);
  ASSERT_TRUE(accuracy.ok());
  EXPECT_TRUE(accuracy->slices[0].has_value());
}

// Slices that differ by chance only are marked no more often than promised.
TEST(SliceTest, ChanceIsRarelyTakenForADifference) {
  int marked = 0;
  constexpr int kTables = 200;
  for (int table = 0; table < kTables; ++table) {
    const Sample sample = MakeSample(1000, 100 + static_cast<std::uint64_t>(table));
    std::vector<std::vector<std::int64_t>> slices;
    for (std::int64_t i = 0; i < 10; ++i) slices.push_back(Rows(100 * i, 100 * i + 100));
    for (const Metric metric : {Metric::kAuc, Metric::kAccuracy, Metric::kLogLoss}) {
      const auto scores = ScoreSlices(metric, sample.labels, sample.probabilities, slices);
      ASSERT_TRUE(scores.ok());
      bool any = false;
      for (const auto& slice : scores->slices)
        any = any || (slice && std::min(slice->adjusted_p, slice->adjusted_surprise_p) < 0.05);
      marked += any;
    }
  }
  // Two families of tests, each wrong for 5 % of the tables at most.
  EXPECT_LT(marked, 2 * 3 * kTables / 20 + 16);
}

TEST(SliceTest, ASliceWhereTheModelGuessesIsFound) {
  Sample sample = MakeSample(2000, 3);
  Random random(4);
  for (std::size_t row = 0; row < 300; ++row) sample.labels[row] = random.Uniform() < 0.5;
  const std::vector<std::vector<std::int64_t>> slices = {Rows(0, 300), Rows(300, 2000)};
  for (const Metric metric : {Metric::kAuc, Metric::kAccuracy, Metric::kLogLoss}) {
    const auto scores = ScoreSlices(metric, sample.labels, sample.probabilities, slices);
    ASSERT_TRUE(scores.ok());
    EXPECT_LT(scores->slices[0]->adjusted_p, 0.01) << InfoOf(metric).name;
    EXPECT_LT(scores->slices[0]->adjusted_surprise_p, 0.01) << InfoOf(metric).name;
    EXPECT_GT(scores->slices[1]->adjusted_surprise_p, 0.001) << InfoOf(metric).name;
  }
}

TEST(SliceTest, AnAucWithoutAnErrorIsNoProof) {
  Sample sample = MakeSample(400, 5);
  for (std::size_t row = 0; row < 60; ++row)
    sample.labels[row] = sample.probabilities.at(static_cast<std::int64_t>(row), 1) > 0.5;
  const std::vector<std::vector<std::int64_t>> slices = {Rows(0, 60)};
  const auto scores = ScoreSlices(Metric::kAuc, sample.labels, sample.probabilities, slices);
  ASSERT_TRUE(scores.ok());
  EXPECT_DOUBLE_EQ(scores->slices[0]->score, 1);
  EXPECT_LT(scores->slices[0]->interval.low, 0.999);
  EXPECT_GT(scores->slices[0]->p, 1e-6);
}

// By the definition: labels are drawn from the probabilities again and again.
TEST(SliceTest, ExpectedScoresAreTheMeanOverLabelsThatTheProbabilitiesAllow) {
  Sample sample = MakeSample(120, 7);
  // Ties, and rows of which the model is sure.
  for (std::int64_t row = 0; row < 30; ++row) {
    sample.probabilities.mutable_row(row)[1] = row % 2 == 0 ? 0.5 : 0.98;
    sample.probabilities.mutable_row(row)[0] = 1 - sample.probabilities.at(row, 1);
  }
  const std::vector<std::vector<std::int64_t>> slices = {Rows(0, 100)};
  for (const Metric metric : {Metric::kAuc, Metric::kAccuracy, Metric::kLogLoss}) {
    const auto scores = ScoreSlices(metric, sample.labels, sample.probabilities, slices);
    ASSERT_TRUE(scores.ok());
    Random random(8);
    double sum = 0;
    constexpr int kDraws = 4000;
    for (int draw = 0; draw < kDraws; ++draw) {
      for (std::size_t row = 0; row < 120; ++row) {
        sample.labels[row] =
            random.Uniform() < sample.probabilities.at(static_cast<std::int64_t>(row), 1);
      }
      sum += (*ScoreSlices(metric, sample.labels, sample.probabilities, slices)).slices[0]->score;
    }
    EXPECT_NEAR(scores->slices[0]->expected, sum / kDraws, 0.004) << InfoOf(metric).name;
  }
}

TEST(SliceTest, AHardSliceIsWorseButNoSurprise) {
  Sample sample{{}, Probabilities(2000, 2)};
  Random random(9);
  for (std::int64_t row = 0; row < 2000; ++row) {
    // The first 500 rows: odds nearly even, and said to be so.
    const double p = row < 500                ? 0.48 + 0.04 * random.Uniform()
                     : random.Uniform() < 0.5 ? 0.05
                                              : 0.95;
    sample.labels.push_back(random.Uniform() < p);
    sample.probabilities.mutable_row(row)[1] = p;
    sample.probabilities.mutable_row(row)[0] = 1 - p;
  }
  const std::vector<std::vector<std::int64_t>> slices = {Rows(0, 500), Rows(500, 2000)};
  for (const Metric metric : {Metric::kAuc, Metric::kAccuracy, Metric::kLogLoss}) {
    const auto scores = ScoreSlices(metric, sample.labels, sample.probabilities, slices);
    ASSERT_TRUE(scores.ok());
    EXPECT_LT(scores->slices[0]->adjusted_p, 1e-4) << InfoOf(metric).name;
    EXPECT_GT(scores->slices[0]->adjusted_surprise_p, 0.05) << InfoOf(metric).name;
  }
}

TEST(SliceTest, OtherMetricsAreRefusedWithThoseThatWork) {
  const Sample sample = MakeSample(100, 6);
  const auto scores = ScoreSlices(Metric::kMcc, sample.labels, sample.probabilities, {});
  EXPECT_EQ(scores.status().code(), StatusCode::kInvalidArgument);
  EXPECT_THAT(scores.status().message(), testing::HasSubstr("auc, accuracy or log_loss"));
  EXPECT_EQ(SliceMetric(Metric::kMcc, 2), Metric::kAccuracy);
  EXPECT_EQ(SliceMetric(Metric::kGini, 2), Metric::kAuc);
  EXPECT_EQ(SliceMetric(Metric::kAuc, 3), Metric::kAccuracy);
  EXPECT_EQ(SliceMetric(Metric::kBrier, 2), Metric::kLogLoss);
}

}  // namespace
}  // namespace reeve::evaluation
