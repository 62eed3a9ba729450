#include <algorithm>
#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "reeve/base/random.h"
#include "reeve/inference/forest_model.h"
#include "reeve/inference/forest_parts.h"
#include "reeve/learners/registry.h"

namespace reeve::learners {
namespace {

struct Data {
  Matrix matrix;
  std::vector<std::int32_t> labels;
  int classes = 2;

  TrainingSet set() const { return {.matrix = &matrix, .labels = labels, .classes = classes}; }
};

// Two numbers with gaps and a category for trees; the same without gaps or codes for linear models.
Data MakeData(std::int64_t rows, int classes, bool linear, std::uint64_t seed) {
  Random random(seed);
  Data data{
      .matrix = Matrix(
          rows,
          {{.name = "a", .source = "a"},
           {.name = "b", .source = "b"},
           {.name = "c", .source = "c", .is_categorical = !linear, .cardinality = linear ? 0 : 7}}),
      .labels = {},
      .classes = classes};
  for (std::int64_t i = 0; i < rows; ++i) {
    const auto row = static_cast<std::size_t>(i);
    const double a = random.Normal(), b = random.Normal();
    const auto code = static_cast<float>(random.Below(6));
    const bool gap = !linear && random.Uniform() < 0.1;
    data.matrix.column(0)[row] = static_cast<float>(a);
    data.matrix.column(1)[row] = gap ? NAN : static_cast<float>(b);
    data.matrix.column(2)[row] = linear ? (code == 2 ? 1.0F : 0.0F) : code;
    const double z = 1.5 * a + (gap ? 0.5 : b) + (code == 2 ? 1.5 : 0) + 0.5 * random.Normal();
    data.labels.push_back(classes == 2 ? z > 0 : z < -0.7 ? 0 : z < 0.9 ? 1 : 2);
  }
  return data;
}

double Accuracy(const inference::Model& model, const Data& data) {
  const Probabilities p = model.Predict(data.matrix);
  double right = 0;
  for (std::int64_t row = 0; row < p.rows; ++row)
    right += Decide(p.row(row), 0.5) == data.labels[static_cast<std::size_t>(row)];
  return right / static_cast<double>(p.rows);
}

class EveryLearner : public testing::TestWithParam<std::string> {
 protected:
  std::unique_ptr<Learner> learner() const { return MakeLearner(GetParam()).value(); }
  bool linear() const { return learner()->input() == InputKind::kLinear; }
  Params small() const {
    if (GetParam() == "logistic") return {{"C", "1"}};
    if (GetParam() == "mlp") return {{"epochs", "20"}, {"hidden_units", "32"}};
    if (GetParam() == "symmetric") return {{"n_estimators", "40"}};
    return {{"n_estimators", "40"},
            {GetParam() == "forest" ? "min_samples_leaf" : "min_child_weight", "3"}};
  }
};

TEST_P(EveryLearner, LearnsTwoAndThreeClasses) {
  for (const int classes : {2, 3}) {
    const Data train = MakeData(1500, classes, linear(), 1),
               test = MakeData(1500, classes, linear(), 2);
    const auto trained = learner()->Train(train.set(), {.params = small()});
    ASSERT_TRUE(trained.ok()) << trained.status().message();
    EXPECT_GT(Accuracy(*trained->model, test), classes == 2 ? 0.85 : 0.72);
    EXPECT_EQ(trained->importance.size(), 3u);
    EXPECT_NEAR(trained->importance[0] + trained->importance[1] + trained->importance[2], 1, 1e-9);
    const Probabilities p = trained->model->Predict(test.matrix);
    for (std::int64_t row = 0; row < p.rows; ++row) {
      double sum = 0;
      for (const double value : p.row(row)) sum += value;
      ASSERT_NEAR(sum, 1, 1e-9);
    }
  }
}

TEST_P(EveryLearner, GivesTheSameModelForAnyNumberOfThreads) {
  for (const int classes : {2, 3}) {
    const Data data = MakeData(20'000, classes, linear(), 3);
    Params params = small();
    if (GetParam() == "boosted") {
      params["subsample"] = "0.7";
      params["colsample_bytree"] = "0.7";
      params["colsample_bynode"] = "0.7";
    }
    if (GetParam() == "forest") params["n_estimators"] = "5";
    std::string first;
    for (const int threads : {1, 2, 3, 4}) {
      const auto trained = learner()->Train(data.set(), {.params = params, .threads = threads});
      ASSERT_TRUE(trained.ok()) << trained.status().message();
      if (threads == 1) first = trained->model->Serialize();
      EXPECT_EQ(trained->model->Serialize(), first)
          << threads << " threads, " << classes << " classes";
    }
  }
}

TEST_P(EveryLearner, WeightsActLikeRepeatedRows) {
  Data once = MakeData(300, 2, linear(), 4);
  std::vector<double> weights(300, 1.0);
  for (std::size_t i = 0; i < 100; ++i) weights[i] = 3;
  TrainingSet weighted = once.set();
  weighted.weights = weights;
  const auto a = learner()->Train(weighted, {.params = small()});
  ASSERT_TRUE(a.ok()) << a.status().message();
  std::vector<std::int64_t> rows;
  for (std::int64_t i = 0; i < 300; ++i) rows.insert(rows.end(), i < 100 ? 3 : 1, i);
  Data repeated{.matrix = once.matrix.Take(rows), .labels = {}};
  for (const std::int64_t row : rows)
    repeated.labels.push_back(once.labels[static_cast<std::size_t>(row)]);
  const auto b = learner()->Train(repeated.set(), {.params = small()});
  const Probabilities p = a->model->Predict(once.matrix), q = b->model->Predict(once.matrix);
  double difference = 0;
  for (std::int64_t row = 0; row < 300; ++row)
    difference += std::abs(p.at(row, 1) - q.at(row, 1)) / 300;
  EXPECT_LT(difference, GetParam() == "logistic" ? 1e-6 : 0.06);
}

// Rows named in one shared matrix, quantised or not, are learnt as a matrix of these rows is.
TEST_P(EveryLearner, LearnsNamedRowsAsIfTheyWereAlone) {
  for (const int classes : {2, 3}) {
    const Data data = MakeData(1200, classes, linear(), 10);
    std::vector<double> weights;
    std::vector<std::int64_t> rows, others;
    for (std::int64_t row = 0; row < 1200; ++row) {
      weights.push_back(1 + static_cast<double>(row % 4));
      (row % 5 == 0 ? others : rows).push_back(row);
      // Twice; for a forest, whose bags count a row once however often it is drawn, that is not
      // the same as two rows that are alike.
      if (row % 7 == 1 && row % 5 != 0 && GetParam() != "forest") rows.push_back(row);
    }
    TrainingSet shared = data.set();
    shared.weights = weights;
    TrainingSet watched = shared;
    shared.rows = rows;
    watched.rows = others;
    Data alone{.matrix = data.matrix.Take(rows), .labels = {}, .classes = classes};
    std::vector<double> own_weights;
    for (const std::int64_t row : rows) {
      alone.labels.push_back(data.labels[static_cast<std::size_t>(row)]);
      own_weights.push_back(weights[static_cast<std::size_t>(row)]);
    }
    TrainingSet copied = alone.set();
    copied.weights = own_weights;
    const TrainOptions options = {.params = small(), .early_stopping = &watched};
    const auto a = learner()->Train(shared, options), b = learner()->Train(copied, options);
    ASSERT_TRUE(a.ok() && b.ok());
    EXPECT_TRUE(a->model->Serialize() == b->model->Serialize());
    const QuantisedMatrix bins = Quantise(data.matrix, rows, 2);
    shared.quantised = &bins;
    EXPECT_TRUE(learner()->Train(shared, options)->model->Serialize() == a->model->Serialize());
  }
}

TEST_P(EveryLearner, SurvivesOddTables) {
  Data data{.matrix = Matrix(4, {{.name = "constant"}, {.name = "huge"}}), .labels = {0, 1, 0, 1}};
  const float huge = std::numeric_limits<float>::max();
  const float values[] = {huge, -huge, 1, 0};
  std::copy(std::begin(values), std::end(values), data.matrix.column(1).begin());
  if (!linear()) {
    for (float& value : data.matrix.column(0)) value = NAN;
  }
  const auto trained = learner()->Train(data.set(), {.params = small()});
  ASSERT_TRUE(trained.ok()) << trained.status().message();
  for (const double p : trained->model->Predict(data.matrix).values) EXPECT_TRUE(p >= 0 && p <= 1);
}

TEST_P(EveryLearner, StopsWhenCancelled) {
  const Data data = MakeData(500, 2, linear(), 5);
  Cancellation cancellation;
  cancellation.Request(15);
  EXPECT_EQ(learner()
                ->Train(data.set(), {.params = small(), .cancellation = &cancellation})
                .status()
                .code(),
            StatusCode::kCancelled);
}

TEST_P(EveryLearner, RefusesUnknownAndImpossibleParameters) {
  const Data data = MakeData(50, 2, linear(), 6);
  const auto complain = [&](const Params& params) {
    const Status status = learner()->Train(data.set(), {.params = params}).status();
    EXPECT_EQ(status.code(), StatusCode::kInvalidArgument);
    return status.message();
  };
  EXPECT_THAT(complain({{"max_dept", "3"}}),
              testing::HasSubstr("unknown parameter \"max_dept\" of " + GetParam()));
  for (const ParamSpec& spec : learner()->params()) {
    EXPECT_THAT(complain({{spec.name, "nonsense"}}), testing::HasSubstr(spec.name));
    EXPECT_TRUE(ValidateParams({{spec.name, spec.default_value}}, learner()->params(), "x").ok())
        << spec.name;
  }
}

INSTANTIATE_TEST_SUITE_P(Learners, EveryLearner, testing::ValuesIn(LearnerNames()),
                         [](const auto& one) { return one.param; });

TEST(BoostedTest, EarlyStoppingKeepsTheBestRoundOfItsOwnRows) {
  const Data train = MakeData(800, 2, false, 7), watch = MakeData(300, 2, false, 8);
  const TrainingSet watched = watch.set();
  const auto trained = MakeLearner("boosted").value()->Train(
      train.set(), {.params = {{"learning_rate", "0.3"}, {"early_stopping_rounds", "10"}},
                    .early_stopping = &watched});
  ASSERT_TRUE(trained.ok()) << trained.status().message();
  const int kept = std::stoi(trained->params.at("n_estimators"));
  double best = 1e9;
  std::int64_t best_step = -1;
  for (const HistoryPoint& point : trained->history) {
    if (point.metric != "watched_log_loss" || point.value >= best) continue;
    best = point.value;
    best_step = point.step;
  }
  EXPECT_EQ(kept, best_step + 1);
  EXPECT_LT(kept, 300);
  // The kept model has exactly the loss that was watched.
  const Probabilities p = trained->model->Predict(watch.matrix);
  double loss = 0;
  for (std::int64_t row = 0; row < p.rows; ++row)
    loss -= std::log(p.at(row, watch.labels[static_cast<std::size_t>(row)]));
  EXPECT_NEAR(loss / static_cast<double>(p.rows), best, 1e-6);
}

TEST(BoostedTest, KeepsAllRoundsWhenAsked) {
  const Data train = MakeData(800, 2, false, 7), watch = MakeData(300, 2, false, 8);
  const TrainingSet watched = watch.set();
  TrainOptions options{.params = {{"learning_rate", "0.3"}}, .early_stopping = &watched};
  const auto learner = MakeLearner("boosted").value();
  const auto best = learner->Train(train.set(), options);
  options.keep_all_rounds = true;
  const auto all = learner->Train(train.set(), options);
  ASSERT_TRUE(best.ok() && all.ok());
  EXPECT_EQ(best->history.size(), all->history.size());
  const auto& forest = dynamic_cast<const inference::ForestModel&>(*all->model).forest();
  const std::int64_t kept = std::stoi(best->params.at("n_estimators"));
  EXPECT_EQ(forest.trees.size(), static_cast<std::size_t>(kept + 10 + (kept - 1) / 8));
  EXPECT_EQ(inference::ForestModel::Make(inference::FirstRounds(forest, kept)).value()->Serialize(),
            best->model->Serialize());
}

// Rows that a tree did not see, walked through it by value: the mean of their shares.
TEST(ForestTest, OutOfBagIsTheMeanOverTreesThatDidNotSeeTheRow) {
  for (const int classes : {2, 3}) {
    const Data data = MakeData(600, classes, false, 11);
    std::vector<std::int64_t> rows;
    for (std::int64_t row = 0; row < 600; ++row) {
      if (row % 3 != 0) rows.insert(rows.end(), row % 11 == 1 ? 2 : 1, row);
    }
    TrainingSet set = data.set();
    set.rows = rows;
    const auto learner = MakeLearner("forest").value();
    std::optional<Probabilities> first;
    for (const int threads : {1, 3}) {
      const auto trained =
          learner->Train(set, {.params = {{"n_estimators", "60"}}, .threads = threads});
      ASSERT_TRUE(trained.ok());
      ASSERT_TRUE(trained->out_of_bag.has_value());
      ASSERT_EQ(trained->out_of_bag->rows, static_cast<std::int64_t>(rows.size()));
      if (!first) first = trained->out_of_bag;
      EXPECT_EQ(first->values, trained->out_of_bag->values);
    }
    // Better than chance, worse than on rows that were learnt.
    const auto loss = [&](const Probabilities& p) {
      double sum = 0;
      for (std::size_t i = 0; i < rows.size(); ++i) {
        const std::int32_t label = data.labels[static_cast<std::size_t>(rows[i])];
        sum -= std::log(std::max(p.at(static_cast<std::int64_t>(i), label), 0.01));
      }
      return sum / static_cast<double>(rows.size());
    };
    const auto trained = learner->Train(set, {.params = {{"n_estimators", "60"}}});
    const Probabilities seen = trained->model->Predict(data.matrix.Take(rows));
    EXPECT_LT(loss(*first), 0.8 * std::log(classes));
    EXPECT_LT(loss(seen), 0.7 * loss(*first));
  }
}

// With one tree every row is either in the bag (class shares of all) or gets that tree's leaf.
TEST(ForestTest, OutOfBagOfOneTreeIsItsLeafOrTheClassShares) {
  const Data data = MakeData(500, 2, false, 12);
  const auto trained =
      MakeLearner("forest").value()->Train(data.set(), {.params = {{"n_estimators", "1"}}});
  ASSERT_TRUE(trained.ok());
  const Probabilities leaf = trained->model->Predict(data.matrix);
  const double share =
      static_cast<double>(std::count(data.labels.begin(), data.labels.end(), 1)) / 500;
  int in_bag = 0;
  for (std::int64_t row = 0; row < 500; ++row) {
    const double p = trained->out_of_bag->at(row, 1);
    if (std::abs(p - share) < 1e-9) {
      ++in_bag;
    } else {
      EXPECT_NEAR(p, leaf.at(row, 1), 1e-6);
    }
  }
  EXPECT_NEAR(in_bag, 500 * 0.632, 40);
}

TEST(LogisticTest, APathGivesWhatSingleFitsGive) {
  const Data data = MakeData(400, 2, true, 9);
  const auto learner = MakeLearner("logistic").value();
  const std::vector<Params> path = {
      {{"C", "10"}}, {{"C", "0.01"}}, {{"C", "1"}, {"penalty", "l1"}}};
  const auto together = learner->TrainPath(data.set(), path, {});
  ASSERT_TRUE(together.ok());
  for (std::size_t i = 0; i < path.size(); ++i) {
    const auto alone = learner->Train(data.set(), {.params = path[i]});
    const Probabilities p = (*together)[i].model->Predict(data.matrix),
                        q = alone->model->Predict(data.matrix);
    for (std::int64_t row = 0; row < p.rows; ++row) ASSERT_NEAR(p.at(row, 1), q.at(row, 1), 1e-4);
  }
}

// What neither a linear model nor the first split of a tree sees.
TEST(MlpTest, LearnsExclusiveOr) {
  Random random(13);
  Data data{.matrix = Matrix(1000, std::vector<MatrixColumn>(2)), .labels = {}};
  for (std::size_t i = 0; i < 1000; ++i) {
    for (std::int64_t j = 0; j < 2; ++j)
      data.matrix.column(j)[i] = static_cast<float>(random.Normal());
    data.labels.push_back((data.matrix.column(0)[i] > 0) != (data.matrix.column(1)[i] > 0));
  }
  const auto trained = MakeLearner("mlp").value()->Train(data.set(), {});
  ASSERT_TRUE(trained.ok()) << trained.status().message();
  EXPECT_GT(Accuracy(*trained->model, data), 0.95);
  EXPECT_EQ(trained->params.at("epochs"), "30");
  // The loss of each epoch, falling.
  ASSERT_EQ(trained->history.size(), 30u);
  EXPECT_EQ(trained->history.front().metric, "train_log_loss");
  EXPECT_LT(trained->history.back().value, trained->history.front().value / 2);
}

TEST(MlpTest, SaysThatTrainingDiverged) {
  const Data data = MakeData(200, 2, true, 14);
  const auto trained = MakeLearner("mlp").value()->Train(
      data.set(), {.params = {{"learning_rate", "1"}, {"weight_decay", "10"}, {"epochs", "500"}}});
  EXPECT_EQ(trained.status().code(), StatusCode::kInvalidArgument);
  EXPECT_THAT(trained.status().message(), testing::HasSubstr("diverged"));
}

TEST(MakeLearnerTest, NamesTheNearest) {
  EXPECT_THAT(MakeLearner("bosted").status().message(), testing::HasSubstr("\"boosted\""));
}

}  // namespace
}  // namespace reeve::learners
