#include "reeve/learners/logistic/design_rows.h"

#include <algorithm>

#include "reeve/learners/logistic/dot_kernel.h"

namespace reeve::learners {
namespace {

// A value found by its number costs some four times as much as one that stands in line.
constexpr double kMostOfSparse = 0.2;

}  // namespace

DesignRows::DesignRows(const Matrix& matrix) : matrix_(matrix) {
  std::vector<std::size_t> sparse;
  for (std::size_t j = 0; j < columns(); ++j) {
    const auto values = matrix.column(static_cast<std::int64_t>(j));
    const auto zeros = std::count(values.begin(), values.end(), 0.0F);
    const double share = 1 - static_cast<double>(zeros) / static_cast<double>(values.size());
    (share <= kMostOfSparse ? sparse : dense_).push_back(j);
  }
  ListEntries(sparse);
}

void DesignRows::ListEntries(const std::vector<std::size_t>& sparse) {
  begins_.assign(static_cast<std::size_t>(rows()) + 1, 0);
  for (const std::size_t j : sparse) {
    const float* const values = column(j, 0);
    for (std::size_t i = 0; i + 1 < begins_.size(); ++i) begins_[i + 1] += values[i] != 0 ? 1 : 0;
  }
  for (std::size_t i = 1; i < begins_.size(); ++i) begins_[i] += begins_[i - 1];
  entries_.resize(begins_.back());
  std::vector<std::size_t> next(begins_.begin(), begins_.end() - 1);
  for (const std::size_t j : sparse) {
    const float* const values = column(j, 0);
    for (std::size_t i = 0; i < next.size(); ++i) {
      if (values[i] != 0) entries_[next[i]++] = {static_cast<std::uint32_t>(j), values[i]};
    }
  }
}

void DesignRows::AddProducts(std::span<const double> weights, std::int64_t begin, std::int64_t end,
                             double* sums) const {
  const auto count = static_cast<std::size_t>(end - begin);
  for (const std::size_t j : dense_) {
    if (weights[j] == 0) continue;
    const double weight = weights[j];
    const float* const values = column(j, begin);
    for (std::size_t i = 0; i < count; ++i) sums[i] += weight * static_cast<double>(values[i]);
  }
  for (std::int64_t row = begin; row < end; ++row) {
    double sum = 0;
    for (const Entry& entry : entries(row))
      sum += weights[entry.column] * static_cast<double>(entry.value);
    sums[row - begin] += sum;
  }
}

void DesignRows::AddWeightedRows(std::span<const double> factors, std::int64_t begin,
                                 double* sums) const {
  for (const std::size_t j : dense_)
    sums[j] += Dot(factors.data(), column(j, begin), factors.size());
  for (std::size_t i = 0; i < factors.size(); ++i) {
    for (const Entry& entry : entries(begin + static_cast<std::int64_t>(i)))
      sums[entry.column] += factors[i] * static_cast<double>(entry.value);
  }
}

void DesignRows::AddSquares(std::span<const double> factors, std::int64_t begin, std::size_t stride,
                            double* sums) const {
  std::vector<double> scaled(factors.size());
  for (std::size_t a = 0; a < dense_.size(); ++a) {
    const float* const values = column(dense_[a], begin);
    for (std::size_t i = 0; i < scaled.size(); ++i)
      scaled[i] = factors[i] * static_cast<double>(values[i]);
    for (std::size_t b = 0; b <= a; ++b)
      sums[dense_[a] * stride + dense_[b]] +=
          Dot(scaled.data(), column(dense_[b], begin), scaled.size());
  }
  for (std::size_t i = 0; i < factors.size(); ++i) {
    const auto own = entries(begin + static_cast<std::int64_t>(i));
    for (std::size_t a = 0; a < own.size(); ++a) {
      const double scale = factors[i] * static_cast<double>(own[a].value);
      const std::size_t column_a = own[a].column;
      for (const std::size_t b : dense_) {
        const double product = scale * static_cast<double>(column(b, begin)[i]);
        sums[std::max(column_a, b) * stride + std::min(column_a, b)] += product;
      }
      for (std::size_t b = 0; b <= a; ++b)
        sums[column_a * stride + own[b].column] += scale * static_cast<double>(own[b].value);
    }
  }
}

}  // namespace reeve::learners
