#include "reeve/explain/integrated_gradients.h"

#include <cmath>

#include <gtest/gtest.h>

#include "reeve/base/random.h"

namespace reeve::explain {
namespace {

inference::Perceptron RandomPerceptron(int classes) {
  Random random(3);
  inference::Perceptron made{.features = 4, .classes = classes};
  made.means = {1, 0, -2, 0};
  std::size_t inputs = 4;
  for (const std::size_t width : {std::size_t{20}, std::size_t{9}, made.outputs()}) {
    inference::DenseLayer layer;
    for (std::size_t i = 0; i < inputs * width; ++i)
      layer.weights.push_back(static_cast<float>(0.6 * random.Normal()));
    // The last column says nothing.
    for (std::size_t n = 0; inputs == 4 && n < width; ++n) layer.weights[3 * width + n] = 0;
    for (std::size_t n = 0; n < width; ++n)
      layer.biases.push_back(static_cast<float>(random.Normal()));
    made.layers.push_back(std::move(layer));
    inputs = width;
  }
  return made;
}

TEST(IntegratedGradientsTest, SumToWhatTheModelSaysOfTheRow) {
  Random random(4);
  for (const int classes : {2, 3}) {
    const inference::Perceptron perceptron = RandomPerceptron(classes);
    const auto model = inference::PerceptronModel::Make(perceptron);
    const IntegratedGradients gradients(perceptron);
    std::vector<float> values;
    for (int i = 0; i < 40; ++i) values.push_back(static_cast<float>(2 * random.Normal()));
    const inference::FeatureBlock block{
        .values = values.data(), .stride = 1, .rows = 10, .row_stride = 4};
    std::vector<double> said(10 * static_cast<std::size_t>(classes));
    inference::WorkMemory work;
    (*model)->PredictBlock(block, said, work);
    // Margins of a softmax are told up to a constant: the difference of two classes is not.
    std::vector<double> sums(10, 0.0);
    for (std::size_t output = 0; output < (classes == 2 ? 1U : 2U); ++output) {
      std::vector<double> contributions(40);
      gradients.Contributions(block, output, contributions);
      for (std::size_t i = 0; i < 10; ++i) {
        double sum = gradients.expected(output);
        for (std::size_t j = 0; j < 4; ++j) sum += contributions[i * 4 + j];
        EXPECT_EQ(contributions[i * 4 + 3], 0);
        sums[i] += output == 0 && classes == 3 ? -sum : sum;
      }
    }
    for (std::size_t i = 0; i < 10; ++i) {
      const double* const p = said.data() + i * static_cast<std::size_t>(classes);
      EXPECT_NEAR(sums[i], std::log(p[1] / p[0]), 1e-4);
    }
  }
}

// A perceptron without hidden layers is linear in what goes in.
TEST(IntegratedGradientsTest, OfALinearModelAreWeightTimesInput) {
  const inference::Perceptron perceptron{.features = 2,
                                         .classes = 2,
                                         .means = {1, 2},
                                         .layers = {{.weights = {3, -5}, .biases = {0.5F}}}};
  const IntegratedGradients gradients(perceptron);
  EXPECT_NEAR(gradients.expected(0), 0.5, 1e-6);
  const float row[] = {4, 1};
  double contributions[2];
  gradients.Contributions({.values = row, .stride = 1, .rows = 1, .row_stride = 2}, 0,
                          contributions);
  EXPECT_NEAR(contributions[0], 3 * inference::PerceptronInput(4, 1), 1e-5);
  EXPECT_NEAR(contributions[1], -5 * inference::PerceptronInput(1, 2), 1e-5);
}

TEST(IntegratedGradientsTest, OfTheTypicalRowAreNone) {
  const inference::Perceptron perceptron = RandomPerceptron(2);
  const IntegratedGradients gradients(perceptron);
  double contributions[4];
  gradients.Contributions(
      {.values = perceptron.means.data(), .stride = 1, .rows = 1, .row_stride = 4}, 0,
      contributions);
  for (const double value : contributions) EXPECT_EQ(value, 0);
}

}  // namespace
}  // namespace reeve::explain
