#include "reeve/inference/forest.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "reeve/inference/model_file.h"
#include "reeve/inference/packed_tree.h"

namespace reeve::inference {
namespace {

// Rows that are walked through one tree after the other: few enough that their features stay in the
// cache, enough that a deep tree is worth bringing there.
std::size_t BlockRows(std::size_t width) {
  return std::clamp<std::size_t>(16'384 / std::max<std::size_t>(width, 1), 64, 512);
}

Status Bad(const std::string& what) { return Status::Corrupt("forest: " + what); }

Status ValidateNode(const Tree& tree, std::size_t node, const Forest& forest,
                    std::size_t leaf_rows) {
  const auto size = static_cast<std::int32_t>(tree.size());
  const auto index = static_cast<std::int32_t>(node);
  if ((tree.left[node] < 0) != (tree.right[node] < 0)) return Bad("a node with one child");
  if (tree.left[node] < 0) {
    if (forest.link == Link::kMean) {
      if (tree.leaf_vector[node] < 0 ||
          static_cast<std::size_t>(tree.leaf_vector[node]) >= leaf_rows) {
        return Bad("a leaf without class shares");
      }
    } else if (!std::isfinite(tree.threshold[node])) {
      return Bad("a leaf that is no number");
    }
    return Status::Ok();
  }
  const bool children_follow = tree.left[node] > index && tree.right[node] > index &&
                               tree.left[node] < size && tree.right[node] < size &&
                               tree.left[node] != tree.right[node];
  if (!children_follow) return Bad("a child that does not come after its parent");
  if (tree.feature[node] < 0 || tree.feature[node] >= forest.features)
    return Bad("a feature that does not exist");
  if (tree.category_set[node] >= static_cast<std::int32_t>(tree.category_sets.size()) ||
      tree.category_set[node] < -1) {
    return Bad("a category set that does not exist");
  }
  if (tree.category_set[node] < 0 && std::isnan(tree.threshold[node]))
    return Bad("a threshold that is no number");
  return Status::Ok();
}

Status ValidateTree(const Tree& tree, const Forest& forest, std::size_t leaf_rows) {
  const std::size_t size = tree.size();
  const bool same_sizes = size > 0 && tree.right.size() == size && tree.feature.size() == size &&
                          tree.threshold.size() == size && tree.default_left.size() == size &&
                          tree.category_set.size() == size &&
                          tree.leaf_vector.size() == (forest.link == Link::kMean ? size : 0);
  if (!same_sizes) return Bad("arrays of a tree differ in length");
  const auto outputs =
      static_cast<std::int32_t>(std::max<std::size_t>(forest.base_margin.size(), 1));
  if (tree.output < 0 || tree.output >= outputs)
    return Bad("a tree for a class that does not exist");
  for (std::size_t node = 0; node < size; ++node)
    REEVE_RETURN_IF_ERROR(ValidateNode(tree, node, forest, leaf_rows));
  return Status::Ok();
}

double Logistic(double margin) { return 1 / (1 + std::exp(-margin)); }

void Softmax(const float* margins, std::span<double> out) {
  double largest = margins[0];
  for (std::size_t k = 1; k < out.size(); ++k) largest = std::max<double>(largest, margins[k]);
  double sum = 0;
  for (std::size_t k = 0; k < out.size(); ++k) {
    out[k] = std::exp(static_cast<double>(margins[k]) - largest);
    sum += out[k];
  }
  for (double& value : out) value /= sum;
}

void Normalise(const float* sums, std::span<double> out) {
  double total = 0;
  for (std::size_t k = 0; k < out.size(); ++k) total += static_cast<double>(sums[k]);
  for (std::size_t k = 0; k < out.size(); ++k) {
    out[k] = total > 0 ? static_cast<double>(sums[k]) / total : 1 / static_cast<double>(out.size());
  }
}

FeatureBlock BlockOf(const Matrix& matrix) {
  const auto rows = static_cast<std::size_t>(matrix.rows());
  return {.values = matrix.values().data(), .stride = rows, .rows = rows};
}

}  // namespace

Status Forest::Validate() const {
  if (features <= 0 || classes < 2) return Bad("no features or fewer than two classes");
  const std::size_t wanted = link == Link::kLogistic  ? 1
                             : link == Link::kSoftmax ? static_cast<std::size_t>(classes)
                                                      : 0;
  if (base_margin.size() != wanted || (link == Link::kLogistic && classes != 2))
    return Bad("outputs do not fit the classes");
  for (const float margin : base_margin) {
    if (!std::isfinite(margin)) return Bad("a start value that is no number");
  }
  if (link == Link::kMean
          ? leaf_vectors.size() % static_cast<std::size_t>(classes) != 0 || trees.empty()
          : !leaf_vectors.empty()) {
    return Bad("class shares do not fit the classes");
  }
  for (const float share : leaf_vectors) {
    if (!(share >= 0 && share <= 1)) return Bad("a class share outside 0 to 1");
  }
  const std::size_t leaf_rows = leaf_vectors.size() / static_cast<std::size_t>(classes);
  for (const Tree& tree : trees) REEVE_RETURN_IF_ERROR(ValidateTree(tree, *this, leaf_rows));
  return Status::Ok();
}

Result<std::unique_ptr<ForestModel>> ForestModel::Make(Forest forest) {
  REEVE_RETURN_IF_ERROR(forest.Validate());
  return std::unique_ptr<ForestModel>(new ForestModel(std::move(forest)));
}

std::size_t ForestModel::outputs() const {
  return forest_.link == Link::kMean ? static_cast<std::size_t>(forest_.classes)
                                     : forest_.base_margin.size();
}

ForestModel::ForestModel(Forest forest) : forest_(std::move(forest)) {
  packed_.reserve(forest_.trees.size());
  for (const Tree& tree : forest_.trees) packed_.emplace_back(tree);
}

ForestModel::~ForestModel() = default;

void ForestModel::ForBlocks(const FeatureBlock& block, const BlockTask& task) const {
  const auto width = static_cast<std::size_t>(forest_.features);
  const std::size_t block_rows = BlockRows(width);
  std::vector<float> rows(block_rows * width);
  std::vector<float> margins;
  std::vector<std::uint32_t> leaves;
  for (std::size_t first = 0; first < block.rows; first += block_rows) {
    const std::size_t count = std::min(block_rows, block.rows - first);
    for (std::size_t j = 0; j < width; ++j) {
      const float* const column = block.values + j * block.stride + first;
      for (std::size_t i = 0; i < count; ++i) rows[i * width + j] = column[i];
    }
    StartMargins(count, margins);
    leaves.resize(count);
    for (std::size_t t = 0; t < forest_.trees.size(); ++t) {
      packed_[t].FindLeaves(rows.data(), width, leaves);
      AddLeaves(forest_.trees[t], leaves, margins.data());
    }
    task(first, margins);
  }
}

void ForestModel::StartMargins(std::size_t rows, std::vector<float>& margins) const {
  margins.assign(rows * outputs(), 0.0F);
  if (forest_.link == Link::kMean) return;
  for (std::size_t i = 0; i < margins.size(); ++i) margins[i] = forest_.base_margin[i % outputs()];
}

void ForestModel::AddLeaves(const Tree& tree, std::span<const std::uint32_t> leaves,
                            float* margins) const {
  const std::size_t output_count = outputs();
  if (forest_.link != Link::kMean) {
    float* const out = margins + tree.output;
    for (std::size_t i = 0; i < leaves.size(); ++i)
      out[i * output_count] += tree.threshold[leaves[i]];
    return;
  }
  for (std::size_t i = 0; i < leaves.size(); ++i) {
    const auto vector = static_cast<std::size_t>(tree.leaf_vector[leaves[i]]);
    const float* const shares = forest_.leaf_vectors.data() + vector * output_count;
    for (std::size_t k = 0; k < output_count; ++k) margins[i * output_count + k] += shares[k];
  }
}

std::vector<float> ForestModel::Margins(const Matrix& matrix) const {
  std::vector<float> all;
  all.reserve(static_cast<std::size_t>(matrix.rows()) * outputs());
  ForBlocks(BlockOf(matrix), [&](std::size_t, std::span<const float> margins) {
    all.insert(all.end(), margins.begin(), margins.end());
  });
  return all;
}

void ForestModel::PredictBlock(const FeatureBlock& block, std::span<double> out,
                               WorkMemory& /*work*/) const {
  const std::size_t output_count = outputs();
  const auto class_count = static_cast<std::size_t>(forest_.classes);
  ForBlocks(block, [&](std::size_t first, std::span<const float> margins) {
    for (std::size_t i = 0; i * output_count < margins.size(); ++i) {
      const float* const margin = margins.data() + i * output_count;
      const auto probabilities = out.subspan((first + i) * class_count, class_count);
      switch (forest_.link) {
        case Link::kLogistic:
          probabilities[1] = Logistic(static_cast<double>(margin[0]));
          probabilities[0] = 1 - probabilities[1];
          break;
        case Link::kSoftmax:
          Softmax(margin, probabilities);
          break;
        case Link::kMean:
          Normalise(margin, probabilities);
          break;
      }
    }
  });
}

std::string ForestModel::Serialize() const { return WriteForest(forest_); }

}  // namespace reeve::inference
