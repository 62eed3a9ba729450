#pragma once

#include <cstddef>
#include <cstdint>

namespace reeve::learners {

/// Sums of one leaf to the left of each possible cut of a feature, in whole steps.
struct CutSums {
  /// `cuts` x `outputs` sums, cut after cut.
  const std::int32_t* gradients = nullptr;
  const std::int32_t* hessians = nullptr;
  std::size_t cuts = 0;
  std::size_t outputs = 1;
  /// `outputs` values each: the sums of the whole leaf, and what goes left besides at every cut
  /// (missing values, or 0).
  const float* total_gradients = nullptr;
  const float* total_hessians = nullptr;
  const float* extra_gradients = nullptr;
  const float* extra_hessians = nullptr;
  /// Added to each sum of hessians; positive.
  float lambda = 1;
};

/// scores[cut] += sum over outputs of G²/(H + lambda) to the left and to the right. Float32
/// operations in a fixed order: the same bits on every processor.
void AddCutScores(const CutSums& sums, float* scores);
/// The same without the instructions of newer processors, for comparison.
void AddCutScoresPortable(const CutSums& sums, float* scores);

}  // namespace reeve::learners
