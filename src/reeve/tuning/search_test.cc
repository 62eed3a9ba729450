#include "reeve/tuning/search.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "reeve/base/random.h"
#include "reeve/evaluation/cost.h"
#include "reeve/evaluation/scores.h"
#include "reeve/inference/mixture.h"
#include "reeve/inference/model.h"
#include "reeve/inference/scorer.h"

namespace reeve::tuning {
namespace {

struct Toy {
  Table table;
  std::vector<std::int32_t> labels;

  Problem problem() const {
    return {.table = &table, .features = {"a", "b", "color"}, .labels = labels};
  }
};

// Two numbers and a category; `signal` 0 makes the labels coin flips, `interaction` is what no
// linear model sees.
Toy MakeToy(std::size_t rows, double signal, std::uint64_t seed, double interaction = 0) {
  Random random(seed);
  std::vector<double> a, b;
  std::vector<std::int32_t> colors;
  Toy toy;
  for (std::size_t i = 0; i < rows; ++i) {
    a.push_back(random.Normal());
    b.push_back(random.Uniform() < 0.1 ? kMissingNumber : random.Normal());
    colors.push_back(static_cast<std::int32_t>(random.Below(3)));
    const double z = signal * (1.5 * a.back() + (std::isnan(b.back()) ? 0 : b.back()) +
                               (colors.back() == 1 ? 1.2 : 0));
    const double bend = std::isnan(b.back()) ? 0 : interaction * (b.back() > 0 ? 1 : -1) * a.back();
    toy.labels.push_back(random.Uniform() < 1 / (1 + std::exp(-z - bend)));
  }
  toy.table.Add(Column::Numbers("a", ColumnType::kReal, a));
  toy.table.Add(Column::Numbers("b", ColumnType::kReal, b));
  toy.table.Add(Column::Codes("color", ColumnType::kCategory, colors, {"red", "green", "blue"}));
  return toy;
}

SearchOptions Options(int threads = 1) {
  return {
      .learners = {"logistic", "forest", "boosted"}, .effort = Effort::kQuick, .threads = threads};
}

TEST(SearchTest, FindsSignalAndScoresItHonestly) {
  const Toy train = MakeToy(800, 1, 1);
  const auto result = Search(train.problem(), AllRows(800), Options(2));
  ASSERT_TRUE(result.ok()) << result.status().message();
  EXPECT_GT(result->leaderboard.front().mean, 0.8);
  EXPECT_EQ(result->out_of_fold.rows.size(), 800u);
  // Fresh rows score as cross-validation promised.
  const Toy fresh = MakeToy(4000, 1, 2);
  const auto matrix = result->pipeline.Transform(fresh.table, AllRows(4000));
  ASSERT_TRUE(matrix.ok());
  const auto probabilities =
      inference::PredictCorrected(*result->model.model, result->decision, *matrix, 2);
  const auto auc =
      evaluation::Score(evaluation::Metric::kAuc, fresh.labels, probabilities, 0.5, {});
  EXPECT_NEAR(*auc, result->leaderboard.front().mean, 0.04);
}

// Whatever mixture was taken, its model gives for new rows what its out-of-fold scores promised,
// and the best single configuration stands beside it.
TEST(SearchTest, AnEnsembleIsOneModelThatCanBeReadBack) {
  const Toy train = MakeToy(1500, 1, 11, 1.4);
  SearchOptions options = Options(2);
  options.metric = evaluation::Metric::kLogLoss;
  const auto result = Search(train.problem(), AllRows(1500), options);
  ASSERT_TRUE(result.ok()) << result.status().message();
  ASSERT_EQ(result->leaderboard.front().learner, "ensemble");
  EXPECT_NE(result->leaderboard[1].learner, "ensemble");
  EXPECT_LT(result->leaderboard[0].mean, result->leaderboard[1].mean);
  EXPECT_EQ(result->model.params.at("1.learner"),
            result->leaderboard.front().params.at("1.learner"));
  const Toy fresh = MakeToy(4000, 1, 12, 1.4);
  const auto matrix = result->pipeline.Transform(fresh.table, AllRows(4000));
  ASSERT_TRUE(matrix.ok());
  EXPECT_EQ(static_cast<std::size_t>(matrix->cols()), result->model.importance.size());
  const auto read = inference::LoadModel(result->model.model->Serialize());
  ASSERT_TRUE(read.ok()) << read.status().message();
  const Probabilities p = (*read)->Predict(*matrix);
  EXPECT_EQ(p.values, result->model.model->Predict(*matrix).values);
  const auto loss = evaluation::Score(evaluation::Metric::kLogLoss, fresh.labels, p, 0.5, {});
  EXPECT_NEAR(*loss, result->leaderboard.front().mean, 0.03);
}

// With standard effort boosting runs on several splits of the rows: a row still has one held-out
// prediction, and the model keeps what it promised.
TEST(SearchTest, FurtherSplitsLeaveOnePredictionForEachRow) {
  const Toy train = MakeToy(800, 1, 15);
  SearchOptions options = Options(2);
  options.learners = {"symmetric"};
  options.metric = evaluation::Metric::kLogLoss;
  options.ensemble = false;
  const auto quick = Search(train.problem(), AllRows(800), options);
  options.effort = Effort::kStandard;
  const auto result = Search(train.problem(), AllRows(800), options);
  ASSERT_TRUE(quick.ok() && result.ok()) << result.status().message();
  EXPECT_EQ(result->leaderboard.front().fold_scores.size(), 5u);
  std::vector<std::int64_t> rows = result->out_of_fold.rows;
  std::sort(rows.begin(), rows.end());
  EXPECT_EQ(rows, AllRows(800));
  for (std::int64_t row = 0; row < 800; ++row) {
    const auto p = result->out_of_fold.probabilities.row(row);
    EXPECT_NEAR(p[0] + p[1], 1, 1e-9);
  }
  EXPECT_LT(result->leaderboard.front().mean, quick->leaderboard.front().mean);
  const Toy fresh = MakeToy(4000, 1, 16);
  const auto matrix = result->pipeline.Transform(fresh.table, AllRows(4000));
  ASSERT_TRUE(matrix.ok());
  const Probabilities p = result->model.model->Predict(*matrix);
  const auto loss = evaluation::Score(evaluation::Metric::kLogLoss, fresh.labels, p, 0.5, {});
  EXPECT_NEAR(*loss, result->leaderboard.front().mean, 0.03);
}

TEST(SearchTest, WithoutEnsemblesTheBestConfigurationIsTaken) {
  const Toy toy = MakeToy(500, 1, 13);
  SearchOptions options = Options(2);
  options.ensemble = false;
  const auto result = Search(toy.problem(), AllRows(500), options);
  ASSERT_TRUE(result.ok());
  EXPECT_NE(result->leaderboard.front().learner, "ensemble");
  EXPECT_NE(result->model.model->kind(), "mixture");
}

// A perceptron's answer is the mean of its folds' models, each asked on the same columns.
TEST(SearchTest, PerceptronsOfAllFoldsAnswerTogether) {
  const Toy train = MakeToy(600, 1, 17, 1.4);
  SearchOptions options = Options(2);
  options.learners = {"mlp"};
  options.metric = evaluation::Metric::kLogLoss;
  const auto result = Search(train.problem(), AllRows(600), options);
  ASSERT_TRUE(result.ok()) << result.status().message();
  EXPECT_EQ(result->leaderboard.front().learner, "mlp");
  const auto* const mixture =
      dynamic_cast<const inference::MixtureModel*>(result->model.model.get());
  ASSERT_NE(mixture, nullptr);
  EXPECT_EQ(mixture->members().size(), 5u);
  for (const inference::MixtureMember& member : mixture->members()) {
    EXPECT_EQ(member.model->kind(), "perceptron");
    EXPECT_EQ(member.first_feature, 0);
  }
  const Toy fresh = MakeToy(4000, 1, 18, 1.4);
  const auto matrix = result->pipeline.Transform(fresh.table, AllRows(4000));
  ASSERT_TRUE(matrix.ok());
  const Probabilities p = result->model.model->Predict(*matrix);
  const auto loss = evaluation::Score(evaluation::Metric::kLogLoss, fresh.labels, p, 0.5, {});
  EXPECT_NEAR(*loss, result->leaderboard.front().mean, 0.04);
}

// Stripes that no linear model sees.
Toy MakeStripes(std::size_t rows) {
  Toy toy = MakeToy(rows, 1, 17);
  const auto a = toy.table.columns()[0].numbers();
  for (std::size_t i = 0; i < toy.labels.size(); ++i)
    toy.labels[i] = static_cast<std::int32_t>(std::floor(a[i] * 3)) & 1;
  return toy;
}

TEST(SearchTest, WhoEndsWithTheFirstFoldKeepsItsLine) {
  const Toy toy = MakeStripes(600);
  SearchOptions options = Options(2);
  options.learners = {"logistic", "forest", "symmetric", "mlp"};
  options.metric = evaluation::Metric::kLogLoss;
  options.effort = Effort::kStandard;
  const auto result = Search(toy.problem(), AllRows(600), options);
  ASSERT_TRUE(result.ok()) << result.status().message();
  std::map<std::string, std::set<std::size_t>> folds;
  for (const Trial& trial : result->leaderboard)
    folds[trial.learner].insert(trial.fold_scores.size());
  EXPECT_THAT(folds["logistic"], testing::ElementsAre(1));
  EXPECT_THAT(folds["mlp"], testing::ElementsAre(1));
  EXPECT_THAT(folds["forest"], testing::ElementsAre(5));  // judged out of bag, on all rows at once
  EXPECT_THAT(folds["symmetric"], testing::Contains(5));
}

// However hard the first fold is, lines compare: who was beaten there does not stand above the
// best.
TEST(SearchTest, LinesOfOneFoldAreMeasuredByTheBestOfThatFold) {
  const Toy toy = MakeStripes(600);
  SearchOptions options = Options(2);
  options.learners = {"logistic", "boosted"};
  options.ensemble = false;
  const auto result = Search(toy.problem(), AllRows(600), options);
  ASSERT_TRUE(result.ok()) << result.status().message();
  ASSERT_EQ(result->leaderboard.front().fold_scores.size(), 5u);
  const Trial& best = result->leaderboard.front();
  const Trial& last = result->leaderboard.back();
  EXPECT_EQ(last.learner, "logistic");
  ASSERT_EQ(last.fold_scores.size(), 1u);
  EXPECT_LT(last.mean, best.mean);
  EXPECT_EQ(last.standard_deviation, 0);
  // Rounds that suit all folds are not quite those that suit the first.
  EXPECT_NEAR(last.mean, best.mean + (last.fold_scores.front() - best.fold_scores.front()), 0.01);
}

// In time order folds learn from parts of very different size: the final model learns from all
// rows.
TEST(SearchTest, InTimeOrderTheFinalModelLearnsFromAllRows) {
  const Toy toy = MakeToy(600, 1, 14);
  std::vector<double> times;
  for (int i = 0; i < 600; ++i) times.push_back(i);
  Problem problem = toy.problem();
  problem.times = times;
  SearchOptions options = Options(2);
  options.learners = {"boosted"};
  options.ensemble = false;
  const auto result = Search(problem, AllRows(600), options);
  ASSERT_TRUE(result.ok()) << result.status().message();
  EXPECT_EQ(result->out_of_fold.rows.size(), 500u);  // the oldest sixth is never held out
  EXPECT_EQ(result->model.params.at("n_estimators"),
            result->leaderboard.front().params.at("n_estimators"));
}

TEST(SearchTest, NoiseIsNotBetterThanChance) {
  const Toy toy = MakeToy(600, 0, 3);
  const auto result = Search(toy.problem(), AllRows(600), Options(2));
  ASSERT_TRUE(result.ok());
  EXPECT_NEAR(result->leaderboard.front().mean, 0.5, 0.07);
}

TEST(SearchTest, ThreadsDoNotMatter) {
  const Toy toy = MakeToy(400, 1, 4);
  const auto one = Search(toy.problem(), AllRows(400), Options(1));
  const auto three = Search(toy.problem(), AllRows(400), Options(3));
  ASSERT_TRUE(one.ok() && three.ok());
  EXPECT_EQ(one->model.model->Serialize(), three->model.model->Serialize());
  EXPECT_EQ(one->decision.threshold, three->decision.threshold);
  ASSERT_EQ(one->leaderboard.size(), three->leaderboard.size());
  for (std::size_t i = 0; i < one->leaderboard.size(); ++i) {
    EXPECT_EQ(one->leaderboard[i].learner, three->leaderboard[i].learner);
    EXPECT_EQ(one->leaderboard[i].params, three->leaderboard[i].params);
    EXPECT_EQ(one->leaderboard[i].fold_scores, three->leaderboard[i].fold_scores);
  }
}

TEST(SearchTest, LeaderboardIsBestFirstInTheMetricsDirection) {
  const Toy toy = MakeToy(400, 1, 5);
  SearchOptions options = Options(2);
  options.metric = evaluation::Metric::kLogLoss;
  const auto result = Search(toy.problem(), AllRows(400), options);
  ASSERT_TRUE(result.ok());
  for (std::size_t i = 1; i < result->leaderboard.size(); ++i) {
    EXPECT_LE(result->leaderboard[i - 1].mean, result->leaderboard[i].mean);
  }
}

TEST(SearchTest, TheMeanOfTheFoldsCurvesIsTheHistory) {
  const Toy toy = MakeToy(500, 1, 15);
  SearchOptions options = Options(2);
  options.learners = {"boosted"};
  options.ensemble = false;
  const auto result = Search(toy.problem(), AllRows(500), options);
  ASSERT_TRUE(result.ok()) << result.status().message();
  const std::vector<std::vector<double>>& curves = result->fold_curves;
  ASSERT_EQ(curves.size(), 5u);
  std::size_t rounds = 0;
  for (const learners::HistoryPoint& point : result->model.history) {
    if (point.metric != "watched_log_loss") continue;
    double sum = 0;
    for (const std::vector<double>& curve : curves)
      sum += curve[static_cast<std::size_t>(point.step)];
    EXPECT_NEAR(point.value, sum / 5, 1e-12);
    ++rounds;
  }
  for (const std::vector<double>& curve : curves) EXPECT_EQ(curve.size(), rounds);
}

TEST(SearchTest, TheMetricCostChoosesTheCheapestAndItsThreshold) {
  const Toy toy = MakeToy(600, 1, 16);
  SearchOptions options = Options(2);
  options.metric = evaluation::Metric::kCost;
  options.costs = evaluation::CostsOfTwo(1, 4);
  // Costs decide whatever is said of thresholds.
  options.imbalance = Imbalance::kNone;
  const auto result = Search(toy.problem(), AllRows(600), options);
  ASSERT_TRUE(result.ok()) << result.status().message();
  for (std::size_t i = 1; i < result->leaderboard.size(); ++i)
    EXPECT_LE(result->leaderboard[i - 1].mean, result->leaderboard[i].mean);
  EXPECT_NEAR(*result->decision.threshold, 0.2, 0.15);
  ASSERT_TRUE(result->decision.costs.has_value());
  // No fold is scored at 0.5, where a missed positive is as cheap as a false alarm.
  const auto labels = toy.problem().LabelsOf(result->out_of_fold.rows);
  const auto summary = evaluation::SummarizeCosts(*options.costs, result->decision.rule(), labels,
                                                  result->out_of_fold.probabilities);
  EXPECT_LT(result->leaderboard.front().mean, summary.plain);
  EXPECT_NEAR(result->leaderboard.front().mean, summary.chosen, 0.05);
}

TEST(SearchTest, ImbalanceNoneDecidesAtOneHalf) {
  const Toy toy = MakeToy(300, 1, 6);
  SearchOptions options = Options(1);
  options.learners = {"logistic"};
  options.imbalance = Imbalance::kNone;
  EXPECT_EQ(*Search(toy.problem(), AllRows(300), options)->decision.threshold, 0.5);
}

TEST(SearchTest, NoTreatmentOfImbalanceDistortsProbabilities) {
  const Toy toy = MakeToy(3000, 1, 7);
  SearchOptions options = Options(2);
  options.learners = {"logistic"};
  const auto plain = Search(toy.problem(), AllRows(3000), options);
  ASSERT_TRUE(plain.ok());
  const auto mean = [](const SearchResult& result) {
    double sum = 0;
    for (std::int64_t row = 0; row < result.out_of_fold.probabilities.rows; ++row) {
      sum += result.out_of_fold.probabilities.at(row, 1);
    }
    return sum / static_cast<double>(result.out_of_fold.probabilities.rows);
  };
  for (const auto& [imbalance, name] : AllImbalances()) {
    options.imbalance = imbalance;
    const auto treated = Search(toy.problem(), AllRows(3000), options);
    ASSERT_TRUE(treated.ok()) << treated.status().message();
    EXPECT_NEAR(mean(*plain), mean(*treated), 0.015) << name;
  }
}

TEST(SearchTest, StopsWhenCancelled) {
  const Toy toy = MakeToy(300, 1, 8);
  Cancellation cancellation;
  cancellation.Request(2);
  SearchOptions options = Options(2);
  options.cancellation = &cancellation;
  EXPECT_EQ(Search(toy.problem(), AllRows(300), options).status().code(), StatusCode::kCancelled);
}

TEST(FitOneTest, TrainsWhatItIsTold) {
  const Toy toy = MakeToy(300, 1, 9);
  const auto result = FitOne(toy.problem(), AllRows(300), "boosted",
                             {{"n_estimators", "7"}, {"max_depth", "2"}}, Options(1));
  ASSERT_TRUE(result.ok()) << result.status().message();
  EXPECT_EQ(result->model.params.at("n_estimators"), "7");
  EXPECT_EQ(result->trials, 1);
}

}  // namespace
}  // namespace reeve::tuning
