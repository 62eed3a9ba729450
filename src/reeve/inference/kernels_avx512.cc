// Kernels for CPUs with AVX-512 F, BW, DQ, VL and VBMI, and GFNI: planes of 512, 256 and 128 rows,
// leaves by permutations of bytes, single rows with all tests of a tree at once. Compiled with
// -mavx512…; see forest_tables.h for why nothing of the standard library is used here.

#include "reeve/inference/forest_tables.h"

#if defined(__AVX512F__) && defined(__AVX512BW__) && defined(__AVX512DQ__) && \
    defined(__AVX512VL__) && defined(__AVX512VBMI__) && defined(__GFNI__)

#include <immintrin.h>

#include "reeve/inference/bit_slices.h"

namespace reeve::inference {
namespace {

constexpr std::size_t kBlock = 512;

// Truth tables of three operands. The first is overwritten: that of kMux is the left one, which
// nothing else needs.
constexpr int kOrAnd = 0xF8, kMux = 0xB8;

// 128 bytes, kLines lines of them, turned on their side.
template <int kLines>
void TurnBytes(__m512i low, __m512i high, __m512i* turned) {
  struct Places {
    std::uint8_t of[128] = {};
    constexpr Places() {
      for (int i = 0; i < 128; ++i)
        of[i] = static_cast<std::uint8_t>(i % kLines * (128 / kLines) + i / kLines);
    }
  };
  static constexpr Places kPlaces;
  for (int half = 0; half < 2; ++half) {
    turned[half] = _mm512_permutex2var_epi8(low, _mm512_loadu_si512(kPlaces.of + 64 * half), high);
  }
}

// Eight bytes turned on their side: byte i of the result holds bits i, that of the last byte
// lowest.
__m512i TurnBits(__m512i bytes) {
  const __m512i units = _mm512_set1_epi64(static_cast<long long>(0x8040201008040201ULL));
  return _mm512_gf2p8affine_epi64_epi8(units, bytes, 0);
}

// Leaves of 64 rows: a table of up to 256 floats as four planes of bytes, kStride bytes apart, each
// looked up by permutation.
template <int kSize, int kStride>
struct ByteTable {
  static constexpr int kVectors = kSize / 64;
  __m512i bytes[4][kVectors];

  explicit ByteTable(const std::uint8_t* leaves) {
    for (int q = 0; q < 4; ++q) {
      for (int i = 0; i < kVectors; ++i)
        bytes[q][i] = _mm512_loadu_si512(leaves + q * kStride + i * 64);
    }
  }

  __m512i Find(int plane, __m512i index, __mmask64 upper) const {
    const __m512i* const b = bytes[plane];
    if constexpr (kVectors == 1) {
      return _mm512_permutexvar_epi8(index, b[0]);
    } else if constexpr (kVectors == 2) {
      return _mm512_permutex2var_epi8(b[0], index, b[1]);
    } else {
      return _mm512_mask_blend_epi8(upper, _mm512_permutex2var_epi8(b[0], index, b[1]),
                                    _mm512_permutex2var_epi8(b[2], index, b[3]));
    }
  }
};

struct Planes512;

// What planes of all widths have in common.
struct Planes {
  static constexpr std::size_t kSumStride = kBlock;

  using Wide = Planes512;
  static __m512i Widen(__m128i plane) { return _mm512_broadcast_i32x4(plane); }
  static __m512i Widen(__m256i plane) { return _mm512_broadcast_i64x4(plane); }
  static __m512i Widen(__m512i plane) { return plane; }

  // In floats; see ForestKernels::has_byte_leaves.
  static std::size_t LeafStride(int depth) { return depth <= 6 ? 64 : std::size_t{1} << depth; }

  // words[b * stride …]: bit b of 128 codes.
  static void BitsOf(const std::uint8_t* codes, std::uint64_t* words, std::size_t stride) {
    // Byte b of eight: bit b of eight codes.
    const auto turned = [&](std::size_t first) {
      const __m512i reversed =
          _mm512_broadcast_i32x4(_mm_set_epi64x(0x08090A0B0C0D0E0FLL, 0x0001020304050607LL));
      return TurnBits(_mm512_shuffle_epi8(_mm512_loadu_si512(codes + first), reversed));
    };
    __m512i bits[2];
    TurnBytes<16>(turned(0), turned(64), bits);
    for (int half = 0; half < 2; ++half, words += 4 * stride) {
      StoreLane<0>(bits[half], words);
      StoreLane<1>(bits[half], words + stride);
      StoreLane<2>(bits[half], words + 2 * stride);
      StoreLane<3>(bits[half], words + 3 * stride);
    }
  }

