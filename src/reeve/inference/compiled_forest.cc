#include "reeve/inference/compiled_forest.h"

#include <algorithm>
#include <cstring>

#include "reeve/inference/cache_lines.h"
#include "reeve/inference/deep_walk.h"
#include "reeve/inference/forest_codes.h"
#include "reeve/inference/forest_tables.h"
#include "reeve/inference/slice_program.h"

namespace reeve::inference {
namespace {

// Padded trees take 2^depth of everything: a forest beyond this is walked instead.
constexpr std::size_t kMostPaddedLeaves = std::size_t{1} << 26;
constexpr std::size_t kUpperNodes = 64;

const ForestKernels* KernelsFor(Instructions instructions) {
  switch (instructions) {
    case Instructions::kAvx512:
      return HasInstructions(instructions) ? Avx512Kernels() : nullptr;
    case Instructions::kAvx2:
      return HasInstructions(instructions) ? Avx2Kernels() : nullptr;
    case Instructions::kPortable:
      return &PortableKernels();
    case Instructions::kBest:
      break;
  }
  for (const Instructions best : {Instructions::kAvx512, Instructions::kAvx2}) {
    if (const ForestKernels* const kernels = KernelsFor(best)) return kernels;
  }
  return &PortableKernels();
}

int DepthOf(const Tree& tree) {
  // Children come after their parents.
  std::vector<int> depths(tree.size());
  int deepest = 0;
  for (std::size_t node = 0; node < tree.size(); ++node) {
    deepest = std::max(deepest, depths[node]);
    if (tree.left[node] < 0) continue;
    depths[static_cast<std::size_t>(tree.left[node])] = depths[node] + 1;
    depths[static_cast<std::size_t>(tree.right[node])] = depths[node] + 1;
  }
  return deepest;
}

struct TreeSize {
  int depth = 0;
  std::size_t leaves = 1;
};

std::vector<TreeSize> SizesOf(const CompactForest& forest) {
  std::vector<TreeSize> sizes;
  CompactTrees::Cursor trees(forest.trees);
  while (const Tree* const tree = trees.Next()) {
    sizes.push_back(trees.has_same_shape() ? sizes.back()
                                           : TreeSize{DepthOf(*tree), (tree->size() + 1) / 2});
  }
  return sizes;
}

std::size_t PaddedSize(std::size_t bytes) { return (bytes + 63) / 64 * 64; }

// Calls `at_test(place, node)` for each inner node and `at_leaf(index, node)` for each leaf of the
// tree padded to `depth` levels: a leaf further up stands for all leaves below its place, and no
// test for those in between.
template <typename AtTest, typename AtLeaf>
void ForPadded(const Tree& tree, int depth, AtTest at_test, AtLeaf at_leaf) {
  struct Open {
    std::size_t node, place;
    int level;
  };
  std::vector<Open> open = {{0, 0, 0}};
  while (!open.empty()) {
    const auto [node, place, level] = open.back();
    open.pop_back();
    if (tree.left[node] >= 0) {
      at_test(place, node);
      open.push_back({static_cast<std::size_t>(tree.left[node]), 2 * place + 1, level + 1});
      open.push_back({static_cast<std::size_t>(tree.right[node]), 2 * place + 2, level + 1});
      continue;
    }
    const std::size_t below = std::size_t{1} << (depth - level);
    const std::size_t first = (place + 1) * below - (std::size_t{1} << depth);
    for (std::size_t i = 0; i < below; ++i) at_leaf(first + i, node);
  }
}

}  // namespace

bool HasInstructions(Instructions instructions) {
#if defined(__x86_64__)
  switch (instructions) {
    case Instructions::kAvx512:
      return Avx512Kernels() != nullptr && __builtin_cpu_supports("avx512f") &&
             __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq") &&
             __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512vbmi") &&
             __builtin_cpu_supports("gfni");
    case Instructions::kAvx2:
      return Avx2Kernels() != nullptr && __builtin_cpu_supports("avx2");
    case Instructions::kPortable:
    case Instructions::kBest:
      break;
  }
  return true;
#else
  return instructions == Instructions::kPortable || instructions == Instructions::kBest;
#endif
}

struct CompiledForest::Impl {
  const ForestKernels* kernels = nullptr;
  std::size_t feature_count = 0;
  std::optional<ForestCodes> codes;
  // True for blocks of bits; `deep` is then there for a few rows of deep trees, else for all rows.
  bool is_sliced = false;
  std::optional<DeepWalk> deep;
  // Rows that walk together.
  std::size_t deep_rows = 0;
  // Up to this many rows are too few for a block of bits.
  std::size_t few_rows = 0;
  ForestTables tables;

