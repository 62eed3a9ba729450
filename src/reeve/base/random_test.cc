#include "reeve/base/random.h"

#include <algorithm>
#include <numeric>
#include <vector>

#include <gtest/gtest.h>

namespace reeve {
namespace {

// Java's SplittableRandom(42) gives the same first numbers.
TEST(RandomTest, IsTheSameEverywhere) {
  Random random(42);
  EXPECT_EQ(random.Next(), 13679457532755275413ULL);
  EXPECT_EQ(random.Next(), 2949826092126892291ULL);
  EXPECT_EQ(random.Next(), 5139283748462763858ULL);
  EXPECT_EQ(Random(0).Next(), 16294208416658607535ULL);
}

TEST(RandomTest, ForkedStreamsDifferByNameIndexAndSeedAndDoNotDisturbTheirSource) {
  EXPECT_NE(Random(1).Fork("a").Next(), Random(1).Fork("b").Next());
  EXPECT_NE(Random(1).Fork("a", 0).Next(), Random(1).Fork("a", 1).Next());
  EXPECT_NE(Random(1).Fork("a").Next(), Random(2).Fork("a").Next());
  EXPECT_EQ(Random(1).Fork("a", 3).Next(), Random(1).Fork("a", 3).Next());
  Random random(1);
  (void)random.Fork("a");
  EXPECT_EQ(random.Next(), Random(1).Next());
}

TEST(RandomTest, LooksUniform) {
  Random random(7);
  constexpr int kDraws = 100'000;
  std::vector<int> counts(10);
  double sum = 0;
  for (int i = 0; i < kDraws; ++i) {
    ++counts[random.Below(10)];
    const double u = random.Uniform();
    ASSERT_GE(u, 0);
    ASSERT_LT(u, 1);
    sum += u;
  }
  // Five standard deviations of a binomial count are about 475.
  for (const int count : counts) EXPECT_NEAR(count, kDraws / 10, 475);
  EXPECT_NEAR(sum / kDraws, 0.5, 0.005);
  EXPECT_EQ(random.Below(1), 0u);
}

TEST(RandomTest, LooksNormal) {
  Random random(7);
  constexpr int kDraws = 100'000;
  double sum = 0, squares = 0;
  int beyond_two = 0;
  for (int i = 0; i < kDraws; ++i) {
    const double z = random.Normal();
    sum += z;
    squares += z * z;
    beyond_two += z > 2 || z < -2;
  }
  EXPECT_NEAR(sum / kDraws, 0, 0.016);
  EXPECT_NEAR(squares / kDraws, 1, 0.023);
  EXPECT_NEAR(beyond_two / static_cast<double>(kDraws), 0.0455, 0.0033);
}

TEST(RandomTest, ShufflesIntoEveryOrderAlikeOften) {
  std::vector<int> times(6);
  Random random(3);
  for (int i = 0; i < 6000; ++i) {
    std::vector<int> values = {0, 1, 2};
    random.Shuffle(std::span<int>(values));
    ++times[static_cast<std::size_t>(values[0] * 2 + (values[1] > values[2]))];
  }
  for (const int count : times) EXPECT_NEAR(count, 1000, 145);
  std::vector<int> many(100);
  std::iota(many.begin(), many.end(), 0);
  random.Shuffle(std::span<int>(many));
  EXPECT_FALSE(std::is_sorted(many.begin(), many.end()));
  std::sort(many.begin(), many.end());
  for (int i = 0; i < 100; ++i) EXPECT_EQ(many[static_cast<std::size_t>(i)], i);
}

}  // namespace
}  // namespace reeve
