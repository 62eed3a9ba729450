#include "reeve/learners/symmetric/leaf_partition.h"

#include <algorithm>
#include <numeric>

#include "reeve/learners/quantised.h"

namespace reeve::learners {

void LeafPartition::Reset() {
  std::fill(leaf_of_.begin(), leaf_of_.end(), std::uint8_t{0});
  std::iota(order_.begin(), order_.end(), std::uint32_t{0});
  begins_ = {0, leaf_of_.size()};
  leaves_ = 1;
}

void LeafPartition::Reset(std::size_t rows) {
  leaf_of_.resize(rows);
  order_.resize(rows);
  Reset();
}

void LeafPartition::Split(std::span<const std::uint8_t> bins, const SymmetricTest& test) {
  const std::uint8_t last = test.last_left_bin;
  std::uint8_t* const leaf = leaf_of_.data();
  if (test.missing_left) {
    for (std::size_t i = 0; i < bins.size(); ++i) {
      const bool right = bins[i] > last && bins[i] != kMissingBin;
      leaf[i] = static_cast<std::uint8_t>(2 * leaf[i] + (right ? 1 : 0));
    }
  } else {
    for (std::size_t i = 0; i < bins.size(); ++i)
      leaf[i] = static_cast<std::uint8_t>(2 * leaf[i] + (bins[i] > last ? 1 : 0));
  }
  leaves_ *= 2;
}

void LeafPartition::Sort() {
  // Four counters for each leaf: neighbouring rows are often in the same one, and would wait for
  // each other.
  std::uint32_t counts[4][256] = {};
  const std::size_t rows = leaf_of_.size();
  for (std::size_t i = 0; i < rows; ++i) ++counts[i % 4][leaf_of_[i]];
  begins_.assign(leaves_ + 1, 0);
  std::size_t next[256];
  for (std::size_t leaf = 0; leaf < leaves_; ++leaf) {
    next[leaf] = begins_[leaf];
    begins_[leaf + 1] =
        begins_[leaf] + counts[0][leaf] + counts[1][leaf] + counts[2][leaf] + counts[3][leaf];
  }
  for (std::size_t i = 0; i < rows; ++i)
    order_[next[leaf_of_[i]]++] = static_cast<std::uint32_t>(i);
}

}  // namespace reeve::learners
