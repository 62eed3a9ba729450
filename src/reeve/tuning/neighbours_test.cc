#include "reeve/tuning/neighbours.h"

#include <algorithm>
#include <numeric>
#include <set>

#include <gtest/gtest.h>

#include "reeve/base/random.h"

namespace reeve::tuning {
namespace {

MixedPoints RandomPoints(std::int64_t rows, int numbers, int categories, std::uint64_t seed) {
  Random random(seed);
  MixedPoints points{.rows = rows, .numbers = {}, .categories = {}};
  for (int d = 0; d < numbers; ++d) {
    points.numbers.emplace_back();
    // Few different values give many ties.
    for (std::int64_t i = 0; i < rows; ++i)
      points.numbers.back().push_back(static_cast<float>(random.Below(4)));
  }
  for (int d = 0; d < categories; ++d) {
    points.categories.emplace_back();
    for (std::int64_t i = 0; i < rows; ++i)
      points.categories.back().push_back(static_cast<std::int32_t>(random.Below(3)));
  }
  return points;
}

float DistanceOf(const MixedPoints& points, std::size_t a, std::size_t b) {
  float distance = 0;
  for (const auto& values : points.numbers)
    distance += (values[b] - values[a]) * (values[b] - values[a]);
  for (const auto& codes : points.categories) distance += codes[a] == codes[b] ? 0.0F : 1.0F;
  return distance;
}

std::vector<std::int32_t> All(std::int64_t rows) {
  std::vector<std::int32_t> all(static_cast<std::size_t>(rows));
  std::iota(all.begin(), all.end(), 0);
  return all;
}

TEST(FindNeighboursTest, IsTheSortedListOfDistances) {
  for (std::uint64_t seed = 0; seed < 12; ++seed) {
    const auto rows = static_cast<std::int64_t>(2 + seed * 60);
    const MixedPoints points = RandomPoints(rows, static_cast<int>(seed % 4), 2, seed);
    const Neighbours found = FindNeighbours(points, All(rows), {.neighbours = 5});
    for (std::size_t i = 0; i < static_cast<std::size_t>(rows); ++i) {
      std::vector<std::int32_t> others;
      for (std::int32_t j = 0; j < rows; ++j) {
        if (static_cast<std::size_t>(j) != i) others.push_back(j);
      }
      std::stable_sort(others.begin(), others.end(), [&](std::int32_t a, std::int32_t b) {
        return DistanceOf(points, i, static_cast<std::size_t>(a)) <
               DistanceOf(points, i, static_cast<std::size_t>(b));
      });
      others.resize(std::min<std::size_t>(5, others.size()));
      ASSERT_EQ(std::vector<std::int32_t>(found.of(i).begin(), found.of(i).end()), others);
    }
  }
}

TEST(FindNeighboursTest, ThreadsDoNotMatter) {
  const MixedPoints points = RandomPoints(1000, 3, 3, 5);
  EXPECT_EQ(FindNeighbours(points, All(1000), {.threads = 1}).indices,
            FindNeighbours(points, All(1000), {.threads = 3}).indices);
}

TEST(FindNeighboursTest, ManyPointsAreSearchedAmongASample) {
  const MixedPoints points = RandomPoints(500, 2, 1, 6);
  const Neighbours found =
      FindNeighbours(points, All(500), {.most_candidates = 400, .sampled = 50});
  EXPECT_EQ(found.per_query, 5);
  const std::set<std::int32_t> seen(found.indices.begin(), found.indices.end());
  EXPECT_LE(seen.size(), 50u);
  EXPECT_GT(seen.size(), 25u);
  for (std::size_t i = 0; i < 500; ++i) {
    for (const std::int32_t index : found.of(i)) EXPECT_NE(index, static_cast<std::int32_t>(i));
  }
}

TEST(FindNeighboursTest, ASinglePointHasNone) {
  EXPECT_EQ(FindNeighbours(RandomPoints(1, 2, 1, 7), All(1), {}).per_query, 0);
}

}  // namespace
}  // namespace reeve::tuning
