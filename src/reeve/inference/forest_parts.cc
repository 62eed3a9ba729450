#include "reeve/inference/forest_parts.h"

#include <algorithm>

#include "reeve/inference/compact_trees_writer.h"

namespace reeve::inference {
namespace {

// Leaves of a boosted tree lie among the thresholds.
void DivideLeaves(Tree& tree, float divisor) {
  for (std::size_t node = 0; node < tree.size(); ++node) {
    if (tree.left[node] < 0) tree.threshold[node] /= divisor;
  }
}

// Appends the trees of a forest with vector leaves, whose leaves then lie behind those before.
void AppendShares(const CompactForest& from, std::vector<float>& shares, std::size_t classes,
                  CompactTreesWriter& trees) {
  const auto offset = static_cast<std::int32_t>(shares.size() / classes);
  shares.insert(shares.end(), from.leaf_vectors.begin(), from.leaf_vectors.end());
  CompactTrees::Cursor cursor(from.trees);
  while (const Tree* const next = cursor.Next()) {
    Tree tree = *next;
    for (std::int32_t& leaf : tree.leaf_vector) {
      if (leaf >= 0) leaf += offset;
    }
    trees.Add(tree);
  }
}

}  // namespace

CompactForest FirstRounds(const CompactForest& forest, std::int64_t rounds) {
  const auto wanted =
      static_cast<std::size_t>(std::max<std::int64_t>(rounds, 0)) * forest.base_margin.size();
  if (wanted >= forest.trees.size()) return forest;
  CompactForest first{.features = forest.features,
                      .classes = forest.classes,
                      .link = forest.link,
                      .base_margin = forest.base_margin};
  CompactTreesWriter trees(forest.layout());
  CompactTrees::Cursor cursor(forest.trees);
  for (std::size_t i = 0; i < wanted; ++i) trees.Add(*cursor.Next());
  first.trees = trees.Take();
  return first;
}

CompactForest Average(std::span<const CompactForest* const> forests) {
  const CompactForest& model = *forests.front();
  CompactForest average{.features = model.features, .classes = model.classes, .link = model.link};
  CompactTreesWriter trees(model.layout());
  const auto divisor = static_cast<float>(forests.size());
  for (std::size_t k = 0; k < model.base_margin.size(); ++k) {
    double sum = 0;
    for (const CompactForest* const forest : forests)
      sum += static_cast<double>(forest->base_margin[k]);
    average.base_margin.push_back(static_cast<float>(sum / static_cast<double>(forests.size())));
  }
  for (const CompactForest* const forest : forests) {
    if (model.link == Link::kMean) {
      AppendShares(*forest, average.leaf_vectors, static_cast<std::size_t>(model.classes), trees);
      continue;
    }
    CompactTrees::Cursor cursor(forest->trees);
    while (const Tree* const next = cursor.Next()) {
      Tree tree = *next;
      DivideLeaves(tree, divisor);
      trees.Add(tree);
    }
  }
  average.trees = trees.Take();
  return average;
}

}  // namespace reeve::inference
