#pragma once

#include <span>
#include <vector>

#include "reeve/learners/logistic/objective.h"

namespace reeve::learners {

/// Columns up to which standard errors are formed: the matrix of second derivatives has to be
/// inverted.
inline constexpr std::size_t kMostStandardErrors = 300;

/// Standard error of each weight of a logistic regression with two classes and an L2 penalty of
/// strength 1 / c: the roots of the diagonal of the inverse of the penalised second derivatives at
/// the optimum (Wald; the normal approximation to the posterior under the penalty's prior, so a
/// strong penalty makes them small). Of `features` weights, without the intercept.
///
/// Empty where none is known: more than two classes, more than kMostStandardErrors columns, or
/// derivatives that cannot be inverted.
std::vector<double> StandardErrors(const LogisticObjective& objective,
                                   std::span<const double> coefficients, double c);

}  // namespace reeve::learners
