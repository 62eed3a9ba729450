#include "reeve/learners/symmetric/packed_gradients.h"

#include <cmath>

#include <gtest/gtest.h>

#include "reeve/base/random.h"

namespace reeve::learners {
namespace {

TEST(PackedGradientsTest, SumsOfWordsAreSumsOfBothHalves) {
  for (const double scale : {1e-12, 1.0, 1e9}) {
    Random random(1);
    const std::size_t rows = 5000, outputs = 2;
    std::vector<float> gradients, hessians;
    for (std::size_t i = 0; i < rows * outputs; ++i) {
      gradients.push_back(static_cast<float>(scale * random.Normal()));
      hessians.push_back(static_cast<float>(scale * random.Uniform()));
    }
    PackedGradients packed(outputs);
    packed.Pack(gradients, hessians);
    for (std::size_t k = 0; k < outputs; ++k) {
      std::int64_t sum = 0;
      double gradient = 0, hessian = 0, size = 0;
      for (std::size_t i = k; i < rows * outputs; i += outputs) {
        sum += packed.words()[i];
        gradient += static_cast<double>(gradients[i]);
        hessian += static_cast<double>(hessians[i]);
        size += static_cast<double>(std::abs(gradients[i])) + static_cast<double>(hessians[i]);
      }
      const double bound = size * 0x1.0p-29 * std::sqrt(static_cast<double>(rows));
      EXPECT_NEAR(GradientOf(sum) * packed.gradient_unit(), gradient, bound);
      EXPECT_NEAR(HessianOf(sum) * packed.hessian_unit(), hessian, bound);
      EXPECT_GE(HessianOf(sum), 1 << 27);  // the room is used
    }
  }
}

TEST(PackedGradientsTest, NothingToAddIsNothing) {
  PackedGradients packed(1);
  packed.Pack(std::vector<float>{0, 0}, std::vector<float>{0, 0});
  EXPECT_EQ(packed.words()[0] + packed.words()[1], 0);
}

}  // namespace
}  // namespace reeve::learners
