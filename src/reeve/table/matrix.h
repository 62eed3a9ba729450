#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace reeve {

/// What one column of a Matrix is.
struct MatrixColumn {
  /// "cibil_score", "education=Graduate", "Age (missing)".
  std::string name;
  /// The table's column it was made from.
  std::string source;
  /// True when values are category codes 0 … cardinality-1 (NaN = missing), false for numbers.
  bool is_categorical = false;
  /// Codes that may occur, the one kept for unseen categories included. 0 for numbers.
  std::int32_t cardinality = 0;
};

/// A dense matrix of float32, column-major, NaN = missing: what models are trained on and score.
/// Finite or NaN, never infinite. Owns its values. Thread-compatible.
class Matrix {
 public:
  Matrix() = default;
  /// All values 0. REQUIRES: rows >= 0.
  Matrix(std::int64_t rows, std::vector<MatrixColumn> columns)
      : rows_(rows),
        columns_(std::move(columns)),
        values_(static_cast<std::size_t>(rows) * columns_.size()) {}

  std::int64_t rows() const { return rows_; }
  std::int64_t cols() const { return static_cast<std::int64_t>(columns_.size()); }
  const std::vector<MatrixColumn>& columns() const { return columns_; }

  /// One column to fill or read; the span lives as long as the matrix is neither moved nor
  /// assigned.
  std::span<float> column(std::int64_t column_idx) {
    return {values_.data() + column_idx * rows_, static_cast<std::size_t>(rows_)};
  }
  std::span<const float> column(std::int64_t column_idx) const {
    return {values_.data() + column_idx * rows_, static_cast<std::size_t>(rows_)};
  }
  /// One value; for a loop over rows take column().
  float at(std::int64_t row, std::int64_t column_idx) const {
    return values_[static_cast<std::size_t>(column_idx * rows_ + row)];
  }
  /// All values, column after column.
  std::span<const float> values() const { return values_; }

  /// The rows `rows`, in that order.
  Matrix Take(std::span<const std::int64_t> rows) const {
    Matrix taken(static_cast<std::int64_t>(rows.size()), columns_);
    for (std::int64_t j = 0; j < cols(); ++j) {
      const auto from = column(j);
      auto to = taken.column(j);
      for (std::size_t i = 0; i < rows.size(); ++i) to[i] = from[static_cast<std::size_t>(rows[i])];
    }
    return taken;
  }

 private:
  std::int64_t rows_ = 0;
  std::vector<MatrixColumn> columns_;
  std::vector<float> values_;
};

}  // namespace reeve
