#include "reeve/learners/log_loss/gradients.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "reeve/base/parallel.h"
#include "reeve/learners/log_loss/log_loss_kernel.h"

namespace reeve::learners {
namespace {

constexpr std::int64_t kBlockRows = 16384;
constexpr double kGrid = 0x1.0p-24;

std::size_t Outputs(const TrainingSet& set) {
  return set.classes == 2 ? 1 : static_cast<std::size_t>(set.classes);
}

double WeightOf(const TrainingSet& set, std::size_t row) {
  return set.weights.empty() ? 1.0 : set.weights[row];
}

double TotalWeight(const TrainingSet& set) {
  return set.weights.empty() ? static_cast<double>(set.labels.size())
                             : std::accumulate(set.weights.begin(), set.weights.end(), 0.0);
}

// Where derivatives go; null when only the loss is wanted.
struct Target {
  float* gradients = nullptr;
  float* hessians = nullptr;
  double quantum = 0;
};

void StoreOnGrid(double* values, double quantum, float* out, std::size_t count) {
  RoundToGrid(values, quantum);
  for (std::size_t i = 0; i < count; ++i) out[i] = static_cast<float>(values[i]);
}

// Sum of the weighted losses of rows begin … end-1 of two classes.
double SumOfBinaryRows(const TrainingSet& set, std::span<const float> margins, std::size_t begin,
                       std::size_t end, const Target& target) {
  const bool derivatives = target.gradients != nullptr;
  return BinaryLogLoss({.margins = margins.data() + begin,
                        .labels = set.labels.data() + begin,
                        .weights = set.weights.empty() ? nullptr : set.weights.data() + begin,
                        .gradients = derivatives ? target.gradients + begin : nullptr,
                        .hessians = derivatives ? target.hessians + begin : nullptr,
                        .quantum = target.quantum},
                       end - begin);
}

// The same for more classes: some rows of `outputs` values at a time.
class SoftmaxRows {
 public:
  SoftmaxRows(const TrainingSet& set, std::span<const float> margins, const Target& target)
      : set_(set),
        margins_(margins),
        target_(target),
        outputs_(Outputs(set)),
        group_rows_(std::max<std::size_t>(kKernelRows / outputs_, 1)),
        padded_((group_rows_ * outputs_ + kKernelRows - 1) / kKernelRows * kKernelRows),
        share_(padded_),
        gradient_(padded_),
        hessian_(padded_),
        largest_(group_rows_),
        sum_(group_rows_) {}

  double Sum(std::size_t begin, std::size_t end) {
    double loss = 0;
    for (std::size_t first = begin; first < end; first += group_rows_) {
      const std::size_t count = std::min(group_rows_, end - first);
      FillShares(first, count);
      for (std::size_t i = 0; i < count; ++i) {
        const auto label = static_cast<std::size_t>(set_.labels[first + i]);
        const double own = margins_[(first + i) * outputs_ + label];
        loss += WeightOf(set_, first + i) * (std::log(sum_[i]) + (largest_[i] - own));
      }
      if (target_.gradients != nullptr) StoreDerivatives(first, count);
    }
    return loss;
  }

 private:
  // exp(margin - largest) of each value, and their sum per row.
  void FillShares(std::size_t first, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
      const float* const row = margins_.data() + (first + i) * outputs_;
      largest_[i] = *std::max_element(row, row + outputs_);
      for (std::size_t k = 0; k < outputs_; ++k)
        share_[i * outputs_ + k] = static_cast<double>(row[k]) - largest_[i];
    }
    std::fill(share_.begin() + static_cast<std::ptrdiff_t>(count * outputs_), share_.end(), 0.0);
    for (std::size_t at = 0; at < padded_; at += kKernelRows) ExpOfNegative(share_.data() + at);
    for (std::size_t i = 0; i < count; ++i) {
      const double* const row = share_.data() + i * outputs_;
      sum_[i] = std::accumulate(row, row + outputs_, 0.0);
    }
  }

  void StoreDerivatives(std::size_t first, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
      const double weight = WeightOf(set_, first + i), scale = 1 / sum_[i];
      const auto label = static_cast<std::size_t>(set_.labels[first + i]);
      for (std::size_t k = 0; k < outputs_; ++k) {
        const std::size_t at = i * outputs_ + k;
        const double p = share_[at] * scale;
        gradient_[at] = weight * (p - (k == label ? 1.0 : 0.0));
        // Twice the diagonal of the second derivative, as is usual for the softmax.
        hessian_[at] = std::max(2 * weight * p * (1 - p), target_.quantum);
      }
    }
    const std::size_t used = count * outputs_;
    for (std::size_t at = 0; at < used; at += kKernelRows) {
      const std::size_t size = std::min(kKernelRows, used - at);
      const std::size_t to = first * outputs_ + at;
      StoreOnGrid(gradient_.data() + at, target_.quantum, target_.gradients + to, size);
      StoreOnGrid(hessian_.data() + at, target_.quantum, target_.hessians + to, size);
    }
  }

  const TrainingSet& set_;
  std::span<const float> margins_;
  const Target& target_;
  std::size_t outputs_, group_rows_, padded_;
  std::vector<double> share_, gradient_, hessian_;
  std::vector<double> largest_, sum_;
};

// Sum of the weighted losses; blocks are added in their order, whichever thread did them.
double SumOverBlocks(const TrainingSet& set, std::span<const float> margins, const Target& target,
                     int threads) {
  const auto rows = static_cast<std::int64_t>(set.labels.size());
  const std::int64_t blocks = (rows + kBlockRows - 1) / kBlockRows;
  std::vector<double> losses(static_cast<std::size_t>(blocks));
  // The task never fails.
  (void)ParallelFor(threads, blocks, [&](std::int64_t block) {
    const auto begin = static_cast<std::size_t>(block * kBlockRows);
    const auto end = static_cast<std::size_t>(std::min((block + 1) * kBlockRows, rows));
    losses[static_cast<std::size_t>(block)] =
        Outputs(set) == 1 ? SumOfBinaryRows(set, margins, begin, end, target)
                          : SoftmaxRows(set, margins, target).Sum(begin, end);
    return Status::Ok();
  });
  return std::accumulate(losses.begin(), losses.end(), 0.0);
}

}  // namespace

Gradients::Gradients(const TrainingSet& set) : set_(set), total_weight_(TotalWeight(set)) {
  const double largest =
      set.weights.empty() ? 1.0 : *std::max_element(set.weights.begin(), set.weights.end());
  quantum_ = std::exp2(std::ceil(std::log2(largest))) * kGrid;
  gradients_.resize(set.labels.size() * Outputs(set));
  hessians_.resize(set.labels.size() * Outputs(set));
}

double Gradients::Compute(std::span<const float> margins, int threads) {
  const Target target{
      .gradients = gradients_.data(), .hessians = hessians_.data(), .quantum = quantum_};
  return SumOverBlocks(set_, margins, target, threads) / total_weight_;
}

double MarginLogLoss(const TrainingSet& set, std::span<const float> margins, int threads) {
  return SumOverBlocks(set, margins, Target(), threads) / TotalWeight(set);
}

}  // namespace reeve::learners