  template <int kLane>
  static void StoreLane(__m512i lanes, void* to) {
    _mm_storeu_si128(static_cast<__m128i*>(to), _mm512_extracti32x4_epi32(lanes, kLane));
  }

  // Where 64 indices stand in small_sets: in which byte of a set, at which bit.
  struct SetPlaces {
    __m512i bytes, bits;
  };

  static SetPlaces SetPlacesOf(const std::uint8_t* indices) {
    const __m512i index = _mm512_loadu_si512(indices);
    const __m512i nibble = _mm512_set1_epi8(15), half = _mm512_set1_epi8(16);
    const __m512i high = _mm512_and_si512(_mm512_srli_epi16(index, 4), nibble);
    return {.bytes = _mm512_or_si512(_mm512_and_si512(index, nibble),
                                     _mm512_and_si512(_mm512_srli_epi16(index, 3), half)),
            .bits = _mm512_shuffle_epi8(
                _mm512_set1_epi64(static_cast<long long>(0x8040201008040201ULL)), high)};
  }

  static std::uint64_t InSet(const SetPlaces& places, const std::uint8_t* set) {
    const __m512i table =
        _mm512_broadcast_i64x4(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(set)));
    return _mm512_test_epi8_mask(_mm512_permutexvar_epi8(places.bytes, table), places.bits);
  }

  // The lowest eight bits of the numbers of 128 rows.
  template <int kBits>
  [[gnu::always_inline]] static void LowBytes(const std::uint64_t* words, std::size_t stride,
                                              __m512i* numbers) {
    // The bits of a byte from the highest one on; numbers that are shorter begin with zeros.
    const auto bits = [&](int at) {
      const int d = at - 8 + kBits;
      if (d < 0) return _mm_setzero_si128();
      return _mm_loadu_si128(
          reinterpret_cast<const __m128i*>(words + static_cast<std::size_t>(d) * stride));
    };
    const auto two = [&](int at) { return _mm256_set_m128i(bits(at + 1), bits(at)); };
    const auto four = [&](int at) {
      return _mm512_inserti64x4(_mm512_castsi256_si512(two(at)), two(at + 2), 1);
    };
    TurnBytes<8>(four(0), four(4), numbers);
    for (int half = 0; half < 2; ++half) numbers[half] = TurnBits(numbers[half]);
  }

  // Numbers of 128 rows, a byte each.
  template <int kBits>
  static void StoreNumbers(const std::uint64_t* words, std::size_t stride, std::uint8_t* out) {
    __m512i numbers[2];
    LowBytes<kBits>(words, stride, numbers);
    for (std::size_t half = 0; half < 2; ++half)
      _mm512_storeu_si512(out + 64 * half, numbers[half]);
  }

  // Sums of kRows rows, in the order in which bytes unpack to floats until InOrder; kHeld: in
  // registers, as long as it lives.
  template <std::size_t kRows, bool kHeld>
  class SumsOf {
   public:
    explicit SumsOf(float* sums) : sums_(sums) {
#pragma GCC unroll 16
      for (std::size_t i = 0; i < kVectors; ++i) vectors_[i] = _mm512_loadu_ps(sums + 16 * i);
    }
    SumsOf(const SumsOf&) = delete;
    ~SumsOf() {
#pragma GCC unroll 16
      for (std::size_t i = 0; i < kVectors; ++i) _mm512_storeu_ps(sums_ + 16 * i, vectors_[i]);
    }

    // Adds leaves of the 64 rows from 64 * group on, whose bytes stand apart.
    [[gnu::always_inline]] void Add(std::size_t group, const __m512i* bytes) {
      const __m512i low_even = _mm512_unpacklo_epi8(bytes[0], bytes[1]);
      const __m512i low_odd = _mm512_unpackhi_epi8(bytes[0], bytes[1]);
      const __m512i high_even = _mm512_unpacklo_epi8(bytes[2], bytes[3]);
      const __m512i high_odd = _mm512_unpackhi_epi8(bytes[2], bytes[3]);
      AddVector(4 * group, _mm512_unpacklo_epi16(low_even, high_even));
      AddVector(4 * group + 1, _mm512_unpackhi_epi16(low_even, high_even));
      AddVector(4 * group + 2, _mm512_unpacklo_epi16(low_odd, high_odd));
      AddVector(4 * group + 3, _mm512_unpackhi_epi16(low_odd, high_odd));
    }

