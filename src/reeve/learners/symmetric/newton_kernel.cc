#include "reeve/learners/symmetric/newton_kernel.h"

#include <bit>
#include <cmath>
#include <cstdint>

#include "reeve/learners/avx2_variant.h"

namespace reeve::learners {
namespace {

constexpr std::size_t kLanes = 16;
// Rows whose derivatives are added in float32 before a double takes over.
constexpr std::size_t kBlockRows = 512;

// exp(x) for -80 <= x <= 0: x = k ln 2 + r, a Taylor polynomial for e^r, k put into the exponent.
REEVE_INLINE float Exp(float x) {
  constexpr float kRounder = 0x1.8p23F;
  constexpr float kLog2E = 0x1.715476p+0F, kLn2High = 0x1.62e000p-1F, kLn2Low = 0x1.0bfbe8p-15F;
  const float shifted = x * kLog2E + kRounder;
  const float k = shifted - kRounder;
  const float r = (x - k * kLn2High) - k * kLn2Low;
  float e = 1.0F / 720;
  e = e * r + 1.0F / 120;
  e = e * r + 1.0F / 24;
  e = e * r + 1.0F / 6;
  e = e * r + 0.5F;
  e = e * r + 1;
  e = e * r + 1;
  const std::uint32_t exponent = (std::bit_cast<std::uint32_t>(shifted) + 127U) << 23U;
  return e * std::bit_cast<float>(exponent);
}

struct Lanes {
  float gradient[kLanes] = {}, hessian[kLanes] = {};

  REEVE_INLINE void Add(std::size_t lane, float margin, float label, float weight) {
    const float size = std::abs(margin);
    const float e = Exp(-(size < 80 ? size : 80.0F));
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
