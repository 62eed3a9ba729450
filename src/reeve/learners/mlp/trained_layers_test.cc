#include "reeve/learners/mlp/trained_layers.h"

#include <cmath>
#include <vector>

#include <gtest/gtest.h>

namespace reeve::learners {
namespace {

constexpr std::size_t kWidths[] = {3, 5, 4, 2};
constexpr std::size_t kRows = 6;

std::vector<float> SomeRows() {
  Random random(5);
  std::vector<float> rows(kRows * 16);
  for (std::size_t i = 0; i < kRows; ++i) {
    for (std::size_t j = 0; j < kWidths[0]; ++j)
      rows[i * 16 + j] = static_cast<float>(random.Normal());
  }
  return rows;
}

// Each row's loss is the square of its first margin less its second.
double Loss(const float* margins) {
  double loss = 0;
  for (std::size_t i = 0; i < kRows; ++i) {
    const auto first = static_cast<double>(margins[i * 16]);
    const auto second = static_cast<double>(margins[i * 16 + 1]);
    loss += (first - second) * (first - second) / kRows;
  }
  return loss;
}
void Derive(float* margins) {
  for (std::size_t i = 0; i < kRows; ++i) {
    const float off = margins[i * 16] - margins[i * 16 + 1];
    margins[i * 16] = 2 * off / kRows;
    margins[i * 16 + 1] = -2 * off / kRows;
  }
}

TrainedLayers MakeLayers() {
  const float biases[] = {0.5F, -0.5F};
  return TrainedLayers(kWidths, biases, kRows, Random(9));
}

TEST(TrainedLayersTest, BeginWithWhatTheLastBiasesSay) {
  TrainedLayers layers = MakeLayers();
  Random drops(1);
  const std::vector<float> rows = SomeRows();
  const float* const margins = layers.Forward(rows.data(), kRows, 0, drops);
  for (std::size_t i = 0; i < kRows; ++i) {
    EXPECT_EQ(margins[i * 16], 0.5F);
    EXPECT_EQ(margins[i * 16 + 1], -0.5F);
    EXPECT_EQ(margins[i * 16 + 2], 0);
  }
}

TEST(TrainedLayersTest, StepsLowerTheLoss) {
  TrainedLayers layers = MakeLayers();
  Random drops(1);
  const std::vector<float> rows = SomeRows();
  double first = 0, last = 0;
  for (int step = 0; step < 200; ++step) {
    float* const margins = layers.Forward(rows.data(), kRows, 0, drops);
    last = Loss(margins);
    if (step == 0) first = last;
    Derive(margins);
    layers.Backward(rows.data(), kRows);
    layers.Step({.rate = 0.01F});
  }
  EXPECT_NEAR(first, 1, 1e-6);
  EXPECT_LT(last, 0.01);
  const auto taken = layers.Take();
  ASSERT_EQ(taken.size(), 3u);
  EXPECT_EQ(taken[1].weights.size(), 20u);
  EXPECT_EQ(taken[2].biases.size(), 2u);
}

TEST(TrainedLayersTest, GradientsAreDifferenceQuotients) {
  const std::vector<float> rows = SomeRows();
  Random drops(1);
  TrainedLayers layers = MakeLayers();
  for (int step = 0; step < 20; ++step) {  // away from the zeros of the last layer
    Derive(layers.Forward(rows.data(), kRows, 0, drops));
    layers.Backward(rows.data(), kRows);
    layers.Step({.rate = 0.02F});
  }
  const auto loss_of = [&](const std::vector<inference::DenseLayer>& dense) {
    double loss = 0;
    for (std::size_t i = 0; i < kRows; ++i) {
      std::vector<double> values(rows.begin() + static_cast<std::ptrdiff_t>(i * 16),
                                 rows.begin() + static_cast<std::ptrdiff_t>(i * 16 + 3));
      for (std::size_t l = 0; l < dense.size(); ++l) {
        std::vector<double> next(dense[l].biases.begin(), dense[l].biases.end());
        for (std::size_t n = 0; n < next.size(); ++n) {
          for (std::size_t k = 0; k < values.size(); ++k)
            next[n] += values[k] * dense[l].weights[k * next.size() + n];
          if (l + 1 < dense.size()) next[n] /= 1 + std::exp(-next[n]);
        }
        values = next;
      }
      loss += (values[0] - values[1]) * (values[0] - values[1]) / kRows;
    }
    return loss;
  };
  const auto before = layers.Take();
  Derive(layers.Forward(rows.data(), kRows, 0, drops));
  layers.Backward(rows.data(), kRows);
  for (std::size_t l = 0; l < before.size(); ++l) {
    const std::size_t outputs = before[l].biases.size();
    for (std::size_t w = 0; w < before[l].weights.size(); ++w) {
      constexpr float kStep = 1e-3F;
      auto up = before, down = before;
      up[l].weights[w] += kStep;
      down[l].weights[w] -= kStep;
      const double quotient = (loss_of(up) - loss_of(down)) / (2 * static_cast<double>(kStep));
      EXPECT_NEAR(layers.gradients(l)[w / outputs * 16 + w % outputs], quotient,
                  1e-3 * (1 + std::abs(quotient)))
          << l << " " << w;
    }
  }
}

}  // namespace
}  // namespace reeve::learners