   private:
    [[gnu::always_inline]] void AddVector(std::size_t i, __m512i leaves) {
      if constexpr (kHeld) {
        vectors_[i] = _mm512_add_ps(vectors_[i], _mm512_castsi512_ps(leaves));
      } else {
        float* const sum = sums_ + 16 * i;
        _mm512_storeu_ps(sum, _mm512_add_ps(_mm512_loadu_ps(sum), _mm512_castsi512_ps(leaves)));
      }
    }

    static constexpr std::size_t kVectors = kHeld ? kRows / 16 : 0;

    float* sums_;
    __m512 vectors_[kHeld ? kVectors : 1];
  };

  template <int kBits, std::size_t kRows, bool kHeld>
  [[gnu::always_inline]] static void AddLeaves(const std::uint64_t* words, const float* leaves,
                                               SumsOf<kRows, kHeld>& sums) {
    constexpr std::size_t kWords = kRows / 64;
    const auto* const bytes = reinterpret_cast<const std::uint8_t*>(leaves);
    if constexpr (kBits <= 8) {
      constexpr int kSize = kBits <= 6 ? 64 : 1 << kBits;
      const ByteTable<kSize, kSize> table(bytes);
      __m512i numbers[kWords];
#pragma GCC unroll 4
      for (std::size_t g = 0; g < kWords; g += 2) LowBytes<kBits>(words + g, kWords, numbers + g);
#pragma GCC unroll 8
      for (std::size_t g = 0; g < kWords; ++g) {
        __m512i found[4];
        for (int q = 0; q < 4; ++q) found[q] = table.Find(q, numbers[g], words[g]);
        sums.Add(g, found);
      }
      return;
    } else {
      AddLargeTable<kBits>(words, bytes, sums);
    }
  }

  // More than 256 leaves: 256 at a time, of which the higher bits choose.
  template <int kBits, std::size_t kRows, bool kHeld>
  static void AddLargeTable(const std::uint64_t* words, const std::uint8_t* leaves,
                            SumsOf<kRows, kHeld>& sums) {
    constexpr std::size_t kWords = kRows / 64;
    constexpr int kHighBits = kBits - 8;
    __m512i found[kWords][4], indices[kWords];
    for (std::size_t g = 0; g < kWords; g += 2) LowBytes<kBits>(words + g, kWords, indices + g);
    for (int part = 0; part < 1 << kHighBits; ++part) {
      const ByteTable<256, 1 << kBits> table(leaves + part * 256);
      for (std::size_t g = 0; g < kWords; ++g) {
        std::uint64_t chosen = ~0ULL;
        for (int d = 0; d < kHighBits; ++d) {
          const std::uint64_t bits = words[static_cast<std::size_t>(d) * kWords + g];
          chosen &= (part >> (kHighBits - 1 - d) & 1) != 0 ? bits : ~bits;
        }
        const __mmask64 upper = words[static_cast<std::size_t>(kHighBits) * kWords + g];
        for (int q = 0; q < 4; ++q) {
          const __m512i leaf = table.Find(q, indices[g], upper);
          found[g][q] = part == 0 ? leaf : _mm512_mask_blend_epi8(chosen, found[g][q], leaf);
        }
      }
    }
    for (std::size_t g = 0; g < kWords; ++g) sums.Add(g, found[g]);
  }

