#pragma once

#include <cstddef>
#include <cstdint>

namespace reeve::inference {

// What the kernels read, as plain pointers and numbers. Kernels are compiled for newer CPUs than
// the rest; were they to use the standard library's templates, the linker could keep their copy of
// one for everybody, and an older CPU would stumble over it. The owner is CompiledForest.

/// Thresholds of one feature, ascending, at most 255: the code of x is how many of them are <= x,
/// so that `x < threshold k` is `code <= k`, exactly.
struct Scale {
  std::uint32_t feature = 0;
  std::uint32_t count = 0;
  /// Code columns where a missing value has code 0 (goes left) and 255 (goes right); -1: not used.
  std::int32_t low = -1, high = -1;
};

/// A feature whose splits are sets of categories. The index of x: its whole part below `size`;
/// `size` for all other numbers, `size` + 1 for a missing value.
struct CategoryColumn {
  std::uint32_t feature = 0;
  std::uint32_t size = 0;
  /// Its sets: these, one after the other.
  std::uint32_t first_set = 0, set_count = 0;
};
/// Columns up to this size have indices of one byte.
inline constexpr std::uint32_t kSmallCategories = 254;

/// A tree of the bit-sliced kernel.
struct SlicedTree {
  /// Padded to a full tree of that many levels; 0: a program (see slice_program.h).
  std::uint32_t levels = 1;
  /// Bits of a leaf's number. Padded trees: levels.
  std::uint32_t leaf_bits = 1;
  /// Output it adds to; with vector leaves it adds to all.
  std::uint32_t output = 0;
  /// In ForestTables::tests: its 2^levels - 1 tests, level after level, or its program.
  std::uint64_t first_test = 0;
  /// Its 2^leaf_bits leaves in ForestTables::leaves, in floats.
  std::uint64_t first_leaf = 0;
};
/// The deepest padded tree, and the most bits of a leaf's number.
inline constexpr int kMostLevels = 8, kMostLeafBits = 10;

/// Levels of deep trees that are sliced before rows walk on one by one, and nodes below them.
inline constexpr int kUpperLevels = 6;
inline constexpr std::size_t kUpperPlaces = std::size_t{1} << kUpperLevels;

/// The six levels below one of the upper places: 63 tests, level after level, right when the row's
/// code in a column is above the cut. Below a leaf no code is.
struct LowerTests {
  std::uint8_t columns[kUpperPlaces] = {};
  std::uint8_t cuts[kUpperPlaces] = {};
};

/// Programs that are run in turns, each of which has that many spare planes: those that follow each
/// other take turns with them.
inline constexpr std::uint32_t kProgramsAtOnce = 4;
inline constexpr std::uint32_t kMostSparePlanes = (kMostLeafBits + 1) * kMostLeafBits;

/// A test of a row's codes: right when code[column] > cut. Sets come behind the code columns, with
/// code 1 for a member and cut 0.
struct RowTest {
  std::uint16_t column = 0;
  std::uint16_t cut = 255;
};

inline constexpr std::size_t kSortedFloats = 16 + 256;

struct ForestTables {
  // Coding of values.
  const Scale* scales = nullptr;
  std::uint32_t scale_count = 0;
  /// 256 floats a scale: a search tree over its thresholds, entry 1 the root, 2i and 2i + 1 the
  /// children of i; +infinity where there is no threshold.
  const float* searches = nullptr;
  /// kSortedFloats a scale, whole cache lines: 16 pivots (every sixteenth threshold: 15, 31 …),
  /// then all thresholds; NaN where there is none.
  const float* sorted = nullptr;
  /// Code columns of scales.
  std::uint32_t column_count = 0;
  const CategoryColumn* categories = nullptr;
  std::uint32_t category_count = 0;
  std::uint32_t set_count = 0;
  /// Sets as bits over indices, bit i % 32 of word i / 32, from word set_words[s] on.
  const std::uint32_t* set_bits = nullptr;
  const std::uint64_t* set_words = nullptr;
  /// The same for small columns, 32 bytes a set: bit i / 16 % 8 of byte i / 128 * 16 + i % 16.
  const std::uint8_t* small_sets = nullptr;

  // Bit-sliced blocks. Plane first_plane[c] + k holds for every row whether its code in column c is
  // above k; behind these come one plane for each set, one of zeros, one of ones and spare ones.
  const std::uint32_t* first_plane = nullptr;
  std::uint32_t first_set_plane = 0;
  std::uint32_t plane_count = 0;
  std::uint32_t spare_count = 0;
  const SlicedTree* trees = nullptr;
  std::uint32_t tree_count = 0;
  /// Planes in units of kPlaneUnit.
  const std::uint32_t* tests = nullptr;
  /// Leaf values; trees with vector leaves have one table after the other, one for each output.
  const float* leaves = nullptr;
  std::uint32_t output_count = 1;
  bool has_vector_leaves = false;
  const float* base_margin = nullptr;

