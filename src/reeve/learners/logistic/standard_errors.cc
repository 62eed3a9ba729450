#include "reeve/learners/logistic/standard_errors.h"

#include <cmath>

namespace reeve::learners {
namespace {

// Replaces the lower half of a symmetric n x n matrix by its Cholesky factor; false when it has
// none.
bool Factorise(std::vector<double>& a, std::size_t n) {
  for (std::size_t j = 0; j < n; ++j) {
    for (std::size_t i = j; i < n; ++i) {
      double sum = a[i * n + j];
      for (std::size_t k = 0; k < j; ++k) sum -= a[i * n + k] * a[j * n + k];
      if (i == j && !(sum > 0)) return false;
      a[i * n + j] = i == j ? std::sqrt(sum) : sum / a[j * n + j];
    }
  }
  return true;
}

// The diagonal of the inverse of L L^T: entry j is the squared length of column j of L^-1.
std::vector<double> InverseDiagonal(const std::vector<double>& factor, std::size_t n) {
  std::vector<double> diagonal(n), column(n);
  for (std::size_t j = 0; j < n; ++j) {
    for (std::size_t i = j; i < n; ++i) {
      double sum = i == j ? 1.0 : 0.0;
      for (std::size_t k = j; k < i; ++k) sum -= factor[i * n + k] * column[k];
      column[i] = sum / factor[i * n + i];
      diagonal[j] += column[i] * column[i];
    }
  }
  return diagonal;
}

}  // namespace

std::vector<double> StandardErrors(const LogisticObjective& objective,
                                   std::span<const double> coefficients, double c) {
  if (objective.outputs() != 1 || objective.features() > kMostStandardErrors) return {};
  const std::size_t n = objective.features() + 1;
  std::vector<double> hessian = objective.Hessian(coefficients);
  for (std::size_t i = 0; i + 1 < n; ++i) hessian[i * n + i] += 1 / c;
  if (!Factorise(hessian, n)) return {};
  std::vector<double> errors = InverseDiagonal(hessian, n);
  errors.pop_back();
  for (double& error : errors) {
    error = std::sqrt(error);
    if (!std::isfinite(error)) return {};
  }
  return errors;
}

}  // namespace reeve::learners