  // From the order of unpacking: a transposition of 4 x 4 lanes of 128 bits.
  static void InOrder(float* sums, std::size_t rows) {
    for (float* sum = sums; sum < sums + rows; sum += 64) {
      const __m512 a = _mm512_loadu_ps(sum), b = _mm512_loadu_ps(sum + 16),
                   c = _mm512_loadu_ps(sum + 32), d = _mm512_loadu_ps(sum + 48);
      const __m512 p = _mm512_shuffle_f32x4(a, b, 0x44), q = _mm512_shuffle_f32x4(a, b, 0xEE),
                   r = _mm512_shuffle_f32x4(c, d, 0x44), s = _mm512_shuffle_f32x4(c, d, 0xEE);
      _mm512_storeu_ps(sum, _mm512_shuffle_f32x4(p, r, 0x88));
      _mm512_storeu_ps(sum + 16, _mm512_shuffle_f32x4(p, r, 0xDD));
      _mm512_storeu_ps(sum + 32, _mm512_shuffle_f32x4(q, s, 0x88));
      _mm512_storeu_ps(sum + 48, _mm512_shuffle_f32x4(q, s, 0xDD));
    }
  }
};

struct Planes512 : Planes {
  using Plane = __m512i;
  static constexpr std::size_t kRows = 512;
  static constexpr bool kHoldsSums = false;
  using Sums = SumsOf<kRows, kHoldsSums>;

  static Plane Zero() { return _mm512_setzero_si512(); }
  static Plane Ones() { return _mm512_set1_epi32(-1); }
  static Plane Load(const void* from) { return _mm512_loadu_si512(from); }
  static void Store(void* to, Plane plane) { _mm512_storeu_si512(to, plane); }
  static Plane And(Plane a, Plane b) { return _mm512_and_si512(a, b); }
  static Plane AndNot(Plane a, Plane b) { return _mm512_andnot_si512(a, b); }
  static Plane OrAnd(Plane a, Plane b, Plane c) {
    return _mm512_ternarylogic_epi64(a, b, c, kOrAnd);
  }
  static Plane Mux(Plane at, Plane left, Plane right) {
    return _mm512_ternarylogic_epi64(left, at, right, kMux);
  }
};

struct Planes256 : Planes {
  using Plane = __m256i;
  static constexpr std::size_t kRows = 256;
  static constexpr bool kHoldsSums = true;
  using Sums = SumsOf<kRows, kHoldsSums>;

  static Plane Zero() { return _mm256_setzero_si256(); }
  static Plane Ones() { return _mm256_set1_epi32(-1); }
  static Plane Load(const void* from) {
    return _mm256_loadu_si256(static_cast<const __m256i*>(from));
  }
  static void Store(void* to, Plane plane) {
    _mm256_storeu_si256(static_cast<__m256i*>(to), plane);
  }
  static Plane And(Plane a, Plane b) { return _mm256_and_si256(a, b); }
  static Plane AndNot(Plane a, Plane b) { return _mm256_andnot_si256(a, b); }
  static Plane OrAnd(Plane a, Plane b, Plane c) {
    return _mm256_ternarylogic_epi64(a, b, c, kOrAnd);
  }
  static Plane Mux(Plane at, Plane left, Plane right) {
    return _mm256_ternarylogic_epi64(left, at, right, kMux);
  }
};

struct Planes128 : Planes {
  using Plane = __m128i;
  static constexpr std::size_t kRows = 128;
  static constexpr bool kHoldsSums = true;
  using Sums = SumsOf<kRows, kHoldsSums>;

  static Plane Zero() { return _mm_setzero_si128(); }
  static Plane Ones() { return _mm_set1_epi32(-1); }
  static Plane Load(const void* from) { return _mm_loadu_si128(static_cast<const __m128i*>(from)); }
  static void Store(void* to, Plane plane) { _mm_storeu_si128(static_cast<__m128i*>(to), plane); }
  static Plane And(Plane a, Plane b) { return _mm_and_si128(a, b); }
  static Plane AndNot(Plane a, Plane b) { return _mm_andnot_si128(a, b); }
  static Plane OrAnd(Plane a, Plane b, Plane c) { return _mm_ternarylogic_epi64(a, b, c, kOrAnd); }
  static Plane Mux(Plane at, Plane left, Plane right) {
    return _mm_ternarylogic_epi64(left, at, right, kMux);
  }
};

// A scale's search tree in registers, its eight levels walked by permutations. Of fewer than 128
// thresholds all stand to the left of the root, of fewer than 64 also of the node below: so many
// levels are skipped.
template <int kSkipped>
class Search {
 public:
  explicit Search(const float* entries) {
    for (std::size_t i = 0; i < 16; ++i) entries_[i] = _mm512_loadu_ps(entries + 16 * i);
  }

  // Codes of sixteen values, a number each (its lowest byte counts).
  __m512i Codes(__m512 x) const { return Walk<kSkipped>(_mm512_set1_epi32(1 << kSkipped), x); }

