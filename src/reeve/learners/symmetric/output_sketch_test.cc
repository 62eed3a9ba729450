#include "reeve/learners/symmetric/output_sketch.h"

#include <algorithm>

#include <gtest/gtest.h>

namespace reeve::learners {
namespace {

TEST(OutputSketchTest, TakesAllWhereThereAreFew) {
  OutputSketch sketch(3, 8, 1);
  const std::vector<float> values = {1, 2, 3, 4, 5, 6};
  std::vector<float> storage;
  sketch.Draw(0, values);
  EXPECT_TRUE(sketch.takes_all());
  EXPECT_EQ(sketch.Take(values, storage).data(), values.data());
}

TEST(OutputSketchTest, TakesTheValuesOfWhatItDrew) {
  OutputSketch sketch(10, 4, 1);
  std::vector<float> values, storage;
  for (int i = 0; i < 30; ++i) values.push_back(static_cast<float>(i + 1));
  sketch.Draw(5, values);
  ASSERT_EQ(sketch.size(), 4U);
  EXPECT_TRUE(std::ranges::is_sorted(sketch.chosen()));
  EXPECT_EQ(std::ranges::adjacent_find(sketch.chosen()), sketch.chosen().end());
  const auto taken = sketch.Take(values, storage);
  ASSERT_EQ(taken.size(), 12U);
  for (std::size_t row = 0; row < 3; ++row) {
    for (std::size_t k = 0; k < 4; ++k)
      EXPECT_EQ(taken[row * 4 + k], values[row * 10 + sketch.chosen()[k]]);
  }
}

TEST(OutputSketchTest, DrawsWhatIsLeastFittedMostAndOtherwiseEveryRound) {
  // Output 2 has nine times the gradients of the others.
  const std::vector<float> gradients = {1, -1, 9, 1, -1, 1};
  OutputSketch sketch(6, 2, 7), same(6, 2, 7);
  std::vector<int> drawn(6);
  for (int round = 0; round < 400; ++round) {
    sketch.Draw(round, gradients);
    same.Draw(round, gradients);
    EXPECT_EQ(sketch.chosen(), same.chosen());
    for (const std::size_t k : sketch.chosen()) ++drawn[k];
  }
  EXPECT_GT(drawn[2], 300);
  for (const std::size_t k : {0U, 1U, 3U, 4U, 5U}) {
    EXPECT_GT(drawn[k], 40) << k;
    EXPECT_LT(drawn[k], 160) << k;
  }
}

}  // namespace
}  // namespace reeve::learners
