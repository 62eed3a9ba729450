#include "reeve/learners/symmetric/score_kernel.h"

#include "reeve/learners/avx2_variant.h"

namespace reeve::learners {
namespace {

// G²/(H + lambda) of both sides with one division.
REEVE_INLINE float TwoSides(float gl, float hl, float gr, float hr) {
  return (gl * gl * hr + gr * gr * hl) / (hl * hr);
}

REEVE_INLINE void OneOutput(const CutSums& sums, float* __restrict scores) {
  const float total_g = *sums.total_gradients, total_h = *sums.total_hessians;
  const float extra_g = *sums.extra_gradients, extra_h = *sums.extra_hessians;
  const float lambda = sums.lambda;
  for (std::size_t cut = 0; cut < sums.cuts; ++cut) {
    const float gl = static_cast<float>(sums.gradients[cut]) + extra_g;
    const float hl = static_cast<float>(sums.hessians[cut]) + extra_h;
    scores[cut] += TwoSides(gl, hl + lambda, total_g - gl, (total_h - hl) + lambda);
  }
}

constexpr std::size_t kLanes = 8;

REEVE_INLINE void ManyOutputs(const CutSums& sums, float* __restrict scores) {
  const std::size_t outputs = sums.outputs;
  for (std::size_t cut = 0; cut < sums.cuts; ++cut) {
    const std::int32_t* const gradients = sums.gradients + cut * outputs;
    const std::int32_t* const hessians = sums.hessians + cut * outputs;
    const auto score = [&](std::size_t k) {
      const float gl = static_cast<float>(gradients[k]) + sums.extra_gradients[k];
      const float hl = static_cast<float>(hessians[k]) + sums.extra_hessians[k];
      return TwoSides(gl, hl + sums.lambda, sums.total_gradients[k] - gl,
                      (sums.total_hessians[k] - hl) + sums.lambda);
    };
    float lanes[kLanes] = {};
    std::size_t k = 0;
    for (; k + kLanes <= outputs; k += kLanes) {
      for (std::size_t lane = 0; lane < kLanes; ++lane) lanes[lane] += score(k + lane);
    }
    for (; k < outputs; ++k) lanes[k % kLanes] += score(k);
    scores[cut] += ((lanes[0] + lanes[1]) + (lanes[2] + lanes[3])) +
                   ((lanes[4] + lanes[5]) + (lanes[6] + lanes[7]));
  }
}

REEVE_INLINE void Loop(const CutSums& sums, float* scores) {
  if (sums.outputs == 1) return OneOutput(sums, scores);
  ManyOutputs(sums, scores);
}

#ifdef REEVE_HAS_AVX2_VARIANT
REEVE_AVX2 void LoopAvx2(const CutSums& sums, float* scores) { Loop(sums, scores); }
#endif

}  // namespace

void AddCutScores(const CutSums& sums, float* scores) {
#ifdef REEVE_HAS_AVX2_VARIANT
  if (HasAvx2()) return LoopAvx2(sums, scores);
#endif
  Loop(sums, scores);
}

void AddCutScoresPortable(const CutSums& sums, float* scores) { Loop(sums, scores); }

}  // namespace reeve::learners