 private:
  template <int kLevel>
  __m512i Walk(__m512i at, __m512 x) const {
    if constexpr (kLevel == 8) {
      return at;
    } else {
      const __mmask16 reached = _mm512_cmp_ps_mask(Thresholds<kLevel>(at), x, _CMP_LE_OQ);
      at = _mm512_add_epi32(at, at);
      return Walk<kLevel + 1>(_mm512_mask_add_epi32(at, reached, at, _mm512_set1_epi32(1)), x);
    }
  }

  // Those of a level take 2^(level - 4) registers from that number on; what is skipped leaves the
  // first of them.
  template <int kLevel>
  __m512 Thresholds(__m512i at) const {
    if constexpr (kLevel < 4) {
      return _mm512_permutexvar_ps(at, entries_[0]);
    } else {
      constexpr int kFirst = 1 << (kLevel - 4);
      return Find<kFirst, (kFirst >> kSkipped > 1 ? kFirst >> kSkipped : 1)>(at);
    }
  }

  // In one of kCount registers: the bits above the lowest four tell which.
  template <int kFirst, int kCount>
  __m512 Find(__m512i at) const {
    if constexpr (kCount == 1) {
      return _mm512_permutexvar_ps(at, entries_[kFirst]);
    } else if constexpr (kCount == 2) {
      return _mm512_permutex2var_ps(entries_[kFirst], at, entries_[kFirst + 1]);
    } else {
      const __mmask16 upper = _mm512_test_epi32_mask(at, _mm512_set1_epi32(8 * kCount));
      return _mm512_mask_blend_ps(upper, Find<kFirst, kCount / 2>(at),
                                  Find<kFirst + kCount / 2, kCount / 2>(at));
    }
  }

  __m512 entries_[16];
};

// The same for at most 31 thresholds, which stand sorted in two registers.
class SmallSearch {
 public:
  static constexpr std::uint32_t kMost = 31;

  explicit SmallSearch(const float* sorted)
      : low_(_mm512_loadu_ps(sorted)), high_(_mm512_loadu_ps(sorted + 16)) {}

  __m512i Codes(__m512 x) const {
    __m512i reached = _mm512_setzero_si512();
    for (int step = 16; step > 0; step /= 2) {
      const __m512i probe = _mm512_add_epi32(reached, _mm512_set1_epi32(step - 1));
      const __mmask16 is_reached =
          _mm512_cmp_ps_mask(_mm512_permutex2var_ps(low_, probe, high_), x, _CMP_LE_OQ);
      reached = _mm512_mask_add_epi32(reached, is_reached, reached, _mm512_set1_epi32(step));
    }
    return reached;
  }

