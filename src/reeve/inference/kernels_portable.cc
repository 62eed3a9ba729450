// Kernels without instructions of a certain CPU: planes of 128 rows by the compiler's own vectors.

#include <cstring>

#include "reeve/inference/bit_slices.h"
#include "reeve/inference/forest_tables.h"

namespace reeve::inference {
namespace {

constexpr std::size_t kBlock = 128;

// SpreadBits[b]: byte i is bit i of b.
struct SpreadTable {
  std::uint64_t of[256] = {};
  constexpr SpreadTable() {
    for (std::uint64_t b = 0; b < 256; ++b) {
      for (int i = 0; i < 8; ++i) of[b] |= (b >> i & 1) << (8 * i);
    }
  }
};
constexpr SpreadTable kSpread;

struct Planes128 {
  using Plane = std::uint64_t __attribute__((vector_size(16)));
  using Wide = Planes128;
  static constexpr std::size_t kRows = 128, kSumStride = 128;
  static constexpr bool kHoldsSums = false;
  using Sums = float*;

  static Plane Zero() { return Plane{0, 0}; }
  static Plane Ones() { return ~Plane{0, 0}; }
  static Plane Load(const void* from) {
    Plane plane;
    std::memcpy(&plane, from, sizeof plane);
    return plane;
  }
  static void Store(void* to, Plane plane) { std::memcpy(to, &plane, sizeof plane); }
  static Plane And(Plane a, Plane b) { return a & b; }
  static Plane AndNot(Plane a, Plane b) { return ~a & b; }
  static Plane OrAnd(Plane a, Plane b, Plane c) { return a | (b & c); }
  static Plane Mux(Plane at, Plane left, Plane right) { return left ^ (at & (left ^ right)); }
  static Plane Widen(Plane plane) { return plane; }

  // words[b * stride …]: bit b of 128 codes.
  static void BitsOf(const std::uint8_t* codes, std::uint64_t* words, std::size_t stride) {
    for (std::size_t b = 0; b < 8; ++b) words[b * stride] = words[b * stride + 1] = 0;
    for (std::size_t i = 0; i < 16; ++i) {
      std::uint64_t eight = 0;
      for (std::size_t j = 8; j-- > 0;) eight = eight << 8 | codes[8 * i + j];
      for (std::size_t b = 0; b < 8; ++b) {
        // Gathers the lowest bits of eight bytes in the highest byte of the product.
        const std::uint64_t ones = eight >> b & 0x0101010101010101ULL;
        words[b * stride + i / 8] |= (ones * 0x0102040810204080ULL >> 56) << (8 * (i % 8));
      }
    }
  }

  using SetPlaces = const std::uint8_t*;
  static SetPlaces SetPlacesOf(const std::uint8_t* indices) { return indices; }
  static std::uint64_t InSet(SetPlaces indices, const std::uint8_t* set) {
    std::uint64_t bits = 0;
    for (int i = 0; i < 64; ++i) {
      const unsigned index = indices[i];
      const std::uint64_t bit = set[index / 128 * 16 + index % 16] >> (index / 16 % 8) & 1U;
      bits |= bit << i;
    }
    return bits;
  }

  static std::size_t LeafStride(int depth) { return std::size_t{1} << depth; }

  template <int kBits>
  static void AddLeaves(const std::uint64_t* words, const float* leaves, Sums sums) {
    for (std::size_t first = 0; first < kRows; first += 8) {
      // Numbers of eight rows, a byte each; what is above a byte apart.
      std::uint64_t low = 0, high = 0;
      for (int d = 0; d < kBits; ++d) {
        const std::uint64_t word = words[static_cast<std::size_t>(d) * (kRows / 64) + first / 64];
        const std::uint64_t eight = kSpread.of[word >> (first % 64) & 255];
        (d < kBits - 8 ? high : low) = (d < kBits - 8 ? high : low) << 1 | eight;
      }
      for (std::size_t i = 0; i < 8; ++i) {
        sums[first + i] += leaves[(high >> (8 * i) & 255) << 8 | (low >> (8 * i) & 255)];
      }
    }
  }

  static void InOrder(float* /*sums*/, std::size_t /*rows*/) {}

  // Numbers of 128 rows, a byte each.
  template <int kBits>
  static void StoreNumbers(const std::uint64_t* words, std::size_t stride, std::uint8_t* out) {
    for (std::size_t first = 0; first < 128; first += 8) {
      std::uint64_t eight = 0;
      for (std::size_t d = 0; d < kBits; ++d)
        eight = eight << 1 | kSpread.of[words[d * stride + first / 64] >> (first % 64) & 255];
      std::memcpy(out + first, &eight, sizeof eight);
    }
  }
};

void Encode(const ForestTables& tables, const KernelRows& rows, std::uint8_t* codes) {
  for (std::uint32_t s = 0; s < tables.scale_count; ++s) {
    const Scale& scale = tables.scales[s];
    const float* const search = tables.searches + s * 256ULL;
    const float* const values = rows.values + scale.feature * rows.stride;
    for (std::size_t i = 0; i < rows.rows; ++i) {
      std::uint32_t at = 1;
      for (int level = 0; level < 8; ++level) at = 2 * at + (search[at] <= values[i] ? 1 : 0);
      const auto code = static_cast<std::uint8_t>(at);
      const bool is_missing = values[i] != values[i];
      if (scale.low >= 0) codes[static_cast<std::size_t>(scale.low) * kBlock + i] = code;
      if (scale.high >= 0)
        codes[static_cast<std::size_t>(scale.high) * kBlock + i] = is_missing ? 255 : code;
    }
  }
}

void Block(const ForestTables& tables, const KernelRows& rows, float* sums, std::uint8_t* work) {
  SumBlock<Planes128, kBlock>(tables, rows, sums, work, Encode);
}

void Upper(const ForestTables& tables, const KernelRows& rows, const std::uint8_t* codes,
           std::uint8_t* planes, std::uint8_t* out, std::size_t stride) {
  FindUpperPlaces<Planes128, kBlock>(tables, rows, codes, planes, out, stride);
}

void Row(const ForestTables& tables, const float* row, float* sums, std::uint8_t* work) {
  EncodeRow(tables, row, work);
  for (std::uint32_t k = 0; k < tables.output_count; ++k) sums[k] = tables.base_margin[k];
  WalkTrees(tables, work, sums);
}

}  // namespace

const ForestKernels& PortableKernels() {
  static constexpr ForestKernels kKernels = {.block_rows = kBlock,
                                             .few_rows = 16,
                                             .most_programmed_leaves = 256,
                                             .has_byte_leaves = false,
                                             .transpose = TransposeRows<kBlock>,
                                             .encode = Encode,
                                             .work_bytes = WorkBytes<kBlock>,
                                             .block = Block,
                                             .upper = Upper,
                                             .row = Row};
  return kKernels;
}

}  // namespace reeve::inference
