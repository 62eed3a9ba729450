#pragma once

// Loops that are compiled for the processor at hand and once more for AVX2: of constant length they
// become vectors by themselves. No fused multiply-add (toolchain.cmake), so both give the same
// bits. For kernels only.

#if defined(__x86_64__)
#define REEVE_HAS_AVX2_VARIANT 1
#define REEVE_AVX2 __attribute__((target("avx2")))
#endif
#define REEVE_INLINE inline __attribute__((always_inline))

namespace reeve::learners {

/// Whether the AVX2 variant of a loop was compiled and this processor runs it.
inline bool HasAvx2() {
#ifdef REEVE_HAS_AVX2_VARIANT
  static const bool has = __builtin_cpu_supports("avx2") != 0;
  return has;
#else
  return false;
#endif
}

}  // namespace reeve::learners
