#pragma once

#include "reeve/base/wide_lanes.h"
#include "reeve/server/scoring/json_lanes.h"

namespace reeve::server {

// The loops of json_lanes.h for vectors of 512 bits, with what no compiler makes of these: compares
// of single bytes, sums of neighbours. They give the same. Rows are taken by eight: results need
// room for a multiple of that, and what is written behind those of the last row means nothing.

#ifdef REEVE_WIDE

REEVE_WIDE_PART std::uint64_t BitsOf(__mmask8 lanes, std::size_t row) {
  return std::uint64_t{lanes} << row;
}

// The next eight places; where there are fewer, the first one is repeated in `memory`.
REEVE_WIDE_PART const char* const* NextPlaces(const char* const* at, std::size_t rows_left,
                                              const char** memory) {
  if (rows_left >= kWideLanes) return at;
  for (std::size_t i = 0; i < kWideLanes; ++i) memory[i] = at[i < rows_left ? i : 0];
  return memory;
}

// The eight bytes that stand so far behind each of eight places. A gather takes twice the time.
REEVE_WIDE_PART __m512i LoadWide(const char* const* at, std::size_t offset) {
  const auto word = [&](std::size_t i) { return static_cast<long long>(LoadWord(at[i] + offset)); };
  return _mm512_setr_epi64(word(0), word(1), word(2), word(3), word(4), word(5), word(6), word(7));
}

// Lanes of which these bytes are the first, as `mask` tells.
REEVE_WIDE_PART __mmask8 BeginWith(__m512i words, long long bytes, long long mask) {
  return _mm512_cmpeq_epi64_mask(words & _mm512_set1_epi64(mask), _mm512_set1_epi64(bytes));
}
REEVE_WIDE_PART __mmask8 AreNull(__m512i words) { return BeginWith(words, 0x6C6C756E, 0xFFFFFFFF); }

// Where values of these sizes end, or null.
REEVE_WIDE_PART void PutBehind(__m512i places, __m512i sizes, __mmask8 is_null,
                               const char** behind) {
  const __m512i moves = _mm512_mask_mov_epi64(sizes, is_null, _mm512_set1_epi64(4));
  _mm512_storeu_si512(behind, places + moves);
}

// All bytes before the first that is no digit.
struct OwnDigits {
  __m512i own;
  // Lanes without such a byte.
  __mmask8 is_long;
};
REEVE_WIDE_PART OwnDigits DigitsOf(__m512i digits) {
  const __m512i others = _mm512_movm_epi8(_mm512_cmpgt_epu8_mask(digits, _mm512_set1_epi8(9)));
  return {~others & (others - 1), _mm512_testn_epi64_mask(others, others)};
}

// The number that eight digits spell, one a byte, the first of them lowest.
REEVE_WIDE_PART __m512i ValueOfDigitsWide(__m512i digits) {
  const __m512i pairs = _mm512_maddubs_epi16(digits, _mm512_set1_epi16(1 << 8 | 10));
  const __m512i fours = _mm512_madd_epi16(pairs, _mm512_set1_epi32(1 << 16 | 100));
  return (fours & 0xFFFFFFFF) * 10'000 + (fours >> 32);
}

REEVE_WIDE inline LaneFlags ReadWholesWide(const char* const* at, std::size_t rows, double* numbers,
                                           const char** behind) {
  LaneFlags flags;
  const char* memory[kWideLanes];
  for (std::size_t row = 0; row < rows; row += kWideLanes) {
    const __mmask8 lanes = LanesOf(rows - row);
    const __m512i bytes = LoadWide(NextPlaces(at + row, rows - row, memory), 0);
    // The sign counts as a digit 0.
    const __mmask8 is_negative = BeginWith(bytes, '-', 0xFF);
    const __m512i less = bytes ^ _mm512_set1_epi8('0');
    const __m512i digits = _mm512_mask_and_epi64(less, is_negative, less, _mm512_set1_epi64(~0xFF));
    const auto [own, is_long] = DigitsOf(digits);
    const __m512i gap = _mm512_lzcnt_epi64(own);
    const __m512i shifted = _mm512_maskz_sllv_epi64(lanes, digits, gap);
    const __m512d number = _mm512_cvtepi64_pd(ValueOfDigitsWide(shifted));
    _mm512_storeu_pd(numbers + row,
                     _mm512_mask_sub_pd(number, is_negative, _mm512_set1_pd(-0.0), number));
    const __mmask8 is_null = AreNull(bytes);
    PutBehind(_mm512_maskz_loadu_epi64(lanes, at + row), 8 - (gap >> 3), is_null, behind + row);
    // Up to the first digit, and what stands behind the last one.
    const __m512i first =
        _mm512_mask_mov_epi64(_mm512_set1_epi64(0xFF), is_negative, _mm512_set1_epi64(0xFFFF));
    const __m512i next = ~own & (own << 8 | 0xFF);
    const __mmask8 none = _mm512_cmplt_epu64_mask(own, first);
    const __mmask8 leads_with_zero =
        _mm512_mask_cmpneq_epi64_mask(_mm512_testn_epi64_mask(digits, first), own, first);
    const __mmask8 is_point = _mm512_testn_epi64_mask(bytes ^ _mm512_set1_epi8('.'), next);
    flags.odd |= BitsOf(lanes & (none | is_long | leads_with_zero), row);
    flags.missing |= BitsOf(lanes & is_null, row);
    flags.fractions |= BitsOf(lanes & is_point, row);
  }
  return {flags.odd & ~flags.missing, flags.missing, flags.fractions & ~flags.odd};
}

REEVE_WIDE inline std::uint64_t ReadFractionsWide(std::size_t rows, std::uint64_t fractions,
                                                  double* numbers, const char** behind) {
  const __m512d power = _mm512_set1_pd(1e8), sign = _mm512_set1_pd(-0.0);
  std::uint64_t odds = 0;
  const char* memory[kWideLanes];
  for (std::size_t row = 0; row < rows; row += kWideLanes) {
    const auto lanes = static_cast<__mmask8>(fractions >> row);
    if (lanes == 0) continue;
    const __m512i bytes = LoadWide(NextPlaces(behind + row, rows - row, memory), 1);
    const __m512i digits = bytes ^ _mm512_set1_epi8('0');
    const auto [own, is_long] = DigitsOf(digits);
    const __m512d part = _mm512_cvtepi64_pd(ValueOfDigitsWide(digits & own));
    const __m512d number = _mm512_maskz_loadu_pd(lanes, numbers + row);
    // At most 15 digits: exact, and the division rounds once (Clinger 1990).
    const __m512d value = (_mm512_andnot_pd(sign, number) * power + part) / power;
    _mm512_mask_storeu_pd(numbers + row, lanes, _mm512_or_pd(value, _mm512_and_pd(number, sign)));
    const __m512i size = 9 - _mm512_srli_epi64(_mm512_lzcnt_epi64(own), 3);
    const __m512i places = _mm512_maskz_loadu_epi64(lanes, behind + row);
    _mm512_mask_storeu_epi64(behind + row, lanes, places + size);
    odds |= BitsOf(lanes & (is_long | _mm512_testn_epi64_mask(own, own)), row);
  }
  return odds;
}

// The sixteen bytes that stand behind the first one at each of four places.
REEVE_WIDE_PART __m512i LoadHeads(const char* const* at) {
  const auto head = [&](std::size_t i) {
    return _mm_loadu_si128(reinterpret_cast<const __m128i*>(at[i] + 1));
  };
  __m512i heads = _mm512_castsi128_si512(head(0));
  heads = _mm512_inserti64x2(heads, head(1), 1);
  heads = _mm512_inserti64x2(heads, head(2), 2);
  return _mm512_inserti64x2(heads, head(3), 3);
}

// Bits for the heads of the first four and of the last four lanes: sixteen a lane.
REEVE_WIDE_PART __m128i BothHalves(__mmask64 front, __mmask64 back) {
  return _mm_set_epi64x(static_cast<long long>(back), static_cast<long long>(front));
}

// The bytes among `own` that a plain text cannot hold.
REEVE_WIDE_PART __mmask64 EscapesOrControls(__mmask64 own, __m512i bytes) {
  return _mm512_mask_cmpeq_epi8_mask(own, bytes, _mm512_set1_epi8('\\')) |
         _mm512_mask_cmplt_epu8_mask(own, bytes, _mm512_set1_epi8(0x20));
}

REEVE_WIDE inline LaneFlags ReadShortTextsWide(const char* const* at, std::size_t rows,
                                               contract::TextHead* heads, std::string_view* texts,
                                               const char** behind) {
  constexpr std::size_t kHalf = kWideLanes / 2;
  const __m512i quote = _mm512_set1_epi8('"');
  // A text's size stands before its place, as libstdc++ keeps them.
  const __m512i front_pairs = _mm512_setr_epi64(8, 0, 9, 1, 10, 2, 11, 3);
  const __m512i back_pairs = front_pairs + kHalf;
  LaneFlags flags;
  const char* memory[kWideLanes];
  for (std::size_t row = 0; row < rows; row += kWideLanes) {
    const __mmask8 lanes = LanesOf(rows - row);
    const char* const* const from = NextPlaces(at + row, rows - row, memory);
    const __m512i bytes = LoadWide(from, 0), front = LoadHeads(from),
                  back = LoadHeads(from + kHalf);
    const __m128i quotes =
        BothHalves(_mm512_cmpeq_epi8_mask(front, quote), _mm512_cmpeq_epi8_mask(back, quote));
    // All bytes before the first quote.
    const __m128i own = ~quotes & _mm_sub_epi16(quotes, _mm_set1_epi16(1));
    const auto own_front = static_cast<__mmask64>(own[0]),
               own_back = static_cast<__mmask64>(own[1]);
    const __m512i sizes = 64 - _mm512_lzcnt_epi64(_mm512_maskz_cvtepu16_epi64(lanes, own));
    const __m512i places = _mm512_maskz_loadu_epi64(lanes, at + row), begin = places + 1;
    _mm512_storeu_si512(heads + row, _mm512_maskz_mov_epi8(own_front, front));
    _mm512_storeu_si512(heads + row + kHalf, _mm512_maskz_mov_epi8(own_back, back));
    _mm512_storeu_si512(texts + row, _mm512_permutex2var_epi64(begin, front_pairs, sizes));
    _mm512_storeu_si512(texts + row + kHalf, _mm512_permutex2var_epi64(begin, back_pairs, sizes));
    const __mmask8 is_null = AreNull(bytes), is_text = BeginWith(bytes, '"', 0xFF);
    PutBehind(places, sizes + 2, is_null, behind + row);
    const __m128i bad =
        BothHalves(EscapesOrControls(own_front, front), EscapesOrControls(own_back, back));
    const __mmask8 is_odd = _mm_test_epi16_mask(bad, bad) | _mm_testn_epi16_mask(quotes, quotes);
    flags.odd |= BitsOf(lanes & (~is_text | is_odd), row);
    flags.missing |= BitsOf(lanes & is_null, row);
  }
  return {flags.odd & ~flags.missing, flags.missing, 0};
}

// As many bytes as a pattern has at most.
REEVE_WIDE_PART __m256i LoadBytes(const char* at) {
  static_assert(BytePattern::kBytes == sizeof(__m256i));
  return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(at));
}

