#include "reeve/learners/symmetric/row_sample.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace reeve::learners {

RowSample::RowSample(std::size_t rows, std::size_t most, std::uint64_t seed)
    : rows_(rows),
      most_(most == 0 ? std::numeric_limits<std::size_t>::max() : most),
      random_(Random(seed).Fork("rows")) {}

// From this size on a row is always drawn; smaller ones in proportion to their size. Starts too
// high and comes down, since fewer rows are left for the others with each that is always drawn.
double RowSample::SizeOfWeightOne() const {
  double bound = std::numeric_limits<double>::infinity();
  for (std::size_t always = 0;;) {
    double smaller = 0;
    std::size_t count = 0;
    for (const float size : sizes_) {
      if (static_cast<double>(size) >= bound) {
        ++count;
      } else {
        smaller += static_cast<double>(size);
      }
    }
    if (std::isfinite(bound) && count == always) return bound;
    always = count;
    if (always >= most_) return bound;
    bound = smaller / static_cast<double>(most_ - always);
  }
}

// Systematic sampling: shares are laid end to end, and who lies on one of the marks at distance one
// is drawn.
void RowSample::Draw(int round, std::span<const float> gradients, std::span<const float> hessians,
                     std::size_t outputs) {
  sizes_.resize(rows_);
  for (std::size_t i = 0; i < rows_; ++i) {
    float square = 0;
    for (std::size_t at = i * outputs; at < (i + 1) * outputs; ++at)
      square += gradients[at] * gradients[at] + hessians[at] * hessians[at];
    sizes_[i] = std::sqrt(square);
  }
  const double bound = std::max(SizeOfWeightOne(), 1e-30);
  drawn_.clear();
  weights_.clear();
  double mark = random_.Fork("round", static_cast<std::uint64_t>(round)).Uniform(), laid = 0;
  for (std::size_t i = 0; i < rows_; ++i) {
    const double share = std::min(static_cast<double>(sizes_[i]) / bound, 1.0);
    laid += share;
    if (laid <= mark) continue;
    mark += 1;
    drawn_.push_back(static_cast<std::uint32_t>(i));
    weights_.push_back(static_cast<float>(1 / share));
  }
}

std::span<const float> RowSample::Take(std::span<const float> values,
                                       std::vector<float>& storage) const {
  const std::size_t outputs = values.size() / rows_;
  storage.resize(drawn_.size() * outputs);
  float* out = storage.data();
  for (std::size_t i = 0; i < drawn_.size(); ++i) {
    const float* const from = values.data() + drawn_[i] * outputs;
    for (std::size_t k = 0; k < outputs; ++k) *out++ = weights_[i] * from[k];
  }
  return storage;
}

}  // namespace reeve::learners
