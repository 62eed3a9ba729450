#include "reeve/inference/compiled_forest.h"

#include <bit>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "reeve/inference/forest_model.h"
#include "reeve/inference/test_forest.h"
#include "reeve/inference/work_memory.h"

namespace reeve::inference {
namespace {

std::string NameOf(Instructions instructions) {
  switch (instructions) {
    case Instructions::kBest:
      return "Best";
    case Instructions::kPortable:
      return "Portable";
    case Instructions::kAvx2:
      return "Avx2";
    case Instructions::kAvx512:
      return "Avx512";
  }
  return "";
}

std::vector<std::uint32_t> Bits(std::span<const float> values) {
  std::vector<std::uint32_t> bits;
  for (const float value : values) bits.push_back(std::bit_cast<std::uint32_t>(value));
  return bits;
}

// Margins of the first `rows` rows by the compiled forest.
std::vector<float> Margins(const CompiledForest& forest, const Matrix& matrix, std::size_t rows,
                           std::size_t outputs) {
  std::vector<float> margins(rows * outputs);
  WorkMemory work;
  forest.Margins({.values = matrix.values().data(),
                  .stride = static_cast<std::size_t>(matrix.rows()),
                  .rows = rows},
                 margins.data(), TakeWork<std::uint8_t>(work, forest.work_bytes()).data());
  return margins;
}

class CompiledForestTest : public testing::TestWithParam<Instructions> {
 protected:
  void SetUp() override {
    if (!HasInstructions(GetParam())) GTEST_SKIP() << "this CPU lacks the instructions";
  }

  std::unique_ptr<CompiledForest> Compile(const Forest& forest) {
    return CompiledForest::Make(CompactForest::From(forest), {.instructions = GetParam()});
  }

