#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <vector>

#include "reeve/base/parallel.h"

namespace reeve::learners {

/// Sums over rows that are the same for any number of threads: rows are cut into blocks of fixed
/// size, each block fills a partial sum of `width` numbers, and partial sums are added in the order
/// of the blocks.
class RowBlocks {
 public:
  using Fill = std::function<void(std::int64_t begin, std::int64_t end, double* partial)>;

  RowBlocks(std::int64_t rows, int threads) : rows_(rows), threads_(threads) {}

  std::vector<double> Sum(std::size_t width, const Fill& fill) const {
    const std::int64_t blocks = (rows_ + kBlockRows - 1) / kBlockRows;
    std::vector<double> partials(static_cast<std::size_t>(blocks) * width);
    // Filling never fails.
    (void)ParallelFor(threads_, blocks, [&](std::int64_t block) {
      const std::int64_t begin = block * kBlockRows;
      fill(begin, std::min(begin + kBlockRows, rows_),
           partials.data() + static_cast<std::size_t>(block) * width);
      return Status::Ok();
    });
    std::vector<double> sums(width);
    for (std::size_t i = 0; i < partials.size(); ++i) sums[i % width] += partials[i];
    return sums;
  }

 private:
  static constexpr std::int64_t kBlockRows = 4096;

  std::int64_t rows_;
  int threads_;
};

}  // namespace reeve::learners
