#include "reeve/learners/logistic/dot_kernel.h"

#include "reeve/learners/avx2_variant.h"

namespace reeve::learners {
namespace {

constexpr std::size_t kLanes = 16;

REEVE_INLINE double Loop(const double* __restrict a, const float* __restrict b, std::size_t count) {
  double lanes[kLanes] = {};
  std::size_t i = 0;
  for (; i + kLanes <= count; i += kLanes) {
    for (std::size_t lane = 0; lane < kLanes; ++lane)
      lanes[lane] += a[i + lane] * static_cast<double>(b[i + lane]);
  }
  for (std::size_t lane = 0; i < count; ++i, ++lane)
    lanes[lane] += a[i] * static_cast<double>(b[i]);
  for (std::size_t half = kLanes / 2; half > 0; half /= 2) {
    for (std::size_t lane = 0; lane < half; ++lane) lanes[lane] += lanes[lane + half];
  }
  return lanes[0];
}

#ifdef REEVE_HAS_AVX2_VARIANT
REEVE_AVX2 double LoopAvx2(const double* a, const float* b, std::size_t count) {
  return Loop(a, b, count);
}
#endif

}  // namespace

double Dot(const double* a, const float* b, std::size_t count) {
#ifdef REEVE_HAS_AVX2_VARIANT
  if (HasAvx2()) return LoopAvx2(a, b, count);
#endif
  return Loop(a, b, count);
}

double DotPortable(const double* a, const float* b, std::size_t count) { return Loop(a, b, count); }

}  // namespace reeve::learners
