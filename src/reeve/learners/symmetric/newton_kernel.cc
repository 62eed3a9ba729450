#include "reeve/learners/symmetric/newton_kernel.h"

#include <cmath>

#include "reeve/base/portable_exp.h"
#include "reeve/learners/avx2_variant.h"

namespace reeve::learners {
namespace {

constexpr std::size_t kLanes = 16;
// Rows whose derivatives are added in float32 before a double takes over.
constexpr std::size_t kBlockRows = 512;

struct Lanes {
  float gradient[kLanes] = {}, hessian[kLanes] = {};

  REEVE_INLINE void Add(std::size_t lane, float margin, float label, float weight) {
    const float size = std::abs(margin);
    const float e = SmallExp(-(size < 80 ? size : 80.0F));
    const float share = 1 / (1 + e);
    const float p = margin < 0 ? e * share : share;
    gradient[lane] += weight * (p - label);
    hessian[lane] += weight * (e * share * share);
  }
};

REEVE_INLINE double Sum(const float* lanes) {
  float sums[kLanes];
  for (std::size_t i = 0; i < kLanes; ++i) sums[i] = lanes[i];
  for (std::size_t half = kLanes / 2; half > 0; half /= 2) {
    for (std::size_t i = 0; i < half; ++i) sums[i] += sums[i + half];
  }
  return static_cast<double>(sums[0]);
}

REEVE_INLINE DerivativeSums Loop(const LeafRows& rows, float shift) {
  DerivativeSums sums;
  for (std::size_t first = 0; first < rows.count; first += kBlockRows) {
    const std::size_t end = rows.count - first < kBlockRows ? rows.count : first + kBlockRows;
    Lanes lanes;
    std::size_t i = first;
    for (; i + kLanes <= end; i += kLanes) {
      for (std::size_t lane = 0; lane < kLanes; ++lane) {
        const float weight = rows.weights == nullptr ? 1.0F : rows.weights[i + lane];
        lanes.Add(lane, rows.margins[i + lane] + shift, rows.labels[i + lane], weight);
      }
    }
    for (std::size_t lane = 0; i < end; ++i, ++lane) {
      const float weight = rows.weights == nullptr ? 1.0F : rows.weights[i];
      lanes.Add(lane, rows.margins[i] + shift, rows.labels[i], weight);
    }
    sums.gradient += Sum(lanes.gradient);
    sums.hessian += Sum(lanes.hessian);
  }
  return sums;
}

#ifdef REEVE_HAS_AVX2_VARIANT
REEVE_AVX2 DerivativeSums LoopAvx2(const LeafRows& rows, float shift) { return Loop(rows, shift); }
#endif

}  // namespace

DerivativeSums SumDerivatives(const LeafRows& rows, float shift) {
#ifdef REEVE_HAS_AVX2_VARIANT
  if (HasAvx2()) return LoopAvx2(rows, shift);
#endif
  return Loop(rows, shift);
}

DerivativeSums SumDerivativesPortable(const LeafRows& rows, float shift) {
  return Loop(rows, shift);
}

}  // namespace reeve::learners
