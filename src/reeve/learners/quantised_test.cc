#include "reeve/learners/quantised.h"

#include <cmath>

#include <gtest/gtest.h>

#include "reeve/base/random.h"

namespace reeve::learners {
namespace {

// `x < cuts[b]` must say exactly what "bin <= b" says, for values a float apart and for many
// distinct ones.
TEST(QuantiseTest, CutsAndBinsSayTheSame) {
  Random random(1);
  Matrix matrix(3000, std::vector<MatrixColumn>(3));
  for (std::size_t row = 0; row < 3000; ++row) {
    float near = 1;
    for (std::uint64_t i = random.Below(40); i > 0; --i) near = std::nextafterf(near, 2);
    matrix.column(0)[row] = near;
    matrix.column(1)[row] = random.Uniform() < 0.1 ? NAN : static_cast<float>(random.Normal());
    matrix.column(2)[row] = static_cast<float>(std::floor(random.Normal() * 3));
  }
  const auto columns = Quantise(matrix, 2).columns;
  for (std::int64_t j = 0; j < 3; ++j) {
    const QuantisedColumn& column = columns[static_cast<std::size_t>(j)];
    ASSERT_FALSE(column.cuts.empty());
    for (std::size_t row = 0; row < 3000; ++row) {
      const float value = matrix.column(j)[row];
      if (std::isnan(value)) {
        EXPECT_EQ(column.bins[row], kMissingBin);
        continue;
      }
      for (std::size_t b = 0; b < column.cuts.size(); ++b)
        ASSERT_EQ(value < column.cuts[b], column.bins[row] <= b);
    }
  }
  EXPECT_EQ(columns[0].cuts.size(), 39u);
}

// Cuts that come from some rows are those of a matrix of these rows alone.
TEST(QuantiseTest, CutsComeFromTheRowsGiven) {
  Random random(2);
  Matrix matrix(2000, std::vector<MatrixColumn>(2));
  std::vector<std::int64_t> rows;
  for (std::int64_t row = 0; row < 2000; ++row) {
    matrix.column(0)[static_cast<std::size_t>(row)] = static_cast<float>(random.Normal());
    matrix.column(1)[static_cast<std::size_t>(row)] =
        row % 5 == 0 ? NAN : static_cast<float>(random.Below(row % 3 == 0 ? 100 : 9));
    if (row % 3 != 0) rows.push_back(row);
  }
  const QuantisedMatrix some = Quantise(matrix, rows, 2), alone = Quantise(matrix.Take(rows), 1);
  EXPECT_EQ(some.rows, 2000);
  for (std::size_t j = 0; j < 2; ++j) {
    EXPECT_EQ(some.columns[j].cuts, alone.columns[j].cuts);
    ASSERT_EQ(some.columns[j].bins.size(), 2000u);
    for (std::size_t i = 0; i < rows.size(); ++i)
      ASSERT_EQ(some.columns[j].bins[static_cast<std::size_t>(rows[i])], alone.columns[j].bins[i]);
  }
}

}  // namespace
}  // namespace reeve::learners
