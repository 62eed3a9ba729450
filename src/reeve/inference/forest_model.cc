#include "reeve/inference/forest_model.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "reeve/base/portable_exp.h"
#include "reeve/base/wide_loops.h"
#include "reeve/inference/compiled_forest.h"
#include "reeve/inference/model_file.h"
#include "reeve/inference/packed_tree.h"
#include "reeve/inference/work_memory.h"

namespace reeve::inference {
namespace {

// Rows whose margins are held at a time: enough for a deep tree to be worth bringing into the
// cache.
constexpr std::size_t kPredictRows = 8192;

// Rows whose probabilities are computed, in vectors, before they are put into pairs.
constexpr std::size_t kLogisticRows = 64;

REEVE_LOOP void LogisticPairs(const float* margins, std::size_t rows, double* pairs) {
  constexpr double kMost = 700;  // what Exp takes; a probability is within 1e-304 of 0 or 1 there
  for (std::size_t first = 0; first < rows; first += kLogisticRows) {
    const std::size_t count = rows - first < kLogisticRows ? rows - first : kLogisticRows;
    double probabilities[kLogisticRows];
    for (std::size_t i = 0; i < count; ++i) {
      const double x = -static_cast<double>(margins[first + i]);
      const double low = x < -kMost ? -kMost : x;
      probabilities[i] = 1 / (1 + Exp(low > kMost ? kMost : low));
    }
    for (std::size_t i = 0; i < count; ++i) {
      pairs[2 * (first + i)] = 1 - probabilities[i];
      pairs[2 * (first + i) + 1] = probabilities[i];
    }
  }
}

void Logistic(const float* margins, std::size_t rows, double* pairs) {
  RunLoop<LogisticPairs>(margins, rows, pairs);
}

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

Result<std::unique_ptr<ForestModel>> ForestModel::Make(const Forest& forest) {
  REEVE_RETURN_IF_ERROR(forest.Validate());
  return std::unique_ptr<ForestModel>(new ForestModel(CompactForest::From(forest)));
}

Result<std::unique_ptr<ForestModel>> ForestModel::Make(CompactForest forest) {
  REEVE_RETURN_IF_ERROR(forest.Validate());
  return std::unique_ptr<ForestModel>(new ForestModel(std::move(forest)));
}

ForestModel::ForestModel(CompactForest forest) : forest_(std::move(forest)) {}

ForestModel::~ForestModel() = default;

const CompiledForest* ForestModel::Compiled() const {
  std::call_once(compile_once_, [this] { compiled_ = CompiledForest::Make(forest_, {}); });
  return compiled_.get();
}

void ForestModel::Prepare() const { (void)Compiled(); }

void ForestModel::StartMargins(std::span<float> margins) const {
  for (std::size_t i = 0; i < margins.size(); ++i)
    margins[i] = forest_.link == Link::kMean ? 0.0F : forest_.base_margin[i % forest_.outputs()];
}

void ForestModel::AddLeaves(const Tree& tree, std::span<const std::uint32_t> leaves,
                            float* margins) const {
  const std::size_t output_count = forest_.outputs();
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
  CompactTrees::Cursor trees(forest_.trees);
  while (const Tree* const tree = trees.Next()) {
    PackedTree(*tree).FindLeaves(rows.data(), width, leaves);
    AddLeaves(*tree, leaves, margins.data());
  }
}

std::vector<float> ForestModel::Margins(const Matrix& matrix) const {
  const auto rows = static_cast<std::size_t>(matrix.rows());
  std::vector<float> margins(rows * forest_.outputs());
  WalkBlock({.values = matrix.values().data(), .stride = rows, .rows = rows}, margins);
  return margins;
}

void ForestModel::BlockMargins(const FeatureBlock& block, std::span<float> out,
                               WorkMemory& work) const {
  const CompiledForest* const compiled = Compiled();
  if (compiled == nullptr) return WalkBlock(block, out);
  compiled->Margins(block, out.data(), TakeWork<std::uint8_t>(work, compiled->work_bytes()).data());
}

void ForestModel::FillProbabilities(const float* margins, std::size_t rows,
                                    std::span<double> out) const {
  if (forest_.link == Link::kLogistic) return Logistic(margins, rows, out.data());
  const auto class_count = static_cast<std::size_t>(forest_.classes);
  const auto link = forest_.link == Link::kSoftmax ? Softmax : Normalise;
  for (std::size_t i = 0; i < rows; ++i)
    link(margins + i * forest_.outputs(), out.subspan(i * class_count, class_count));
}

void ForestModel::PredictBlock(const FeatureBlock& block, std::span<double> out,
                               WorkMemory& work) const {
  const auto class_count = static_cast<std::size_t>(forest_.classes);
  const CompiledForest* const compiled = Compiled();
  const std::size_t work_bytes = compiled == nullptr ? 0 : compiled->work_bytes();
  const std::size_t most = std::min(block.rows, kPredictRows);
  // The margins lie behind what the engine works in.
  const auto memory =
      TakeWork<std::uint8_t>(work, work_bytes + 64 + most * forest_.outputs() * sizeof(float));
  auto* const margins = reinterpret_cast<float*>(memory.data() + (work_bytes + 63) / 64 * 64);
  for (std::size_t first = 0; first < block.rows; first += kPredictRows) {
    const std::size_t rows = std::min(kPredictRows, block.rows - first);
    const FeatureBlock part{.values = block.values + first * block.row_stride,
                            .stride = block.stride,
                            .rows = rows,
                            .row_stride = block.row_stride};
    if (compiled == nullptr) {
      WalkBlock(part, {margins, rows * forest_.outputs()});
    } else {
      compiled->Margins(part, margins, memory.data());
    }
    FillProbabilities(margins, rows, out.subspan(first * class_count, rows * class_count));
  }
}

std::string ForestModel::Serialize() const { return WriteForest(forest_); }

}  // namespace reeve::inference
