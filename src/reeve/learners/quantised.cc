#include "reeve/learners/quantised.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "reeve/base/parallel.h"

namespace reeve::learners {
namespace {

constexpr std::size_t kMostBins = 255;  // 0 … 254; 255 is missing

// A float t with a < t <= b.
float Between(float a, float b) {
  const float middle = a + (b - a) / 2;
  return middle > a && middle <= b ? middle : b;
}

// What is not missing among the rows that cuts come from, in order of size.
std::vector<float> SortedValues(std::span<const float> values,
                                std::span<const std::int64_t> cut_rows) {
  std::vector<float> sorted;
  const auto keep = [&](float value) {
    if (!std::isnan(value)) sorted.push_back(value);
  };
  if (cut_rows.empty()) {
    std::for_each(values.begin(), values.end(), keep);
  } else {
    for (const std::int64_t row : cut_rows) keep(values[static_cast<std::size_t>(row)]);
  }
  std::sort(sorted.begin(), sorted.end());
  return sorted;
}

std::vector<float> FindCuts(const std::vector<float>& sorted) {
  std::vector<float> distinct(sorted), cuts;
  distinct.erase(std::unique(distinct.begin(), distinct.end()), distinct.end());
  if (distinct.size() <= kMostBins) {
    for (std::size_t i = 1; i < distinct.size(); ++i)
      cuts.push_back(Between(distinct[i - 1], distinct[i]));
    return cuts;
  }
  for (std::size_t i = 1; i < kMostBins; ++i) {
    const float at = sorted[i * sorted.size() / kMostBins];
    const auto next = std::lower_bound(distinct.begin(), distinct.end(), at);
    if (next == distinct.begin()) continue;
    const float cut = Between(*(next - 1), *next);
    if (cuts.empty() || cut > cuts.back()) cuts.push_back(cut);
  }
  return cuts;
}

QuantisedColumn QuantiseNumbers(std::span<const float> values, std::vector<float> cuts) {
  QuantisedColumn column;
  column.cuts = std::move(cuts);
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

template <typename CutsOf>
QuantisedMatrix QuantiseColumns(const Matrix& matrix, int threads, CutsOf cuts_of) {
  QuantisedMatrix quantised{.columns = {}, .rows = matrix.rows()};
  quantised.columns.resize(static_cast<std::size_t>(matrix.cols()));
  // Quantising never fails.
  (void)ParallelFor(threads, matrix.cols(), [&](std::int64_t j) {
    const MatrixColumn& described = matrix.columns()[static_cast<std::size_t>(j)];
    quantised.columns[static_cast<std::size_t>(j)] =
        described.is_categorical ? QuantiseCategories(matrix.column(j), described.cardinality)
                                 : QuantiseNumbers(matrix.column(j), cuts_of(j));
    return Status::Ok();
  });
  return quantised;
}

}  // namespace

QuantisedMatrix Quantise(const Matrix& matrix, int threads) {
  return Quantise(matrix, {}, threads);
}

QuantisedMatrix Quantise(const Matrix& matrix, std::span<const std::int64_t> cut_rows,
                         int threads) {
  return QuantiseColumns(matrix, threads, [&](std::int64_t j) {
    return FindCuts(SortedValues(matrix.column(j), cut_rows));
  });
}

QuantisedMatrix QuantiseAs(const Matrix& matrix, const QuantisedMatrix& model, int threads) {
  return QuantiseColumns(matrix, threads, [&](std::int64_t j) {
    return model.columns[static_cast<std::size_t>(j)].cuts;
  });
}

}  // namespace reeve::learners
