#include "reeve/features/text/linear_svm.h"

#include <cmath>
#include <numeric>

#include <gtest/gtest.h>

#include "reeve/base/random.h"

namespace reeve::features {
namespace {

struct Rows {
  SparseRows matrix{5};
  std::vector<std::int64_t> rows;
  std::vector<std::uint8_t> is_positive;
};

Rows RandomRows(std::uint64_t seed, int count) {
  Random random(seed);
  Rows made;
  for (int i = 0; i < count; ++i) {
    double sum = 0;
    for (std::int32_t column = 0; column < 5; ++column) {
      if (random.Uniform() < 0.4) continue;
      const double value = random.Normal();
      made.matrix.Append(column, static_cast<float>(value));
      sum += value * (column - 1);
    }
    made.matrix.EndRow();
    made.rows.push_back(i);
    made.is_positive.push_back(sum + random.Normal() > 0.5 ? 1 : 0);
  }
  return made;
}

// The gradient of what is minimised.
std::vector<double> Gradient(const Rows& set, const LinearSeparator& separator, double cost) {
  std::vector<double> gradient = separator.weights;
  gradient.push_back(separator.intercept);
  for (std::size_t i = 0; i < set.rows.size(); ++i) {
    const double sign = set.is_positive[i] != 0 ? 1 : -1;
    const double lacking = 1 - sign * separator.Margin(set.matrix.row(set.rows[i]));
    if (lacking <= 0) continue;
    for (const auto& value : set.matrix.row(set.rows[i]))
      gradient[static_cast<std::size_t>(value.column)] -=
          2 * cost * lacking * sign * static_cast<double>(value.value);
    gradient.back() -= 2 * cost * lacking * sign;
  }
  return gradient;
}

TEST(LinearSvmTest, FindsTheMinimum) {
  for (const double cost : {0.05, 1.0, 10.0}) {
    const Rows set = RandomRows(7, 300);
    const LinearSeparator separator =
        TrainLinearSvm(set.matrix, set.rows, set.is_positive,
                       {.cost = cost, .tolerance = 1e-10, .most_passes = 100'000});
    for (const double slope : Gradient(set, separator, cost)) EXPECT_NEAR(slope, 0, 1e-6) << cost;
  }
}

TEST(LinearSvmTest, OnlyTheGivenRowsMatter) {
  const Rows set = RandomRows(7, 100);
  std::vector<std::int64_t> even;
  std::vector<std::uint8_t> labels;
  SparseRows alone(5);
  std::vector<std::int64_t> all;
  for (std::int64_t row = 0; row < 100; row += 2) {
    even.push_back(row);
    labels.push_back(set.is_positive[static_cast<std::size_t>(row)]);
    for (const auto& value : set.matrix.row(row)) alone.Append(value.column, value.value);
    alone.EndRow();
    all.push_back(row / 2);
  }
  const LinearSeparator a = TrainLinearSvm(set.matrix, even, labels, {}),
                        b = TrainLinearSvm(alone, all, labels, {});
  EXPECT_EQ(a.weights, b.weights);
  EXPECT_EQ(a.intercept, b.intercept);
}

TEST(LinearSvmTest, OneClassAndNoRowsAreNoFault) {
  Rows set = RandomRows(7, 10);
  set.is_positive.assign(10, 0);
  EXPECT_LT(TrainLinearSvm(set.matrix, set.rows, set.is_positive, {}).intercept, 0);
  EXPECT_EQ(TrainLinearSvm(set.matrix, {}, {}, {}).intercept, 0);
}

}  // namespace
}  // namespace reeve::features
