#pragma once

#include <cstdint>
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

/// At most 255 bins a column: one per distinct value where there are few, else bins of about equal
/// size. Bins are cut halfway between neighbouring values.
std::vector<QuantisedColumn> Quantise(const Matrix& matrix, int threads);

}  // namespace reeve::learners
