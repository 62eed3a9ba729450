#include "reeve/learners/xgboost/gradients.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "reeve/base/parallel.h"

namespace reeve::learners {
namespace {

constexpr std::int64_t kBlockRows = 16384;
constexpr double kGrid = 0x1.0p-24;

double WeightOf(const TrainingSet& set, std::size_t row) {
  return set.weights.empty() ? 1.0 : set.weights[row];
}

// ln(1 + exp(x)) without overflow.
double SoftPlus(double x) { return x > 0 ? x + std::log1p(std::exp(-x)) : std::log1p(std::exp(x)); }

// Fills `probabilities` with the softmax of a row's margins; returns the log loss for `label`.
double Softmax(const float* margins, std::size_t label, std::vector<double>& probabilities) {
  double largest = margins[0];
  for (std::size_t k = 1; k < probabilities.size(); ++k)
    largest = std::max<double>(largest, margins[k]);
  double sum = 0;
  for (std::size_t k = 0; k < probabilities.size(); ++k) {
    probabilities[k] = std::exp(static_cast<double>(margins[k]) - largest);
    sum += probabilities[k];
  }
  for (double& p : probabilities) p /= sum;
  return largest + std::log(sum) - static_cast<double>(margins[label]);
}

}  // namespace

Gradients::Gradients(const TrainingSet& set)
    : set_(set), outputs_(set.classes == 2 ? 1 : static_cast<std::size_t>(set.classes)) {
  const double largest =
      set.weights.empty() ? 1.0 : *std::max_element(set.weights.begin(), set.weights.end());
  quantum_ = std::exp2(std::ceil(std::log2(largest))) * kGrid;
  total_weight_ = set.weights.empty()
                      ? static_cast<double>(set.labels.size())
                      : std::accumulate(set.weights.begin(), set.weights.end(), 0.0);
  gradients_.resize(set.labels.size() * outputs_);
  hessians_.resize(set.labels.size() * outputs_);
}

float Gradients::OnGrid(double value) const {
  return static_cast<float>(std::nearbyint(value / quantum_) * quantum_);
}

double Gradients::FillBinary(std::span<const float> margins, std::int64_t begin, std::int64_t end) {
  double loss = 0;
  for (auto row = static_cast<std::size_t>(begin); row < static_cast<std::size_t>(end); ++row) {
    const double margin = margins[row];
    const double weight = WeightOf(set_, row);
    const double e = std::exp(-std::abs(margin));
    const double p = margin >= 0 ? 1 / (1 + e) : e / (1 + e);
    gradients_[row] = OnGrid(weight * (p - set_.labels[row]));
    // At least one step of the grid: a leaf's denominator is never 0.
    hessians_[row] = OnGrid(std::max(weight * p * (1 - p), quantum_));
    loss += weight *
            (std::log1p(e) + ((margin >= 0) == (set_.labels[row] == 1) ? 0 : std::abs(margin)));
  }
  return loss;
}

double Gradients::FillMulticlass(std::span<const float> margins, std::int64_t begin,
                                 std::int64_t end) {
  std::vector<double> p(outputs_);
  double loss = 0;
  for (auto row = static_cast<std::size_t>(begin); row < static_cast<std::size_t>(end); ++row) {
    const auto label = static_cast<std::size_t>(set_.labels[row]);
    const double weight = WeightOf(set_, row);
    loss += weight * Softmax(margins.data() + row * outputs_, label, p);
    for (std::size_t k = 0; k < outputs_; ++k) {
      gradients_[row * outputs_ + k] = OnGrid(weight * (p[k] - (k == label ? 1.0 : 0.0)));
      // Twice the diagonal of the second derivative, as is usual for the softmax.
      hessians_[row * outputs_ + k] =
          OnGrid(std::max(std::min(2 * p[k] * (1 - p[k]), 1.0) * weight, quantum_));
    }
  }
  return loss;
}

double Gradients::Compute(std::span<const float> margins, int threads) {
  const auto rows = static_cast<std::int64_t>(set_.labels.size());
  const std::int64_t blocks = (rows + kBlockRows - 1) / kBlockRows;
  std::vector<double> losses(static_cast<std::size_t>(blocks));
  // Filling never fails.
  (void)ParallelFor(threads, blocks, [&](std::int64_t block) {
    const std::int64_t begin = block * kBlockRows, end = std::min(begin + kBlockRows, rows);
    losses[static_cast<std::size_t>(block)] =
        outputs_ == 1 ? FillBinary(margins, begin, end) : FillMulticlass(margins, begin, end);
    return Status::Ok();
  });
  return std::accumulate(losses.begin(), losses.end(), 0.0) / total_weight_;
}

double MarginLogLoss(const TrainingSet& set, std::span<const float> margins) {
  const std::size_t outputs = set.classes == 2 ? 1 : static_cast<std::size_t>(set.classes);
  std::vector<double> p(outputs);
  double loss = 0, total = 0;
  for (std::size_t row = 0; row < set.labels.size(); ++row) {
    const double weight = WeightOf(set, row);
    const double margin = margins[row * outputs];
    loss += weight * (outputs == 1 ? SoftPlus(set.labels[row] == 1 ? -margin : margin)
                                   : Softmax(margins.data() + row * outputs,
                                             static_cast<std::size_t>(set.labels[row]), p));
    total += weight;
  }
  return loss / total;
}

}  // namespace reeve::learners
