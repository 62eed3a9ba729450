#pragma once

#include <cstddef>

#include "reeve/base/wide_loops.h"

#ifdef REEVE_WIDE
#include <immintrin.h>

namespace reeve {

/// Words of 64 bits in a vector of 512.
inline constexpr std::size_t kWideLanes = 8;

/// Which lanes of the next vector count, when so many are left.
REEVE_WIDE_PART __mmask8 LanesOf(std::size_t left) {
  return static_cast<__mmask8>(left < kWideLanes ? (1U << left) - 1 : 0xFFU);
}

}  // namespace reeve
#endif
