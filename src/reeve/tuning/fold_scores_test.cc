#include "reeve/tuning/fold_scores.h"

#include <gtest/gtest.h>

#include "reeve/evaluation/cost.h"
#include "reeve/tuning/test_probabilities.h"

namespace reeve::tuning {
namespace {

// Eight positions in two folds; what is predicted ranks every fold perfectly, on a scale of its
// own.
struct TwoFolds {
  std::vector<Fold> folds = {{{1, 3, 5, 7}, {0, 2, 4, 6}}, {{0, 2, 4, 6}, {1, 3, 5, 7}}};
  std::vector<std::int32_t> labels = {0, 0, 1, 1, 0, 0, 1, 1};
  std::vector<std::size_t> indices = {0, 1};
  std::vector<Probabilities> predictions = {OfPositives({0.1, 0.4, 0.2, 0.3}),
                                            OfPositives({0.05, 0.9, 0.1, 0.8})};

  HeldOut held_out() const {
    return {.all_folds = &folds, .folds = indices, .predictions = predictions};
  }
  FoldScoreOptions options(evaluation::Metric metric) const {
    return {.labels = labels, .classes = 2, .metric = metric};
  }
};

TEST(FoldScoresTest, RankingsNeedNoThreshold) {
  const TwoFolds two;
  EXPECT_EQ(FoldScores(two.held_out(), two.options(evaluation::Metric::kAuc)),
            (std::vector<double>{1, 1}));
}

// The first fold is cut where the second one is best (0.8: nobody is positive), the second where
// the first one is best (0.3: both positives are found).
TEST(FoldScoresTest, AFoldHasNoSayInItsOwnThreshold) {
  const TwoFolds two;
  EXPECT_EQ(FoldScores(two.held_out(), two.options(evaluation::Metric::kAccuracy)),
            (std::vector<double>{0.5, 1}));
  FoldScoreOptions fixed = two.options(evaluation::Metric::kAccuracy);
  fixed.chooses_threshold = false;
  EXPECT_EQ(FoldScores(two.held_out(), fixed), (std::vector<double>{0.5, 1}));
}

TEST(FoldScoresTest, AFoldOfOneClassHasNoAuc) {
  TwoFolds two;
  two.labels = {0, 0, 0, 1, 0, 0, 0, 1};
  EXPECT_EQ(FoldScores(two.held_out(), two.options(evaluation::Metric::kAuc)).size(), 1u);
}

// One alarm for nothing costs 1, one missed positive 1: as accuracy counts, turned round.
TEST(FoldScoresTest, EqualCostsCountErrors) {
  const TwoFolds two;
  const CostMatrix costs = evaluation::CostsOfTwo(1, 1);
  FoldScoreOptions by_cost = two.options(evaluation::Metric::kCost);
  by_cost.costs = &costs;
  // On four rows no threshold is surely cheaper than the Bayes one, 0.5.
  EXPECT_EQ(FoldScores(two.held_out(), by_cost), (std::vector<double>{0.5, 0}));
  EXPECT_TRUE(FoldScores(two.held_out(), two.options(evaluation::Metric::kCost)).empty());
}

TEST(FoldScoresTest, CostsDecideMoreThanTwoClasses) {
  const std::vector<Fold> folds = {{{}, {0, 1}}};
  const std::vector<std::int32_t> labels = {2, 0};
  const std::vector<std::size_t> indices = {0};
  std::vector<Probabilities> predictions = {Probabilities(2, 3)};
  predictions[0].values = {0.5, 0.3, 0.2, 0.9, 0.05, 0.05};
  const HeldOut held_out{.all_folds = &folds, .folds = indices, .predictions = predictions};
  const CostMatrix costs{.classes = 3, .values = {0, 1, 1, 1, 0, 1, 10, 10, 0}};
  FoldScoreOptions options{.labels = labels, .classes = 3, .costs = &costs};
  options.metric = evaluation::Metric::kAccuracy;
  EXPECT_EQ(FoldScores(held_out, options), std::vector<double>{1});
  options.metric = evaluation::Metric::kCost;
  EXPECT_EQ(FoldScores(held_out, options), std::vector<double>{0});
  options.costs = nullptr;
  options.metric = evaluation::Metric::kAccuracy;
  EXPECT_EQ(FoldScores(held_out, options), std::vector<double>{0.5});
}

TEST(PoolTest, KeepsPositionsFoldsAndLabelsTogether) {
  const TwoFolds two;
  const Pooled pooled = Pool(two.held_out(), two.labels);
  EXPECT_EQ(pooled.positions, (std::vector<std::int64_t>{0, 2, 4, 6, 1, 3, 5, 7}));
  EXPECT_EQ(pooled.folds, (std::vector<std::int32_t>{0, 0, 0, 0, 1, 1, 1, 1}));
  EXPECT_EQ(pooled.labels, (std::vector<std::int32_t>{0, 1, 0, 1, 0, 1, 0, 1}));
  EXPECT_EQ(pooled.probabilities.rows, 8);
  EXPECT_EQ(Pool(two.held_out(), two.labels, 0).positions, (std::vector<std::int64_t>{1, 3, 5, 7}));
}

TEST(ChooseThresholdTest, IsOneHalfWhereNothingCanBeTold) {
  Pooled pooled;
  pooled.labels = {1, 1};
  pooled.probabilities = OfPositives({0.2, 0.3});
  EXPECT_EQ(ChooseThreshold(pooled, {.metric = evaluation::Metric::kMcc}), 0.5);
}

}  // namespace
}  // namespace reeve::tuning
