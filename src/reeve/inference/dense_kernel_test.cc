#include "reeve/inference/dense_kernel.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include <gtest/gtest.h>

#include "reeve/base/random.h"

namespace reeve::inference {
namespace {

std::vector<float> RandomValues(std::size_t count, Random random) {
  std::vector<float> values(count);
  for (float& value : values) value = static_cast<float>(random.Normal());
  return values;
}

// Each sum by itself, term after term.
std::vector<float> ByTheRules(const Strided& left, const Strided& right, const float* start) {
  std::vector<float> out(left.rows * Padded(right.columns));
  for (std::size_t i = 0; i < left.rows; ++i) {
    for (std::size_t n = 0; n < Padded(right.columns); ++n) {
      float sum = start == nullptr ? 0 : start[n];
      for (std::size_t k = 0; k < left.columns; ++k) {
        const float a = left.values[i * left.row_stride + k * left.column_stride];
        const float b =
            n < right.columns ? right.values[k * right.row_stride + n * right.column_stride] : 0;
        const float product = a * b;
        sum = sum + product;
      }
      out[i * Padded(right.columns) + n] = sum;
    }
  }
  return out;
}

TEST(MultiplyTest, EqualsTheRulesBitForBitWithEveryVectorSet) {
  for (const auto& [rows, steps, columns] :
       {std::array<std::size_t, 3>{1, 1, 1}, {4, 7, 16}, {5, 33, 17}, {9, 64, 40}, {3, 0, 5}}) {
    const Random random(rows * 100 + steps);
    const auto a = RandomValues(rows * steps, random.Fork("a"));
    const auto b = RandomValues(steps * columns, random.Fork("b"));
    const auto start = RandomValues(Padded(columns), random.Fork("start"));
    for (const bool transposed : {false, true}) {
      Strided left{.values = a.data(), .rows = rows, .columns = steps, .row_stride = steps};
      Strided right{.values = b.data(), .rows = steps, .columns = columns, .row_stride = columns};
      if (transposed) {
        left = Strided{.values = a.data(), .rows = steps, .columns = rows, .row_stride = rows}
                   .Transposed();
        right = Strided{.values = b.data(), .rows = columns, .columns = steps, .row_stride = steps}
                    .Transposed();
      }
      for (const float* const begin : {static_cast<const float*>(nullptr), start.data()}) {
        const std::vector<float> expected = ByTheRules(left, right, begin);
        for (const VectorSet vectors : {VectorSet::kPortable, WidestVectors()}) {
          std::vector<float> out(expected.size(), 99.0F);
          Multiply(left, Panels(right), begin, out.data(), Padded(columns), vectors);
          EXPECT_EQ(out, expected) << rows << " " << steps << " " << columns;
        }
      }
    }
  }
}

TEST(SiluTest, IsTheValueTimesItsSigmoidWithItsDerivative) {
  std::vector<float> values;
  for (float x = -100; x <= 100; x += 0.37F) values.push_back(x);
  values.push_back(0);
  values.resize(Padded(values.size()));
  std::vector<float> silu = values, slopes(values.size());
  ApplySilu(silu, slopes.data());
  for (std::size_t i = 0; i < values.size(); ++i) {
    const double x = values[i], sigmoid = 1 / (1 + std::exp(-x));
    EXPECT_NEAR(silu[i], x * sigmoid, 1e-6 * (1 + std::abs(x)));
    EXPECT_NEAR(slopes[i], sigmoid * (1 + x * (1 - sigmoid)), 1e-5);
  }
  EXPECT_EQ(silu.back(), 0);
  std::vector<float> portable = values, portable_slopes(values.size());
  ApplySilu(portable, portable_slopes.data(), VectorSet::kPortable);
  EXPECT_EQ(portable, silu);
  EXPECT_EQ(portable_slopes, slopes);
}

}  // namespace
}  // namespace reeve::inference
