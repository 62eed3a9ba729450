#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace reeve::tuning {

/// Points with numbers and categories. The squared distance of two is the sum of squared
/// differences of their numbers plus 1 for each category in which they differ.
struct MixedPoints {
  std::int64_t rows = 0;
  /// One vector of `rows` values for each coordinate, in units in which a difference of 1 weighs as
  /// much as another category. No NaN.
  std::vector<std::vector<float>> numbers;
  std::vector<std::vector<std::int32_t>> categories;
};

struct NeighbourOptions {
  /// Neighbours of each point; fewer when there are not as many others.
  int neighbours = 5;
  /// Beyond this many points, neighbours are looked for among `sampled` of them, drawn at random:
  /// the work stays linear in the points, the neighbours found are a little farther away.
  std::int64_t most_candidates = 20'000;
  std::int64_t sampled = 10'000;
  std::uint64_t seed = 42;
  /// Never changes the result.
  int threads = 1;
};

/// The nearest other points of some points.
struct Neighbours {
  /// Of each query, as many as there are.
  int per_query = 0;
  /// per_query indices of points for each query, nearest first, ties by index.
  std::vector<std::int32_t> indices;

  std::span<const std::int32_t> of(std::size_t query) const {
    const auto width = static_cast<std::size_t>(per_query);
    return std::span(indices).subspan(query * width, width);
  }
};

/// Compares every query (an index of a point) with every candidate, in blocks that stay in cache:
/// queries x candidates x coordinates steps, and memory for the candidates' coordinates once more.
/// Exact and deterministic. REQUIRES: fewer than 2^31 points.
Neighbours FindNeighbours(const MixedPoints& points, std::span<const std::int32_t> queries,
                          const NeighbourOptions& options);

}  // namespace reeve::tuning