  // Behind the pointers of `tables`.
  std::vector<SlicedTree> trees;
  std::vector<std::uint32_t> tests, upper_tests;
  CacheLines<float> leaves;
  std::vector<float> base_margin, leaf_vectors;
  std::vector<RowTest> row_tests;
  std::vector<float> row_leaves;
  std::vector<std::uint32_t> row_vectors;
  CacheLines<std::uint8_t> node_columns, node_cuts;

  // While compiling: the tree at hand, the node of each of its leaves, and the programs so far.
  SlicedTree shape;
  std::vector<std::size_t> leaf_nodes;
  std::uint32_t program_count = 0;

  // One for each node; meaningless at leaves.
  using Tests = std::vector<ForestCodes::Test>;

  bool Compile(const CompactForest& forest);
  bool CanSlice(const std::vector<TreeSize>& sizes) const;
  std::size_t FewRows(const std::vector<TreeSize>& sizes) const;
  void CompileUpper(const CompactForest& forest);
  void CompileSliced(const CompactForest& forest, const std::vector<TreeSize>& sizes);
  std::vector<std::size_t> AddPaddedTests(const Tree& tree, const Tests& of_tree, int depth);
  std::vector<std::size_t> AddProgram(const Tree& tree, const Tests& of_tree);
  void AddShape(const Tree& tree, const Tests& of_tree, int depth);
  void AddSlicedTree(const CompactForest& forest, const Tree& tree);
  void AddLeafTable(std::span<const float> values);
  void AddRowTree(const Tree& tree, const Tests& of_tree);
  void PointTables();

