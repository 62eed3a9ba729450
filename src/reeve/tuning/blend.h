#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "reeve/table/probabilities.h"

namespace reeve::tuning {

/// Weights of a mixture by greedy selection (Caruana et al. 2004, "Ensemble selection from
/// libraries of models"): starting with nothing, the member that lowers the log loss of the mixture
/// most is added, again and again with repetition; a weight is how often one was chosen. Stops
/// when no member lowers it any more, or after `picks`.
///
/// `members` are predictions for the same rows by models that never saw them; `labels` has one
/// class a row. Gives one weight a member, summing to 1; many are 0. Ties go to the first.
/// Deterministic. REQUIRES: at least one member and one row.
std::vector<double> BlendWeights(std::span<const Probabilities* const> members,
                                 std::span<const std::int32_t> labels, int picks);

/// The weighted mean of predictions; members of weight 0 are not looked at.
Probabilities Blend(std::span<const Probabilities* const> members, std::span<const double> weights);

/// How much smaller the mean of `losses` is than that of `others`, row by row, and the standard
/// error of that difference.
struct PairedGain {
  double mean = 0;
  double standard_error = 0;
};
/// REQUIRES: as many losses as others, at least one.
PairedGain CompareLosses(std::span<const double> losses, std::span<const double> others);

}  // namespace reeve::tuning
