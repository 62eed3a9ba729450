#include "reeve/learners/symmetric/output_sketch.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace reeve::learners {
namespace {

// Exact: derivatives lie on a grid.
std::vector<double> SizesOf(std::span<const float> values, std::size_t outputs) {
  std::vector<double> sizes(outputs);
  for (std::size_t i = 0; i < values.size(); i += outputs) {
    for (std::size_t k = 0; k < outputs; ++k)
      sizes[k] += static_cast<double>(std::abs(values[i + k]));
  }
  return sizes;
}

}  // namespace

OutputSketch::OutputSketch(std::size_t outputs, std::size_t most, std::uint64_t seed)
    : outputs_(outputs), random_(Random(seed).Fork("outputs")) {
  chosen_.resize(std::min(outputs, most));
  std::iota(chosen_.begin(), chosen_.end(), std::size_t{0});
}

// Weighted sampling without replacement: the largest of u^(1 / size) (Efraimidis and Spirakis
// 2006).
void OutputSketch::Draw(int round, std::span<const float> gradients) {
  if (takes_all()) return;
  Random random = random_.Fork("round", static_cast<std::uint64_t>(round));
  std::vector<double> keys = SizesOf(gradients, outputs_);
  for (double& key : keys) key = std::log(1 - random.Uniform()) / std::max(key, 1e-30);
  std::vector<std::size_t> order(outputs_);
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return keys[a] > keys[b]; });
  std::copy_n(order.begin(), chosen_.size(), chosen_.begin());
  std::sort(chosen_.begin(), chosen_.end());
}

std::span<const float> OutputSketch::Take(std::span<const float> values,
                                          std::vector<float>& storage) const {
  if (takes_all()) return values;
  storage.resize(values.size() / outputs_ * chosen_.size());
  float* out = storage.data();
  for (std::size_t i = 0; i < values.size(); i += outputs_) {
    for (const std::size_t k : chosen_) *out++ = values[i + k];
  }
  return storage;
}

}  // namespace reeve::learners