 private:
  __m512 low_, high_;
};

// Sixteen vectors of sixteen floats, turned on their side.
void Transpose16(__m512* rows) {
  __m512 pairs[16];
  for (int i = 0; i < 16; i += 2) {
    pairs[i] = _mm512_unpacklo_ps(rows[i], rows[i + 1]);
    pairs[i + 1] = _mm512_unpackhi_ps(rows[i], rows[i + 1]);
  }
  for (int i = 0; i < 16; i += 4) {
    for (int j = 0; j < 2; ++j) {
      const __m512d a = _mm512_castps_pd(pairs[i + j]), b = _mm512_castps_pd(pairs[i + 2 + j]);
      rows[i + 2 * j] = _mm512_castpd_ps(_mm512_unpacklo_pd(a, b));
      rows[i + 2 * j + 1] = _mm512_castpd_ps(_mm512_unpackhi_pd(a, b));
    }
  }
  for (int i = 0; i < 4; ++i) {
    const __m512 a = rows[i], b = rows[i + 4], c = rows[i + 8], d = rows[i + 12];
    const __m512 p = _mm512_shuffle_f32x4(a, b, 0x88), q = _mm512_shuffle_f32x4(a, b, 0xDD),
                 r = _mm512_shuffle_f32x4(c, d, 0x88), s = _mm512_shuffle_f32x4(c, d, 0xDD);
    pairs[i] = _mm512_shuffle_f32x4(p, r, 0x88);
    pairs[i + 8] = _mm512_shuffle_f32x4(p, r, 0xDD);
    pairs[i + 4] = _mm512_shuffle_f32x4(q, s, 0x88);
    pairs[i + 12] = _mm512_shuffle_f32x4(q, s, 0xDD);
  }
  for (int i = 0; i < 16; ++i) rows[i] = pairs[i];
}

void Transpose(const float* rows, std::size_t row_stride, std::size_t features, std::size_t count,
               float* columns) {
  for (std::size_t i = 0; i < count; i += 16) {
    for (std::size_t j = 0; j < features; j += 16) {
      const std::size_t width = features - j < 16 ? features - j : 16;
      const auto lanes = static_cast<__mmask16>((1U << width) - 1);
      __m512 square[16];
      for (std::size_t k = 0; k < 16; ++k) {
        const std::size_t row = i + k < count ? i + k : count - 1;
        square[k] = _mm512_maskz_loadu_ps(lanes, rows + row * row_stride + j);
      }
      Transpose16(square);
      for (std::size_t k = 0; k < width; ++k)
        _mm512_storeu_ps(columns + (j + k) * kBlock + i, square[k]);
    }
  }
}

template <typename Searcher>
void EncodeScale(const Scale& scale, const Searcher& search, const KernelRows& rows,
                 std::uint8_t* codes) {
  const float* const values = rows.values + scale.feature * rows.stride;
  for (std::size_t i = 0; i < rows.rows; i += 16) {
    const std::size_t left = rows.rows - i;
    const auto lanes = static_cast<__mmask16>(left >= 16 ? 0xFFFF : (1U << left) - 1);
    const __m512 x = _mm512_maskz_loadu_ps(lanes, values + i);
    const __m128i code = _mm512_cvtepi32_epi8(search.Codes(x));
    if (scale.low >= 0) {
      _mm_storeu_si128(
          reinterpret_cast<__m128i*>(codes + static_cast<std::size_t>(scale.low) * kBlock + i),
          code);
    }
    if (scale.high >= 0) {
      const __mmask16 missing = _mm512_cmp_ps_mask(x, x, _CMP_UNORD_Q);
      _mm_storeu_si128(
          reinterpret_cast<__m128i*>(codes + static_cast<std::size_t>(scale.high) * kBlock + i),
          _mm_mask_set1_epi8(code, missing, -1));
    }
  }
}

void Encode(const ForestTables& tables, const KernelRows& rows, std::uint8_t* codes) {
  for (std::uint32_t s = 0; s < tables.scale_count; ++s) {
    const Scale& scale = tables.scales[s];
    const float* const entries = tables.searches + s * 256ULL;
    if (scale.count <= SmallSearch::kMost) {
      EncodeScale(scale, SmallSearch(tables.sorted + s * kSortedFloats + 16), rows, codes);
    } else if (scale.count < 64) {
      EncodeScale(scale, Search<2>(entries), rows, codes);
    } else if (scale.count < 128) {
      EncodeScale(scale, Search<1>(entries), rows, codes);
    } else {
      EncodeScale(scale, Search<0>(entries), rows, codes);
    }
  }
}

void Block(const ForestTables& tables, const KernelRows& rows, float* sums, std::uint8_t* work) {
  if (rows.rows <= 128) {
    SumBlock<Planes128, kBlock>(tables, rows, sums, work, Encode);
  } else if (rows.rows <= 256) {
    SumBlock<Planes256, kBlock>(tables, rows, sums, work, Encode);
  } else {
    SumBlock<Planes512, kBlock>(tables, rows, sums, work, Encode);
  }
}

void Upper(const ForestTables& tables, const KernelRows& rows, const std::uint8_t* codes,
           std::uint8_t* planes, std::uint8_t* out, std::size_t stride) {
  if (rows.rows <= 128) {
    FindUpperPlaces<Planes128, kBlock>(tables, rows, codes, planes, out, stride);
  } else if (rows.rows <= 256) {
    FindUpperPlaces<Planes256, kBlock>(tables, rows, codes, planes, out, stride);
  } else {
    FindUpperPlaces<Planes512, kBlock>(tables, rows, codes, planes, out, stride);
  }
}

// The node that eight rows come to six levels further down, given the outcomes of 63 tests each.
__m512i DescendSix(__m512i outcomes) {
  const __m512i one = _mm512_set1_epi64(1);
  __m512i at = _mm512_setzero_si512();
  for (int level = 0; level < 6; ++level) {
    const __m512i right = _mm512_and_si512(_mm512_srlv_epi64(outcomes, at), one);
    at = _mm512_add_epi64(_mm512_add_epi64(at, at), _mm512_add_epi64(right, one));
  }
  return at;
}

void Lower(const LowerTests* tests, const std::uint8_t* codes, std::size_t row_bytes,
           const std::uint8_t* places, std::size_t rows, std::uint16_t* out) {
  alignas(64) std::uint64_t outcomes[64];
  for (std::size_t i = 0; i < rows; ++i) {
    const LowerTests& test = tests[places[i]];
    const __m512i found = _mm512_permutexvar_epi8(_mm512_loadu_si512(test.columns),
                                                  _mm512_loadu_si512(codes + i * row_bytes));
    outcomes[i] = _mm512_cmpgt_epu8_mask(found, _mm512_loadu_si512(test.cuts));
  }
  const __m512i first = _mm512_set1_epi64(63);
  for (std::size_t i = 0; i < rows; i += 8) {
    const __m512i node = _mm512_sub_epi64(DescendSix(_mm512_load_si512(outcomes + i)), first);
    const __m512i place =
        _mm512_cvtepu8_epi64(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(places + i)));
    _mm_storeu_si128(reinterpret_cast<__m128i*>(out + i),
                     _mm512_cvtepi64_epi16(_mm512_add_epi64(_mm512_slli_epi64(place, 6), node)));
  }
}

