#include "reeve/tuning/neighbours.h"

#include <algorithm>
#include <array>
#include <limits>
#include <numeric>

#include "reeve/base/parallel.h"
#include "reeve/base/random.h"

namespace reeve::tuning {
namespace {

// Candidates whose distances are held at a time; queries that one task answers.
constexpr std::size_t kBlock = 256;
constexpr std::int64_t kQueriesPerTask = 64;

// Points that may be neighbours, coordinate after coordinate.
struct Candidates {
  std::vector<std::int32_t> indices;
  std::vector<std::vector<float>> numbers;
  std::vector<std::vector<std::int32_t>> categories;
};

template <typename T>
std::vector<std::vector<T>> Gather(const std::vector<std::vector<T>>& coordinates,
                                   const std::vector<std::int32_t>& indices) {
  std::vector<std::vector<T>> gathered;
  for (const std::vector<T>& coordinate : coordinates) {
    std::vector<T>& values = gathered.emplace_back();
    values.reserve(indices.size());
    for (const std::int32_t index : indices)
      values.push_back(coordinate[static_cast<std::size_t>(index)]);
  }
  return gathered;
}

Candidates MakeCandidates(const MixedPoints& points, const NeighbourOptions& options) {
  Candidates candidates;
  candidates.indices.resize(static_cast<std::size_t>(points.rows));
  std::iota(candidates.indices.begin(), candidates.indices.end(), 0);
  if (points.rows > options.most_candidates) {
    Random(options.seed).Fork("neighbours").Shuffle(std::span(candidates.indices));
    candidates.indices.resize(static_cast<std::size_t>(std::min(options.sampled, points.rows)));
    std::sort(candidates.indices.begin(), candidates.indices.end());
  }
  candidates.numbers = Gather(points.numbers, candidates.indices);
  candidates.categories = Gather(points.categories, candidates.indices);
  return candidates;
}

// The nearest candidates seen so far, nearest first.
class Nearest {
 public:
  explicit Nearest(std::size_t most) : most_(most) {}

  bool Wants(float distance) const {
    return found_.size() < most_ || distance < found_.back().distance;
  }
  // Candidates come in the order of their index, so that among equals the first stays.
  void Add(float distance, std::int32_t index) {
    if (found_.size() == most_) found_.pop_back();
    const auto place =
        std::upper_bound(found_.begin(), found_.end(), distance,
                         [](float d, const Found& found) { return d < found.distance; });
    found_.insert(place, {distance, index});
  }
  void Write(std::int32_t* out) const {
    for (const Found& found : found_) *out++ = found.index;
  }

 private:
  struct Found {
    float distance;
    std::int32_t index;
  };
  std::size_t most_;
  std::vector<Found> found_;
};

// Squared distances of a point to the candidates [begin, end).
void Distances(const MixedPoints& points, std::size_t point, const Candidates& candidates,
               std::size_t begin, std::size_t end, std::array<float, kBlock>& distances) {
  const std::size_t count = end - begin;
  std::fill_n(distances.begin(), count, 0.0F);
  for (std::size_t d = 0; d < points.numbers.size(); ++d) {
    const float value = points.numbers[d][point];
    const float* const others = candidates.numbers[d].data() + begin;
    for (std::size_t j = 0; j < count; ++j) {
      const float difference = others[j] - value;
      distances[j] += difference * difference;
    }
  }
  for (std::size_t d = 0; d < points.categories.size(); ++d) {
    const std::int32_t code = points.categories[d][point];
    const std::int32_t* const others = candidates.categories[d].data() + begin;
    for (std::size_t j = 0; j < count; ++j) distances[j] += others[j] == code ? 0.0F : 1.0F;
  }
}

}  // namespace

Neighbours FindNeighbours(const MixedPoints& points, std::span<const std::int32_t> queries,
                          const NeighbourOptions& options) {
  const Candidates candidates = MakeCandidates(points, options);
  const std::size_t count = candidates.indices.size();
  Neighbours neighbours;
  // A query may itself be among the candidates.
  neighbours.per_query = static_cast<int>(
      std::min<std::int64_t>(options.neighbours, static_cast<std::int64_t>(count) - 1));
  if (neighbours.per_query <= 0) return {};
  const auto width = static_cast<std::size_t>(neighbours.per_query);
  neighbours.indices.resize(queries.size() * width);
  const auto tasks =
      (static_cast<std::int64_t>(queries.size()) + kQueriesPerTask - 1) / kQueriesPerTask;
  // The task never fails, so neither does the loop.
  (void)ParallelFor(options.threads, tasks, [&](std::int64_t task) {
    const auto first = static_cast<std::size_t>(task * kQueriesPerTask);
    const std::size_t last =
        std::min(first + static_cast<std::size_t>(kQueriesPerTask), queries.size());
    std::vector<Nearest> nearest(last - first, Nearest(width));
    std::array<float, kBlock> distances;
    // Block by block, so that a block is read from memory once for all queries of the task.
    for (std::size_t begin = 0; begin < count; begin += kBlock) {
      const std::size_t end = std::min(begin + kBlock, count);
      for (std::size_t query = first; query < last; ++query) {
        const std::int32_t point = queries[query];
        Distances(points, static_cast<std::size_t>(point), candidates, begin, end, distances);
        for (std::size_t j = begin; j < end; ++j) {
          const float distance = distances[j - begin];
          Nearest& found = nearest[query - first];
          if (found.Wants(distance) && candidates.indices[j] != point)
            found.Add(distance, candidates.indices[j]);
        }
      }
    }
    for (std::size_t query = first; query < last; ++query)
      nearest[query - first].Write(neighbours.indices.data() + query * width);
    return Status::Ok();
  });
  return neighbours;
}

}  // namespace reeve::tuning
