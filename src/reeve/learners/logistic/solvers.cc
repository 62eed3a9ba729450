#include "reeve/learners/logistic/solvers.h"

#include <algorithm>
#include <cmath>

#include <lbfgs.h>

namespace reeve::learners {
namespace {

// Beyond this many features forming and factorising second derivatives costs more than it saves.
constexpr std::size_t kMostNewtonFeatures = 300;

// Penalised value and gradient for L2 (L1's kink is the solver's own business).
double Penalise(const LogisticObjective& objective, std::span<const double> coefficients,
                const SolverOptions& options, LogisticObjective::Value& value) {
  const std::size_t stride = objective.features() + 1;
  double total = options.c * value.loss;
  for (std::size_t i = 0; i < coefficients.size(); ++i) {
    value.gradient[i] *= options.c;
    if (options.l1 || i % stride == objective.features()) continue;
    total += 0.5 * coefficients[i] * coefficients[i];
    value.gradient[i] += coefficients[i];
  }
  return total;
}

double LargestEntry(const std::vector<double>& values) {
  double largest = 0;
  for (const double value : values) largest = std::max(largest, std::abs(value));
  return largest;
}

// Solves A x = b for symmetric positive definite A (row-major, destroyed) by Cholesky; false when
// it is not.
bool SolveCholesky(std::vector<double>& a, std::vector<double>& b) {
  const std::size_t n = b.size();
  for (std::size_t j = 0; j < n; ++j) {
    for (std::size_t k = 0; k < j; ++k) a[j * n + j] -= a[j * n + k] * a[j * n + k];
    if (!(a[j * n + j] > 0)) return false;
    a[j * n + j] = std::sqrt(a[j * n + j]);
    for (std::size_t i = j + 1; i < n; ++i) {
      for (std::size_t k = 0; k < j; ++k) a[i * n + j] -= a[i * n + k] * a[j * n + k];
      a[i * n + j] /= a[j * n + j];
    }
  }
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t k = 0; k < i; ++k) b[i] -= a[i * n + k] * b[k];
    b[i] /= a[i * n + i];
  }
  for (std::size_t i = n; i-- > 0;) {
    for (std::size_t k = i + 1; k < n; ++k) b[i] -= a[k * n + i] * b[k];
    b[i] /= a[i * n + i];
  }
  return true;
}

Result<Solution> Newton(const LogisticObjective& objective, std::vector<double> x,
                        const SolverOptions& options) {
  const std::size_t n = objective.size();
  auto value = objective.Evaluate(x);
  double total = Penalise(objective, x, options, value);
  Solution solution;
  for (; solution.iterations < options.max_iterations; ++solution.iterations) {
    REEVE_RETURN_IF_ERROR(options.cancellation->Check());
    if (LargestEntry(value.gradient) <= options.tolerance * std::max(1.0, options.c)) break;
    std::vector<double> hessian = objective.Hessian(x);
    for (double& entry : hessian) entry *= options.c;
    // The penalty on weights, and a trace of one on the intercept so that the matrix can be
    // factorised when every probability is already 0 or 1.
    for (std::size_t i = 0; i < n; ++i) hessian[i * n + i] += i + 1 < n ? 1.0 : 1e-10;
    std::vector<double> step = value.gradient;
    if (!SolveCholesky(hessian, step)) break;
    double length = 1;
    bool improved = false;
    for (int halving = 0; halving < 40 && !improved; ++halving, length /= 2) {
      std::vector<double> candidate = x;
      for (std::size_t i = 0; i < n; ++i) candidate[i] -= length * step[i];
      auto candidate_value = objective.Evaluate(candidate);
      const double candidate_total = Penalise(objective, candidate, options, candidate_value);
      if (!(candidate_total < total)) continue;
      improved = true;
      x = std::move(candidate);
      value = std::move(candidate_value);
      total = candidate_total;
    }
    if (!improved) break;  // as close as doubles come
  }
  solution.coefficients = std::move(x);
  return solution;
}

struct LbfgsContext {
  const LogisticObjective& objective;
  const SolverOptions& options;
  std::int64_t iterations = 0;
};

