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
      blocks_(set.matrix->rows(), threads),
      outputs_(set.classes == 2 ? 1 : static_cast<std::size_t>(set.classes)),
      features_(static_cast<std::size_t>(set.matrix->cols())) {}

void LogisticObjective::Margins(std::span<const double> coefficients, std::int64_t begin,
                                std::int64_t end, std::vector<double>& margins) const {
  const auto count = static_cast<std::size_t>(end - begin);
  margins.assign(count * outputs_, 0.0);
  for (std::size_t k = 0; k < outputs_; ++k) {
    const double* const weights = coefficients.data() + k * (features_ + 1);
    double* const out = margins.data() + k * count;
    std::fill(out, out + count, weights[features_]);
    for (std::size_t j = 0; j < features_; ++j) {
      if (weights[j] == 0) continue;
      const float* const column = set_.matrix->column(static_cast<std::int64_t>(j)).data() + begin;
      for (std::size_t i = 0; i < count; ++i) out[i] += weights[j] * static_cast<double>(column[i]);
    }
  }
}

LogisticObjective::Value LogisticObjective::Evaluate(std::span<const double> coefficients) const {
  const std::vector<double> sums =
      blocks_.Sum(1 + size(), [&](std::int64_t begin, std::int64_t end, double* partial) {
        const auto count = static_cast<std::size_t>(end - begin);
        std::vector<double> margins;
        Margins(coefficients, begin, end, margins);
        // Margins become residuals (probability - truth) in place.
        for (std::size_t i = 0; i < count; ++i) {
          const auto row = begin + static_cast<std::int64_t>(i);
          const std::int32_t label = set_.labels[static_cast<std::size_t>(row)];
          const double weight = RowWeight(row);
          if (outputs_ == 1) {
            partial[0] += weight * SoftPlus(label == 1 ? -margins[i] : margins[i]);
            margins[i] = weight * (Logistic(margins[i]) - label);
            continue;
          }
          double largest = margins[i];
          for (std::size_t k = 1; k < outputs_; ++k)
            largest = std::max(largest, margins[k * count + i]);
          double sum = 0;
          for (std::size_t k = 0; k < outputs_; ++k)
            sum += std::exp(margins[k * count + i] - largest);
          const double log_sum = largest + std::log(sum);
          partial[0] += weight * (log_sum - margins[static_cast<std::size_t>(label) * count + i]);
          for (std::size_t k = 0; k < outputs_; ++k) {
            const double truth = static_cast<std::size_t>(label) == k ? 1.0 : 0.0;
            margins[k * count + i] = weight * (std::exp(margins[k * count + i] - log_sum) - truth);
          }
        }
        for (std::size_t k = 0; k < outputs_; ++k) {
          double* const gradient = partial + 1 + k * (features_ + 1);
          const double* const residuals = margins.data() + k * count;
          for (std::size_t j = 0; j < features_; ++j) {
            const float* const column =
                set_.matrix->column(static_cast<std::int64_t>(j)).data() + begin;
            double sum = 0;
            for (std::size_t i = 0; i < count; ++i)
              sum += residuals[i] * static_cast<double>(column[i]);
            gradient[j] += sum;
          }
          for (std::size_t i = 0; i < count; ++i) gradient[features_] += residuals[i];
        }
      });
  return {sums[0], std::vector<double>(sums.begin() + 1, sums.end())};
}

std::vector<double> LogisticObjective::Hessian(std::span<const double> coefficients) const {
  const std::size_t n = features_ + 1;
  std::vector<double> hessian =
      blocks_.Sum(n * n, [&](std::int64_t begin, std::int64_t end, double* partial) {
        const auto count = static_cast<std::size_t>(end - begin);
        std::vector<double> curvature;
        Margins(coefficients, begin, end, curvature);
        for (std::size_t i = 0; i < count; ++i) {
          const double p = Logistic(curvature[i]);
          curvature[i] = RowWeight(begin + static_cast<std::int64_t>(i)) * p * (1 - p);
        }
        std::vector<double> scaled(count);
        for (std::size_t a = 0; a < n; ++a) {
          const float* const left =
              a < features_ ? set_.matrix->column(static_cast<std::int64_t>(a)).data() + begin
                            : nullptr;
          for (std::size_t i = 0; i < count; ++i)
            scaled[i] = curvature[i] * (left ? static_cast<double>(left[i]) : 1.0);
          for (std::size_t b = 0; b <= a; ++b) {
            const float* const right =
                b < features_ ? set_.matrix->column(static_cast<std::int64_t>(b)).data() + begin
                              : nullptr;
            double sum = 0;
            for (std::size_t i = 0; i < count; ++i)
              sum += scaled[i] * (right ? static_cast<double>(right[i]) : 1.0);
            partial[a * n + b] += sum;
          }
        }
      });
  for (std::size_t a = 0; a < n; ++a) {
    for (std::size_t b = 0; b < a; ++b) hessian[b * n + a] = hessian[a * n + b];
  }
  return hessian;
}

}  // namespace reeve::learners