  std::size_t outputs() const { return base_margin.size(); }
  void SlicedMargins(const FeatureBlock& block, float* margins, std::uint8_t* work) const;
  void DeepMargins(const FeatureBlock& block, std::size_t begin, float* margins,
                   std::uint8_t* work) const;
  DeepWalk::UpperPlaces EncodeRows(const FeatureBlock& block, std::size_t first, std::size_t rows,
                                   std::uint8_t* work) const;
  KernelRows ColumnsOf(const FeatureBlock& block, std::size_t first, std::size_t rows,
                       float* columns) const;
  std::size_t ValueBytes() const;
  std::size_t UpperPlaneBytes() const;
  std::size_t WorkBytes() const;
};

bool CompiledForest::Impl::Compile(const CompactForest& forest) {
  base_margin = forest.base_margin;
  if (forest.link == Link::kMean) base_margin.assign(forest.outputs(), 0);
  tables.output_count = static_cast<std::uint32_t>(outputs());
  tables.has_vector_leaves = forest.link == Link::kMean;
  codes = ForestCodes::Make(forest);
  if (!codes) return false;
  const std::vector<TreeSize> sizes = SizesOf(forest);
  const bool is_deep = std::any_of(sizes.begin(), sizes.end(),
                                   [](const TreeSize& size) { return size.depth > kMostLevels; });
  is_sliced = CanSlice(sizes);
  if (is_deep || !is_sliced) {
    deep = DeepWalk::Make(forest, *codes, is_sliced ? nullptr : kernels->lower);
    if (!deep) return false;
    deep_rows = deep->block_rows();
  }
  if (is_sliced) {
    few_rows = FewRows(sizes);
    CompileSliced(forest, sizes);
  } else {
    CompileUpper(forest);
  }
  PointTables();
  return true;
}

bool CompiledForest::Impl::CanSlice(const std::vector<TreeSize>& sizes) const {
  std::size_t leaf_count = 0;
  for (const TreeSize& size : sizes) {
    const bool is_deep = size.depth > kMostLevels;
    if (is_deep && size.leaves > kernels->most_programmed_leaves) return false;
    leaf_count += std::size_t{1} << (is_deep ? LeafBits(size.leaves) : std::max(size.depth, 6));
  }
  // Planes are named in units of kPlaneUnit by 32 bits.
  constexpr std::uint32_t kSpare = 1024;
  return leaf_count * (tables.has_vector_leaves ? outputs() : 1) <= kMostPaddedLeaves &&
         codes->plane_count() < 0xFFFFFFFFU / kPlaneUnit - kSpare;
}

// A program takes as long as walking a row for each seven of its leaves.
std::size_t CompiledForest::Impl::FewRows(const std::vector<TreeSize>& sizes) const {
  if (!deep) return kernels->few_rows;
  std::size_t leaf_count = 0;
  for (const TreeSize& size : sizes) leaf_count += size.leaves;
  return std::max(kernels->few_rows, leaf_count / sizes.size() / 7);
}

// The upper levels of trees that are walked, where that pays.
void CompiledForest::Impl::CompileUpper(const CompactForest& forest) {
  // Of more tests the planes leave the second-level cache, and more trees would stand for few rows.
  constexpr std::uint32_t kMostPlanes = 16'384;
  constexpr std::size_t kPlaceBytes = std::size_t{1} << 20;
  const std::size_t rows =
      std::min(deep_rows, kPlaceBytes / std::max<std::size_t>(deep->tree_count(), 1)) /
      kernels->block_rows * kernels->block_rows;
  if (rows == 0 || codes->plane_count() > kMostPlanes) return;
  deep_rows = rows;
  tables.upper_count = static_cast<std::uint32_t>(deep->tree_count());
  CompactTrees::Cursor cursor(forest.trees);
  while (const Tree* const tree = cursor.Next()) {
    const auto nodes = UpperNodes(*tree, kUpperLevels);
    for (std::size_t i = 0; i < kUpperPlaces - 1; ++i) {
      const bool is_leaf = tree->left[nodes[i]] < 0;
      const std::uint32_t plane =
          is_leaf ? codes->plane_count() : codes->Plane(codes->Of(*tree, nodes[i]));
      upper_tests.push_back(plane * kPlaneUnit);
    }
  }
}

void CompiledForest::Impl::CompileSliced(const CompactForest& forest,
                                         const std::vector<TreeSize>& sizes) {
  int deepest = 0;
  for (const TreeSize& size : sizes) deepest = std::max(deepest, size.depth);
  tables.row_depth = deepest <= 6 ? 6 : 8;
  const std::size_t columns = codes->column_count() + codes->set_count();
  if (columns <= 256 && !deep) {
    node_columns.resize(sizes.size() * kUpperNodes, 0);
    node_cuts.resize(sizes.size() * kUpperNodes, 255);
  }
  leaf_vectors = forest.leaf_vectors;
  Tests of_tree;
  CompactTrees::Cursor cursor(forest.trees);
  for (const TreeSize& size : sizes) {
    const Tree& tree = *cursor.Next();
    if (!cursor.has_same_shape()) {
      of_tree.assign(tree.size(), {});
      for (std::size_t node = 0; node < tree.size(); ++node) {
        if (tree.left[node] >= 0) of_tree[node] = codes->Of(tree, node);
      }
      AddShape(tree, of_tree, std::max(size.depth, 1));
    }
    AddSlicedTree(forest, tree);
    if (!deep) AddRowTree(tree, of_tree);
  }
}

// The tests of a padded tree, level after level; returns the node of each leaf.
std::vector<std::size_t> CompiledForest::Impl::AddPaddedTests(const Tree& tree,
                                                              const Tests& of_tree, int depth) {
  const std::size_t first_test = tests.size();
  tests.resize(first_test + (std::size_t{1} << depth) - 1, codes->plane_count() * kPlaneUnit);
  std::vector<std::size_t> nodes(std::size_t{1} << depth);
  ForPadded(
      tree, depth,
      [&](std::size_t place, std::size_t node) {
        tests[first_test + place] = codes->Plane(of_tree[node]) * kPlaneUnit;
      },
      [&](std::size_t leaf, std::size_t node) { nodes[leaf] = node; });
  return nodes;
}

std::vector<std::size_t> CompiledForest::Impl::AddProgram(const Tree& tree, const Tests& of_tree) {
  std::vector<std::uint32_t> planes(tree.size());
  for (std::size_t node = 0; node < tree.size(); ++node) {
    if (tree.left[node] >= 0) planes[node] = codes->Plane(of_tree[node]);
  }
  const std::uint32_t zeros = codes->plane_count();
  const std::uint32_t first_spare = program_count++ % kProgramsAtOnce * kMostSparePlanes;
  std::uint32_t spare_used = 0;
  std::vector<std::size_t> nodes = AppendSliceProgram(
      tree, planes, {.zeros = zeros, .ones = zeros + 1, .first_spare = zeros + 2 + first_spare},
      tests, spare_used);
  tables.spare_count = std::max(tables.spare_count, first_spare + spare_used);
  return nodes;
}

// A table of leaves as the kernels want it: floats, or their bytes apart.
void CompiledForest::Impl::AddLeafTable(std::span<const float> values) {
  const std::size_t begin = leaves.size();
  if (!kernels->has_byte_leaves) {
    leaves.insert(leaves.end(), values.begin(), values.end());
    return;
  }
  const std::size_t size = std::max<std::size_t>(values.size(), 64);
  leaves.resize(begin + size, 0.0F);
  auto* const bytes = reinterpret_cast<std::uint8_t*>(leaves.data() + begin);
  for (std::size_t i = 0; i < values.size(); ++i) {
    std::uint32_t word = 0;
    std::memcpy(&word, &values[i], sizeof word);
    for (std::size_t b = 0; b < 4; ++b)
      bytes[b * size + i] = static_cast<std::uint8_t>(word >> (8 * b));
  }
}

// The tests of a tree, which those that follow it with the same shape share.
void CompiledForest::Impl::AddShape(const Tree& tree, const Tests& of_tree, int depth) {
  const bool is_padded = depth <= kMostLevels;
  shape.first_test = tests.size();
  shape.levels = is_padded ? static_cast<std::uint32_t>(depth) : 0;
  leaf_nodes = is_padded ? AddPaddedTests(tree, of_tree, depth) : AddProgram(tree, of_tree);
  shape.leaf_bits = static_cast<std::uint32_t>(LeafBits(leaf_nodes.size()));
}

void CompiledForest::Impl::AddSlicedTree(const CompactForest& forest, const Tree& tree) {
  shape.output = static_cast<std::uint32_t>(tree.output);
  shape.first_leaf = leaves.size();
  trees.push_back(shape);
  std::vector<float> values(std::size_t{1} << shape.leaf_bits);
  const std::size_t tables_of_tree = tables.has_vector_leaves ? outputs() : 1;
  for (std::size_t k = 0; k < tables_of_tree; ++k) {
    for (std::size_t i = 0; i < leaf_nodes.size(); ++i) {
      values[i] = tree.threshold[leaf_nodes[i]];
      if (!tables.has_vector_leaves) continue;
      const auto vector = static_cast<std::size_t>(tree.leaf_vector[leaf_nodes[i]]);
      values[i] = forest.leaf_vectors[vector * outputs() + k];
    }
    AddLeafTable(values);
  }
}

void CompiledForest::Impl::AddRowTree(const Tree& tree, const Tests& of_tree) {
  const auto depth = static_cast<int>(tables.row_depth);
  const std::size_t size = std::size_t{1} << depth;
  const std::size_t first = row_tests.size();
  const std::size_t upper = first / size * kUpperNodes;
  row_tests.resize(first + size);
  (tables.has_vector_leaves ? row_vectors.resize(first + size) : row_leaves.resize(first + size));
  ForPadded(
      tree, depth,
      [&](std::size_t place, std::size_t node) {
        const ForestCodes::Test& test = of_tree[node];
        row_tests[first + place] = {.column = static_cast<std::uint16_t>(test.column),
                                    .cut = static_cast<std::uint16_t>(test.cut)};
        if (place + 1 < kUpperNodes && !node_columns.empty()) {
          node_columns[upper + place] = static_cast<std::uint8_t>(test.column);
          node_cuts[upper + place] = static_cast<std::uint8_t>(test.cut);
        }
      },
      [&](std::size_t leaf, std::size_t node) {
        if (tables.has_vector_leaves) {
          row_vectors[first + leaf] = static_cast<std::uint32_t>(tree.leaf_vector[node]);
        } else {
          row_leaves[first + leaf] = tree.threshold[node];
        }
      });
}

void CompiledForest::Impl::PointTables() {
  // They grew by doubling, and stay as long as the model.
  tests.shrink_to_fit();
  leaves.shrink_to_fit();
  row_tests.shrink_to_fit();
  row_leaves.shrink_to_fit();
  row_vectors.shrink_to_fit();
  codes->Fill(tables);
  tables.trees = trees.data();
  tables.tree_count = static_cast<std::uint32_t>(trees.size());
  tables.tests = tests.data();
  tables.upper_tests = upper_tests.data();
  tables.leaves = leaves.data();
  tables.base_margin = base_margin.data();
  tables.row_tests = row_tests.data();
  tables.row_leaves = row_leaves.data();
  tables.row_vectors = row_vectors.data();
  tables.leaf_vectors = leaf_vectors.data();
  tables.node_columns = node_columns.empty() ? nullptr : node_columns.data();
  tables.node_cuts = node_cuts.empty() ? nullptr : node_cuts.data();
}

// Room for the columns of a block of rows, or the features of one.
std::size_t CompiledForest::Impl::ValueBytes() const {
  return PaddedSize(sizeof(float) * (feature_count * kernels->block_rows + 16));
}

// Planes of all tests, zeros and ones for a block of rows, where upper levels are sliced.
std::size_t CompiledForest::Impl::UpperPlaneBytes() const {
  return tables.upper_count == 0
             ? 0
             : PaddedSize((tables.plane_count + std::size_t{2}) * kernels->block_rows / 8);
}

std::size_t CompiledForest::Impl::WorkBytes() const {
  const std::size_t columns = codes->column_count() + codes->set_count();
  // A single row: its codes, an outcome of 64 bits for each tree.
  std::size_t bytes =
      PaddedSize(std::max<std::size_t>(columns + 64, 320)) + PaddedSize(trees.size() * 8);
  if (is_sliced) bytes = std::max(bytes, kernels->work_bytes(tables));
  if (deep) {
    bytes = std::max(bytes, deep_rows * deep->row_bytes() +
                                PaddedSize(kernels->block_rows * codes->column_count()) +
                                UpperPlaneBytes() + tables.upper_count * deep_rows);
  }
  return ValueBytes() + bytes;
}

// The rows as the kernels read them: columns where they are, rows turned into columns at `columns`.
KernelRows CompiledForest::Impl::ColumnsOf(const FeatureBlock& block, std::size_t first,
                                           std::size_t rows, float* columns) const {
  const float* const values = block.values + first * block.row_stride;
  if (block.row_stride == 1) return {.values = values, .stride = block.stride, .rows = rows};
  if (block.stride == 1) {
    kernels->transpose(values, block.row_stride, feature_count, rows, columns);
  } else {
    for (std::size_t j = 0; j < feature_count; ++j) {
      for (std::size_t i = 0; i < rows; ++i)
        columns[j * kernels->block_rows + i] = values[j * block.stride + i * block.row_stride];
    }
  }
  return {.values = columns, .stride = kernels->block_rows, .rows = rows};
}

void CompiledForest::Impl::SlicedMargins(const FeatureBlock& block, float* margins,
                                         std::uint8_t* work) const {
  auto* const values = reinterpret_cast<float*>(work);
  for (std::size_t first = 0; first < block.rows;) {
    const std::size_t left = block.rows - first;
    if (deep && left <= few_rows) return DeepMargins(block, first, margins, work);
    float* const sums = margins + first * outputs();
    if (left > few_rows) {
      const std::size_t rows = std::min(left, kernels->block_rows);
      kernels->block(tables, ColumnsOf(block, first, rows, values), sums, work + ValueBytes());
      first += rows;
      continue;
    }
    const float* row = block.values + first * block.row_stride;
    if (block.stride != 1) {
      for (std::size_t j = 0; j < feature_count; ++j) values[j] = row[j * block.stride];
      row = values;
    }
    kernels->row(tables, row, sums, work + ValueBytes());
    ++first;
  }
}

// Codes of rows first … first + rows - 1, one row after the other, at the start of `work`; gives
// where they stand after the upper levels.
DeepWalk::UpperPlaces CompiledForest::Impl::EncodeRows(const FeatureBlock& block, std::size_t first,
                                                       std::size_t rows, std::uint8_t* work) const {
  // Of fewer rows the planes cost more than they save.
  constexpr std::size_t kFewRows = 32;
  const bool finds_upper = tables.upper_count > 0 && rows >= kFewRows;
  const std::size_t width = deep->row_bytes();
  std::uint8_t* const by_column = work + deep_rows * width;
  std::uint8_t* const planes = by_column + PaddedSize(kernels->block_rows * codes->column_count());
  std::uint8_t* const places = planes + UpperPlaneBytes();
  auto* const columns = reinterpret_cast<float*>(places + tables.upper_count * deep_rows);
  for (std::size_t begin = 0; begin < rows; begin += kernels->block_rows) {
    const std::size_t count = std::min(kernels->block_rows, rows - begin);
    const KernelRows values = ColumnsOf(block, first + begin, count, columns);
    kernels->encode(tables, values, by_column);
    deep->Encode(values, by_column, kernels->block_rows, work + begin * width);
    if (finds_upper) kernels->upper(tables, values, by_column, planes, places + begin, deep_rows);
  }
  return {.places = finds_upper ? places : nullptr, .stride = deep_rows};
}

// Walks the rows from `begin` on.
void CompiledForest::Impl::DeepMargins(const FeatureBlock& block, std::size_t begin, float* margins,
                                       std::uint8_t* work) const {
  // Below this many rows, one row through many trees overlaps better.
  constexpr std::size_t kFewRows = 16;
  for (std::size_t first = begin; first < block.rows; first += deep_rows) {
    const std::size_t rows = std::min(deep_rows, block.rows - first);
    const DeepWalk::UpperPlaces upper = EncodeRows(block, first, rows, work);
    float* const sums = margins + first * outputs();
    for (std::size_t i = 0; i < rows * outputs(); ++i) sums[i] = base_margin[i % outputs()];
    if (rows >= kFewRows) {
      deep->AddRows(work, rows, upper, sums);
      continue;
    }
    for (std::size_t i = 0; i < rows; ++i)
      deep->AddRow(work + i * deep->row_bytes(), sums + i * outputs());
  }
}

std::unique_ptr<CompiledForest> CompiledForest::Make(const CompactForest& forest,
                                                     const CompileOptions& options) {
  auto impl = std::make_unique<Impl>();
  impl->kernels = KernelsFor(options.instructions);
  impl->feature_count = static_cast<std::size_t>(forest.features);
  if (impl->kernels == nullptr || !impl->Compile(forest)) return nullptr;
  return std::unique_ptr<CompiledForest>(new CompiledForest(std::move(impl)));
}

CompiledForest::CompiledForest(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
CompiledForest::~CompiledForest() = default;

std::size_t CompiledForest::work_bytes() const { return impl_->WorkBytes(); }

void CompiledForest::Margins(const FeatureBlock& block, float* margins, std::uint8_t* work) const {
  if (impl_->is_sliced) {
    impl_->SlicedMargins(block, margins, work);
  } else {
    impl_->DeepMargins(block, 0, margins, work);
  }
}

}  // namespace reeve::inference
