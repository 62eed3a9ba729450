#pragma once

#include <cstddef>

namespace reeve::learners {

/// Sums of the log loss's derivatives over rows.
struct DerivativeSums {
  double gradient = 0;
  double hessian = 0;
};

/// Rows of one leaf, two classes. Not owned.
struct LeafRows {
  const float* margins = nullptr;
  /// 0 or 1.
  const float* labels = nullptr;
  /// Null: all 1.
  const float* weights = nullptr;
  std::size_t count = 0;
};

/// Sums of weight x (p - label) and weight x p (1 - p) where each margin is `shift` larger, to
/// about 1e-6 a row. Float32 operations in a fixed order: the same bits on every processor.
DerivativeSums SumDerivatives(const LeafRows& rows, float shift);
/// The same without the instructions of newer processors, for comparison.
DerivativeSums SumDerivativesPortable(const LeafRows& rows, float shift);

}  // namespace reeve::learners
