// Kernels for CPUs with AVX2: planes of 256 and 128 rows. Compiled with -mavx2; see forest_tables.h
// for why nothing of the standard library is used here.

#include "reeve/inference/forest_tables.h"

#if defined(__AVX2__)

#include <immintrin.h>

#include "reeve/inference/bit_slices.h"

namespace reeve::inference {
namespace {

constexpr std::size_t kBlock = 256;

struct Planes256;

// What planes of both widths have in common.
struct Planes {
  static constexpr std::size_t kSumStride = kBlock;
  static constexpr bool kHoldsSums = false;
  using Sums = float*;

  using Wide = Planes256;
  static __m256i Widen(__m128i plane) { return _mm256_broadcastsi128_si256(plane); }
  static __m256i Widen(__m256i plane) { return plane; }

  static std::size_t LeafStride(int depth) { return std::size_t{1} << depth; }
  static void InOrder(float* /*sums*/, std::size_t /*rows*/) {}

  // words[b * stride …]: bit b of 128 codes.
  static void BitsOf(const std::uint8_t* codes, std::uint64_t* words, std::size_t stride) {
    for (std::size_t g = 0; g < 2; ++g, codes += 64) {
      __m256i low = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(codes));
      __m256i high = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(codes + 32));
      for (std::size_t b = 8; b-- > 0;) {
        words[b * stride + g] = Mask(low, high);
        low = _mm256_add_epi8(low, low);
        high = _mm256_add_epi8(high, high);
      }
    }
  }

  // The highest bits of 64 bytes.
  static std::uint64_t Mask(__m256i low, __m256i high) {
    return static_cast<std::uint32_t>(_mm256_movemask_epi8(low)) |
           static_cast<std::uint64_t>(static_cast<std::uint32_t>(_mm256_movemask_epi8(high))) << 32;
  }

  static __m256i Half(const std::uint8_t* indices, const std::uint8_t* set) {
    const auto table = [&](int half) {
      return _mm256_broadcastsi128_si256(
          _mm_loadu_si128(reinterpret_cast<const __m128i*>(set + 16 * half)));
    };
    const __m256i index = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(indices));
    const __m256i nibble = _mm256_set1_epi8(15);
    const __m256i low = _mm256_and_si256(index, nibble);
    const __m256i high = _mm256_and_si256(_mm256_srli_epi16(index, 4), nibble);
    const __m256i bytes =
        _mm256_blendv_epi8(_mm256_shuffle_epi8(table(0), low), _mm256_shuffle_epi8(table(1), low),
                           index);  // the highest bit of the index chooses
    const __m256i bits = _mm256_shuffle_epi8(
        _mm256_set1_epi64x(static_cast<long long>(0x8040201008040201ULL)), high);
    return _mm256_cmpeq_epi8(_mm256_and_si256(bytes, bits), bits);
  }

  using SetPlaces = const std::uint8_t*;
  static SetPlaces SetPlacesOf(const std::uint8_t* indices) { return indices; }
  static std::uint64_t InSet(SetPlaces indices, const std::uint8_t* set) {
    return Mask(Half(indices, set), Half(indices + 32, set));
  }

  // Numbers of 32 rows, a byte each, from kCount planes of their bits.
  template <int kCount>
  static __m256i Numbers(const std::uint64_t* words, std::size_t stride, std::size_t first) {
    const __m256i bits = _mm256_set1_epi64x(static_cast<long long>(0x8040201008040201ULL));
    const __m256i spread = _mm256_setr_epi8(0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 2,
                                            2, 2, 2, 2, 2, 3, 3, 3, 3, 3, 3, 3, 3);
    __m256i numbers = _mm256_setzero_si256();
    for (int d = 0; d < kCount; ++d) {
      const std::uint64_t word = words[static_cast<std::size_t>(d) * stride + first / 64];
      const auto half = static_cast<int>(word >> (first % 64));
      const __m256i bytes = _mm256_shuffle_epi8(_mm256_set1_epi32(half), spread);
      const __m256i set = _mm256_cmpeq_epi8(_mm256_and_si256(bytes, bits), bits);
      numbers = _mm256_sub_epi8(_mm256_add_epi8(numbers, numbers), set);
    }
    return numbers;
  }

  // Numbers of 128 rows, a byte each.
  template <int kBits>
  static void StoreNumbers(const std::uint64_t* words, std::size_t stride, std::uint8_t* out) {
    for (std::size_t first = 0; first < 128; first += 32) {
      _mm256_storeu_si256(reinterpret_cast<__m256i*>(out + first),
                          Numbers<kBits>(words, stride, first));
    }
  }

  static __m256i EightOf(const std::uint8_t* bytes) {
    return _mm256_cvtepu8_epi32(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(bytes)));
  }

  template <int kBits, std::size_t kRows>
  static void AddLeavesOf(const std::uint64_t* words, const float* leaves, float* sums) {
    constexpr std::size_t kWords = kRows / 64;
    constexpr int kHighBits = kBits > 8 ? kBits - 8 : 0;
    for (std::size_t first = 0; first < kRows; first += 32) {
      alignas(32) std::uint8_t low[32], high[32];
      _mm256_store_si256(reinterpret_cast<__m256i*>(low),
                         Numbers<kBits - kHighBits>(words + kHighBits * kWords, kWords, first));
      if constexpr (kHighBits > 0) {
        _mm256_store_si256(reinterpret_cast<__m256i*>(high),
                           Numbers<kHighBits>(words, kWords, first));
      }
      for (std::size_t i = 0; i < 32; i += 8) {
        __m256i at = EightOf(low + i);
        if constexpr (kHighBits > 0)
          at = _mm256_or_si256(at, _mm256_slli_epi32(EightOf(high + i), 8));
        float* const sum = sums + first + i;
        _mm256_storeu_ps(sum,
                         _mm256_add_ps(_mm256_loadu_ps(sum), _mm256_i32gather_ps(leaves, at, 4)));
      }
    }
  }
};

