#include "reeve/learners/symmetric/leaf_values.h"

#include <algorithm>
#include <cmath>

#include "reeve/base/parallel.h"
#include "reeve/learners/symmetric/newton_kernel.h"

namespace reeve::learners {
namespace {

// A step below this changes no margin that matters.
constexpr double kSmallStep = 1e-4;

// Where rows are sure and wrong, second derivatives vanish and a full step would leap far beyond
// the minimum.
constexpr double kLargestStep = 2;

// From `value` towards the minimum of the loss and lambda / 2 value².
double NewtonStep(double gradient, double hessian, double lambda, double value) {
  const double denominator = hessian + lambda;
  if (denominator <= 0) return 0;
  return std::clamp(-(gradient + lambda * value) / denominator, -kLargestStep, kLargestStep);
}

// Adds up what stands row by row, `outputs` values each, by leaf. On the grid of Gradients sums are
// exact.
std::vector<double> SumByLeaf(const LeafPartition& rows, std::span<const float> values,
                              std::size_t outputs) {
  std::vector<double> sums(rows.leaves() * outputs);
  const auto leaf_of = rows.leaf_of();
  for (std::size_t i = 0; i < leaf_of.size(); ++i) {
    double* const own = sums.data() + leaf_of[i] * outputs;
    const float* const from = values.data() + i * outputs;
    for (std::size_t k = 0; k < outputs; ++k) own[k] += static_cast<double>(from[k]);
  }
  return sums;
}

}  // namespace

LeafFitter::LeafFitter(const TrainingSet& set, const LeafOptions& options)
    : set_(set), options_(options), moved_(set) {
  if (set.classes != 2) {
    shifted_.resize(set.labels.size() * static_cast<std::size_t>(set.classes));
    return;
  }
  labels_.assign(set.labels.begin(), set.labels.end());
  for (const double weight : set.weights) weights_.push_back(static_cast<float>(weight));
  sorted_margins_.resize(labels_.size());
  sorted_labels_.resize(labels_.size());
  sorted_weights_.resize(weights_.size());
}

std::vector<float> LeafFitter::Fit(const LeafPartition& rows, std::span<const float> margins,
                                   const Gradients& gradients, int threads) {
  return set_.classes == 2 ? FitTwoClasses(rows, margins, threads)
                           : FitManyClasses(rows, margins, gradients, threads);
}

std::vector<float> LeafFitter::FitTwoClasses(const LeafPartition& rows,
                                             std::span<const float> margins, int threads) {
  const auto order = rows.order();
  for (std::size_t i = 0; i < order.size(); ++i) {
    sorted_margins_[i] = margins[order[i]];
    sorted_labels_[i] = labels_[order[i]];
  }
  for (std::size_t i = 0; i < weights_.size(); ++i) sorted_weights_[i] = weights_[order[i]];
  std::vector<float> values(rows.leaves());
  // The task never fails.
  (void)ParallelFor(threads, static_cast<std::int64_t>(rows.leaves()), [&](std::int64_t i) {
    const auto leaf = static_cast<std::size_t>(i);
    const std::size_t begin = rows.begin(leaf);
    const LeafRows own{.margins = sorted_margins_.data() + begin,
                       .labels = sorted_labels_.data() + begin,
                       .weights = weights_.empty() ? nullptr : sorted_weights_.data() + begin,
                       .count = rows.size(leaf)};
    double value = 0;
    for (int step = 0; step < options_.steps && own.count > 0; ++step) {
      const DerivativeSums sums = SumDerivatives(own, static_cast<float>(value));
      const double move = NewtonStep(sums.gradient, sums.hessian, options_.lambda, value);
      value += move;
      if (std::abs(move) < kSmallStep) break;
    }
    values[leaf] = static_cast<float>(value * options_.learning_rate);
    return Status::Ok();
  });
  return values;
}

std::vector<float> LeafFitter::FitManyClasses(const LeafPartition& rows,
                                              std::span<const float> margins,
                                              const Gradients& gradients, int threads) {
  const auto outputs = static_cast<std::size_t>(set_.classes);
  std::vector<double> values(rows.leaves() * outputs);
  for (int step = 0; step < options_.steps; ++step) {
    const Gradients& at = step == 0 ? gradients : moved_;
    const std::vector<double> sums = SumByLeaf(rows, at.gradients(), outputs);
    const std::vector<double> curvatures = SumByLeaf(rows, at.hessians(), outputs);
    double largest = 0;
    for (std::size_t i = 0; i < values.size(); ++i) {
      const double move = NewtonStep(sums[i], curvatures[i], options_.lambda, values[i]);
      values[i] += move;
      largest = std::max(largest, std::abs(move));
    }
    if (step + 1 == options_.steps || largest < kSmallStep) break;
    const auto leaf_of = rows.leaf_of();
    for (std::size_t i = 0; i < leaf_of.size(); ++i) {
      for (std::size_t k = 0; k < outputs; ++k) {
        shifted_[i * outputs + k] =
            margins[i * outputs + k] + static_cast<float>(values[leaf_of[i] * outputs + k]);
      }
    }
    moved_.Compute(shifted_, threads);
  }
  std::vector<float> scaled;
  scaled.reserve(values.size());
  for (const double value : values)
    scaled.push_back(static_cast<float>(value * options_.learning_rate));
  return scaled;
}

}  // namespace reeve::learners
