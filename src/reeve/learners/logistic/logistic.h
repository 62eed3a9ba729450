#pragma once

#include <memory>

#include "reeve/learners/learner.h"

namespace reeve::learners {

/// Logistic regression for two and more classes with an L2 or L1 penalty, as scikit-learn defines
/// it: C x (sum of log losses) + |w|²/2 or |w|₁, the intercept free.
///
/// Two classes with L2 are solved by Newton's method with step halving, everything else by L-BFGS
/// (Nocedal 1980) or, for L1, its orthant-wise variant (Andrew and Gao 2007). A path of C values is
/// fitted from the strongest penalty to the weakest, each from the last. Sums over rows are formed
/// in fixed blocks, so the result does not depend on threads.
std::unique_ptr<Learner> MakeLogistic();

}  // namespace reeve::learners
