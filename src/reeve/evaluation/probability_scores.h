#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "reeve/table/probabilities.h"

namespace reeve::evaluation {

/// -ln p of the true class for each row, p clipped to [2^-52, 1 - 2^-52] after normalising, as
/// scikit-learn does.
std::vector<double> LogLosses(std::span<const std::int32_t> labels,
                              const Probabilities& probabilities);

/// Two classes: (p - y)². More: the sum over classes of (p_k - y_k)².
std::vector<double> BrierLosses(std::span<const std::int32_t> labels,
                                const Probabilities& probabilities);

/// The probability of the positive class of each row. REQUIRES: two classes.
std::vector<double> PositiveColumn(const Probabilities& probabilities);

/// Weighted mean; plain mean for no weights.
double WeightedMean(std::span<const double> values, std::span<const double> weights);

}  // namespace reeve::evaluation
