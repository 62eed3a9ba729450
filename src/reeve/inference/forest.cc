#include "reeve/inference/forest.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "reeve/inference/model_file.h"

namespace reeve::inference {
namespace {

// Rows that are walked through one tree after the other: their features stay in the cache.
constexpr std::int64_t kBlockRows = 64;

Status Bad(const std::string& what) { return Status::Corrupt("forest: " + what); }

bool IsInSet(const std::vector<std::uint32_t>& words, float value) {
  // Codes are whole numbers from 0; anything else is in no set.
  if (!(value >= 0) || value >= static_cast<float>(words.size() * 32)) return false;
  const auto code = static_cast<std::uint32_t>(value);
  return (words[code / 32] >> (code % 32) & 1U) != 0;
}

// The leaf that a row (its features one after the other) comes to.
std::size_t Walk(const Tree& tree, const float* row) {
  std::size_t node = 0;
  while (tree.left[node] >= 0) {
    const float value = row[tree.feature[node]];
    bool goes_left;
    if (std::isnan(value)) {
      goes_left = tree.default_left[node] != 0;
    } else if (tree.category_set[node] >= 0) {
      goes_left =
          !IsInSet(tree.category_sets[static_cast<std::size_t>(tree.category_set[node])], value);
    } else {
      goes_left = value < tree.threshold[node];
    }
    node = static_cast<std::size_t>(goes_left ? tree.left[node] : tree.right[node]);
  }
  return node;
}

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

void ForestModel::AddMargins(const Matrix& matrix, std::int64_t begin, std::int64_t end,
                             float* margins) const {
  const auto width = static_cast<std::size_t>(matrix.cols());
  const std::size_t output_count = outputs();
  std::vector<float> rows(static_cast<std::size_t>(kBlockRows) * width);
  for (std::int64_t first = begin; first < end; first += kBlockRows) {
    const auto count = static_cast<std::size_t>(std::min(kBlockRows, end - first));
    for (std::size_t j = 0; j < width; ++j) {
      const auto column = matrix.column(static_cast<std::int64_t>(j));
      for (std::size_t i = 0; i < count; ++i)
        rows[i * width + j] = column[static_cast<std::size_t>(first) + i];
    }
    float* const block = margins + static_cast<std::size_t>(first - begin) * output_count;
    for (const Tree& tree : forest_.trees) {
      for (std::size_t i = 0; i < count; ++i) {
        const std::size_t leaf = Walk(tree, rows.data() + i * width);
        float* const out = block + i * output_count;
        if (forest_.link == Link::kMean) {
          const float* const shares =
              forest_.leaf_vectors.data() +
              static_cast<std::size_t>(tree.leaf_vector[leaf]) * output_count;
          for (std::size_t k = 0; k < output_count; ++k) out[k] += shares[k];
        } else {
          out[tree.output] += tree.threshold[leaf];
        }
      }
    }
  }
}

std::vector<float> ForestModel::Margins(const Matrix& matrix) const {
  const std::size_t output_count = outputs();
  std::vector<float> margins(static_cast<std::size_t>(matrix.rows()) * output_count);
  for (std::size_t i = 0; i < margins.size() && forest_.link != Link::kMean; ++i) {
    margins[i] = forest_.base_margin[i % output_count];
  }
  AddMargins(matrix, 0, matrix.rows(), margins.data());
  return margins;
}

void ForestModel::PredictRows(const Matrix& matrix, std::int64_t begin, std::int64_t end,
                              Probabilities& out) const {
  const std::size_t output_count = outputs();
  std::vector<float> margins(static_cast<std::size_t>(end - begin) * output_count);
  for (std::size_t i = 0; i < margins.size() && forest_.link != Link::kMean; ++i) {
    margins[i] = forest_.base_margin[i % output_count];
  }
  AddMargins(matrix, begin, end, margins.data());
  for (std::int64_t row = begin; row < end; ++row) {
    const float* const margin =
        margins.data() + static_cast<std::size_t>(row - begin) * output_count;
    const std::span<double> probabilities = out.mutable_row(row);
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

std::string ForestModel::Serialize() const { return WriteForest(forest_); }

}  // namespace reeve::inference
