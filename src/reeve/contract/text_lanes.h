#pragma once

#include <algorithm>
#include <cstddef>
#include <string_view>

#include "reeve/base/wide_lanes.h"
#include "reeve/contract/text_head.h"

namespace reeve::contract {

#ifdef REEVE_WIDE

/// Heads and sizes of eight texts side by side.
struct WideTexts {
  __m512i firsts, lasts, sizes;
};

/// Those of the next eight texts, of which so many are left; nothing behind them is read.
REEVE_WIDE_PART WideTexts LoadTexts(const std::string_view* texts, const TextHead* heads,
                                    std::size_t left) {
  constexpr std::size_t kHalf = kWideLanes / 2;
  const __m512i evens = _mm512_setr_epi64(0, 2, 4, 6, 8, 10, 12, 14);
  // Heads and texts are two words each, of a text its size first (libstdc++).
  const std::size_t words = 2 * std::min(left, kWideLanes);
  const __mmask8 front = LanesOf(words), back = LanesOf(words - std::min(words, kWideLanes));
  const __m512i front_heads = _mm512_maskz_loadu_epi64(front, heads);
  const __m512i back_heads = _mm512_maskz_loadu_epi64(back, heads + kHalf);
  return {.firsts = _mm512_permutex2var_epi64(front_heads, evens, back_heads),
          .lasts = _mm512_permutex2var_epi64(front_heads, evens + 1, back_heads),
          .sizes = _mm512_permutex2var_epi64(_mm512_maskz_loadu_epi64(front, texts), evens,
                                             _mm512_maskz_loadu_epi64(back, texts + kHalf))};
}

#endif  // REEVE_WIDE
}  // namespace reeve::contract