REEVE_WIDE_PART bool StandsAtAllWide(const BytePattern& pattern, const char* const* at,
                                     std::size_t rows) {
  const __m256i wanted = LoadBytes(pattern.bytes());
  // Differences add up: those of even rows, and those of odd ones, which need not wait for them.
  __m256i others = LoadBytes(at[rows - 1]) ^ wanted, more = others;
  for (std::size_t row = 0; row + 1 < rows; row += 2) {
    others |= LoadBytes(at[row]) ^ wanted;
    more |= LoadBytes(at[row + 1]) ^ wanted;
  }
  return _mm256_testz_si256(others | more, LoadBytes(pattern.own())) != 0;
}

REEVE_WIDE inline Move MoveBehindWide(const BytePattern& pattern, const char* const* from,
                                      std::size_t rows, const char* const* ends, const char** at) {
  if (!StandsAtAllWide(pattern, from, rows)) return Move::kNone;
  __mmask8 is_beyond = 0;
  for (std::size_t row = 0; row < rows; row += kWideLanes) {
    const __mmask8 lanes = LanesOf(rows - row);
    const __m512i moved =
        _mm512_maskz_loadu_epi64(lanes, from + row) + static_cast<long long>(pattern.size());
    is_beyond |=
        _mm512_cmpgt_epu64_mask(moved, _mm512_maskz_loadu_epi64(lanes, ends + row)) & lanes;
    _mm512_storeu_si512(at + row, moved);
  }
  return is_beyond != 0 ? Move::kAllButSomeBeyondTheirEnd : Move::kAll;
}

