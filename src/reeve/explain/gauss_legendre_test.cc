#include "reeve/explain/gauss_legendre.h"

#include <cmath>

#include <gtest/gtest.h>

namespace reeve::explain {
namespace {

TEST(GaussLegendreTest, TwoPointsAreTheKnownOnes) {
  const Quadrature rule = GaussLegendre(2);
  EXPECT_NEAR(rule.points[0], 0.5 - std::sqrt(3.0) / 6, 1e-15);
  EXPECT_NEAR(rule.points[1], 0.5 + std::sqrt(3.0) / 6, 1e-15);
  EXPECT_NEAR(rule.weights[0], 0.5, 1e-15);
}

TEST(GaussLegendreTest, IsExactForTheDegreesItPromises) {
  for (const std::size_t count : {1U, 2U, 3U, 4U, 7U, 16U, 33U, 64U}) {
    const Quadrature rule = GaussLegendre(count);
    for (std::size_t degree = 0; degree <= 2 * count - 1; ++degree) {
      double sum = 0;
      for (std::size_t i = 0; i < count; ++i)
        sum += rule.weights[i] * std::pow(rule.points[i], static_cast<double>(degree));
      EXPECT_NEAR(sum, 1 / static_cast<double>(degree + 1), 1e-14) << count << " " << degree;
    }
  }
}

}  // namespace
}  // namespace reeve::explain
