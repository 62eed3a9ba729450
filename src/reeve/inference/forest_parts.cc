#include "reeve/inference/forest_parts.h"

#include <algorithm>

namespace reeve::inference {
namespace {

// Leaves of a boosted tree lie among the thresholds.
void DivideLeaves(Tree& tree, float divisor) {
  for (std::size_t node = 0; node < tree.size(); ++node) {
    if (tree.left[node] < 0) tree.threshold[node] /= divisor;
  }
}

// Appends the trees of a forest with vector leaves, whose leaves then lie behind those before.
void AppendShares(const Forest& from, Forest& to) {
  const auto offset =
      static_cast<std::int32_t>(to.leaf_vectors.size() / static_cast<std::size_t>(to.classes));
  to.leaf_vectors.insert(to.leaf_vectors.end(), from.leaf_vectors.begin(), from.leaf_vectors.end());
  for (Tree tree : from.trees) {
    for (std::int32_t& leaf : tree.leaf_vector) {
      if (leaf >= 0) leaf += offset;
    }
    to.trees.push_back(std::move(tree));
  }
}

}  // namespace

Forest FirstRounds(const Forest& forest, std::int64_t rounds) {
  const auto wanted =
      static_cast<std::size_t>(std::max<std::int64_t>(rounds, 0)) * forest.base_margin.size();
  Forest first{.features = forest.features,
               .classes = forest.classes,
               .link = forest.link,
               .base_margin = forest.base_margin};
  const std::size_t kept = std::min(wanted, forest.trees.size());
  first.trees.assign(forest.trees.begin(),
                     forest.trees.begin() + static_cast<std::ptrdiff_t>(kept));
  return first;
}

Forest Average(std::span<const Forest* const> forests) {
  const Forest& model = *forests.front();
  Forest average{.features = model.features, .classes = model.classes, .link = model.link};
  if (model.link == Link::kMean) {
    for (const Forest* const forest : forests) AppendShares(*forest, average);
    return average;
  }
  const auto divisor = static_cast<float>(forests.size());
  for (std::size_t k = 0; k < model.base_margin.size(); ++k) {
    double sum = 0;
    for (const Forest* const forest : forests) sum += static_cast<double>(forest->base_margin[k]);
    average.base_margin.push_back(static_cast<float>(sum / static_cast<double>(forests.size())));
  }
  for (const Forest* const forest : forests) {
    for (Tree tree : forest->trees) {
      DivideLeaves(tree, divisor);
      average.trees.push_back(std::move(tree));
    }
  }
  return average;
}

}  // namespace reeve::inference
