// Columns as lists and in line against plain loops over every value.

#include "reeve/learners/logistic/design_rows.h"

#include <gtest/gtest.h>

#include "reeve/base/random.h"
#include "reeve/learners/logistic/dot_kernel.h"

namespace reeve::learners {
namespace {

// Columns of all shares of zeros, in no order.
Matrix RandomMatrix(Random& random, std::int64_t rows, std::int64_t columns) {
  Matrix matrix(rows, std::vector<MatrixColumn>(static_cast<std::size_t>(columns)));
  for (std::int64_t j = 0; j < columns; ++j) {
    for (float& value : matrix.column(j)) {
      const bool zero = random.Below(20) >= static_cast<std::uint64_t>(j * 7 % 21);
      value = zero ? 0.0F : static_cast<float>(random.Normal());
    }
  }
  return matrix;
}

class DesignRowsTest : public testing::Test {
 protected:
  static constexpr std::int64_t kBegin = 3, kEnd = 90;

  DesignRowsTest() : matrix_(RandomMatrix(random_, 100, 21)), design_(matrix_) {
    for (std::int64_t i = kBegin; i < kEnd; ++i) factors_.push_back(random_.Uniform());
  }
  double At(std::int64_t row, std::size_t column) const {
    return static_cast<double>(matrix_.at(row, static_cast<std::int64_t>(column)));
  }

  Random random_{7};
  Matrix matrix_;
  DesignRows design_;
  std::vector<double> factors_;
};

TEST_F(DesignRowsTest, StoresSomeColumnsEachWayAndEveryValueOnce) {
  EXPECT_GT(design_.dense().size(), 3U);
  EXPECT_LT(design_.dense().size(), 20U);
  for (std::int64_t row = 0; row < matrix_.rows(); ++row) {
    std::vector<double> values(design_.columns());
    for (const std::size_t j : design_.dense()) values[j] = At(row, j);
    for (const auto& entry : design_.entries(row)) {
      EXPECT_EQ(values[entry.column], 0);
      values[entry.column] = static_cast<double>(entry.value);
    }
    for (std::size_t j = 0; j < values.size(); ++j) EXPECT_EQ(values[j], At(row, j));
  }
}

TEST_F(DesignRowsTest, MultipliesRowsByWeights) {
  std::vector<double> weights(design_.columns()), sums(kEnd - kBegin, 2.0);
  for (double& weight : weights) weight = random_.Normal();
  design_.AddProducts(weights, kBegin, kEnd, sums.data());
  for (std::int64_t i = kBegin; i < kEnd; ++i) {
    double expected = 2;
    for (std::size_t j = 0; j < weights.size(); ++j) expected += weights[j] * At(i, j);
    EXPECT_NEAR(sums[static_cast<std::size_t>(i - kBegin)], expected, 1e-12);
  }
}

TEST_F(DesignRowsTest, SumsRowsAndTheirSquares) {
  const std::size_t stride = design_.columns() + 2;
  std::vector<double> sums(design_.columns(), 1.0), squares(stride * stride, 1.0);
  design_.AddWeightedRows(factors_, kBegin, sums.data());
  design_.AddSquares(factors_, kBegin, stride, squares.data());
  for (std::size_t a = 0; a < design_.columns(); ++a) {
    double sum = 1;
    for (std::size_t i = 0; i < factors_.size(); ++i)
      sum += factors_[i] * At(kBegin + static_cast<std::int64_t>(i), a);
    EXPECT_NEAR(sums[a], sum, 1e-12);
    for (std::size_t b = 0; b <= a; ++b) {
      double square = 1;
      for (std::size_t i = 0; i < factors_.size(); ++i) {
        const auto row = kBegin + static_cast<std::int64_t>(i);
        square += factors_[i] * At(row, a) * At(row, b);
      }
      EXPECT_NEAR(squares[a * stride + b], square, 1e-12);
    }
  }
}

TEST(DotKernelTest, SumsWithTheSameBitsEverywhere) {
  Random random(3);
  for (const std::size_t count : {0, 1, 15, 16, 17, 100, 4096}) {
    std::vector<double> a(count);
    std::vector<float> b(count);
    double expected = 0;
    for (std::size_t i = 0; i < count; ++i) {
      a[i] = random.Normal();
      b[i] = static_cast<float>(random.Normal());
      expected += a[i] * static_cast<double>(b[i]);
    }
    EXPECT_EQ(Dot(a.data(), b.data(), count), DotPortable(a.data(), b.data(), count));
    EXPECT_NEAR(Dot(a.data(), b.data(), count), expected, 1e-9);
  }
}

}  // namespace
}  // namespace reeve::learners