struct Planes256 : Planes {
  using Plane = __m256i;
  static constexpr std::size_t kRows = 256;

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
    return _mm256_or_si256(a, _mm256_and_si256(b, c));
  }
  static Plane Mux(Plane at, Plane left, Plane right) {
    return _mm256_xor_si256(left, _mm256_and_si256(at, _mm256_xor_si256(left, right)));
  }
  template <int kBits>
  static void AddLeaves(const std::uint64_t* words, const float* leaves, Sums sums) {
    AddLeavesOf<kBits, kRows>(words, leaves, sums);
  }
};

struct Planes128 : Planes {
  using Plane = __m128i;
  static constexpr std::size_t kRows = 128;

  static Plane Zero() { return _mm_setzero_si128(); }
  static Plane Ones() { return _mm_set1_epi32(-1); }
  static Plane Load(const void* from) { return _mm_loadu_si128(static_cast<const __m128i*>(from)); }
  static void Store(void* to, Plane plane) { _mm_storeu_si128(static_cast<__m128i*>(to), plane); }
  static Plane And(Plane a, Plane b) { return _mm_and_si128(a, b); }
  static Plane AndNot(Plane a, Plane b) { return _mm_andnot_si128(a, b); }
  static Plane OrAnd(Plane a, Plane b, Plane c) { return _mm_or_si128(a, _mm_and_si128(b, c)); }
  static Plane Mux(Plane at, Plane left, Plane right) {
    return _mm_xor_si128(left, _mm_and_si128(at, _mm_xor_si128(left, right)));
  }
  template <int kBits>
  static void AddLeaves(const std::uint64_t* words, const float* leaves, Sums sums) {
    AddLeavesOf<kBits, kRows>(words, leaves, sums);
  }
};

// Eight values of `x`; beyond `left` of them anything.
__m256 LoadValues(const float* x, std::size_t left) {
  if (left >= 8) return _mm256_loadu_ps(x);
  const __m256i lanes = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
  return _mm256_maskload_ps(x,
                            _mm256_cmpgt_epi32(_mm256_set1_epi32(static_cast<int>(left)), lanes));
}

// The lowest bytes of four vectors of eight numbers, in order.
__m256i Pack(const __m256i* numbers) {
  const __m256i packed = _mm256_packus_epi16(_mm256_packus_epi32(numbers[0], numbers[1]),
                                             _mm256_packus_epi32(numbers[2], numbers[3]));
  return _mm256_permutevar8x32_epi32(packed, _mm256_setr_epi32(0, 4, 1, 5, 2, 6, 3, 7));
}

// Codes of 32 rows by a binary search of eight steps, four vectors side by side.
void EncodeRows(const float* search, const float* x, std::size_t left, std::uint8_t* low,
                std::uint8_t* high) {
  __m256 values[4];
  __m256i at[4], missing[4];
  for (std::size_t q = 0; q < 4; ++q) {
    values[q] = left > 8 * q ? LoadValues(x + 8 * q, left - 8 * q) : _mm256_setzero_ps();
    at[q] = _mm256_set1_epi32(1);
  }
  for (int level = 0; level < 8; ++level) {
    for (int q = 0; q < 4; ++q) {
      const __m256 threshold = _mm256_i32gather_ps(search, at[q], 4);
      const __m256i reached = _mm256_castps_si256(_mm256_cmp_ps(threshold, values[q], _CMP_LE_OQ));
      at[q] = _mm256_sub_epi32(_mm256_add_epi32(at[q], at[q]), reached);
    }
  }
  const __m256i byte = _mm256_set1_epi32(255);
  for (int q = 0; q < 4; ++q) {
    at[q] = _mm256_and_si256(at[q], byte);
    missing[q] = _mm256_and_si256(
        _mm256_castps_si256(_mm256_cmp_ps(values[q], values[q], _CMP_UNORD_Q)), byte);
  }
  const __m256i codes = Pack(at);
  if (low != nullptr) _mm256_storeu_si256(reinterpret_cast<__m256i*>(low), codes);
  if (high != nullptr) {
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(high), _mm256_or_si256(codes, Pack(missing)));
  }
}

