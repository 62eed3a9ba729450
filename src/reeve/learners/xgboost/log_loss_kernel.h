#pragma once

#include <cstddef>
#include <cstdint>

namespace reeve::learners {

/// Rows that a kernel call takes. A whole number of vectors of any width.
inline constexpr std::size_t kKernelRows = 256;

/// Input and output of BinaryLogLoss; entries beyond the rows in use are computed and ignored.
struct BinaryBlock {
  /// Sums before the link, any finite value.
  double margin[kKernelRows] = {};
  /// 0 or 1.
  double label[kKernelRows] = {};
  double weight[kKernelRows] = {};
  /// Out: weight x (p - label), and weight x p x (1 - p).
  double gradient[kKernelRows] = {};
  double hessian[kKernelRows] = {};
  /// Out: weight x log loss.
  double loss[kKernelRows] = {};
};

/// Log loss of logistic outputs and its derivatives, to about 1e-12 relative. Only additions,
/// multiplications and divisions that IEEE 754 rounds, each element by itself: the same bits with
/// any width of vector and on any processor, unlike a library's exp.
void BinaryLogLoss(BinaryBlock& block);
/// The same without the instructions of newer processors, for comparison.
void BinaryLogLossPortable(BinaryBlock& block);

/// values[i] = exp(values[i]) for kKernelRows values <= 0, as precise and as reproducible; below
/// -700 it counts as -700.
void ExpOfNegative(double* values);

/// values[i] rounded to the nearest multiple of `quantum`, a power of two. REQUIRES: kKernelRows
/// values, |values[i] / quantum| < 2^51.
void RoundToGrid(double* values, double quantum);

}  // namespace reeve::learners
