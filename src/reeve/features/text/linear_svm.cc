#include "reeve/features/text/linear_svm.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "reeve/base/random.h"

namespace reeve::features {
namespace {

// The dual problem: one variable for each row, not below 0.
class DualDescent {
 public:
  DualDescent(const SparseRows& matrix, std::span<const std::int64_t> rows,
              std::span<const std::uint8_t> is_positive, double cost)
      : matrix_(matrix), rows_(rows), is_positive_(is_positive), ridge_(0.5 / cost) {
    separator_.weights.resize(static_cast<std::size_t>(matrix.columns()));
    duals_.resize(rows.size());
    curvatures_.reserve(rows.size());
    for (const std::int64_t row : rows) {
      double squares = 1;  // the constant
      for (const SparseRows::Value& value : matrix.row(row))
        squares += static_cast<double>(value.value) * static_cast<double>(value.value);
      curvatures_.push_back(squares + ridge_);
    }
  }

  // Makes the variable of the i-th row optimal; gives how far it was from that.
  double Step(std::size_t i) {
    const auto row = matrix_.row(rows_[i]);
    const double sign = is_positive_[i] != 0 ? 1 : -1;
    const double gradient = sign * separator_.Margin(row) - 1 + ridge_ * duals_[i];
    const double violation = duals_[i] == 0 ? std::min(gradient, 0.0) : gradient;
    if (violation == 0) return 0;
    const double next = std::max(duals_[i] - gradient / curvatures_[i], 0.0);
    const double change = sign * (next - duals_[i]);
    duals_[i] = next;
    for (const SparseRows::Value& value : row)
      separator_.weights[static_cast<std::size_t>(value.column)] +=
          change * static_cast<double>(value.value);
    separator_.intercept += change;
    return std::abs(violation);
  }

  LinearSeparator Take() { return std::move(separator_); }

 private:
  const SparseRows& matrix_;
  std::span<const std::int64_t> rows_;
  std::span<const std::uint8_t> is_positive_;
  double ridge_;
  LinearSeparator separator_;
  std::vector<double> duals_, curvatures_;
};

}  // namespace

LinearSeparator TrainLinearSvm(const SparseRows& matrix, std::span<const std::int64_t> rows,
                               std::span<const std::uint8_t> is_positive,
                               const LinearSvmOptions& options) {
  DualDescent descent(matrix, rows, is_positive, options.cost);
  std::vector<std::size_t> order(rows.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  Random random(options.seed);
  for (int pass = 0; pass < options.most_passes; ++pass) {
    random.Shuffle(std::span(order));
    double largest = 0;
    for (const std::size_t i : order) largest = std::max(largest, descent.Step(i));
    if (largest < options.tolerance) break;
  }
  return descent.Take();
}

}  // namespace reeve::features
