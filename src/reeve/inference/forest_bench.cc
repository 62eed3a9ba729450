// The reference engine: rows scored by forests of boosting's shape. Arguments: trees, depth.

#include <benchmark/benchmark.h>

#include "reeve/base/random.h"
#include "reeve/inference/forest.h"

namespace reeve::inference {
namespace {

constexpr std::int64_t kColumns = 28;

// A full tree, level after level.
Tree FullTree(Random& random, int depth) {
  Tree tree;
  const std::int32_t inner = (1 << depth) - 1, all = (1 << (depth + 1)) - 1;
  for (std::int32_t node = 0; node < all; ++node) {
    tree.left.push_back(node < inner ? 2 * node + 1 : -1);
    tree.right.push_back(node < inner ? 2 * node + 2 : -1);
    tree.feature.push_back(static_cast<std::int32_t>(random.Below(kColumns)));
    tree.threshold.push_back(static_cast<float>(random.Normal()));
    tree.default_left.push_back(static_cast<std::uint8_t>(random.Below(2)));
    tree.category_set.push_back(-1);
  }
  return tree;
}

void PredictsRows(benchmark::State& state) {
  Random random(1);
  Forest forest{.features = kColumns, .classes = 2, .link = Link::kLogistic, .base_margin = {0.0F}};
  for (std::int64_t t = 0; t < state.range(0); ++t)
    forest.trees.push_back(FullTree(random, static_cast<int>(state.range(1))));
  const auto model = ForestModel::Make(std::move(forest));
  Matrix matrix(20'000, std::vector<MatrixColumn>(kColumns));
  for (std::int64_t j = 0; j < kColumns; ++j) {
    for (float& value : matrix.column(j)) value = static_cast<float>(random.Normal());
  }
  for (auto _ : state) benchmark::DoNotOptimize((*model)->Predict(matrix));
  state.SetItemsProcessed(state.iterations() * matrix.rows());
}
BENCHMARK(PredictsRows)->Args({100, 6})->Args({500, 6})->Args({100, 10});

}  // namespace
}  // namespace reeve::inference
