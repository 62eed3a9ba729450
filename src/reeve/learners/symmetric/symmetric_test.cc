#include "reeve/learners/symmetric/symmetric.h"

#include <algorithm>
#include <cmath>
#include <map>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "reeve/base/random.h"
#include "reeve/inference/forest_model.h"
#include "reeve/inference/forest_parts.h"
#include "reeve/learners/log_loss/gradients.h"
#include "reeve/learners/test_data.h"

namespace reeve::learners {
namespace {

// Numbers with gaps and ties, categories, a wide one among them.
Data MakeData(std::int64_t rows, int classes, std::uint64_t seed, std::int64_t columns = 5) {
  Random random(seed);
  std::vector<MatrixColumn> described(static_cast<std::size_t>(columns));
  described[3] = {.is_categorical = true, .cardinality = 5};
  described[4] = {.is_categorical = true, .cardinality = 400};
  Data data{.matrix = Matrix(rows, described), .classes = classes};
  for (std::int64_t j = 0; j < columns; ++j) {
    for (float& value : data.matrix.column(j)) {
      value = j == 1   ? static_cast<float>(random.Below(7))
              : j == 3 ? static_cast<float>(random.Below(4))
              : j == 4 ? static_cast<float>(random.Below(399))
                       : static_cast<float>(random.Normal());
      if ((j == 0 || j == 3) && random.Uniform() < 0.2) value = NAN;
    }
  }
  for (std::int64_t i = 0; i < rows; ++i) {
    const float gaps = data.matrix.at(i, 0), few = data.matrix.at(i, 3);
    const double z = (std::isnan(gaps) ? 0.8 : static_cast<double>(gaps)) +
                     static_cast<double>(data.matrix.at(i, 1)) / 4 +
                     static_cast<double>(data.matrix.at(i, 2)) * (few == 2 ? -1 : 1) +
                     (data.matrix.at(i, 4) < 60 ? 1 : 0) + random.Normal() - 1;
    data.labels.push_back(std::clamp(static_cast<int>(std::floor(z)) + 1, 0, classes - 1));
    data.weights.push_back(0.25 + random.Uniform());
  }
  return data;
}

TrainedModel MustTrain(const TrainingSet& set, const TrainOptions& options) {
  auto trained = MakeSymmetric()->Train(set, options);
  EXPECT_TRUE(trained.ok()) << trained.status().message();
  return trained.ok() ? std::move(*trained) : TrainedModel();
}

const inference::CompactForest& ForestOf(const TrainedModel& trained) {
  return dynamic_cast<const inference::ForestModel&>(*trained.model).forest();
}

std::vector<float> MarginsAfter(const inference::CompactForest& forest, std::int64_t rounds,
                                const Matrix& matrix) {
  return inference::ForestModel::Make(inference::FirstRounds(forest, rounds))
      .value()
      ->Margins(matrix);
}

// The losses that training followed, on rows it learnt and on rows it watched, are those of the
// model cut to as many rounds: bit for bit, so the margins are too.
TEST(SymmetricTest, MarginsOnTheWayAreThoseOfTheModel) {
  for (const int classes : {2, 3, 12}) {
    const Data train = MakeData(700, classes, 1), watch = MakeData(300, classes, 2);
    const TrainingSet watched = watch.set();
    const TrainedModel trained =
        MustTrain(train.set(), {.params = {{"n_estimators", "25"},
                                           {"learning_rate", "0.3"},
                                           {"early_stopping_rounds", "25"}},
                                .early_stopping = &watched,
                                .keep_all_rounds = true});
    std::int64_t seen = 0;
    for (const HistoryPoint& point : trained.history) {
      const Data& data = point.metric == "watched_log_loss" ? watch : train;
      const auto margins = MarginsAfter(ForestOf(trained), point.step + 1, data.matrix);
      EXPECT_EQ(MarginLogLoss(data.set(), margins, 1), point.value) << point.metric << point.step;
      ++seen;
    }
    EXPECT_EQ(seen, 50);
  }
}

// With steps of one size the loss of these rows, which are told apart, falls to a fifth from one
// round to its double.
TEST(SymmetricTest, LossThatIsNearlyGoneFallsFasterThanRoundsGrow) {
  Data data = MakeData(600, 3, 4);
  for (std::size_t i = 0; i < data.labels.size(); ++i) {
    const float x = data.matrix.at(static_cast<std::int64_t>(i), 0);
    data.labels[i] = x < -0.4F ? 0 : x < 0.4F ? 1 : 2;
  }
  const TrainedModel trained =
      MustTrain(data.set(), {.params = {{"n_estimators", "102"}, {"learning_rate", "0.05"}}});
  const auto loss = [&](std::size_t round) { return trained.history[round].value; };
  EXPECT_LT(loss(50), loss(0) / 10);
  EXPECT_LT(loss(100), loss(50) / 7);
}

TEST(SymmetricTest, GivesTheSameBytesForAnyNumberOfThreads) {
  for (const int classes : {2, 4, 12}) {
    const Data data = MakeData(66'000, classes, 3, 12);
    std::string first;
    for (const int threads : {1, 2, 3}) {
      const TrainedModel trained =
          MustTrain(data.set(), {.params = {{"n_estimators", "2"}}, .threads = threads});
      if (threads == 1) first = trained.model->Serialize();
      EXPECT_TRUE(trained.model->Serialize() == first) << threads;
    }
  }
}

// The same with drawn rows, and their margins are those of the model too.
TEST(SymmetricTest, DrawnRowsChooseTestsForAll) {
  const Data data = MakeData(66'000, 2, 3, 12);
  double all = 0;
  for (const char* const rows : {"0", "20000"}) {
    std::string first;
    for (const int threads : {1, 3}) {
      const TrainedModel trained = MustTrain(
          data.set(),
          {.params = {{"n_estimators", "12"}, {"sample_rows", rows}}, .threads = threads});
      const auto margins = MarginsAfter(ForestOf(trained), 12, data.matrix);
      const double loss = MarginLogLoss(data.set(), margins, 1);
      EXPECT_EQ(loss, trained.history.back().value);
      if (all == 0) all = loss;
      EXPECT_NEAR(loss, all, 0.005);
      if (threads == 1) first = trained.model->Serialize();
      EXPECT_TRUE(trained.model->Serialize() == first) << threads;
      inference::CompactTrees::Cursor trees(ForestOf(trained).trees);
      EXPECT_EQ(trees.Next()->cover.front(), 66'000) << rows;
    }
  }
}

// Five of sixty columns tell something: they are found, whatever is drawn beside them.
TEST(SymmetricTest, SomeColumnsChooseTestsAsWellAsAll) {
  const Data data = MakeData(2'000, 2, 3, 60);
  double losses[2] = {};
  for (const bool draws : {false, true}) {
    std::string first;
    for (const int threads : {1, 3}) {
      const TrainedModel trained = MustTrain(
          data.set(), {.params = {{"n_estimators", "20"}, {"sample_columns", draws ? "8" : "0"}},
                       .threads = threads});
      losses[draws] = trained.history.back().value;
      const auto margins = MarginsAfter(ForestOf(trained), 20, data.matrix);
      EXPECT_EQ(losses[draws], MarginLogLoss(data.set(), margins, 1));
      if (threads == 1) first = trained.model->Serialize();
      EXPECT_TRUE(trained.model->Serialize() == first) << threads;
    }
  }
  EXPECT_NE(losses[0], losses[1]);
  EXPECT_NEAR(losses[0], losses[1], 0.03);
}

// A plain reading of the method: derivatives in double, every cut of every column tried on all
// rows.
class Reference {
 public:
  Reference(const Data& data, const std::vector<float>& margins, double lambda)
      : data_(data), lambda_(lambda), outputs_(data.classes == 2 ? 1 : data.classes) {
    for (std::size_t i = 0; i < data.labels.size(); ++i) AddRow(i, margins);
  }

  // The score when each row's leaf is what `leaf_of` says.
  template <typename LeafOf>
  double Score(LeafOf leaf_of) const {
    std::map<std::pair<std::int64_t, std::size_t>, std::pair<double, double>> sums;
    for (std::size_t i = 0; i < data_.labels.size(); ++i) {
      for (std::size_t k = 0; k < outputs(); ++k) {
        auto& [gradient, hessian] = sums[{leaf_of(i), k}];
        gradient += gradients_[i * outputs() + k];
        hessian += hessians_[i * outputs() + k];
      }
    }
    double score = 0;
    for (const auto& [leaf, sum] : sums) score += sum.first * sum.first / (sum.second + lambda_);
    return score;
  }

 private:
  std::size_t outputs() const { return static_cast<std::size_t>(outputs_); }

  void AddRow(std::size_t i, const std::vector<float>& margins) {
    const double weight = data_.weights[i];
    std::vector<double> p(outputs());
    double total = outputs_ == 1 ? 1 : 0;
    for (std::size_t k = 0; k < outputs(); ++k)
      total += p[k] = std::exp(static_cast<double>(margins[i * outputs() + k]));
    for (std::size_t k = 0; k < outputs(); ++k) {
      p[k] /= total;
      const bool own = data_.labels[i] == (outputs_ == 1 ? 1 : static_cast<int>(k));
      gradients_.push_back(weight * (p[k] - (own ? 1 : 0)));
      hessians_.push_back((outputs_ == 1 ? 1 : 2) * weight * p[k] * (1 - p[k]));
    }
  }

  const Data& data_;
  double lambda_;
  int outputs_;
  std::vector<double> gradients_, hessians_;
};

bool GoesLeft(float value, float threshold, bool missing_left) {
  return std::isnan(value) ? missing_left : value < threshold;
}

// Every threshold that parts the values of a column, as far as bins tell them apart.
std::vector<float> Thresholds(const QuantisedColumn& column) {
  std::vector<float> thresholds = column.cuts;
  for (int code = 0; column.is_categorical && code < 254; ++code)
    thresholds.push_back(static_cast<float>(code) + 0.5F);
  thresholds.push_back(INFINITY);
  return thresholds;
}

TEST(SymmetricTest, EachTestIsAsGoodAsTheBestOfAll) {
  for (const int classes : {2, 3}) {
    const Data data = MakeData(150, classes, 4);
    const TrainedModel trained = MustTrain(data.set(), {.params = {{"n_estimators", "3"},
                                                                   {"max_depth", "3"},
                                                                   {"reg_lambda", "3"},
                                                                   {"score", "hessian"}}});
    const auto columns = Quantise(data.matrix, 1).columns;
    const inference::Forest forest = ForestOf(trained).Unpack();
    const std::size_t outputs = forest.base_margin.size();
    for (std::int64_t round = 0; round < 3; ++round) {
      const Reference reference(data, MarginsAfter(ForestOf(trained), round, data.matrix), 3);
      const inference::Tree& tree = forest.trees[static_cast<std::size_t>(round) * outputs];
      std::vector<std::int64_t> leaf(data.labels.size());
      ASSERT_EQ(tree.size(), 15u);
      for (const std::size_t node : {0, 1, 3}) {
        const auto side = [&](std::size_t i, std::int64_t column, float threshold, bool left) {
          return 2 * leaf[i] +
                 (GoesLeft(data.matrix.at(static_cast<std::int64_t>(i), column), threshold, left)
                      ? 0
                      : 1);
        };
        double best = 0;
        for (std::int64_t column = 0; column < data.matrix.cols(); ++column) {
          for (const float threshold : Thresholds(columns[static_cast<std::size_t>(column)])) {
            for (const bool left : {false, true}) {
              best = std::max(best, reference.Score([&](std::size_t i) {
                return side(i, column, threshold, left);
              }));
            }
          }
        }
        const auto chosen = [&](std::size_t i) {
          return side(i, tree.feature[node], tree.threshold[node], tree.default_left[node] != 0);
        };
        EXPECT_NEAR(reference.Score(chosen) / best, 1, 1e-5) << round << " " << node;
        std::vector<std::int64_t> next;
        for (std::size_t i = 0; i < leaf.size(); ++i) next.push_back(chosen(i));
        leaf = next;
      }
    }
  }
}

// One leaf for all rows of a class balance far from the start: Newton steps, written out.
TEST(SymmetricTest, LeafValuesAreNewtonSteps) {
  Data data{.matrix = Matrix(40, {{.name = "x"}}), .labels = {}, .weights = {}};
  for (std::size_t i = 0; i < 40; ++i) {
    data.matrix.column(0)[i] = i < 20 ? 0 : 1;
    data.labels.push_back(i < 18 || i == 39 ? 1 : 0);
  }
  for (const int steps : {1, 4}) {
    const TrainedModel trained =
        MustTrain(data.set(), {.params = {{"n_estimators", "1"},
                                          {"max_depth", "1"},
                                          {"learning_rate", "0.5"},
                                          {"reg_lambda", "2"},
                                          {"leaf_steps", std::to_string(steps)}}});
    const inference::Forest forest = ForestOf(trained).Unpack();
    const double base = std::log(19.0 / 21);
    for (const auto& [node, positives] : {std::pair(1, 18), std::pair(2, 1)}) {
      double value = 0;
      for (int step = 0; step < steps; ++step) {
        const double p = 1 / (1 + std::exp(-(base + value)));
        value -= (20 * p - positives + 2 * value) / (20 * p * (1 - p) + 2);
      }
      EXPECT_NEAR(forest.trees[0].threshold[static_cast<std::size_t>(node)], 0.5 * value, 1e-5);
    }
  }
}

// Rows without a value go with the side they resemble, or stand alone against all others.
TEST(SymmetricTest, MissingValuesFindTheirSide) {
  struct Case {
    // Class of rows with low, high and missing values.
    int low, high, missing;
    bool missing_left;
    bool against_all;
  };
  for (const Case& c :
       {Case{0, 1, 0, true, false}, Case{0, 1, 1, false, false}, Case{0, 0, 1, false, true}}) {
    Data data{.matrix = Matrix(90, {{.name = "x"}}), .labels = {}, .weights = {}};
    for (std::size_t i = 0; i < 90; ++i) {
      data.matrix.column(0)[i] = i % 3 == 2 ? NAN : static_cast<float>(i % 3);
      data.labels.push_back(i % 3 == 0 ? c.low : i % 3 == 1 ? c.high : c.missing);
    }
    const TrainedModel trained =
        MustTrain(data.set(),
                  {.params = {{"n_estimators", "1"}, {"max_depth", "1"}, {"learning_rate", "1"}}});
    const inference::Tree tree = ForestOf(trained).Unpack().trees[0];
    EXPECT_EQ(tree.default_left[0] != 0, c.missing_left);
    EXPECT_EQ(std::isinf(tree.threshold[0]), c.against_all);
    const Probabilities p = trained.model->Predict(data.matrix);
    for (std::int64_t row = 0; row < 90; ++row)
      EXPECT_EQ(p.at(row, 1) > 0.5, data.labels[static_cast<std::size_t>(row)] == 1);
  }
}

TEST(SymmetricTest, WithoutAnythingToSplitTheClassSharesAreLeft) {
  for (const int classes : {2, 3}) {
    Data data{.matrix = Matrix(12, {{.name = "same"}}), .classes = classes};
    for (int i = 0; i < 12; ++i)
      data.labels.push_back(i % 4 == 0 ? 1 : i % 4 == 1 ? classes - 1 : 0);
    const TrainedModel trained = MustTrain(data.set(), {});
    EXPECT_EQ(trained.params.at("n_estimators"), "1");
    for (int k = 0; k < classes; ++k) {
      const double share =
          static_cast<double>(std::count(data.labels.begin(), data.labels.end(), k)) / 12;
      EXPECT_NEAR(trained.model->Predict(data.matrix).at(0, k), share, 1e-6);
    }
    EXPECT_THAT(trained.importance, testing::ElementsAre(0));
  }
}

}  // namespace
}  // namespace reeve::learners
