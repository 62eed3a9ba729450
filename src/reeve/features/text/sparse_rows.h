#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace reeve::features {

/// A matrix of mostly zeros, row after row (CSR). Owns its values. Thread-compatible.
class SparseRows {
 public:
  struct Value {
    std::int32_t column = 0;
    float value = 0;
  };

  explicit SparseRows(std::int32_t columns) : columns_(columns) {}

  std::int64_t rows() const { return static_cast<std::int64_t>(offsets_.size()) - 1; }
  std::int32_t columns() const { return columns_; }
  std::span<const Value> row(std::int64_t row) const {
    const auto i = static_cast<std::size_t>(row);
    return std::span(values_).subspan(offsets_[i], offsets_[i + 1] - offsets_[i]);
  }

  /// Adds to the row that is being built. REQUIRES: 0 <= column < columns().
  void Append(std::int32_t column, float value) { values_.push_back({column, value}); }
  void EndRow() { offsets_.push_back(values_.size()); }

 private:
  std::int32_t columns_;
  std::vector<std::size_t> offsets_{0};
  std::vector<Value> values_;
};

}  // namespace reeve::features
