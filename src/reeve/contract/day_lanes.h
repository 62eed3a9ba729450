#pragma once

#include <string_view>

#include "reeve/contract/day_text.h"
#include "reeve/contract/text_lanes.h"

namespace reeve::contract {

// ReadDay (day_text.h) of many texts, eight at a time in vectors of 512 bits: pairs of digits are
// summed as neighbours, and rules are masks. What a compiler makes of a loop over ReadDay takes
// twice the time.

#ifdef REEVE_WIDE

// The value of each lane / 100, by a product with 2^19 / 100, rounded up. REQUIRES: less than
// 43,699.
REEVE_WIDE_PART __m512i HundredthsWide(__m512i values) {
  return _mm512_srli_epi64(_mm512_mul_epu32(values, _mm512_set1_epi64(5243)), 19);
}

// Days since 1970, by years that begin in March as in ReadDay. Of what is no day of the calendar
// the result means nothing.
REEVE_WIDE_PART __m512i DaysWide(__m512i year, __m512i month, __m512i day) {
  const __mmask8 is_before_march = _mm512_cmple_epu64_mask(month, _mm512_set1_epi64(2));
  const __m512i one = _mm512_set1_epi64(1), twelve = _mm512_set1_epi64(12);
  const __m512i next_year = year + 400;
  const __m512i march_year = _mm512_mask_sub_epi64(next_year, is_before_march, next_year, one);
  const __m512i march_month = _mm512_mask_add_epi64(month, is_before_march, month, twelve);
  const __m512i century = HundredthsWide(march_year);
  const __m512i march_day =
      _mm512_srli_epi64(_mm512_mul_epu32(march_month, _mm512_set1_epi64(979)) - 2919, 5) + day;
  const __m512i quarters = _mm512_mul_epu32(march_year, _mm512_set1_epi64(1461));
  constexpr long long kDayOf1970 = 719'468 + 146'097 + 1;
  return _mm512_srli_epi64(quarters, 2) - century + _mm512_srli_epi64(century, 2) + march_day -
         kDayOf1970;
}

// Which of them are days of the calendar.
REEVE_WIDE_PART __mmask8 AreDaysWide(__m512i year, __m512i month, __m512i day) {
  const __m512i three = _mm512_set1_epi64(3), century = HundredthsWide(year);
  const __mmask8 is_century = _mm512_cmpeq_epi64_mask(century * 100, year);
  const __mmask8 is_leap =
      _mm512_testn_epi64_mask(_mm512_mask_mov_epi64(year, is_century, century), three);
  const __m512i two = _mm512_set1_epi64(2);
  // Two bits a month, what it has beyond 28 days; January is the first. Months beyond December have
  // some length, and are refused.
  const __m512i more = _mm512_srlv_epi64(_mm512_set1_epi64(0x3BBEECC), month + month) & three;
  const __mmask8 has_leap_day = _mm512_mask_cmpeq_epi64_mask(is_leap, month, two);
  const __m512i length = _mm512_mask_add_epi64(more, has_leap_day, more, _mm512_set1_epi64(1)) + 28;
  return _mm512_cmplt_epu64_mask(month - 1, _mm512_set1_epi64(12)) &
         _mm512_cmplt_epu64_mask(day - 1, length);
}

/// Seconds since 1970 of texts that spell days, as ReadDay reads them, eight at a time. Gives the
/// bits of the texts that spell none, whose seconds mean nothing. REQUIRES: HasWideVectors(), at
/// most 64 texts.
REEVE_WIDE inline std::uint64_t ReadDaysWide(const std::string_view* texts, const TextHead* heads,
                                             std::size_t rows, double* seconds) {
  // Which bytes of "2024-02-" and of "12" are digits, and what they count within a pair.
  constexpr __mmask64 kDigits = 0x6F6F6F6F6F6F6F6F, kDayDigits = 0x0303030303030303;
  constexpr long long kWeights = 0x00010A00010A010A, kDayWeights = 0x010A;
  constexpr long long kSeparators = static_cast<long long>(0xFF0000FF00000000);
  constexpr long long kDashes = 0x2D00002D00000000, kSlashes = 0x2F00002F00000000;
  const __m512i zero = _mm512_set1_epi8('0'), nine = _mm512_set1_epi8(9);
  std::uint64_t others = 0;
  for (std::size_t row = 0; row < rows; row += kWideLanes) {
    const __mmask8 lanes = LanesOf(rows - row);
    const WideTexts wide = LoadTexts(texts + row, heads + row, rows - row);
    const __m512i digits = wide.firsts ^ zero, day_digits = wide.lasts ^ zero;
    const __mmask64 bad = _mm512_mask_cmpgt_epu8_mask(kDigits, digits, nine) |
                          _mm512_mask_cmpgt_epu8_mask(kDayDigits, day_digits, nine);
    // Pairs of digits; then year and month, the separators count nothing.
    const __m512i pairs = _mm512_maddubs_epi16(digits, _mm512_set1_epi64(kWeights));
    const __m512i both = _mm512_madd_epi16(pairs, _mm512_set1_epi64(0x0001000100010064));
    const __m512i year = both & 0xFFFFFFFF, month = _mm512_srli_epi64(both, 32);
    const __m512i day = _mm512_maddubs_epi16(day_digits, _mm512_set1_epi64(kDayWeights)) & 0xFFFF;
    const __m512i days = DaysWide(year, month, day);
    _mm512_mask_storeu_pd(seconds + row, lanes, _mm512_cvtepi64_pd(days) * kSecondsOfDay);
    const __m512i separators = wide.firsts & _mm512_set1_epi64(kSeparators);
    const __mmask8 is_separated = _mm512_cmpeq_epi64_mask(separators, _mm512_set1_epi64(kDashes)) |
                                  _mm512_cmpeq_epi64_mask(separators, _mm512_set1_epi64(kSlashes));
    const __mmask8 has_size = _mm512_cmpeq_epi64_mask(wide.sizes, _mm512_set1_epi64(kDayBytes));
    const __m512i bad_bytes = _mm512_movm_epi8(bad);
    const __mmask8 are_digits = _mm512_testn_epi64_mask(bad_bytes, bad_bytes);
    const __mmask8 are_days = is_separated & has_size & are_digits & AreDaysWide(year, month, day);
    others |= std::uint64_t{static_cast<__mmask8>(lanes & ~are_days)} << row;
  }
  return others;
}

#endif  // REEVE_WIDE
}  // namespace reeve::contract
