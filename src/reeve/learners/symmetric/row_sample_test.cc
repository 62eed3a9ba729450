#include "reeve/learners/symmetric/row_sample.h"

#include <algorithm>
#include <cmath>

#include <gtest/gtest.h>

namespace reeve::learners {
namespace {

constexpr std::size_t kRows = 5000, kOutputs = 2;

// Derivatives of very different sizes.
struct Derivatives {
  Derivatives() : gradients(kRows * kOutputs), hessians(kRows * kOutputs) {
    Random random(3);
    for (float& value : gradients)
      value = static_cast<float>(std::exp(random.Normal()) * (random.Uniform() < 0.5 ? -1 : 1));
    for (float& value : hessians) value = static_cast<float>(random.Uniform() / 4);
  }
  std::vector<float> gradients, hessians;
};

double Sum(std::span<const float> values, std::size_t output) {
  double sum = 0;
  for (std::size_t i = output; i < values.size(); i += kOutputs)
    sum += static_cast<double>(values[i]);
  return sum;
}

TEST(RowSampleTest, TakesAllWhereThereAreNoMore) {
  EXPECT_TRUE(RowSample(100, 0, 1).takes_all());
  EXPECT_TRUE(RowSample(100, 100, 1).takes_all());
  EXPECT_FALSE(RowSample(101, 100, 1).takes_all());
}

TEST(RowSampleTest, DrawsAsManyRowsAsWereAskedFor) {
  const Derivatives all;
  RowSample sample(kRows, 800, 1);
  for (int round = 0; round < 20; ++round) {
    sample.Draw(round, all.gradients, all.hessians, kOutputs);
    EXPECT_NEAR(static_cast<double>(sample.rows().size()), 800, 1);
    for (std::size_t i = 1; i < sample.rows().size(); ++i)
      ASSERT_LT(sample.rows()[i - 1], sample.rows()[i]);
  }
}

// Over many rounds the weighted sums are those of all rows.
TEST(RowSampleTest, EstimatesSumsOverAllRows) {
  const Derivatives all;
  RowSample sample(kRows, 800, 1);
  constexpr int kRounds = 400;
  std::vector<float> storage;
  for (const std::vector<float>& values : {all.gradients, all.hessians}) {
    for (std::size_t k = 0; k < kOutputs; ++k) {
      double mean = 0, squares = 0;
      for (int round = 0; round < kRounds; ++round) {
        sample.Draw(round, all.gradients, all.hessians, kOutputs);
        const double sum = Sum(sample.Take(values, storage), k);
        mean += sum / kRounds;
        squares += sum * sum / kRounds;
      }
      const double error = std::sqrt((squares - mean * mean) / kRounds);
      EXPECT_NEAR(mean, Sum(values, k), 4 * error) << k;
    }
  }
}

TEST(RowSampleTest, AlwaysTakesTheLargestAndNeverThoseThatAreNothing) {
  std::vector<float> gradients(1000, 0.01F);
  const std::vector<float> hessians(1000);
  for (std::size_t i = 0; i < 10; ++i) gradients[i * 100] = 5;
  for (std::size_t i = 0; i < 10; ++i) gradients[i * 100 + 50] = 0;
  RowSample sample(1000, 100, 1);
  for (int round = 0; round < 20; ++round) {
    sample.Draw(round, gradients, hessians, 1);
    std::vector<float> storage;
    const auto taken = sample.Take(gradients, storage);
    int large = 0;
    for (std::size_t i = 0; i < sample.rows().size(); ++i) {
      ASSERT_NE(sample.rows()[i] % 100, 50);
      if (sample.rows()[i] % 100 != 0) continue;
      ++large;
      EXPECT_EQ(taken[i], 5);
    }
    EXPECT_EQ(large, 10);
  }
}

TEST(RowSampleTest, IsOfTheSeedAndTheRound) {
  const Derivatives all;
  RowSample first(kRows, 800, 1), again(kRows, 800, 1);
  first.Draw(3, all.gradients, all.hessians, kOutputs);
  const std::vector<std::uint32_t> rows(first.rows().begin(), first.rows().end());
  again.Draw(2, all.gradients, all.hessians, kOutputs);
  EXPECT_FALSE(std::equal(rows.begin(), rows.end(), again.rows().begin(), again.rows().end()));
  again.Draw(3, all.gradients, all.hessians, kOutputs);
  EXPECT_TRUE(std::equal(rows.begin(), rows.end(), again.rows().begin(), again.rows().end()));
}

}  // namespace
}  // namespace reeve::learners
