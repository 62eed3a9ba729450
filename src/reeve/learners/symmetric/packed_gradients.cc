#include "reeve/learners/symmetric/packed_gradients.h"

#include <algorithm>
#include <cmath>

namespace reeve::learners {
namespace {

constexpr double kLargestSum = 0x1.0p30;

// The largest power of two that keeps the sum of each output's absolute values below 2^30.
double StepsPerUnit(std::span<const float> values, std::size_t outputs) {
  std::vector<double> sums(outputs);
  for (std::size_t i = 0; i < values.size(); i += outputs) {
    for (std::size_t k = 0; k < outputs; ++k)
      sums[k] += static_cast<double>(std::abs(values[i + k]));
  }
  const double largest = std::max(*std::max_element(sums.begin(), sums.end()), 0x1.0p-60);
  return std::exp2(std::floor(std::log2(kLargestSum / largest)));
}

// The whole number nearest to `value`, half to even; faster than a call of the library.
std::int64_t Round(double value) {
  constexpr double kRounder = 0x1.8p52;
  return static_cast<std::int64_t>(value + kRounder - kRounder);
}

}  // namespace

void PackedGradients::Pack(std::span<const float> gradients, std::span<const float> hessians) {
  const double gradient_steps = StepsPerUnit(gradients, outputs_);
  const double hessian_steps = StepsPerUnit(hessians, outputs_);
  gradient_unit_ = 1 / gradient_steps;
  hessian_unit_ = 1 / hessian_steps;
  words_.resize(gradients.size());
  for (std::size_t i = 0; i < words_.size(); ++i) {
    const std::int64_t gradient = Round(static_cast<double>(gradients[i]) * gradient_steps);
    const std::int64_t hessian = Round(static_cast<double>(hessians[i]) * hessian_steps);
    words_[i] = (gradient << 32) + hessian;
  }
}

}  // namespace reeve::learners
