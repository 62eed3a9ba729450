#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "reeve/table/matrix.h"

namespace reeve::learners {

/// The rows of a matrix as a linear model reads them: columns that are mostly 0 (one-hot, terms of
/// texts) as the values of each row that are not, the others as they stand. What it costs to go
/// over the rows follows the values that are not 0, instead of the columns.
///
/// Does not own the matrix, which outlives it. Read by many threads.
class DesignRows {
 public:
  explicit DesignRows(const Matrix& matrix);

  std::int64_t rows() const { return matrix_.rows(); }
  std::size_t columns() const { return static_cast<std::size_t>(matrix_.cols()); }

  /// A value of a row in a column that is mostly 0.
  struct Entry {
    std::uint32_t column = 0;
    float value = 0;
  };
  /// Numbers of the columns that are stored as they stand.
  std::span<const std::size_t> dense() const { return dense_; }
  /// The values of a row in the other columns that are not 0, by column.
  std::span<const Entry> entries(std::int64_t row) const {
    const auto i = static_cast<std::size_t>(row);
    return std::span(entries_).subspan(begins_[i], begins_[i + 1] - begins_[i]);
  }
  /// Rows begin … of a column.
  const float* column(std::size_t j, std::int64_t begin) const {
    return matrix_.column(static_cast<std::int64_t>(j)).data() + begin;
  }

  /// Adds to sums[i - begin] what `weights`, one for each column, make of row i.
  void AddProducts(std::span<const double> weights, std::int64_t begin, std::int64_t end,
                   double* sums) const;
  /// Adds to sums[j] what factors[i - begin] x the value of row i in column j sum up to.
  void AddWeightedRows(std::span<const double> factors, std::int64_t begin, double* sums) const;
  /// Adds to sums[a * stride + b], b <= a, the sum over rows of factors[i - begin] x their values
  /// in columns a and b.
  void AddSquares(std::span<const double> factors, std::int64_t begin, std::size_t stride,
                  double* sums) const;

 private:
  void ListEntries(const std::vector<std::size_t>& sparse);

  const Matrix& matrix_;
  std::vector<std::size_t> dense_;
  std::vector<Entry> entries_;
  std::vector<std::size_t> begins_;
};

}  // namespace reeve::learners