  // Both engines on the same rows, in batches of many sizes.
  void ExpectEqual(const TestForestOptions& options, std::uint64_t seed,
                   const std::vector<std::size_t>& batches) {
    TestForest made(seed, options);
    const Forest forest = made.Take();
    const auto model = ForestModel::Make(forest);
    ASSERT_TRUE(model.ok()) << model.status().message();
    const auto compiled = Compile(forest);
    ASSERT_NE(compiled, nullptr);
    const Matrix matrix = made.Rows(static_cast<std::int64_t>(batches.back()));
    const std::vector<float> expected = (*model)->Margins(matrix);
    const std::size_t outputs =
        options.link == Link::kLogistic ? 1 : static_cast<std::size_t>(options.classes);
    for (const std::size_t rows : batches) {
      ASSERT_EQ(Bits(Margins(*compiled, matrix, rows, outputs)),
                Bits(std::span(expected).first(rows * outputs)))
          << rows << " rows, seed " << seed;
    }
  }
};

const std::vector<std::size_t> few_batches = {1, 3, 40, 130, 300, 700};
const std::vector<std::size_t> all_batches = {0,   1,   2,   7,   31,  63,  64,  65,  127,
                                              128, 129, 255, 256, 257, 511, 512, 513, 1000};

TEST_P(CompiledForestTest, EqualsTheReferenceAtEveryDepth) {
  for (int depth = 0; depth <= 14; ++depth) {
    for (const double early_leaf : {0.0, 0.25}) {
      if (depth > 10 && early_leaf == 0) continue;
      SCOPED_TRACE(depth);
      ExpectEqual({.trees = 19, .depth = depth, .early_leaf = early_leaf},
                  static_cast<std::uint64_t>(depth + 1), few_batches);
    }
  }
}

TEST_P(CompiledForestTest, EqualsTheReferenceWhereTreesShareTheirTests) {
  for (const Link link : {Link::kLogistic, Link::kSoftmax}) {
    for (const int depth : {0, 1, 4, 6, 8, 10}) {
      SCOPED_TRACE(depth);
      ExpectEqual({.link = link, .classes = 5, .trees = 33, .depth = depth, .symmetric = true},
                  static_cast<std::uint64_t>(depth + 21), few_batches);
    }
  }
}

// Programs of deep trees are run four at a time.
TEST_P(CompiledForestTest, EqualsTheReferenceForEveryNumberOfDeepTrees) {
  for (int trees = 1; trees <= 9; ++trees) {
    SCOPED_TRACE(trees);
    ExpectEqual({.trees = trees, .depth = 11, .early_leaf = 0.2}, 14, few_batches);
    ExpectEqual({.link = Link::kMean, .classes = 3, .trees = trees, .depth = 10}, 15, few_batches);
    ExpectEqual(
        {.link = Link::kSoftmax, .classes = 3, .trees = trees, .depth = 10, .symmetric = true}, 16,
        few_batches);
  }
}

// Rows of trees that are walked are sliced down the upper levels, unless they are few.
TEST_P(CompiledForestTest, EqualsTheReferenceBelowTheUpperLevels) {
  const std::vector<std::size_t> batches = {1, 31, 32, 63, 64, 129, 257, 513, 8192, 9000};
  for (const double early_leaf : {0.0, 0.03, 0.1}) {
    SCOPED_TRACE(early_leaf);
    ExpectEqual({.features = 20, .trees = 9, .depth = 13, .early_leaf = early_leaf}, 17, batches);
    ExpectEqual({.features = 40, .trees = 9, .depth = 12, .early_leaf = early_leaf}, 18, batches);
  }
  ExpectEqual({.features = 90, .link = Link::kMean, .classes = 3, .trees = 7, .depth = 12}, 19,
              batches);
}

// With few codes a row, six more levels are done at once.
TEST_P(CompiledForestTest, EqualsTheReferenceBelowTheLowerLevels) {
  const std::vector<std::size_t> batches = {1, 32, 33, 71, 72, 73, 511, 700};
  for (const Link link : {Link::kLogistic, Link::kSoftmax, Link::kMean}) {
    for (const int depth : {11, 12, 13, 15}) {
      for (const double sets : {0.0, 0.0005}) {
        SCOPED_TRACE(depth);
        ExpectEqual({.features = 12,
                     .link = link,
                     .classes = 3,
                     .trees = 9,
                     .depth = depth,
                     .early_leaf = 0.03,
                     .sets = sets},
                    20, batches);
      }
    }
  }
}

TEST_P(CompiledForestTest, EqualsTheReferenceForEveryNumberOfRows) {
  ExpectEqual({.trees = 33, .depth = 6}, 1, all_batches);
  ExpectEqual({.trees = 33, .depth = 8}, 2, all_batches);
  ExpectEqual({.trees = 33, .depth = 12}, 3, all_batches);
  ExpectEqual({.link = Link::kSoftmax, .classes = 3, .trees = 33}, 4, all_batches);
  ExpectEqual({.link = Link::kMean, .classes = 3, .trees = 33}, 5, all_batches);
}

TEST_P(CompiledForestTest, EqualsTheReferenceWithManyOutputs) {
  for (const Link link : {Link::kSoftmax, Link::kMean}) {
    for (const int depth : {1, 5, 7, 11}) {
      SCOPED_TRACE(depth);
      ExpectEqual({.link = link, .classes = 17, .trees = 40, .depth = depth}, 7, few_batches);
    }
  }
}

TEST_P(CompiledForestTest, EqualsTheReferenceWithMoreThresholdsThanACodeHolds) {
  ExpectEqual({.features = 2, .trees = 30, .depth = 8, .early_leaf = 0.05, .thresholds = 0}, 8,
              few_batches);
  ExpectEqual({.features = 3, .trees = 30, .depth = 12, .thresholds = 0}, 9, few_batches);
  ExpectEqual({.features = 1, .trees = 30, .depth = 7, .sets = 0, .thresholds = 255}, 10,
              few_batches);
}

// The search for a code is shorter where thresholds are few.
TEST_P(CompiledForestTest, EqualsTheReferenceAroundThePowersOfTwoOfThresholds) {
  for (const int thresholds : {15, 16, 17, 31, 32, 33, 63, 64, 65, 127, 128, 129}) {
    SCOPED_TRACE(thresholds);
    ExpectEqual({.features = 2,
                 .trees = 40,
                 .depth = 6,
                 .early_leaf = 0.02,
                 .sets = 0,
                 .thresholds = thresholds},
                13, few_batches);
  }
}

TEST_P(CompiledForestTest, EqualsTheReferenceWithManyFeatures) {
  for (const std::int64_t features : {33, 70, 130, 400}) {
    ExpectEqual({.features = features, .trees = 60, .depth = 6}, 11, few_batches);
    ExpectEqual({.features = features, .trees = 60, .depth = 8, .sets = 0}, 12, few_batches);
  }
}

TEST_P(CompiledForestTest, EqualsTheReferenceWithSetsOfCategoriesOnly) {
  for (const int words : {0, 1, 3, 7, 8, 9, 40}) {
    SCOPED_TRACE(words);
    ExpectEqual({.features = 3, .trees = 20, .sets = 1, .set_words = words}, 13, few_batches);
    ExpectEqual(
        {.features = 3, .trees = 4, .depth = 11, .early_leaf = 0.4, .sets = 1, .set_words = words},
        14, few_batches);
  }
}

TEST_P(CompiledForestTest, EqualsTheReferenceWithTreesThatAreWalked) {
  // More leaves than a sliced tree may have; byte codes, then more sets than these hold.
  for (const double sets : {0.0, 0.3}) {
    ExpectEqual({.trees = 5, .depth = 12, .early_leaf = 0, .sets = sets}, 17, all_batches);
    ExpectEqual(
        {.link = Link::kMean, .classes = 3, .trees = 5, .depth = 11, .early_leaf = 0, .sets = sets},
        18, few_batches);
  }
}

TEST_P(CompiledForestTest, AForestWithoutTreesGivesItsBaseMargin) {
  ExpectEqual({.trees = 0}, 15, few_batches);
  ExpectEqual({.link = Link::kSoftmax, .trees = 0}, 15, few_batches);
}

TEST_P(CompiledForestTest, ReadsRowsAndColumnsWhereTheyAre) {
  for (const int depth : {6, 12}) {
    TestForest made(16, {.features = 20, .trees = 50, .depth = depth});
    const auto compiled = Compile(made.Take());
    const Matrix matrix = made.Rows(600);
    const std::vector<float> expected = Margins(*compiled, matrix, 600, 1);
    // Rows of 23 floats, and every third float of columns: features apart from each other both
    // ways.
    std::vector<float> rows(std::size_t{600} * 23), scattered(std::size_t{20} * 1800);
    for (std::size_t i = 0; i < 600; ++i) {
      for (std::size_t j = 0; j < 20; ++j) {
        const float value = matrix.at(static_cast<std::int64_t>(i), static_cast<std::int64_t>(j));
        rows[i * 23 + j] = scattered[j * 1800 + i * 3] = value;
      }
    }
    const FeatureBlock by_row{.values = rows.data(), .stride = 1, .rows = 0, .row_stride = 23};
    const FeatureBlock by_step{
        .values = scattered.data(), .stride = 1800, .rows = 0, .row_stride = 3};
    WorkMemory work;
    for (FeatureBlock block : {by_row, by_step}) {
      for (const std::size_t count : {1, 2, 17, 100, 300, 600}) {
        block.rows = count;
        std::vector<float> margins(count);
        compiled->Margins(block, margins.data(),
                          TakeWork<std::uint8_t>(work, compiled->work_bytes()).data());
        EXPECT_EQ(Bits(margins), Bits(std::span(expected).first(count))) << count << " rows";
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Kernels, CompiledForestTest,
                         testing::Values(Instructions::kPortable, Instructions::kAvx2,
                                         Instructions::kAvx512, Instructions::kBest),
                         [](const auto& kernels) { return NameOf(kernels.param); });

}  // namespace
}  // namespace reeve::inference
