#include "reeve/learners/logistic/objective.h"

#include <algorithm>
#include <cmath>

namespace reeve::learners {
namespace {

// ln(1 + exp(x)) without overflow.
double SoftPlus(double x) { return x > 0 ? x + std::log1p(std::exp(-x)) : std::log1p(std::exp(x)); }

double Logistic(double x) {
  return x >= 0 ? 1 / (1 + std::exp(-x)) : std::exp(x) / (1 + std::exp(x));
}

}  // namespace

LogisticObjective::LogisticObjective(const TrainingSet& set, int threads)
    : set_(set),
      rows_(*set.matrix),
      blocks_(set.matrix->rows(), threads),
      outputs_(set.classes == 2 ? 1 : static_cast<std::size_t>(set.classes)),
      features_(static_cast<std::size_t>(set.matrix->cols())) {}

void LogisticObjective::Margins(std::span<const double> coefficients, std::int64_t begin,
                                std::int64_t end, std::vector<double>& margins) const {
  const auto count = static_cast<std::size_t>(end - begin);
  margins.resize(count * outputs_);
  for (std::size_t k = 0; k < outputs_; ++k) {
    const auto own = coefficients.subspan(k * (features_ + 1), features_ + 1);
    double* const out = margins.data() + k * count;
    std::fill(out, out + count, own[features_]);
    rows_.AddProducts(own.first(features_), begin, end, out);
  }
}

double LogisticObjective::BinaryResiduals(std::int64_t begin, std::vector<double>& margins) const {
  double loss = 0;
  for (std::size_t i = 0; i < margins.size(); ++i) {
    const auto row = begin + static_cast<std::int64_t>(i);
    const std::int32_t label = set_.labels[static_cast<std::size_t>(row)];
    const double weight = RowWeight(row);
    loss += weight * SoftPlus(label == 1 ? -margins[i] : margins[i]);
    margins[i] = weight * (Logistic(margins[i]) - label);
  }
  return loss;
}

double LogisticObjective::SoftmaxResiduals(std::int64_t begin, std::vector<double>& margins) const {
  const std::size_t count = margins.size() / outputs_;
  double loss = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const auto row = begin + static_cast<std::int64_t>(i);
    const auto label = static_cast<std::size_t>(set_.labels[static_cast<std::size_t>(row)]);
    const double weight = RowWeight(row);
    double largest = margins[i];
    for (std::size_t k = 1; k < outputs_; ++k) largest = std::max(largest, margins[k * count + i]);
    const double of_label = margins[label * count + i] - largest;
    double sum = 0;
    for (std::size_t k = 0; k < outputs_; ++k) {
      double& value = margins[k * count + i];
      value = std::exp(value - largest);
      sum += value;
    }
    loss += weight * (std::log(sum) - of_label);
    const double scale = weight / sum;
    for (std::size_t k = 0; k < outputs_; ++k) margins[k * count + i] *= scale;
    margins[label * count + i] -= weight;
  }
  return loss;
}

LogisticObjective::Value LogisticObjective::Evaluate(std::span<const double> coefficients) const {
  const std::vector<double> sums =
      blocks_.Sum(1 + size(), [&](std::int64_t begin, std::int64_t end, double* partial) {
        const auto count = static_cast<std::size_t>(end - begin);
        std::vector<double> margins;
        Margins(coefficients, begin, end, margins);
        partial[0] +=
            outputs_ == 1 ? BinaryResiduals(begin, margins) : SoftmaxResiduals(begin, margins);
        for (std::size_t k = 0; k < outputs_; ++k) {
          double* const gradient = partial + 1 + k * (features_ + 1);
          const auto residuals = std::span<const double>(margins).subspan(k * count, count);
          rows_.AddWeightedRows(residuals, begin, gradient);
          for (const double residual : residuals) gradient[features_] += residual;
        }
      });
  return {sums[0], std::vector<double>(sums.begin() + 1, sums.end())};
}

std::vector<double> LogisticObjective::Hessian(std::span<const double> coefficients) const {
  const std::size_t n = features_ + 1;
  std::vector<double> hessian =
      blocks_.Sum(n * n, [&](std::int64_t begin, std::int64_t end, double* partial) {
        std::vector<double> curvature;
        Margins(coefficients, begin, end, curvature);
        for (std::size_t i = 0; i < curvature.size(); ++i) {
          const double p = Logistic(curvature[i]);
          curvature[i] = RowWeight(begin + static_cast<std::int64_t>(i)) * p * (1 - p);
        }
        rows_.AddSquares(curvature, begin, n, partial);
        double* const of_intercept = partial + features_ * n;
        rows_.AddWeightedRows(curvature, begin, of_intercept);
        for (const double value : curvature) of_intercept[features_] += value;
      });
  for (std::size_t a = 0; a < n; ++a) {
    for (std::size_t b = 0; b < a; ++b) hessian[b * n + a] = hessian[a * n + b];
  }
  return hessian;
}

}  // namespace reeve::learners