#endif  // REEVE_WIDE

// What follows runs in the form that is best here.

inline LaneFlags ReadWholes(const char* const* at, std::size_t rows, double* numbers,
                            const char** behind) {
#ifdef REEVE_WIDE
  if (HasWideVectors()) return ReadWholesWide(at, rows, numbers, behind);
#endif
  return ReadWholesPlainly(at, rows, numbers, behind);
}

inline std::uint64_t ReadFractions(std::size_t rows, std::uint64_t fractions, double* numbers,
                                   const char** behind) {
#ifdef REEVE_WIDE
  if (HasWideVectors()) return ReadFractionsWide(rows, fractions, numbers, behind);
#endif
  return ReadFractionsPlainly(rows, fractions, numbers, behind);
}

inline LaneFlags ReadShortTexts(const char* const* at, std::size_t rows, contract::TextHead* heads,
                                std::string_view* texts, const char** behind) {
#ifdef REEVE_WIDE
  if (HasWideVectors()) return ReadShortTextsWide(at, rows, heads, texts, behind);
#endif
  return ReadShortTextsPlainly(at, rows, heads, texts, behind);
}

inline Move MoveBehind(const BytePattern& pattern, const char* const* from, std::size_t rows,
                       const char* const* ends, const char** at) {
#ifdef REEVE_WIDE
  if (HasWideVectors()) return MoveBehindWide(pattern, from, rows, ends, at);
#endif
  return MoveBehindPlainly(pattern, from, rows, ends, at);
}

}  // namespace reeve::server
