#include "reeve/learners/xgboost/boosted.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <xgboost/c_api.h>

#include "reeve/base/random.h"
#include "reeve/inference/forest_model.h"
#include "reeve/learners/log_loss/gradients.h"
#include "reeve/learners/test_data.h"
#include "reeve/learners/xgboost/api.h"
#include "reeve/learners/xgboost/read_forest.h"

namespace reeve::learners {
namespace {

// Numbers with gaps and ties, a narrow and a wide category, and a column of noise (the last).
Data MakeData(std::int64_t rows, int classes, std::uint64_t seed) {
  Random random(seed);
  Data data{.matrix = Matrix(rows, {{.name = "normal"},
                                    {.name = "ties"},
                                    {.name = "gaps"},
                                    {.name = "few", .is_categorical = true, .cardinality = 4},
                                    {.name = "many", .is_categorical = true, .cardinality = 301},
                                    {.name = "noise"}}),
            .classes = classes};
  for (std::int64_t i = 0; i < rows; ++i) {
    const auto row = static_cast<std::size_t>(i);
    const double a = random.Normal(), b = static_cast<double>(random.Below(9)), c = random.Normal();
    const bool gap = random.Uniform() < 0.2;
    const auto few = random.Below(3), many = random.Below(300);
    data.matrix.column(0)[row] = static_cast<float>(a);
    data.matrix.column(1)[row] = static_cast<float>(b);
    data.matrix.column(2)[row] = gap ? NAN : static_cast<float>(c);
    data.matrix.column(3)[row] = random.Uniform() < 0.1 ? NAN : static_cast<float>(few);
    data.matrix.column(4)[row] = static_cast<float>(many);
    data.matrix.column(5)[row] = static_cast<float>(random.Normal());
    const double z = a + (b - 4) / 3 + (gap ? 1 : c * 0.5) + (few == 1 ? 0.8 : 0) +
                     (many % 7 == 2 ? 1.5 : 0) + 0.7 * random.Normal();
    data.labels.push_back(std::clamp(static_cast<int>(std::floor(z)) + 1, 0, classes - 1));
    data.weights.push_back(0.2 + 3 * random.Uniform());
  }
  return data;
}

TrainedModel MustTrain(const Data& data, const Params& params, int threads = 1,
                       std::uint64_t seed = 42) {
  auto trained =
      MakeBoosted()->Train(data.set(), {.params = params, .seed = seed, .threads = threads});
  EXPECT_TRUE(trained.ok()) << trained.status().message();
  return trained.ok() ? std::move(*trained) : TrainedModel();
}

double LogLoss(const inference::Model& model, const Data& data) {
  const Probabilities p = model.Predict(data.matrix);
  double loss = 0, total = 0;
  for (std::int64_t row = 0; row < p.rows; ++row) {
    const auto i = static_cast<std::size_t>(row);
    loss -= data.weights[i] * std::log(p.at(row, data.labels[i]));
    total += data.weights[i];
  }
  return loss / total;
}

// Every bit of the model and of XGBoost's own file, with all kinds of sampling, is the same for any
// number of threads.
TEST(BoostedTest, GivesTheSameBytesForAnyNumberOfThreads) {
  const std::vector<Params> settings = {
      {{"subsample", "0.7"}, {"colsample_bytree", "0.7"}, {"colsample_bynode", "0.7"}},
      {{"grow_policy", "lossguide"}, {"max_leaves", "12"}, {"max_depth", "0"}},
      {{"max_bin", "600"}, {"max_depth", "7"}, {"subsample", "0.5"}}};
  for (const int classes : {2, 3}) {
    // So many values that four threads are really used.
    const Data data = MakeData(22'000, classes, 3);
    for (Params params : settings) {
      params["n_estimators"] = "2";
      const TrainedModel one = MustTrain(data, params, 1);
      for (const int threads : {2, 3, 4}) {
        const TrainedModel more = MustTrain(data, params, threads);
        EXPECT_EQ(more.model->Serialize(), one.model->Serialize()) << threads;
        EXPECT_EQ(more.native_bytes, one.native_bytes) << threads;
      }
    }
  }
}

TEST(BoostedTest, GivesTheSameBytesAgainAndBesideOtherTrainings) {
  const Data data = MakeData(3000, 2, 4);
  const Params params = {{"n_estimators", "15"}, {"subsample", "0.6"}, {"colsample_bynode", "0.5"}};
  std::vector<std::string> alone;
  for (std::uint64_t seed = 0; seed < 4; ++seed)
    alone.push_back(MustTrain(data, params, 1, seed).native_bytes);
  EXPECT_NE(alone[0], alone[1]);
  EXPECT_EQ(MustTrain(data, params, 1, 0).native_bytes, alone[0]);
  std::vector<std::string> together(4);
  {
    std::vector<std::jthread> pool;
    for (std::size_t i = 0; i < 4; ++i)
      pool.emplace_back([&, i] { together[i] = MustTrain(data, params, 2, i).native_bytes; });
  }
  EXPECT_EQ(together, alone);
}

// XGBoost with its own objective on the same binned rows.
std::string TrainPlainly(const Data& data, const Params& params) {
  const auto matrix = DataMatrix::Quantile(data.matrix, FeatureTypesOf(data.matrix), 256, 1);
  EXPECT_TRUE(matrix.ok());
  const std::vector<float> labels(data.labels.begin(), data.labels.end());
  const std::vector<float> weights(data.weights.begin(), data.weights.end());
  XGDMatrixSetFloatInfo(matrix->handle(), "label", labels.data(), labels.size());
  XGDMatrixSetFloatInfo(matrix->handle(), "weight", weights.data(), weights.size());
  BoosterHandle booster = nullptr;
  const DMatrixHandle handle = matrix->handle();
  EXPECT_EQ(XGBoosterCreate(&handle, 1, &booster), 0);
  double positive = 0, total = 0;
  for (std::size_t i = 0; i < labels.size(); ++i) {
    positive += data.weights[i] * data.labels[i];
    total += data.weights[i];
  }
  Params all = params;
  all["tree_method"] = "hist";
  all["nthread"] = "1";
  all["objective"] = data.classes == 2 ? "binary:logistic" : "multi:softprob";
  all["base_score"] = data.classes == 2 ? std::to_string(positive / total) : "0.5";
  if (data.classes > 2) all["num_class"] = std::to_string(data.classes);
  const int rounds = std::stoi(all.at("n_estimators"));
  all.erase("n_estimators");
  for (const auto& [name, value] : all) XGBoosterSetParam(booster, name.c_str(), value.c_str());
  for (int round = 0; round < rounds; ++round)
    EXPECT_EQ(XGBoosterUpdateOneIter(booster, round, handle), 0) << XGBGetLastError();
  bst_ulong size = 0;
  const char* bytes = nullptr;
  EXPECT_EQ(XGBoosterSaveModelToBuffer(booster, R"({"format":"ubj"})", &size, &bytes), 0);
  std::string saved(bytes, size);
  XGBoosterFree(booster);
  return saved;
}

TEST(BoostedTest, LearnsWhatXgboostsOwnObjectiveLearns) {
  for (const int classes : {2, 3}) {
    const Data data = MakeData(5000, classes, 5);
    const Params params = {
        {"n_estimators", "40"}, {"learning_rate", "0.15"}, {"max_depth", "4"}, {"max_bin", "256"}};
    const TrainedModel ours = MustTrain(data, params);
    auto plain = ReadForest(TrainPlainly(data, params));
    ASSERT_TRUE(plain.ok()) << plain.status().message();
    const auto theirs = inference::ForestModel::Make(std::move(plain->forest));
    EXPECT_NEAR(LogLoss(*ours.model, data), LogLoss(**theirs, data), classes == 2 ? 1e-4 : 1e-3)
        << classes;
  }
}

TEST(BoostedTest, ImportanceIsXgboostsTotalGain) {
  const Data data = MakeData(3000, 2, 6);
  const TrainedModel trained = MustTrain(data, {{"n_estimators", "20"}});
  BoosterHandle booster = nullptr;
  ASSERT_EQ(XGBoosterCreate(nullptr, 0, &booster), 0);
  ASSERT_EQ(XGBoosterLoadModelFromBuffer(booster, trained.native_bytes.data(),
                                         trained.native_bytes.size()),
            0);
  bst_ulong features = 0, dimensions = 0;
  const bst_ulong* shape = nullptr;
  const char** names = nullptr;
  const float* scores = nullptr;
  ASSERT_EQ(XGBoosterFeatureScore(booster, R"({"importance_type":"total_gain"})", &features, &names,
                                  &dimensions, &shape, &scores),
            0);
  double total = 0;
  for (bst_ulong i = 0; i < features; ++i) total += static_cast<double>(scores[i]);
  for (bst_ulong i = 0; i < features; ++i) {
    for (std::size_t j = 0; j < trained.importance.size(); ++j) {
      if (data.matrix.columns()[j].name != names[i]) continue;
      EXPECT_NEAR(trained.importance[j], static_cast<double>(scores[i]) / total, 1e-5);
    }
  }
  XGBoosterFree(booster);
  EXPECT_EQ(std::min_element(trained.importance.begin(), trained.importance.end()) -
                trained.importance.begin(),
            5);
}

TEST(BoostedTest, NativeFileCarriesNamesThatXgboostTakes) {
  Data data = MakeData(200, 2, 7);
  Matrix named(200, {{.name = "a [x]"}, {.name = "a _x_"}, {.name = "b<c"}});
  for (std::int64_t j = 0; j < 3; ++j)
    std::copy_n(data.matrix.column(j).begin(), 200, named.column(j).begin());
  data.matrix = std::move(named);
  const TrainedModel trained = MustTrain(data, {{"n_estimators", "3"}});
  BoosterHandle booster = nullptr;
  ASSERT_EQ(XGBoosterCreate(nullptr, 0, &booster), 0);
  ASSERT_EQ(XGBoosterLoadModelFromBuffer(booster, trained.native_bytes.data(),
                                         trained.native_bytes.size()),
            0);
  bst_ulong count = 0;
  const char** names = nullptr;
  ASSERT_EQ(XGBoosterGetStrFeatureInfo(booster, "feature_name", &count, &names), 0);
  EXPECT_THAT(std::vector<std::string>(names, names + count),
              testing::ElementsAre("a__x_", "a__x__2", "b_c"));
  XGBoosterFree(booster);
}

TEST(BoostedTest, KeepsAnExplicitNumberOfRoundsWithoutEarlyStopping) {
  const Data data = MakeData(300, 3, 8);
  const TrainedModel trained = MustTrain(data, {{"n_estimators", "7"}});
  EXPECT_EQ(trained.params.at("n_estimators"), "7");
  const auto& model = dynamic_cast<const inference::ForestModel&>(*trained.model);
  EXPECT_EQ(model.forest().trees.size(), 21u);
}

// Each is a table that has broken a trainer somewhere: it must give a model with probabilities.
TEST(BoostedTest, SurvivesOddTables) {
  const float nan = NAN, huge = std::numeric_limits<float>::max(), tiny = 1e-45F;
  struct Odd {
    const char* what;
    std::vector<float> values;
    bool is_categorical;
    std::vector<std::int32_t> labels;
    int classes;
  };
  const std::vector<Odd> cases = {
      {"one row", {1}, false, {1}, 2},
      {"one row of three classes", {1}, false, {2}, 3},
      {"only missing", {nan, nan, nan, nan}, false, {0, 1, 0, 1}, 2},
      {"only missing categories", {nan, nan, nan, nan}, true, {0, 1, 0, 1}, 2},
      {"constant", {5, 5, 5, 5}, false, {0, 1, 1, 1}, 2},
      {"one category", {0, 0, 0, 0}, true, {0, 1, 1, 1}, 2},
      {"one class", {1, 2, 3, 4}, false, {1, 1, 1, 1}, 2},
      {"a class without rows", {1, 2, 3, 4}, false, {0, 2, 0, 2}, 3},
      {"largest numbers", {huge, -huge, huge, -huge}, false, {1, 0, 1, 0}, 2},
      {"largest or missing", {huge, nan, huge, nan}, false, {1, 0, 1, 0}, 2},
      {"smallest numbers", {tiny, -tiny, tiny, 0}, false, {1, 0, 1, 0}, 2},
      {"far category", {0, 70000, 0, 70000}, true, {0, 1, 0, 1}, 2},
      {"minus zero", {-0.0F, 0.0F, -0.0F, 0.0F}, false, {0, 1, 0, 1}, 2}};
  for (const Odd& odd : cases) {
    const auto rows = static_cast<std::int64_t>(odd.labels.size());
    Matrix matrix(rows, {{.name = "x",
                          .is_categorical = odd.is_categorical,
                          .cardinality = odd.is_categorical ? 70'002 : 0}});
    std::copy(odd.values.begin(), odd.values.end(), matrix.column(0).begin());
    const TrainingSet set{.matrix = &matrix, .labels = odd.labels, .classes = odd.classes};
    const auto trained =
        MakeBoosted()->Train(set, {.params = {{"n_estimators", "5"}, {"min_child_weight", "0"}}});
    ASSERT_TRUE(trained.ok()) << odd.what << ": " << trained.status().message();
    for (const double p : trained->model->Predict(matrix).values)
      EXPECT_TRUE(p >= 0 && p <= 1) << odd.what;
    const auto watched = MakeBoosted()->Train(set, {.early_stopping = &set});
    EXPECT_TRUE(watched.ok()) << odd.what << ": " << watched.status().message();
  }
}

TEST(BoostedTest, RefusesATableWithoutRowsOrColumns) {
  const Matrix no_rows(0, {{.name = "x"}}), no_columns(3, {});
  const std::vector<std::int32_t> labels = {0, 1, 0};
  EXPECT_EQ(MakeBoosted()->Train({.matrix = &no_rows}, {}).status().code(),
            StatusCode::kInvalidData);
  EXPECT_EQ(MakeBoosted()->Train({.matrix = &no_columns, .labels = labels}, {}).status().code(),
            StatusCode::kInvalidData);
}

// Every byte of a real model damaged, every prefix: a refusal or a forest that is safe to walk.
TEST(ReadForestTest, SurvivesDamagedModels) {
  const Data data = MakeData(120, 2, 9);
  const std::string bytes =
      MustTrain(data, {{"n_estimators", "2"}, {"max_depth", "3"}}).native_bytes;
  ASSERT_TRUE(ReadForest(bytes).ok());
  for (std::size_t size = 0; size < bytes.size(); ++size)
    EXPECT_FALSE(ReadForest(std::string_view(bytes).substr(0, size)).ok());
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    for (const unsigned flip : {0x01U, 0x80U, 0xFFU}) {
      std::string damaged = bytes;
      damaged[i] = static_cast<char>(static_cast<unsigned char>(damaged[i]) ^ flip);
      auto read = ReadForest(damaged);
      if (!read.ok() || read->forest.features != data.matrix.cols()) continue;
      const auto model = inference::ForestModel::Make(std::move(read->forest));
      if (model.ok()) (void)(*model)->Predict(data.matrix);
    }
  }
}

}  // namespace
}  // namespace reeve::learners
