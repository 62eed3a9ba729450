#include "reeve/learners/forest/quantised.h"

#include <algorithm>
#include <cmath>

#include "reeve/base/parallel.h"

namespace reeve::learners {
namespace {

constexpr std::size_t kMostBins = 255;  // 0 … 254; 255 is missing

// A float t with a < t <= b.
float Between(float a, float b) {
  const float middle = a + (b - a) / 2;
  return middle > a && middle <= b ? middle : b;
}

QuantisedColumn QuantiseNumbers(std::span<const float> values) {
  std::vector<float> sorted;
  for (const float value : values) {
    if (!std::isnan(value)) sorted.push_back(value);
  }
  std::sort(sorted.begin(), sorted.end());
  std::vector<float> distinct(sorted);
  distinct.erase(std::unique(distinct.begin(), distinct.end()), distinct.end());
  QuantisedColumn column;
  if (distinct.size() <= kMostBins) {
    for (std::size_t i = 1; i < distinct.size(); ++i)
      column.cuts.push_back(Between(distinct[i - 1], distinct[i]));
  } else {
    for (std::size_t i = 1; i < kMostBins; ++i) {
      const float at = sorted[i * sorted.size() / kMostBins];
      const auto next = std::lower_bound(distinct.begin(), distinct.end(), at);
      if (next == distinct.begin()) continue;
      const float cut = Between(*(next - 1), *next);
      if (column.cuts.empty() || cut > column.cuts.back()) column.cuts.push_back(cut);
    }
  }
  column.bins.reserve(values.size());
  for (const float value : values) {
    const auto bin =
        std::upper_bound(column.cuts.begin(), column.cuts.end(), value) - column.cuts.begin();
    column.bins.push_back(std::isnan(value) ? kMissingBin : static_cast<std::uint8_t>(bin));
  }
  return column;
}

QuantisedColumn QuantiseCategories(std::span<const float> values, std::int32_t cardinality) {
  QuantisedColumn column{
      .is_categorical = true, .bins = {}, .cuts = {}, .largest_code = std::max(cardinality - 1, 0)};
  column.bins.reserve(values.size());
  for (const float value : values) {
    column.bins.push_back(std::isnan(value) ? kMissingBin
                                            : static_cast<std::uint8_t>(std::min(
                                                  value, static_cast<float>(kMostBins - 1))));
  }
  return column;
}

}  // namespace

std::vector<QuantisedColumn> Quantise(const Matrix& matrix, int threads) {
  std::vector<QuantisedColumn> columns(static_cast<std::size_t>(matrix.cols()));
  // Quantising never fails.
  (void)ParallelFor(threads, matrix.cols(), [&](std::int64_t j) {
    const MatrixColumn& described = matrix.columns()[static_cast<std::size_t>(j)];
    columns[static_cast<std::size_t>(j)] =
        described.is_categorical ? QuantiseCategories(matrix.column(j), described.cardinality)
                                 : QuantiseNumbers(matrix.column(j));
    return Status::Ok();
  });
  return columns;
}

}  // namespace reeve::learners
