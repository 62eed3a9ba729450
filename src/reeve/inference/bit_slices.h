#pragma once

// The bit-sliced kernel, written once for planes of any width. Included by one source for each
// instruction set, which defines the plane types; everything is in an unnamed namespace on purpose:
// each source is compiled for its own CPU, and no function may be shared between them.
//
// A block of rows is turned on its side: one plane of bits, a bit a row, for each distinct test of
// the forest. A tree is then a network of multiplexers over planes (one instruction for a whole
// vector of rows), which yields the path to the leaf bit by bit, without a branch or a gather.

#include <cstddef>
#include <cstdint>

#include "reeve/inference/forest_tables.h"

namespace reeve::inference {
namespace {

// Index of a category (see CategoryColumn).
inline std::uint32_t CategoryOf(float value, std::uint32_t size) {
  if (value != value) return size + 1;
  const bool is_code = value >= 0 && value < static_cast<float>(size);
  return is_code ? static_cast<std::uint32_t>(value) : size;
}

inline bool Contains(const ForestTables& tables, std::uint32_t set, std::uint32_t index) {
  return (tables.set_bits[tables.set_words[set] + index / 32] >> (index % 32) & 1U) != 0;
}

// The plane of one set over a column too large for byte indices.
inline void SliceLargeSet(const ForestTables& tables, std::uint32_t set,
                          const std::uint32_t* indices, std::uint64_t* plane, std::size_t words) {
  for (std::size_t g = 0; g < words; ++g) {
    std::uint64_t bits = 0;
    for (std::size_t i = 0; i < 64; ++i)
      bits |= static_cast<std::uint64_t>(Contains(tables, set, indices[g * 64 + i])) << i;
    plane[g] = bits;
  }
}

// Planes as words of 64 rows, kRows / 64 of them each.
template <typename P>
inline std::uint64_t* WordsOf(typename P::Plane* planes) {
  return reinterpret_cast<std::uint64_t*>(planes);
}

// Planes of "nibble > k" and "nibble == k" for every k, from the nibble's four bit planes: for the
// numbers of its highest bits first, each of which becomes two with the next bit.
template <typename P>
[[gnu::always_inline]] inline void SliceNibble(const typename P::Plane* bits,
                                               typename P::Plane* above, typename P::Plane* equal) {
  above[0] = P::Zero();
  equal[0] = P::Ones();
#pragma GCC unroll 4
  for (int b = 3; b >= 0; --b) {
#pragma GCC unroll 8
    for (int k = (8 >> b) - 1; k >= 0; --k) {
      const typename P::Plane a = above[k], e = equal[k];
      above[2 * k] = P::OrAnd(a, e, bits[b]);
      above[2 * k + 1] = a;
      equal[2 * k] = P::AndNot(bits[b], e);
      equal[2 * k + 1] = P::And(e, bits[b]);
    }
  }
}

// All planes of a code column: code > k is "high nibble above, or equal and low nibble above". As
// many planes at once as a register of the widest kind holds side by side; the last of them are
// beyond the column, and overwritten by what comes behind it.
template <typename P>
void SliceColumn(const std::uint8_t* codes, std::uint32_t count, typename P::Plane* planes) {
  using Wide = typename P::Wide;
  constexpr std::size_t kWords = P::kRows / 64;
  alignas(64) std::uint64_t words[8][kWords];
  for (std::size_t g = 0; g < kWords; g += 2) P::BitsOf(codes + g * 64, words[0] + g, kWords);
  alignas(64) typename P::Plane bits[8], above_low[16], equal_low[16], above_high[16],
      equal_high[16];
  for (int b = 0; b < 8; ++b) bits[b] = P::Load(words[b]);
  SliceNibble<P>(bits, above_low, equal_low);
  SliceNibble<P>(bits + 4, above_high, equal_high);
  for (std::uint32_t k = 0; k < count; k += Wide::kRows / P::kRows) {
    Wide::Store(planes + k, Wide::OrAnd(P::Widen(above_high[k >> 4]), P::Widen(equal_high[k >> 4]),
                                        Wide::Load(above_low + (k & 15))));
  }
}

template <typename P>
void SliceCategories(const ForestTables& tables, const CategoryColumn& column,
                     const KernelRows& rows, typename P::Plane* planes) {
  constexpr std::size_t kWords = P::kRows / 64;
  const float* const values = rows.values + column.feature * rows.stride;
  if (column.size <= kSmallCategories) {
    alignas(64) std::uint8_t indices[P::kRows] = {};
    for (std::size_t i = 0; i < rows.rows; ++i)
      indices[i] = static_cast<std::uint8_t>(CategoryOf(values[i], column.size));
    typename P::SetPlaces places[kWords];
    for (std::size_t g = 0; g < kWords; ++g) places[g] = P::SetPlacesOf(indices + g * 64);
    std::uint64_t* words = WordsOf<P>(planes);
    const std::uint8_t* set = tables.small_sets + column.first_set * 32ULL;
    for (std::uint32_t s = 0; s < column.set_count; ++s, set += 32, words += kWords) {
      for (std::size_t g = 0; g < kWords; ++g) words[g] = P::InSet(places[g], set);
    }
    return;
  }
  std::uint32_t indices[P::kRows] = {};
  for (std::size_t i = 0; i < rows.rows; ++i) indices[i] = CategoryOf(values[i], column.size);
  for (std::uint32_t s = 0; s < column.set_count; ++s) {
    SliceLargeSet(tables, column.first_set + s, indices, WordsOf<P>(planes + s), kWords);
  }
}

// Every plane of the forest for the rows of a block.
template <typename P>
void SliceRows(const ForestTables& tables, const KernelRows& rows, const std::uint8_t* codes,
               std::size_t codes_stride, typename P::Plane* planes) {
  for (std::uint32_t s = 0; s < tables.scale_count; ++s) {
    const Scale& scale = tables.scales[s];
    const std::int32_t columns[2] = {scale.low, scale.high};
    for (const std::int32_t column : columns) {
      if (column < 0) continue;
      SliceColumn<P>(codes + static_cast<std::size_t>(column) * codes_stride, scale.count,
                     planes + tables.first_plane[column]);
    }
  }
  for (std::uint32_t c = 0; c < tables.category_count; ++c) {
    const CategoryColumn& column = tables.categories[c];
    SliceCategories<P>(tables, column, rows, planes + tables.first_set_plane + column.first_set);
  }
  P::Store(planes + tables.plane_count, P::Zero());
  P::Store(planes + tables.plane_count + 1, P::Ones());
}

// Which test of level kLevel each row meets: a multiplexer over the 2^kLevel planes of the level,
// depth first and wholly unrolled, so that at most kLevel planes are in registers. The first kBits
// of the path choose innermost: the latest bit of it is awaited by one operation alone.
template <typename P, int kLevel, int kBits>
[[gnu::always_inline]] inline typename P::Plane Pick(const char* planes, const std::uint32_t* tests,
                                                     const typename P::Plane* path) {
  if constexpr (kBits == 0) {
    return P::Load(planes + static_cast<std::size_t>(*tests) * (P::kRows / 128));
  } else {
    return P::Mux(path[kBits - 1], Pick<P, kLevel, kBits - 1>(planes, tests, path),
                  Pick<P, kLevel, kBits - 1>(planes, tests + (1 << (kLevel - kBits)), path));
  }
}

template <typename P, int kLevel, int kDepth>
[[gnu::always_inline]] inline void PickLevels(const char* planes, const std::uint32_t* tests,
                                              typename P::Plane* path) {
  if constexpr (kLevel < kDepth) {
    path[kLevel] = Pick<P, kLevel, kLevel>(planes, tests + (1 << kLevel) - 1, path);
    PickLevels<P, kLevel + 1, kDepth>(planes, tests, path);
  }
}

// A plane named in units of kPlaneUnit.
template <typename P>
inline std::size_t PlaceOf(std::uint32_t plane) {
  return static_cast<std::size_t>(plane) * (P::kRows / 128);
}

// Runs kPrograms programs, an operation of each in turns: most operations need what their own
// program has just computed, and would wait for it.
template <typename P, std::size_t kPrograms>
void RunInTurns(const std::uint32_t* const* programs, char* planes) {
  const std::uint32_t* at[kPrograms];
  std::uint32_t left[kPrograms], shortest = ~0U;
  for (std::size_t i = 0; i < kPrograms; ++i) {
    left[i] = *programs[i];
    at[i] = programs[i] + 1;
    shortest = left[i] < shortest ? left[i] : shortest;
  }
  const auto step = [&](std::size_t i) {
    P::Store(planes + PlaceOf<P>(at[i][0]),
             P::Mux(P::Load(planes + PlaceOf<P>(at[i][1])), P::Load(planes + PlaceOf<P>(at[i][2])),
                    P::Load(planes + PlaceOf<P>(at[i][3]))));
    at[i] += 4;
  };
  for (std::uint32_t operation = 0; operation < shortest; ++operation) {
    for (std::size_t i = 0; i < kPrograms; ++i) step(i);
  }
  for (std::size_t i = 0; i < kPrograms; ++i) {
    for (left[i] -= shortest; left[i] > 0; --left[i]) step(i);
  }
}

// Runs the programs of tree `first` and of those behind it, as many as may be run at once. Gives
// the first tree whose program was not run.
template <typename P>
std::uint32_t RunPrograms(const ForestTables& tables, std::uint32_t first, char* planes) {
  const std::uint32_t* programs[kProgramsAtOnce];
  std::size_t count = 0;
  std::uint32_t t = first;
  for (; t < tables.tree_count && tables.trees[t].levels == 0; ++t) {
    const std::uint32_t* const program = tables.tests + tables.trees[t].first_test;
    if (count > 0 && program == programs[count - 1]) continue;  // trees of one shape share it
    if (count == kProgramsAtOnce) break;
    programs[count++] = program;
  }
  if (count == kProgramsAtOnce) {
    RunInTurns<P, kProgramsAtOnce>(programs, planes);
  } else {
    for (std::size_t i = 0; i < count; ++i) RunInTurns<P, 1>(programs + i, planes);
  }
  return t;
}

// The bits of the numbers of the leaves that rows came to, highest first. Of a padded tree they are
// its paths, of others its program has found them.
template <typename P, bool kIsPadded, int kBits>
[[gnu::always_inline]] inline void FindLeaves(const ForestTables& tables, const SlicedTree& tree,
                                              const char* planes, typename P::Plane* number) {
  const std::uint32_t* const tests = tables.tests + tree.first_test;
  if constexpr (kIsPadded) {
    PickLevels<P, 0, kBits>(planes, tests, number);
  } else {
    const std::uint32_t* const at = tests + 1 + 4ULL * *tests;
    for (int d = 0; d < kBits; ++d) number[d] = P::Load(planes + PlaceOf<P>(at[d]));
  }
}

// Adds a tree to its output or, with vector leaves, to all.
template <typename P, bool kIsPadded, int kBits>
[[gnu::noinline]] void AddTree(const ForestTables& tables, const SlicedTree& tree,
                               const char* planes, float* sums) {
  typename P::Plane number[kBits];
  FindLeaves<P, kIsPadded, kBits>(tables, tree, planes, number);
  const float* leaves = tables.leaves + tree.first_leaf;
  const std::uint32_t begin = tables.has_vector_leaves ? 0 : tree.output;
  const std::uint32_t end = tables.has_vector_leaves ? tables.output_count : begin + 1;
  for (std::uint32_t k = begin; k < end; ++k, leaves += P::LeafStride(kBits)) {
    typename P::Sums sum(sums + k * P::kSumStride);
    P::template AddLeaves<kBits>(WordsOf<P>(number), leaves, sum);
  }
}

// Adds tree `first` and those of its kind that follow it before `end` to the only output, whose
// sums stay in registers. Gives the first tree that was not added.
template <typename P, bool kIsPadded, int kBits>
[[gnu::noinline]] std::uint32_t AddRun(const ForestTables& tables, std::uint32_t first,
                                       std::uint32_t end, const char* planes, float* sums) {
  typename P::Sums sum(sums);
  std::uint32_t t = first;
  do {
    const SlicedTree& tree = tables.trees[t];
    typename P::Plane number[kBits];
    FindLeaves<P, kIsPadded, kBits>(tables, tree, planes, number);
    P::template AddLeaves<kBits>(WordsOf<P>(number), tables.leaves + tree.first_leaf, sum);
    ++t;
  } while (t < end && (tables.trees[t].levels > 0) == kIsPadded &&
           tables.trees[t].leaf_bits == kBits);
  return t;
}

// Adds tree `first`, whose leaves have numbers of at most kBits bits, and maybe some that follow
// it. Gives the first tree that was not added.
template <typename P, bool kIsPadded, int kBits>
std::uint32_t AddSome(const ForestTables& tables, std::uint32_t first, std::uint32_t end,
                      const char* planes, float* sums) {
  if constexpr (kBits > 1) {
    if (tables.trees[first].leaf_bits < kBits)
      return AddSome<P, kIsPadded, kBits - 1>(tables, first, end, planes, sums);
  }
  if constexpr (P::kHoldsSums) {
    if (tables.output_count == 1)
      return AddRun<P, kIsPadded, kBits>(tables, first, end, planes, sums);
  }
  AddTree<P, kIsPadded, kBits>(tables, tables.trees[first], planes, sums);
  return first + 1;
}

template <typename P>
void AddTrees(const ForestTables& tables, char* planes, float* sums) {
  // The first tree whose program was not run yet, if it has one.
  std::uint32_t not_run = 0;
  for (std::uint32_t t = 0; t < tables.tree_count;) {
    if (tables.trees[t].levels > 0) {
      t = AddSome<P, true, kMostLevels>(tables, t, tables.tree_count, planes, sums);
      continue;
    }
    if (t >= not_run) not_run = RunPrograms<P>(tables, t, planes);
    t = AddSome<P, false, kMostLeafBits>(tables, t, not_run, planes, sums);
  }
}

// Rows into columns kBlock apart, sixteen rows at a time, so that what is written stays in cache.
template <std::size_t kBlock>
void TransposeRows(const float* rows, std::size_t row_stride, std::size_t features,
                   std::size_t count, float* columns) {
  for (std::size_t first = 0; first < count; first += 16) {
    const std::size_t end = first + 16 < count ? first + 16 : count;
    for (std::size_t j = 0; j < features; ++j) {
      for (std::size_t i = first; i < end; ++i) columns[j * kBlock + i] = rows[i * row_stride + j];
    }
  }
}

inline std::size_t RoundUp(std::size_t bytes) { return (bytes + 63) / 64 * 64; }

// Planes of the tests, of zeros and ones, and spare ones.
inline std::size_t AllPlanes(const ForestTables& tables) {
  return static_cast<std::size_t>(tables.plane_count) + 2 + tables.spare_count;
}

// Codes, planes and sums of a block of kBlock rows.
template <std::size_t kBlock>
std::size_t WorkBytes(const ForestTables& tables) {
  return RoundUp(tables.column_count * kBlock) + AllPlanes(tables) * (kBlock / 8) + 64 +
         tables.output_count * kBlock * sizeof(float);
}

// Margins of the rows of a block, from planes of P::kRows rows. Codes stand kBlock bytes apart.
template <typename P, std::size_t kBlock, typename Encode>
void SumBlock(const ForestTables& tables, const KernelRows& rows, float* out, std::uint8_t* work,
              Encode encode) {
  std::uint8_t* const codes = work;
  std::uint8_t* const planes = codes + RoundUp(tables.column_count * kBlock);
  float* const sums =
      reinterpret_cast<float*>(planes + RoundUp(AllPlanes(tables) * (P::kRows / 8)));
  encode(tables, rows, codes);
  SliceRows<P>(tables, rows, codes, kBlock, reinterpret_cast<typename P::Plane*>(planes));
  const std::uint32_t outputs = tables.output_count;
  for (std::uint32_t k = 0; k < outputs; ++k) {
    for (std::size_t i = 0; i < P::kRows; ++i) sums[k * P::kSumStride + i] = tables.base_margin[k];
  }
  AddTrees<P>(tables, reinterpret_cast<char*>(planes), sums);
  for (std::uint32_t k = 0; k < outputs; ++k) {
    P::InOrder(sums + k * P::kSumStride, P::kRows);
    for (std::size_t i = 0; i < rows.rows; ++i) out[i * outputs + k] = sums[k * P::kSumStride + i];
  }
}

// Where the rows of a block stand in each deep tree after its upper levels.
template <typename P, std::size_t kBlock>
void FindUpperPlaces(const ForestTables& tables, const KernelRows& rows, const std::uint8_t* codes,
                     std::uint8_t* planes, std::uint8_t* out, std::size_t stride) {
  constexpr std::size_t kWords = P::kRows / 64;
  SliceRows<P>(tables, rows, codes, kBlock, reinterpret_cast<typename P::Plane*>(planes));
  const std::uint32_t* tests = tables.upper_tests;
  for (std::uint32_t t = 0; t < tables.upper_count; ++t, tests += kUpperPlaces - 1, out += stride) {
    typename P::Plane path[kUpperLevels];
    PickLevels<P, 0, kUpperLevels>(reinterpret_cast<const char*>(planes), tests, path);
    const std::uint64_t* const words = WordsOf<P>(path);
    for (std::size_t g = 0; g < kWords; g += 2)
      P::template StoreNumbers<kUpperLevels>(words + g, kWords, out + g * 64);
  }
}

// Codes of one row where no vector instruction serves better: columns of scales, then sets.
inline void EncodeSets(const ForestTables& tables, const float* row, std::uint8_t* codes) {
  for (std::uint32_t c = 0; c < tables.category_count; ++c) {
    const CategoryColumn& column = tables.categories[c];
    const std::uint32_t index = CategoryOf(row[column.feature], column.size);
    for (std::uint32_t s = 0; s < column.set_count; ++s)
      codes[tables.column_count + column.first_set + s] =
          Contains(tables, column.first_set + s, index) ? 1 : 0;
  }
}

inline void EncodeRow(const ForestTables& tables, const float* row, std::uint8_t* codes) {
  for (std::uint32_t s = 0; s < tables.scale_count; ++s) {
    const Scale& scale = tables.scales[s];
    const float* const search = tables.searches + s * 256ULL;
    const float value = row[scale.feature];
    std::uint32_t at = 1;
    for (int level = 0; level < 8; ++level) at = 2 * at + (search[at] <= value ? 1 : 0);
    const auto code = static_cast<std::uint8_t>(at);
    if (scale.low >= 0) codes[scale.low] = code;
    if (scale.high >= 0) codes[scale.high] = value != value ? 255 : code;
  }
  EncodeSets(tables, row, codes);
}

// Adds, in tree order, the leaves that a row came to in the `count` trees from `first` on, given
// their indices within the padded trees' leaves.
template <typename Index>
inline void AddRowLeaves(const ForestTables& tables, std::uint32_t first, const Index* leaves,
                         std::uint32_t count, float* sums) {
  const std::size_t start = static_cast<std::size_t>(first) << tables.row_depth;
  if (tables.has_vector_leaves) {
    for (std::uint32_t i = 0; i < count; ++i) {
      const std::size_t vector =
          tables.row_vectors[start + (static_cast<std::size_t>(i) << tables.row_depth) + leaves[i]];
      const float* const shares = tables.leaf_vectors + vector * tables.output_count;
      for (std::uint32_t k = 0; k < tables.output_count; ++k) sums[k] += shares[k];
    }
    return;
  }
  const float* const values = tables.row_leaves + start;
  if (tables.output_count == 1) {
    float sum = sums[0];  // in a register: additions wait for each other long enough
    for (std::uint32_t i = 0; i < count; ++i)
      sum += values[(static_cast<std::size_t>(i) << tables.row_depth) + leaves[i]];
    sums[0] = sum;
    return;
  }
  for (std::uint32_t i = 0; i < count; ++i) {
    sums[tables.trees[first + i].output] +=
        values[(static_cast<std::size_t>(i) << tables.row_depth) + leaves[i]];
  }
}

// One row through sixteen trees side by side: while one waits for memory the others go on.
template <int kDepth>
void WalkRow(const ForestTables& tables, const std::uint8_t* codes, std::uint32_t first,
             float* sums) {
  constexpr std::uint32_t kLanes = 16, kLeaves = 1U << kDepth;
  for (std::uint32_t t = first; t < tables.tree_count; t += kLanes) {
    const std::uint32_t lanes = tables.tree_count - t < kLanes ? tables.tree_count - t : kLanes;
    const RowTest* const tests = tables.row_tests + static_cast<std::size_t>(t) * kLeaves;
    std::uint32_t at[kLanes] = {};
    for (int level = 0; level < kDepth; ++level) {
      // Whole sixteens unroll; the last ones are few.
      const auto step = [&](std::uint32_t lane) {
        const RowTest test = tests[lane * kLeaves + at[lane]];
        at[lane] = 2 * at[lane] + 1 + (codes[test.column] > test.cut ? 1 : 0);
      };
      if (lanes == kLanes) {
        for (std::uint32_t lane = 0; lane < kLanes; ++lane) step(lane);
      } else {
        for (std::uint32_t lane = 0; lane < lanes; ++lane) step(lane);
      }
    }
    for (std::uint32_t lane = 0; lane < lanes; ++lane) at[lane] -= kLeaves - 1;
    AddRowLeaves(tables, t, at, lanes, sums);
  }
}

inline void WalkTrees(const ForestTables& tables, const std::uint8_t* codes, float* sums) {
  if (tables.row_depth == 6) {
    WalkRow<6>(tables, codes, 0, sums);
  } else {
    WalkRow<8>(tables, codes, 0, sums);
  }
}

}  // namespace
}  // namespace reeve::inference