  // Deep trees that are walked: the upper 63 tests of each, level after level, planes in units of
  // kPlaneUnit; below a leaf the plane of zeros.
  const std::uint32_t* upper_tests = nullptr;
  std::uint32_t upper_count = 0;

  // Single rows: every tree padded to row_depth (6 or 8) levels, 2^row_depth tests and leaves each.
  std::uint32_t row_depth = 6;
  const RowTest* row_tests = nullptr;
  /// Leaf values, or rows of leaf_vectors.
  const float* row_leaves = nullptr;
  const std::uint32_t* row_vectors = nullptr;
  const float* leaf_vectors = nullptr;
  /// The upper 63 tests of each tree as bytes, 64 a tree. Null when columns and sets are more than
  /// 256 together.
  const std::uint8_t* node_columns = nullptr;
  const std::uint8_t* node_cuts = nullptr;
  /// For each code column its scale, and 255 when missing values go right, else 0; whole cache
  /// lines. Only where columns and sets are no more than 256 together.
  const std::uint8_t* column_scales = nullptr;
  const std::uint8_t* column_missing = nullptr;
};

/// A test is a plane's number times this: the kernels scale it by 1, 2 or 4 to the plane's place.
inline constexpr std::uint32_t kPlaneUnit = 16;

/// Rows as the kernels read them: feature j of row i is values[j * stride + i].
struct KernelRows {
  const float* values = nullptr;
  std::size_t stride = 0;
  std::size_t rows = 0;
};

/// One instruction set's way of doing it. All give the same bits.
struct ForestKernels {
  /// Most rows of a block.
  std::size_t block_rows = 0;
  /// Up to this many rows are faster one by one than as a block, where no tree is deep.
  std::size_t few_rows = 0;
  /// Trees of more than kMostLevels and more leaves than this are faster walked than as a program.
  std::size_t most_programmed_leaves = 0;
  /// True when the leaves of sliced trees are stored as planes of bytes: all lowest bytes of a
  /// table, then the next, each padded to 64.
  bool has_byte_leaves = false;
  /// Turns `count` rows of `features` features, row_stride floats apart, into columns block_rows
  /// floats apart. Writes up to 15 values behind a column's last.
  void (*transpose)(const float* rows, std::size_t row_stride, std::size_t features,
                    std::size_t count, float* columns) = nullptr;
  /// Writes codes[column * block_rows + row] for up to block_rows rows, rounded up to whole
  /// vectors.
  void (*encode)(const ForestTables& tables, const KernelRows& rows, std::uint8_t* codes) = nullptr;
  /// Bytes that `block` works in.
  std::size_t (*work_bytes)(const ForestTables& tables) = nullptr;
  /// Margins of up to block_rows rows: sums[row * output_count + output]. `work` is aligned to 64.
  void (*block)(const ForestTables& tables, const KernelRows& rows, float* sums,
                std::uint8_t* work) = nullptr;
  /// Which of the 64 nodes six levels down each row comes to, of up to block_rows rows and all deep
  /// trees: out[tree * stride + row], rounded up to whole vectors. `codes` are encode's; `planes`
  /// is aligned to 64 and has room for all planes.
  void (*upper)(const ForestTables& tables, const KernelRows& rows, const std::uint8_t* codes,
                std::uint8_t* planes, std::uint8_t* out, std::size_t stride) = nullptr;
  /// Six levels further down in one tree, where a row's codes are at most 64 bytes: which of 64
  /// nodes below its place each of up to 64 rows comes to, out[row] = 64 * place + node. `tests`
  /// are those of the 64 places, codes stand row_bytes apart. Null where walking is no slower.
  void (*lower)(const LowerTests* tests, const std::uint8_t* codes, std::size_t row_bytes,
                const std::uint8_t* places, std::size_t rows, std::uint16_t* out) = nullptr;
  /// Margins of one row of contiguous features.
  void (*row)(const ForestTables& tables, const float* row, float* sums,
              std::uint8_t* work) = nullptr;
};

/// Runs anywhere.
const ForestKernels& PortableKernels();
/// Null when they were not compiled in. REQUIRES of their use: a CPU with AVX2.
const ForestKernels* Avx2Kernels();
/// The same with AVX-512 F, BW, DQ, VL, VBMI and GFNI.
const ForestKernels* Avx512Kernels();

}  // namespace reeve::inference
