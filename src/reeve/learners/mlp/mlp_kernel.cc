#include "reeve/learners/mlp/mlp_kernel.h"

#include <algorithm>
#include <cmath>

#include "reeve/base/portable_exp.h"
#include "reeve/learners/avx2_variant.h"
#include "reeve/learners/mlp/trained_layers.h"

namespace reeve::learners {
namespace {

constexpr std::size_t kLanes = 16;

REEVE_INLINE void MoveLoop(const AdamArrays& all, std::size_t count, const AdamStep& step) {
  constexpr auto kNewMean = static_cast<float>(1 - kKeptOfMeans);
  constexpr auto kNewSquare = static_cast<float>(1 - kKeptOfSquares);
  constexpr float kSmallest = 1e-8F;
  const float kept = 1 - step.rate * step.decay, rate = step.rate * step.mean_correction;
  for (std::size_t first = 0; first < count; first += kLanes) {
    const AdamArrays at = all.From(first);
    for (std::size_t i = 0; i < kLanes; ++i) {
      const float gradient = at.gradients[i];
      at.means[i] += kNewMean * (gradient - at.means[i]);
      at.squares[i] += kNewSquare * (gradient * gradient - at.squares[i]);
      const float size = std::sqrt(at.squares[i] * step.square_correction) + kSmallest;
      at.values[i] = at.values[i] * kept - rate * at.means[i] / size;
    }
  }
}

REEVE_INLINE void SumLoop(const float* values, std::size_t rows, std::size_t stride, float* sums) {
  for (std::size_t j = 0; j < stride; ++j) sums[j] = 0;
  for (std::size_t row = 0; row < rows; ++row) {
    for (std::size_t j = 0; j < stride; ++j) sums[j] += values[row * stride + j];
  }
}

REEVE_INLINE void ScaleLoop(float* values, const float* factors, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) values[i] *= factors[i];
}

// Margins become their exponentials, the largest taken off first.
REEVE_INLINE void ExpLoop(float* margins, std::size_t stride, float largest) {
  for (std::size_t k = 0; k < stride; ++k) {
    const float off = margins[k] - largest;
    margins[k] = SmallExp(off > -80 ? off : -80.0F);
  }
}

#ifdef REEVE_HAS_AVX2_VARIANT
REEVE_AVX2 void MoveAvx2(const AdamArrays& all, std::size_t count, const AdamStep& step) {
  MoveLoop(all, count, step);
}
REEVE_AVX2 void SumAvx2(const float* values, std::size_t rows, std::size_t stride, float* sums) {
  SumLoop(values, rows, stride, sums);
}
REEVE_AVX2 void ScaleAvx2(float* values, const float* factors, std::size_t count) {
  ScaleLoop(values, factors, count);
}
REEVE_AVX2 void ExpAvx2(float* margins, std::size_t stride, float largest) {
  ExpLoop(margins, stride, largest);
}
#endif

void ExpOf(float* margins, std::size_t stride, float largest) {
#ifdef REEVE_HAS_AVX2_VARIANT
  if (HasAvx2()) return ExpAvx2(margins, stride, largest);
#endif
  ExpLoop(margins, stride, largest);
}

// The one margin of a row of two classes; gives the loss.
double TwoClasses(float* margin, bool positive, float factor) {
  const double m = margin[0], p = 1 / (1 + std::exp(-m));
  margin[0] = static_cast<float>(factor * (p - (positive ? 1 : 0)));
  return factor * (std::log1p(std::exp(-std::abs(m))) + std::max(positive ? -m : m, 0.0));
}

double ManyClasses(const MarginRows& rows, float* margins, std::int32_t label, float factor) {
  const float largest = *std::max_element(margins, margins + rows.outputs);
  const double own = margins[label];
  ExpOf(margins, rows.stride, largest);
  double sum = 0;
  for (std::size_t k = 0; k < rows.outputs; ++k) sum += static_cast<double>(margins[k]);
  const float scale = factor / static_cast<float>(sum);
  for (std::size_t k = 0; k < rows.outputs; ++k) margins[k] *= scale;
  margins[label] -= factor;
  return factor * (std::log(sum) + static_cast<double>(largest) - own);
}

}  // namespace

void MoveWeights(const AdamArrays& weights, std::size_t count, const AdamStep& step) {
#ifdef REEVE_HAS_AVX2_VARIANT
  if (HasAvx2()) return MoveAvx2(weights, count, step);
#endif
  MoveLoop(weights, count, step);
}

void DropOut(std::span<float> values, float* slopes, double share, Random& random) {
  const auto dropped = static_cast<std::uint64_t>(std::lround(share * 256));
  const float scale = 256.0F / static_cast<float>(256 - dropped);
  // A drawn number serves eight values, a byte each.
  for (std::size_t first = 0; first < values.size(); first += 8) {
    const std::uint64_t drawn = random.Next();
    for (std::size_t i = 0; i < 8; ++i) {
      const float factor = ((drawn >> (8 * i)) & 0xFFU) < dropped ? 0 : scale;
      values[first + i] *= factor;
      slopes[first + i] *= factor;
    }
  }
}

void SumRows(const float* values, std::size_t rows, std::size_t stride, float* sums) {
#ifdef REEVE_HAS_AVX2_VARIANT
  if (HasAvx2()) return SumAvx2(values, rows, stride, sums);
#endif
  SumLoop(values, rows, stride, sums);
}

void Scale(float* values, const float* factors, std::size_t count) {
#ifdef REEVE_HAS_AVX2_VARIANT
  if (HasAvx2()) return ScaleAvx2(values, factors, count);
#endif
  ScaleLoop(values, factors, count);
}

double LogLossDerivatives(const MarginRows& rows) {
  double loss = 0;
  for (std::size_t i = 0; i < rows.count; ++i) {
    float* const margins = rows.margins + i * rows.stride;
    loss += rows.outputs == 1 ? TwoClasses(margins, rows.labels[i] == 1, rows.factors[i])
                              : ManyClasses(rows, margins, rows.labels[i], rows.factors[i]);
    std::fill(margins + rows.outputs, margins + rows.stride, 0.0F);
  }
  return loss;
}

}  // namespace reeve::learners
