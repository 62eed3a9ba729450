#include "reeve/tuning/smote.h"

#include <cmath>
#include <cstring>
#include <limits>
#include <set>
#include <string>

#include <gtest/gtest.h>

#include "reeve/base/random.h"
#include "reeve/table/table.h"

namespace reeve::tuning {
namespace {

constexpr float kMissing = std::numeric_limits<float>::quiet_NaN();

// Columns of every kind: a real and a whole number with gaps, a code, a one-hot pair, a number with
// its flag, a date in three parts.
std::vector<MatrixColumn> MixedColumns() {
  return {{.name = "real", .source = "real"},
          {.name = "whole", .source = "whole"},
          {.name = "code", .source = "code", .is_categorical = true, .cardinality = 4},
          {.name = "town=a", .source = "town"},
          {.name = "town=b", .source = "town"},
          {.name = "age", .source = "age"},
          {.name = "age (missing)", .source = "age"},
          {.name = "day.year", .source = "day"},
          {.name = "day.month", .source = "day"},
          {.name = "day.weekday", .source = "day"}};
}

struct Sample {
  Matrix matrix;
  std::vector<std::int32_t> labels;
};

// `positives` rows of class 1 before as many negatives as make up `rows`.
Sample MakeSample(std::int64_t rows, std::int64_t positives, std::uint64_t seed) {
  Random random(seed);
  Sample sample{Matrix(rows, MixedColumns()), {}};
  for (std::int64_t i = 0; i < rows; ++i) {
    const auto at = static_cast<std::size_t>(i);
    sample.labels.push_back(i < positives ? 1 : 0);
    const auto day = static_cast<float>(random.Below(1000));
    const auto town = random.Below(3);
    const bool no_age = random.Below(4) == 0;
    const float values[] = {random.Below(5) == 0 ? kMissing : static_cast<float>(random.Normal()),
                            random.Below(5) == 0 ? kMissing : static_cast<float>(random.Below(9)),
                            random.Below(6) == 0 ? kMissing : static_cast<float>(random.Below(4)),
                            town == 0 ? 1.0F : 0.0F,
                            town == 1 ? 1.0F : 0.0F,
                            no_age ? 40.5F : 20 + static_cast<float>(50 * random.Uniform()),
                            no_age ? 1.0F : 0.0F,
                            2000 + std::floor(day / 365),
                            std::fmod(day, 12.0F),
                            std::fmod(day, 7.0F)};
    for (std::int64_t j = 0; j < sample.matrix.cols(); ++j) sample.matrix.column(j)[at] = values[j];
  }
  return sample;
}

SyntheticRows Grow(const Sample& sample, const SmoteOptions& options = {}) {
  return Smote(sample.matrix, AllRows(sample.matrix.rows()), sample.labels, 2, options);
}

TEST(SmoteTest, EveryClassBecomesAsLargeAsTheLargest) {
  const Sample sample = MakeSample(100, 20, 1);
  const SyntheticRows made = Grow(sample);
  EXPECT_EQ(made.matrix.rows(), 60);
  EXPECT_EQ(made.labels, std::vector<std::int32_t>(60, 1));
  EXPECT_EQ(made.matrix.columns().size(), sample.matrix.columns().size());
}

TEST(SmoteTest, NumbersLieBetweenTwoRowsOfTheClass) {
  // On a line, a new point lies between two neighbours: never outside, never a class apart.
  Matrix matrix(40, {{.name = "x", .source = "x"}, {.name = "y", .source = "y"}});
  std::vector<std::int32_t> labels;
  for (std::int64_t i = 0; i < 40; ++i) {
    labels.push_back(i < 10 ? 1 : 0);
    const auto at = static_cast<std::size_t>(i);
    matrix.column(0)[at] = static_cast<float>(i) + 0.25F;
    matrix.column(1)[at] = 3 * matrix.column(0)[at] - 1;
  }
  const SyntheticRows made = Smote(matrix, AllRows(40), labels, 2, {});
  ASSERT_EQ(made.matrix.rows(), 20);
  std::set<float> distinct;
  for (std::int64_t i = 0; i < 20; ++i) {
    const float x = made.matrix.at(i, 0);
    EXPECT_GE(x, 0.25F);
    EXPECT_LE(x, 9.25F);
    // One share for the whole row keeps it on the line.
    EXPECT_NEAR(made.matrix.at(i, 1), 3 * x - 1, 1e-4);
    distinct.insert(x);
  }
  EXPECT_GT(distinct.size(), 15u);
}

TEST(SmoteTest, EachKindOfColumnKeepsItsMeaning) {
  const Sample sample = MakeSample(600, 120, 2);
  std::set<std::vector<float>> days;
  for (std::int64_t i = 0; i < 120; ++i)
    days.insert({sample.matrix.at(i, 7), sample.matrix.at(i, 8), sample.matrix.at(i, 9)});
  const SyntheticRows made = Grow(sample);
  const Matrix& rows = made.matrix;
  int missing = 0;
  for (std::int64_t i = 0; i < rows.rows(); ++i) {
    const float whole = rows.at(i, 1), code = rows.at(i, 2);
    missing += std::isnan(rows.at(i, 0)) || std::isnan(whole) || std::isnan(code);
    if (!std::isnan(whole)) {
      EXPECT_EQ(whole, std::nearbyint(whole));
    }
    if (!std::isnan(code)) {
      EXPECT_EQ(code, std::nearbyint(code));
      EXPECT_LT(code, 4);
    }
    EXPECT_LE(rows.at(i, 3) + rows.at(i, 4), 1);
    EXPECT_TRUE(rows.at(i, 3) == 0 || rows.at(i, 3) == 1);
    EXPECT_TRUE(rows.at(i, 6) == 0 || rows.at(i, 6) == 1);
    if (rows.at(i, 6) == 1) {
      EXPECT_EQ(rows.at(i, 5), 40.5F);
    }
    EXPECT_TRUE(days.contains({rows.at(i, 7), rows.at(i, 8), rows.at(i, 9)}));
  }
  EXPECT_GT(missing, 20);
  EXPECT_LT(missing, 400);
}

TEST(SmoteTest, CategoriesAreTheMostFrequentOfTheNeighbours) {
  // Two heaps far apart, each of one category but for one row.
  Matrix matrix(60, {{.name = "x", .source = "x"},
                     {.name = "c", .source = "c", .is_categorical = true, .cardinality = 3}});
  std::vector<std::int32_t> labels;
  Random random(3);
  for (std::int64_t i = 0; i < 60; ++i) {
    const auto at = static_cast<std::size_t>(i);
    const bool right = i % 2 == 1;
    labels.push_back(i < 20 ? 1 : 0);
    matrix.column(0)[at] = (right ? 100.0F : 0.0F) + static_cast<float>(random.Uniform());
    matrix.column(1)[at] = i < 2 ? 2.0F : right ? 1.0F : 0.0F;
  }
  const SyntheticRows made = Smote(matrix, AllRows(60), labels, 2, {});
  for (std::int64_t i = 0; i < made.matrix.rows(); ++i)
    EXPECT_EQ(made.matrix.at(i, 1), made.matrix.at(i, 0) > 50 ? 1.0F : 0.0F);
}

TEST(SmoteTest, OnlyGivenRowsAreDrawnFrom) {
  Sample sample = MakeSample(200, 100, 4);
  for (std::int64_t i = 50; i < 100; ++i)
    sample.matrix.column(0)[static_cast<std::size_t>(i)] = 1e6F;
  std::vector<std::int64_t> positions = AllRows(50);
  for (std::int64_t i = 100; i < 200; ++i) positions.push_back(i);
  const SyntheticRows made = Smote(sample.matrix, positions, sample.labels, 2, {});
  ASSERT_EQ(made.matrix.rows(), 50);
  for (const float value : made.matrix.column(0)) {
    EXPECT_FALSE(value > 100);
  }
}

TEST(SmoteTest, TinyClassesGrowFromWhatThereIs) {
  for (const std::int64_t positives : {1, 2, 3}) {
    const Sample sample = MakeSample(30, positives, 5);
    const SyntheticRows made = Grow(sample);
    EXPECT_EQ(made.matrix.rows(), 30 - 2 * positives);
    if (positives > 1) continue;
    for (std::int64_t j = 0; j < made.matrix.cols(); ++j) {
      const float only = sample.matrix.at(0, j);
      for (const float value : made.matrix.column(j))
        EXPECT_TRUE(value == only || (std::isnan(value) && std::isnan(only)));
    }
  }
  // A class without rows stays without.
  const Sample one_class = MakeSample(10, 0, 6);
  EXPECT_EQ(Grow(one_class).matrix.rows(), 0);
}

TEST(SmoteTest, OneSeedOneResultWhateverTheThreads) {
  const Sample sample = MakeSample(800, 150, 7);
  const auto text = [](const SyntheticRows& made) {
    std::string bytes(made.matrix.values().size_bytes(), '\0');
    std::memcpy(bytes.data(), made.matrix.values().data(), bytes.size());
    return bytes;
  };
  const std::string one = text(Grow(sample, {.seed = 9, .threads = 1}));
  EXPECT_EQ(one, text(Grow(sample, {.seed = 9, .threads = 3})));
  EXPECT_NE(one, text(Grow(sample, {.seed = 10, .threads = 1})));
}

}  // namespace
}  // namespace reeve::tuning
