#pragma once

#include <cstdint>
#include <vector>

#include "reeve/base/cancellation.h"
#include "reeve/base/result.h"
#include "reeve/learners/logistic/objective.h"

namespace reeve::learners {

struct SolverOptions {
  /// Weight of the losses against the penalty (scikit-learn's C).
  double c = 1;
  bool l1 = false;
  int max_iterations = 1000;
  /// Stops when the largest derivative is below this share of C x rows.
  double tolerance = 1e-8;
  const Cancellation* cancellation = &Cancellation::Never();
};

struct Solution {
  std::vector<double> coefficients;
  std::int64_t iterations = 0;
};

/// Minimises C x loss + penalty from `start`. Newton for one output with L2 and few features, else
/// L-BFGS.
Result<Solution> Minimise(const LogisticObjective& objective, std::vector<double> start,
                          const SolverOptions& options);

}  // namespace reeve::learners
