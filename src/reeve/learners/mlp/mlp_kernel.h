#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "reeve/base/random.h"

namespace reeve::learners {

/// The loops of learning a perceptron that are no products of matrices. The same bits with and
/// without the instructions of newer processors.

struct AdamStep;

/// A weight's value, gradient and running means, at the same place of four arrays. Not owned.
struct AdamArrays {
  float* values;
  const float* gradients;
  float* means;
  float* squares;

  AdamArrays From(std::size_t first) const {
    return {values + first, gradients + first, means + first, squares + first};
  }
};

/// What a running mean keeps of its past at each step: of gradients, and of their squares. The
/// latter forgets sooner than usual, since training is short.
inline constexpr double kKeptOfMeans = 0.9, kKeptOfSquares = 0.99;

/// One step of AdamW for `count` weights, a multiple of 16.
void MoveWeights(const AdamArrays& weights, std::size_t count, const AdamStep& step);

/// Sets values and slopes to 0 with probability `share` (a whole number of 256ths) and scales the
/// others by 1 / (1 - share). REQUIRES: a multiple of 8 values.
void DropOut(std::span<float> values, float* slopes, double share, Random& random);

/// sums[j] = the sum of `rows` rows of `stride` values, from the first to the last.
void SumRows(const float* values, std::size_t rows, std::size_t stride, float* sums);

/// values[i] *= factors[i].
void Scale(float* values, const float* factors, std::size_t count);

/// Rows of margins and what is known of them. Not owned.
struct MarginRows {
  /// `stride` values a row, the first `outputs` of them in use: one for two classes. Overwritten
  /// with the derivatives of the loss, those not in use with 0.
  float* margins;
  std::size_t count, outputs, stride;
  /// Class and factor of each row.
  const std::int32_t* labels;
  const float* factors;
};
/// Replaces margins by factor x (probability - share of the class), and gives the sum of
/// factor x log loss. REQUIRES: finite margins.
double LogLossDerivatives(const MarginRows& rows);

}  // namespace reeve::learners