double EvaluateForLbfgs(void* instance, const double* x, double* gradient, int n, double /*step*/) {
  const auto& context = *static_cast<const LbfgsContext*>(instance);
  const std::span<const double> coefficients(x, static_cast<std::size_t>(n));
  auto value = context.objective.Evaluate(coefficients);
  const double total = Penalise(context.objective, coefficients, context.options, value);
  std::copy(value.gradient.begin(), value.gradient.end(), gradient);
  return total;
}

// NOLINT(function-size): the signature is liblbfgs's
int ProgressOfLbfgs(void* instance, const double*, const double*, double, double, double, double,
                    int, int iteration, int) {
  auto& context = *static_cast<LbfgsContext*>(instance);
  context.iterations = iteration;
  return context.options.cancellation->requested() ? 1 : 0;
}

// liblbfgs applies L1 to a contiguous range, so coefficients are handed over with all intercepts
// last.
class InterceptsLast {
 public:
  explicit InterceptsLast(const LogisticObjective& objective) {
    const std::size_t stride = objective.features() + 1;
    for (std::size_t i = 0; i < objective.size(); ++i) {
      if (i % stride != objective.features()) order_.push_back(i);
    }
    for (std::size_t k = 0; k < objective.outputs(); ++k)
      order_.push_back(k * stride + objective.features());
  }
  std::vector<double> There(std::span<const double> x) const {
    std::vector<double> there;
    for (const std::size_t i : order_) there.push_back(x[i]);
    return there;
  }
  std::vector<double> Back(std::span<const double> x) const {
    std::vector<double> back(x.size());
    for (std::size_t i = 0; i < x.size(); ++i) back[order_[i]] = x[i];
    return back;
  }

 private:
  std::vector<std::size_t> order_;
};

struct ReorderedContext {
  LbfgsContext inner;
  const InterceptsLast& order;
};

double EvaluateReordered(void* instance, const double* x, double* gradient, int n, double step) {
  auto& context = *static_cast<ReorderedContext*>(instance);
  const auto size = static_cast<std::size_t>(n);
  const std::vector<double> ours = context.order.Back({x, size});
  std::vector<double> our_gradient(size);
  const double total = EvaluateForLbfgs(&context.inner, ours.data(), our_gradient.data(), n, step);
  const std::vector<double> theirs = context.order.There(our_gradient);
  std::copy(theirs.begin(), theirs.end(), gradient);
  return total;
}

// NOLINT(function-size): the signature is liblbfgs's
int ProgressReordered(void* instance, const double* x, const double* g, double fx, double xnorm,
                      double gnorm, double step, int n, int iteration, int evaluations) {
  return ProgressOfLbfgs(&static_cast<ReorderedContext*>(instance)->inner, x, g, fx, xnorm, gnorm,
                         step, n, iteration, evaluations);
}

Result<Solution> Lbfgs(const LogisticObjective& objective, const std::vector<double>& start,
                       const SolverOptions& options) {
  const InterceptsLast order(objective);
  std::vector<double> x = order.There(start);
  lbfgs_parameter_t parameters;
  lbfgs_parameter_init(&parameters);
  parameters.max_iterations = options.max_iterations;
  parameters.epsilon = options.tolerance;
  parameters.m = 10;
  if (options.l1) {
    parameters.orthantwise_c = 1;
    parameters.orthantwise_start = 0;
    parameters.orthantwise_end = static_cast<int>(objective.outputs() * objective.features());
    parameters.linesearch = LBFGS_LINESEARCH_BACKTRACKING;
  }
  ReorderedContext context{{objective, options}, order};
  double total = 0;
  // Failures of the line search mean that doubles cannot get closer; the point reached is the
  // answer.
  lbfgs(static_cast<int>(x.size()), x.data(), &total, EvaluateReordered, ProgressReordered,
        &context, &parameters);
  REEVE_RETURN_IF_ERROR(options.cancellation->Check());
  const bool finite =
      std::all_of(x.begin(), x.end(), [](double value) { return std::isfinite(value); });
  return Solution{finite ? order.Back(x) : start, context.inner.iterations};
}

}  // namespace

Result<Solution> Minimise(const LogisticObjective& objective, std::vector<double> start,
                          const SolverOptions& options) {
  if (objective.outputs() == 1 && !options.l1 && objective.features() <= kMostNewtonFeatures) {
    return Newton(objective, std::move(start), options);
  }
  return Lbfgs(objective, start, options);
}

}  // namespace reeve::learners