// ---- Single rows.

// How many of sixteen thresholds x has reached.
int CountReached(const float* thresholds, __m512 x) {
  return __builtin_popcount(_mm512_cmp_ps_mask(_mm512_load_ps(thresholds), x, _CMP_LE_OQ));
}

// Codes of a row: sixteen pivots tell which sixteen thresholds to count. Two comparisons instead of
// eight steps of a search, and scales do not wait for each other.
void EncodeScales(const ForestTables& tables, const float* row, std::uint8_t* codes) {
  alignas(64) std::uint8_t scale_codes[256], is_missing[256];
  for (std::uint32_t s = 0; s < tables.scale_count; ++s) {
    const float* const sorted = tables.sorted + s * kSortedFloats;
    const float value = row[tables.scales[s].feature];
    const __m512 x = _mm512_set1_ps(value);
    const int sixteens = CountReached(sorted, x);
    scale_codes[s] =
        static_cast<std::uint8_t>(16 * sixteens + CountReached(sorted + 16 + 16 * sixteens, x));
    is_missing[s] = value != value ? 255 : 0;
  }
  if (tables.scale_count <= 64) {
    const __m512i all_codes = _mm512_load_si512(scale_codes);
    const __m512i all_missing = _mm512_load_si512(is_missing);
    for (std::uint32_t c = 0; c < tables.column_count; c += 64) {
      const __m512i scales = _mm512_load_si512(tables.column_scales + c);
      const __m512i missing = _mm512_and_si512(_mm512_permutexvar_epi8(scales, all_missing),
                                               _mm512_load_si512(tables.column_missing + c));
      _mm512_store_si512(codes + c,
                         _mm512_or_si512(_mm512_permutexvar_epi8(scales, all_codes), missing));
    }
    return;
  }
  for (std::uint32_t c = 0; c < tables.column_count; ++c) {
    const std::uint8_t s = tables.column_scales[c];
    codes[c] =
        static_cast<std::uint8_t>(scale_codes[s] | (is_missing[s] & tables.column_missing[c]));
  }
}

// The outcomes of the upper 63 tests of every tree, a bit each: the codes that its tests look at by
// one permutation, all of them compared with one instruction.
void TestNodes(const ForestTables& tables, const std::uint8_t* codes, std::uint64_t* outcomes) {
  const __m512i a = _mm512_load_si512(codes), b = _mm512_load_si512(codes + 64),
                c = _mm512_load_si512(codes + 128), d = _mm512_load_si512(codes + 192);
  const std::uint32_t columns = tables.column_count + tables.set_count;
  const std::uint8_t* node_columns = tables.node_columns;
  const std::uint8_t* cuts = tables.node_cuts;
  const auto each = [&](auto find) {
    for (std::uint32_t t = 0; t < tables.tree_count; ++t, node_columns += 64, cuts += 64) {
      outcomes[t] =
          _mm512_cmpgt_epu8_mask(find(_mm512_load_si512(node_columns)), _mm512_load_si512(cuts));
    }
  };
  if (columns <= 64) {
    each([&](__m512i at) { return _mm512_permutexvar_epi8(at, a); });
  } else if (columns <= 128) {
    each([&](__m512i at) { return _mm512_permutex2var_epi8(a, at, b); });
  } else {
    each([&](__m512i at) {
      return _mm512_mask_blend_epi8(_mm512_movepi8_mask(at), _mm512_permutex2var_epi8(a, at, b),
                                    _mm512_permutex2var_epi8(c, at, d));
    });
  }
}

