#pragma once

#include <cstddef>
#include <cstdint>

namespace reeve::learners {

/// Rows that a kernel call takes. A whole number of vectors of any width.
inline constexpr std::size_t kKernelRows = 256;

/// Rows of two classes: what BinaryLogLoss reads and writes, `count` values each. Not owned.
struct BinaryRows {
  /// Sums before the link, any finite value.
  const float* margins = nullptr;
  /// 0 or 1.
  const std::int32_t* labels = nullptr;
  /// Null: all 1.
  const double* weights = nullptr;
  /// Out, null when only the loss is wanted: weight x (p - label) and weight x p x (1 - p), rounded
  /// to multiples of `quantum` (a power of two); the latter at least one of it.
  float* gradients = nullptr;
  float* hessians = nullptr;
  double quantum = 0;
};

/// The sum of weight x log loss over `count` rows, to about 1e-12 relative, and its derivatives.
/// Only additions, multiplications and divisions that IEEE 754 rounds, in an order that is fixed:
/// the same bits with any width of vector and on any processor, unlike a library's exp.
double BinaryLogLoss(const BinaryRows& rows, std::size_t count);
/// The same without the instructions of newer processors, for comparison.
double BinaryLogLossPortable(const BinaryRows& rows, std::size_t count);

/// values[i] = exp(values[i]) for kKernelRows values <= 0, as precise and as reproducible; below
/// -700 it counts as -700.
void ExpOfNegative(double* values);

/// values[i] rounded to the nearest multiple of `quantum`, a power of two. REQUIRES: kKernelRows
/// values, |values[i] / quantum| < 2^51.
void RoundToGrid(double* values, double quantum);

}  // namespace reeve::learners
