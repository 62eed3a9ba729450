#include "reeve/learners/mlp/mlp_kernel.h"

#include <cmath>
#include <vector>

#include <gtest/gtest.h>

#include "reeve/learners/mlp/trained_layers.h"

namespace reeve::learners {
namespace {

TEST(MoveWeightsTest, IsAdamWithDecoupledDecay) {
  std::vector<float> values(16, 2), means(16, 0.5F), squares(16, 0.25F), gradients(16, -3);
  MoveWeights({values.data(), gradients.data(), means.data(), squares.data()}, 16,
              {.rate = 0.1F, .decay = 0.2F, .mean_correction = 3, .square_correction = 4});
  const double mean = 0.9 * 0.5 + 0.1 * -3, square = 0.99 * 0.25 + 0.01 * 9;
  EXPECT_NEAR(means[7], mean, 1e-6);
  EXPECT_NEAR(squares[7], square, 1e-6);
  EXPECT_NEAR(values[7], 2 * (1 - 0.02) - 0.1 * 3 * mean / std::sqrt(4 * square), 1e-6);
}

TEST(DropOutTest, LeavesOutAShareAndKeepsTheMean) {
  Random random(3);
  std::vector<float> values(80'000, 1), slopes(80'000, 2);
  DropOut(values, slopes.data(), 0.25, random);
  double kept = 0, sum = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    EXPECT_EQ(slopes[i], 2 * values[i]);
    kept += values[i] > 0 ? 1 : 0;
    sum += static_cast<double>(values[i]);
  }
  EXPECT_NEAR(kept / 80'000, 0.75, 0.01);
  EXPECT_NEAR(sum / 80'000, 1, 0.01);
}

TEST(LogLossDerivativesTest, AreProbabilitiesMinusTheClass) {
  for (const std::size_t outputs : {std::size_t{1}, std::size_t{3}}) {
    std::vector<float> margins(16, 5);
    margins[0] = 0.5F;
    margins[1] = -1;
    margins[2] = 2;
    const std::int32_t label = 1;
    const float factor = 0.5F;
    const double loss = LogLossDerivatives({.margins = margins.data(),
                                            .count = 1,
                                            .outputs = outputs,
                                            .stride = 16,
                                            .labels = &label,
                                            .factors = &factor});
    if (outputs == 1) {
      const double p = 1 / (1 + std::exp(-0.5));
      EXPECT_NEAR(margins[0], 0.5 * (p - 1), 1e-6);
      EXPECT_NEAR(loss, -0.5 * std::log(p), 1e-6);
    } else {
      const double sum = std::exp(0.5) + std::exp(-1) + std::exp(2);
      EXPECT_NEAR(margins[0], 0.5 * std::exp(0.5) / sum, 1e-6);
      EXPECT_NEAR(margins[1], 0.5 * (std::exp(-1) / sum - 1), 1e-6);
      EXPECT_NEAR(loss, -0.5 * std::log(std::exp(-1) / sum), 1e-6);
    }
    for (std::size_t k = outputs; k < 16; ++k) EXPECT_EQ(margins[k], 0);
  }
}

}  // namespace
}  // namespace reeve::learners
