#include "reeve/inference/forest.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "reeve/inference/compiled_forest.h"
#include "reeve/inference/model_file.h"
#include "reeve/inference/packed_tree.h"
#include "reeve/inference/work_memory.h"

namespace reeve::inference {
namespace {

// Rows whose margins are held at a time: enough for a deep tree to be worth bringing into the
// cache.
constexpr std::size_t kPredictRows = 8192;

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
                          tree.leaf_vector.size() == (forest.link == Link::kMean ? size : 0) &&
                          (tree.cover.empty() || tree.cover.size() == size);
  if (!same_sizes) return Bad("arrays of a tree differ in length");
  const auto outputs =
      static_cast<std::int32_t>(std::max<std::size_t>(forest.base_margin.size(), 1));
  if (tree.output < 0 || tree.output >= outputs)
    return Bad("a tree for a class that does not exist");
  for (const float cover : tree.cover) {
    if (!std::isfinite(cover) || cover < 0) return Bad("a cover that is no number from 0 up");
  }
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

bool IsInSet(const std::vector<std::uint32_t>& words, float value) {
  if (!(value >= 0) || value >= static_cast<float>(words.size() * 32)) return false;
  const auto code = static_cast<std::uint32_t>(value);
  return (words[code / 32] >> (code % 32) & 1U) != 0;
}

}  // namespace

bool GoesLeft(const Tree& tree, std::size_t node, float value) {
  if (std::isnan(value)) return tree.default_left[node] != 0;
  const std::int32_t set = tree.category_set[node];
  if (set < 0) return value < tree.threshold[node];
  return !IsInSet(tree.category_sets[static_cast<std::size_t>(set)], value);
}

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

ForestModel::ForestModel(Forest forest)
    : forest_(std::move(forest)), compiled_(CompiledForest::Make(forest_, {})) {}

ForestModel::~ForestModel() = default;

void ForestModel::StartMargins(std::span<float> margins) const {
  for (std::size_t i = 0; i < margins.size(); ++i)
    margins[i] = forest_.link == Link::kMean ? 0.0F : forest_.base_margin[i % outputs()];
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

// The reference: a tree at a time, all rows of the block through it.
void ForestModel::WalkBlock(const FeatureBlock& block, std::span<float> margins) const {
  const auto width = static_cast<std::size_t>(forest_.features);
  std::vector<float> rows(block.rows * width);
  for (std::size_t j = 0; j < width; ++j) {
    const float* const column = block.values + j * block.stride;
    for (std::size_t i = 0; i < block.rows; ++i) rows[i * width + j] = column[i * block.row_stride];
  }
  StartMargins(margins);
  std::vector<std::uint32_t> leaves(block.rows);
  for (const Tree& tree : forest_.trees) {
    PackedTree(tree).FindLeaves(rows.data(), width, leaves);
    AddLeaves(tree, leaves, margins.data());
  }
}

std::vector<float> ForestModel::Margins(const Matrix& matrix) const {
  const auto rows = static_cast<std::size_t>(matrix.rows());
  std::vector<float> margins(rows * outputs());
  WalkBlock({.values = matrix.values().data(), .stride = rows, .rows = rows}, margins);
  return margins;
}

void ForestModel::BlockMargins(const FeatureBlock& block, std::span<float> out,
                               WorkMemory& work) const {
  if (compiled_ == nullptr) return WalkBlock(block, out);
  compiled_->Margins(block, out.data(),
                     TakeWork<std::uint8_t>(work, compiled_->work_bytes()).data());
}

void ForestModel::FillProbabilities(const float* margins, std::size_t rows,
                                    std::span<double> out) const {
  const auto class_count = static_cast<std::size_t>(forest_.classes);
  for (std::size_t i = 0; i < rows; ++i) {
    const float* const margin = margins + i * outputs();
    const auto probabilities = out.subspan(i * class_count, class_count);
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
}

void ForestModel::PredictBlock(const FeatureBlock& block, std::span<double> out,
                               WorkMemory& work) const {
  const auto class_count = static_cast<std::size_t>(forest_.classes);
  const std::size_t work_bytes = compiled_ == nullptr ? 0 : compiled_->work_bytes();
  const std::size_t most = std::min(block.rows, kPredictRows);
  // The margins lie behind what the engine works in.
  const auto memory =
      TakeWork<std::uint8_t>(work, work_bytes + 64 + most * outputs() * sizeof(float));
  auto* const margins = reinterpret_cast<float*>(memory.data() + (work_bytes + 63) / 64 * 64);
  for (std::size_t first = 0; first < block.rows; first += kPredictRows) {
    const std::size_t rows = std::min(kPredictRows, block.rows - first);
    const FeatureBlock part{.values = block.values + first * block.row_stride,
                            .stride = block.stride,
                            .rows = rows,
                            .row_stride = block.row_stride};
    if (compiled_ == nullptr) {
      WalkBlock(part, {margins, rows * outputs()});
    } else {
      compiled_->Margins(part, margins, memory.data());
    }
    FillProbabilities(margins, rows, out.subspan(first * class_count, rows * class_count));
  }
}

std::string ForestModel::Serialize() const { return WriteForest(forest_); }

}  // namespace reeve::inference