// One level further down in eight trees at once, for levels below the upper six.
template <int kDepth>
__m512i Descend(const std::uint8_t* codes, const RowTest* tests, __m512i at, __mmask8 lanes) {
  const __m512i trees = _mm512_slli_epi64(_mm512_set_epi64(7, 6, 5, 4, 3, 2, 1, 0), kDepth);
  const __m256i test = _mm512_mask_i64gather_epi32(_mm256_setzero_si256(), lanes,
                                                   _mm512_add_epi64(at, trees), tests, 4);
  const __m256i column = _mm256_and_si256(test, _mm256_set1_epi32(0xFFFF));
  const __m256i code = _mm256_and_si256(
      _mm256_mmask_i32gather_epi32(_mm256_setzero_si256(), lanes, column, codes, 1),
      _mm256_set1_epi32(255));
  const __mmask8 right = _mm256_cmpgt_epu32_mask(code, _mm256_srli_epi32(test, 16));
  const __m512i one = _mm512_set1_epi64(1);
  at = _mm512_add_epi64(_mm512_add_epi64(at, at), one);
  return _mm512_mask_add_epi64(at, right, at, one);
}

template <int kDepth>
void AddTreesOfRow(const ForestTables& tables, const std::uint8_t* codes,
                   const std::uint64_t* outcomes, float* sums) {
  constexpr std::size_t kLeaves = std::size_t{1} << kDepth;
  for (std::uint32_t t = 0; t < tables.tree_count; t += 8) {
    const std::uint32_t left = tables.tree_count - t;
    const auto lanes = static_cast<__mmask8>(left >= 8 ? 0xFF : (1U << left) - 1);
    const __m512i bits = _mm512_maskz_loadu_epi64(lanes, outcomes + t);
    __m512i at = DescendSix(bits);
    const RowTest* const tests = tables.row_tests + t * kLeaves;
    for (int level = 6; level < kDepth; ++level) at = Descend<kDepth>(codes, tests, at, lanes);
    at = _mm512_sub_epi64(at, _mm512_set1_epi64(static_cast<long long>(kLeaves - 1)));
    alignas(64) std::uint64_t leaves[8];
    _mm512_store_si512(leaves, at);
    const std::uint32_t count = left < 8 ? left : 8;
    AddRowLeaves(tables, t, leaves, count, sums);
  }
}

void Row(const ForestTables& tables, const float* row, float* sums, std::uint8_t* work) {
  for (std::uint32_t k = 0; k < tables.output_count; ++k) sums[k] = tables.base_margin[k];
  if (tables.node_columns == nullptr) {
    EncodeRow(tables, row, work);
    WalkTrees(tables, work, sums);
    return;
  }
  std::uint8_t* const codes = work;  // 256, and what a gather reads behind them
  auto* const outcomes = reinterpret_cast<std::uint64_t*>(work + 320);
  EncodeScales(tables, row, codes);
  EncodeSets(tables, row, codes);
  TestNodes(tables, codes, outcomes);
  if (tables.row_depth == 6) {
    AddTreesOfRow<6>(tables, codes, outcomes, sums);
  } else {
    AddTreesOfRow<8>(tables, codes, outcomes, sums);
  }
}

}  // namespace

const ForestKernels* Avx512Kernels() {
  static constexpr ForestKernels kKernels = {.block_rows = kBlock,
                                             .few_rows = 13,
                                             .most_programmed_leaves = 1024,
                                             .has_byte_leaves = true,
                                             .transpose = Transpose,
                                             .encode = Encode,
                                             .work_bytes = WorkBytes<kBlock>,
                                             .block = Block,
                                             .upper = Upper,
                                             .lower = Lower,
                                             .row = Row};
  return &kKernels;
}

}  // namespace reeve::inference

#else

namespace reeve::inference {
const ForestKernels* Avx512Kernels() { return nullptr; }
}  // namespace reeve::inference

#endif
