#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "reeve/table/matrix.h"

namespace reeve::learners {

/// The bin of a missing value.
inline constexpr std::uint8_t kMissingBin = 255;

/// A matrix column as small whole numbers that keep its order (numbers) or identity (categories).
struct QuantisedColumn {
  bool is_categorical = false;
  std::vector<std::uint8_t> bins;
  /// Numbers: bin b holds cuts[b-1] <= x < cuts[b]; so `x < cuts[b]` is exactly "bin <= b", in
  /// float32 too.
  std::vector<float> cuts = {};
  /// Categories: code = bin, but for the last bin, which holds all codes from it up to this one.
  std::int32_t largest_code = 0;
};

/// A whole matrix, quantised once and read by every learner and fold. Immutable once made.
struct QuantisedMatrix {
  std::vector<QuantisedColumn> columns;
  std::int64_t rows = 0;
};

/// At most 255 bins a column: one per distinct value where there are few, else bins of about equal
/// size. Bins are cut halfway between neighbouring values. The same for any number of threads.
QuantisedMatrix Quantise(const Matrix& matrix, int threads);
/// The same with cuts that come from the rows `cut_rows` alone (empty: from all), so that held-out
/// rows leave no trace; every row of the matrix gets its bins.
QuantisedMatrix Quantise(const Matrix& matrix, std::span<const std::int64_t> cut_rows, int threads);
/// Another matrix with the same columns, cut as `model` was.
QuantisedMatrix QuantiseAs(const Matrix& matrix, const QuantisedMatrix& model, int threads);

}  // namespace reeve::learners
