#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "reeve/base/random.h"

namespace reeve::learners {

/// Some of many rows, drawn anew for every tree: its tests are chosen by them, its leaves answer
/// for all. A row's share follows the size of its derivatives, by whose inverse it is weighed, so
/// that sums over the drawn rows estimate those over all with the smallest variance (minimal
/// variance sampling, Ibragimov and Gusev 2019).
class RowSample {
 public:
  /// About `most` of `rows`; 0: all.
  RowSample(std::size_t rows, std::size_t most, std::uint64_t seed);

  bool takes_all() const { return most_ >= rows_; }

  /// Draws the rows of a round. Derivatives are row-major, `outputs` a row. REQUIRES: !takes_all().
  void Draw(int round, std::span<const float> gradients, std::span<const float> hessians,
            std::size_t outputs);
  /// What was drawn, rising.
  std::span<const std::uint32_t> rows() const { return drawn_; }
  /// Row-major values of the drawn rows times their weights. Valid until the next call with the
  /// same `storage`.
  std::span<const float> Take(std::span<const float> values, std::vector<float>& storage) const;

 private:
  double SizeOfWeightOne() const;

  std::size_t rows_, most_;
  Random random_;
  /// Of every row the size of its derivatives.
  std::vector<float> sizes_;
  std::vector<std::uint32_t> drawn_;
  /// How many rows each drawn one stands for.
  std::vector<float> weights_;
};

}  // namespace reeve::learners
