#include "reeve/table/matrix.h"

#include <cmath>

#include <gtest/gtest.h>

namespace reeve {
namespace {

Matrix Counting(std::int64_t rows, std::int64_t cols) {
  Matrix matrix(rows, std::vector<MatrixColumn>(static_cast<std::size_t>(cols)));
  for (std::int64_t j = 0; j < cols; ++j) {
    for (std::int64_t i = 0; i < rows; ++i) {
      matrix.column(j)[static_cast<std::size_t>(i)] = static_cast<float>(10 * j + i);
    }
  }
  return matrix;
}

TEST(MatrixTest, StoresColumnAfterColumn) {
  const Matrix matrix = Counting(3, 2);
  EXPECT_EQ(matrix.rows(), 3);
  EXPECT_EQ(matrix.cols(), 2);
  EXPECT_EQ(matrix.at(2, 1), 12);
  EXPECT_EQ(matrix.values().size(), 6u);
  EXPECT_EQ(matrix.values()[3], 10) << "the second column starts behind the first";
  EXPECT_EQ(Matrix().rows(), 0);
  EXPECT_EQ(Matrix(2, std::vector<MatrixColumn>(1)).at(1, 0), 0) << "starts with zeros";
}

TEST(MatrixTest, TakesRowsInTheOrderGiven) {
  Matrix matrix = Counting(3, 2);
  matrix.column(0)[0] = std::nanf("");
  const std::int64_t rows[] = {2, 2, 0};
  const Matrix taken = matrix.Take(rows);
  EXPECT_EQ(taken.rows(), 3);
  EXPECT_EQ(taken.at(0, 1), 12);
  EXPECT_EQ(taken.at(1, 1), 12);
  EXPECT_TRUE(std::isnan(taken.at(2, 0)));
  EXPECT_EQ(matrix.Take({}).rows(), 0);
  EXPECT_EQ(matrix.Take({}).cols(), 2);
}

}  // namespace
}  // namespace reeve
