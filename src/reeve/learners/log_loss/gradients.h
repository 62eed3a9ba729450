#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "reeve/learners/learner.h"

namespace reeve::learners {

/// First and second derivatives of the log loss at given margins, on a grid.
///
/// Whoever adds gradients up may do so in an order that depends on threads (XGBoost does). Rounded
/// to multiples of 2^-24 of the power of two above the largest weight they are float32 numbers
/// whose sums over up to 2^29 rows are exact in double, and an exact sum has no order. The rounding
/// is 2^-25 at most, far below what a leaf's value resolves. Margins and gradients are row-major,
/// one per row for two classes, else one per row and class. `set` outlives it. Thread-compatible.
class Gradients {
 public:
  explicit Gradients(const TrainingSet& set);

  /// Fills gradients() and hessians() for `margins`; returns the weighted mean log loss there. Rows
  /// are split over threads in fixed blocks: the bits do not depend on `threads`.
  double Compute(std::span<const float> margins, int threads);

  std::vector<float>& gradients() { return gradients_; }
  std::vector<float>& hessians() { return hessians_; }
  const std::vector<float>& gradients() const { return gradients_; }
  const std::vector<float>& hessians() const { return hessians_; }

 private:
  const TrainingSet& set_;
  double quantum_;
  double total_weight_;
  std::vector<float> gradients_, hessians_;
};

/// Weighted mean log loss of `set` at margins laid out as above.
double MarginLogLoss(const TrainingSet& set, std::span<const float> margins, int threads);

}  // namespace reeve::learners
