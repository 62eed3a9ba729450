// A forest read from XGBoost's model has XGBoost's own margins, bit for bit.

#include <cmath>
#include <cstring>

#include <gtest/gtest.h>
#include <xgboost/c_api.h>

#include "reeve/base/random.h"
#include "reeve/inference/forest_model.h"
#include "reeve/learners/xgboost/api.h"
#include "reeve/learners/xgboost/boosted.h"

namespace reeve::learners {
namespace {

struct Case {
  std::uint64_t seed;
  int classes;
  int depth;
  const char* subsample;
};

Matrix RandomMatrix(Random& random, std::int64_t rows) {
  Matrix matrix(rows, {{.name = "normal"},
                       {.name = "ties [x]"},
                       {.name = "gaps"},
                       {.name = "few", .is_categorical = true, .cardinality = 4},
                       {.name = "many", .is_categorical = true, .cardinality = 71}});
  for (std::int64_t i = 0; i < rows; ++i) {
    const auto row = static_cast<std::size_t>(i);
    matrix.column(0)[row] = static_cast<float>(random.Normal());
    matrix.column(1)[row] = static_cast<float>(random.Below(9)) / 3;
    matrix.column(2)[row] =
        random.Uniform() < 0.3 ? NAN : static_cast<float>(random.Normal() * 1e6);
    matrix.column(3)[row] = random.Uniform() < 0.1 ? NAN : static_cast<float>(random.Below(3));
    matrix.column(4)[row] = static_cast<float>(random.Below(70));
  }
  return matrix;
}

// Values at, just below and just above every threshold, missing ones and categories never seen in
// training.
Matrix Nasty(Random& random, const inference::Forest& forest, const Matrix& train) {
  Matrix matrix = RandomMatrix(random, 2000);
  for (std::int64_t j = 0; j < 3; ++j) {
    for (float& value : matrix.column(j)) {
      const auto& tree = forest.trees[random.Below(forest.trees.size())];
      const std::size_t node = random.Below(tree.size());
      if (tree.left[node] < 0 || tree.feature[node] != j) continue;
      const float t = tree.threshold[node];
      const float choices[] = {t, std::nextafterf(t, -INFINITY), std::nextafterf(t, INFINITY), NAN};
      value = choices[random.Below(4)];
    }
  }
  for (float& code : matrix.column(3)) code = random.Uniform() < 0.2 ? 3.0F : code;
  for (float& code : matrix.column(4))
    code = random.Uniform() < 0.2 ? 70.0F : random.Uniform() < 0.1 ? NAN : code;
  (void)train;
  return matrix;
}

std::vector<float> XgboostMargins(const std::string& ubj, const Matrix& matrix) {
  BoosterHandle handle = nullptr;
  EXPECT_EQ(XGBoosterCreate(nullptr, 0, &handle), 0);
  EXPECT_EQ(XGBoosterLoadModelFromBuffer(handle, ubj.data(), ubj.size()), 0) << XGBGetLastError();
  const auto data = DataMatrix::Dense(matrix, FeatureTypesOf(matrix), 1);
  EXPECT_TRUE(data.ok());
  const bst_ulong* shape = nullptr;
  bst_ulong dimensions = 0;
  const float* values = nullptr;
  // Feature names are checked against the matrix; it has none, which counts as agreement only when
  // asked to skip.
  EXPECT_EQ(XGBoosterSetParam(handle, "validate_features", "0"), 0);
  EXPECT_EQ(
      XGBoosterPredictFromDMatrix(
          handle, data->handle(),
          R"({"type":1,"training":false,"iteration_begin":0,"iteration_end":0,"strict_shape":true})",
          &shape, &dimensions, &values),
      0)
      << XGBGetLastError();
  const std::vector<float> margins(values, values + shape[0] * shape[1]);
  XGBoosterFree(handle);
  return margins;
}

class EqualityTest : public testing::TestWithParam<Case> {};

TEST_P(EqualityTest, MarginsAreEqualBitForBit) {
  const Case& c = GetParam();
  Random random(c.seed);
  const Matrix train = RandomMatrix(random, 1500);
  std::vector<std::int32_t> labels;
  std::vector<double> weights;
  for (std::int64_t row = 0; row < train.rows(); ++row) {
    const double z = train.at(row, 0) + (std::isnan(train.at(row, 2)) ? 1 : 0) +
                     (train.at(row, 3) == 1 ? 1.5 : 0) +
                     (static_cast<int>(train.at(row, 4)) % 7 == 2 ? 1 : 0) + random.Normal();
    labels.push_back(std::clamp(static_cast<int>(std::floor(z)) + 1, 0, c.classes - 1));
    weights.push_back(0.5 + random.Uniform());
  }
  const TrainingSet set{
      .matrix = &train, .labels = labels, .classes = c.classes, .weights = weights};
  const auto trained = MakeBoosted()->Train(set, {.params = {{"n_estimators", "25"},
                                                             {"max_depth", std::to_string(c.depth)},
                                                             {"subsample", c.subsample},
                                                             {"learning_rate", "0.3"}}});
  ASSERT_TRUE(trained.ok()) << trained.status().message();
  const auto& model = dynamic_cast<const inference::ForestModel&>(*trained->model);
  const Matrix fresh = Nasty(random, model.forest().Unpack(), train);
  for (const Matrix* const matrix : {&train, &fresh}) {
    const std::vector<float> ours = model.Margins(*matrix);
    const std::vector<float> theirs = XgboostMargins(trained->native_bytes, *matrix);
    ASSERT_EQ(ours.size(), theirs.size());
    std::size_t different = 0;
    for (std::size_t i = 0; i < ours.size(); ++i)
      different += std::memcmp(&ours[i], &theirs[i], sizeof(float)) != 0;
    EXPECT_EQ(different, 0u);
  }
}

INSTANTIATE_TEST_SUITE_P(RandomModels, EqualityTest,
                         testing::Values(Case{1, 2, 1, "1"}, Case{2, 2, 4, "1"},
                                         Case{3, 2, 8, "0.6"}, Case{4, 2, 6, "0.8"},
                                         Case{5, 3, 3, "1"}, Case{6, 3, 6, "0.7"},
                                         Case{7, 5, 2, "1"}, Case{8, 5, 7, "0.9"}));

}  // namespace
}  // namespace reeve::learners
