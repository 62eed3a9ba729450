#include "reeve/inference/perceptron.h"

#include <cmath>
#include <limits>

#include <gtest/gtest.h>

#include "reeve/base/random.h"
#include "reeve/inference/test_damaged_model.h"

namespace reeve::inference {
namespace {

Perceptron RandomPerceptron(std::int64_t features, int classes, std::vector<std::size_t> hidden) {
  Random random(7);
  const auto values = [&](std::size_t count) {
    std::vector<float> made(count);
    for (float& value : made) value = static_cast<float>(random.Normal());
    return made;
  };
  Perceptron made{.features = features, .classes = classes};
  made.means = values(static_cast<std::size_t>(features));
  hidden.push_back(made.outputs());
  auto inputs = static_cast<std::size_t>(features);
  for (const std::size_t width : hidden) {
    made.layers.push_back({.weights = values(inputs * width), .biases = values(width)});
    inputs = width;
  }
  return made;
}

Matrix RandomMatrix(std::int64_t rows, std::int64_t columns) {
  Random random(8);
  Matrix matrix(rows, std::vector<MatrixColumn>(static_cast<std::size_t>(columns)));
  for (std::int64_t j = 0; j < columns; ++j) {
    for (float& value : matrix.column(j)) value = static_cast<float>(3 * random.Normal());
  }
  return matrix;
}

// Layer after layer in double, as the header says it.
std::vector<double> MarginsByTheRules(const Perceptron& perceptron, const Matrix& matrix,
                                      std::int64_t row) {
  std::vector<double> values;
  for (std::int64_t j = 0; j < matrix.cols(); ++j) {
    const double off = matrix.at(row, j) - perceptron.means[static_cast<std::size_t>(j)];
    values.push_back(off / std::sqrt(1 + off * off / 16));
  }
  for (std::size_t l = 0; l < perceptron.layers.size(); ++l) {
    const DenseLayer& layer = perceptron.layers[l];
    std::vector<double> next;
    for (std::size_t n = 0; n < layer.biases.size(); ++n) {
      double sum = layer.biases[n];
      for (std::size_t k = 0; k < values.size(); ++k)
        sum += values[k] * layer.weights[k * layer.biases.size() + n];
      next.push_back(l + 1 < perceptron.layers.size() ? sum / (1 + std::exp(-sum)) : sum);
    }
    values = std::move(next);
  }
  return values;
}

TEST(PerceptronTest, IsItsLayersOneAfterTheOther) {
  const Matrix matrix = RandomMatrix(5, 3);
  for (const int classes : {2, 4}) {
    const Perceptron perceptron = RandomPerceptron(3, classes, {5, 20});
    const auto model = PerceptronModel::Make(perceptron);
    ASSERT_TRUE(model.ok()) << model.status().message();
    const Probabilities p = (*model)->Predict(matrix);
    for (std::int64_t row = 0; row < 5; ++row) {
      std::vector<double> margins = MarginsByTheRules(perceptron, matrix, row);
      if (classes == 2) margins.insert(margins.begin(), 0.0);
      double sum = 0;
      for (const double margin : margins) sum += std::exp(margin);
      for (int k = 0; k < classes; ++k)
        EXPECT_NEAR(p.at(row, k), std::exp(margins[static_cast<std::size_t>(k)]) / sum, 1e-5);
    }
  }
}

TEST(PerceptronTest, ARowScoresTheSameWhateverStandsAroundIt) {
  const auto model = PerceptronModel::Make(RandomPerceptron(4, 3, {33, 16}));
  const Matrix matrix = RandomMatrix(203, 4);
  const Probabilities all = (*model)->Predict(matrix);
  for (const std::int64_t row : {0, 63, 64, 100, 202}) {
    const std::int64_t rows[] = {row};
    const Probabilities alone = (*model)->Predict(matrix.Take(rows));
    for (int k = 0; k < 3; ++k) EXPECT_EQ(all.at(row, k), alone.at(0, k));
    // Row after row in memory, as a service has it.
    std::vector<float> values;
    for (std::int64_t j = 0; j < 4; ++j) values.push_back(matrix.at(row, j));
    std::vector<double> said(3);
    WorkMemory work;
    (*model)->PredictBlock({.values = values.data(), .stride = 1, .rows = 1, .row_stride = 4}, said,
                           work);
    for (int k = 0; k < 3; ++k) EXPECT_EQ(all.at(row, k), said[static_cast<std::size_t>(k)]);
  }
}

TEST(PerceptronTest, SurvivesTheLargestValues) {
  const float largest = std::numeric_limits<float>::max();
  EXPECT_EQ(PerceptronInput(largest, -largest), 4);
  EXPECT_EQ(PerceptronInput(-largest, largest), -4);
  EXPECT_NEAR(PerceptronInput(3.9e6F, 0), 4, 1e-5);
}

TEST(PerceptronTest, ReadsBackEqual) {
  for (const int classes : {2, 3}) {
    const auto model = PerceptronModel::Make(RandomPerceptron(4, classes, {6}));
    const std::string bytes = (*model)->Serialize();
    const auto read = LoadModel(bytes);
    ASSERT_TRUE(read.ok()) << read.status().message();
    EXPECT_EQ((*read)->kind(), "perceptron");
    EXPECT_EQ((*read)->Serialize(), bytes);
    const Matrix matrix = RandomMatrix(20, 4);
    EXPECT_EQ((*read)->Predict(matrix).values, (*model)->Predict(matrix).values);
  }
}

TEST(PerceptronTest, RefusesLayersThatDoNotFit) {
  const std::vector<void (*)(Perceptron&)> faults = {
      [](Perceptron& p) { p.layers.clear(); },
      [](Perceptron& p) { p.layers.pop_back(); },
      [](Perceptron& p) { p.layers[0].weights.pop_back(); },
      [](Perceptron& p) { p.layers[1].biases.push_back(0); },
      [](Perceptron& p) { p.layers[1].biases.clear(); },
      [](Perceptron& p) { p.layers[0].weights[2] = NAN; },
      [](Perceptron& p) { p.layers[0].biases[0] = INFINITY; },
      [](Perceptron& p) { p.means.pop_back(); },
      [](Perceptron& p) { p.means[0] = NAN; },
      [](Perceptron& p) { p.features = 0; },
      [](Perceptron& p) { p.classes = 4; }};
  for (std::size_t i = 0; i < faults.size(); ++i) {
    Perceptron perceptron = RandomPerceptron(2, 3, {5});
    faults[i](perceptron);
    EXPECT_EQ(PerceptronModel::Make(perceptron).status().code(), StatusCode::kCorrupt) << i;
  }
}

TEST(PerceptronTest, RefusesEveryTruncationAndSurvivesEveryFlippedByte) {
  const std::string bytes = (*PerceptronModel::Make(RandomPerceptron(3, 2, {4})))->Serialize();
  ExpectDamageIsHarmless(bytes, RandomMatrix(2, 3));
}

}  // namespace
}  // namespace reeve::inference