void Encode(const ForestTables& tables, const KernelRows& rows, std::uint8_t* codes) {
  for (std::uint32_t s = 0; s < tables.scale_count; ++s) {
    const Scale& scale = tables.scales[s];
    const float* const values = rows.values + scale.feature * rows.stride;
    const auto column = [&](std::int32_t number) {
      return number < 0 ? nullptr : codes + static_cast<std::size_t>(number) * kBlock;
    };
    std::uint8_t* const low = column(scale.low);
    std::uint8_t* const high = column(scale.high);
    for (std::size_t i = 0; i < rows.rows; i += 32) {
      EncodeRows(tables.searches + s * 256ULL, values + i, rows.rows - i,
                 low == nullptr ? nullptr : low + i, high == nullptr ? nullptr : high + i);
    }
  }
}

void Block(const ForestTables& tables, const KernelRows& rows, float* sums, std::uint8_t* work) {
  if (rows.rows <= 128) {
    SumBlock<Planes128, kBlock>(tables, rows, sums, work, Encode);
  } else {
    SumBlock<Planes256, kBlock>(tables, rows, sums, work, Encode);
  }
}

void Upper(const ForestTables& tables, const KernelRows& rows, const std::uint8_t* codes,
           std::uint8_t* planes, std::uint8_t* out, std::size_t stride) {
  if (rows.rows <= 128) {
    FindUpperPlaces<Planes128, kBlock>(tables, rows, codes, planes, out, stride);
  } else {
    FindUpperPlaces<Planes256, kBlock>(tables, rows, codes, planes, out, stride);
  }
}

// How many of sixteen sorted numbers are no larger than `value` (in all lanes); NaN never is.
int CountReached(const float* sorted, __m256 value) {
  const auto reached = [&](const float* eight) {
    return static_cast<unsigned>(
        _mm256_movemask_ps(_mm256_cmp_ps(_mm256_loadu_ps(eight), value, _CMP_LE_OQ)));
  };
  return __builtin_popcount(reached(sorted) | reached(sorted + 8) << 8);
}

// Codes of one row by two steps for each scale, which do not wait for those of another: the
// sixteenth that the value lies in, then its place there.
void EncodeScales(const ForestTables& tables, const float* row, std::uint8_t* codes) {
  for (std::uint32_t s = 0; s < tables.scale_count; ++s) {
    const Scale& scale = tables.scales[s];
    const float* const sorted = tables.sorted + s * kSortedFloats;
    const float value = row[scale.feature];
    const __m256 x = _mm256_set1_ps(value);
    const int sixteens = CountReached(sorted, x);
    const int code = 16 * sixteens + CountReached(sorted + 16 + 16 * sixteens, x);
    if (scale.low >= 0) codes[scale.low] = static_cast<std::uint8_t>(code);
    if (scale.high >= 0) codes[scale.high] = static_cast<std::uint8_t>(value != value ? 255 : code);
  }
}

void Row(const ForestTables& tables, const float* row, float* sums, std::uint8_t* work) {
  EncodeScales(tables, row, work);
  EncodeSets(tables, row, work);
  for (std::uint32_t k = 0; k < tables.output_count; ++k) sums[k] = tables.base_margin[k];
  WalkTrees(tables, work, sums);
}

}  // namespace

const ForestKernels* Avx2Kernels() {
  static constexpr ForestKernels kKernels = {.block_rows = kBlock,
                                             .few_rows = 22,
                                             .most_programmed_leaves = 512,
                                             .has_byte_leaves = false,
                                             .transpose = TransposeRows<kBlock>,
                                             .encode = Encode,
                                             .work_bytes = WorkBytes<kBlock>,
                                             .block = Block,
                                             .upper = Upper,
                                             .row = Row};
  return &kKernels;
}

}  // namespace reeve::inference

#else

namespace reeve::inference {
const ForestKernels* Avx2Kernels() { return nullptr; }
}  // namespace reeve::inference

#endif
