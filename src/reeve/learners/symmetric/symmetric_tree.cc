#include "reeve/learners/symmetric/symmetric_tree.h"

#include <limits>

namespace reeve::learners {
namespace {

// `x < threshold` says what "bin <= last" says.
float ThresholdOf(const QuantisedColumn& column, std::uint8_t last) {
  constexpr float kAll = std::numeric_limits<float>::infinity();
  // Of categories the last bin holds all codes from it up.
  if (column.is_categorical) return last < kMissingBin - 1 ? static_cast<float>(last) + 0.5F : kAll;
  return last < column.cuts.size() ? column.cuts[last] : kAll;
}

}  // namespace

std::vector<inference::Tree> ToTrees(const SymmetricTree& tree, std::size_t outputs,
                                     const std::vector<BinnedFeature>& features,
                                     const QuantisedMatrix& quantised) {
  const std::size_t leaves = std::size_t{1} << tree.tests.size(), inner = leaves - 1;
  inference::Tree shape;
  shape.Reset(inner + leaves);
  shape.cover.assign(shape.size(), 0);
  for (std::size_t leaf = 0; leaf < leaves; ++leaf) shape.cover[inner + leaf] = tree.rows[leaf];
  for (std::size_t parent = inner; parent-- > 0;)
    shape.cover[parent] = shape.cover[2 * parent + 1] + shape.cover[2 * parent + 2];
  std::size_t node = 0;
  for (std::size_t level = 0; level < tree.tests.size(); ++level) {
    const SymmetricTest& test = tree.tests[level];
    const BinnedFeature& feature = features[test.feature];
    const std::uint8_t last = feature.LastOfColumn(test.last_left_bin);
    for (std::size_t i = 0; i < std::size_t{1} << level; ++i, ++node) {
      shape.left[node] = static_cast<std::int32_t>(2 * node + 1);
      shape.right[node] = static_cast<std::int32_t>(2 * node + 2);
      shape.feature[node] = static_cast<std::int32_t>(feature.column);
      shape.threshold[node] = ThresholdOf(quantised.columns[feature.column], last);
      shape.default_left[node] = test.missing_left ? 1 : 0;
    }
  }
  std::vector<inference::Tree> trees(outputs, shape);
  for (std::size_t k = 0; k < outputs; ++k) {
    trees[k].output = static_cast<std::int32_t>(k);
    for (std::size_t leaf = 0; leaf < leaves; ++leaf)
      trees[k].threshold[inner + leaf] = tree.values[leaf * outputs + k];
  }
  return trees;
}

}  // namespace reeve::learners
