#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "reeve/table/probabilities.h"

namespace reeve::tuning {

/// Members that belong together, by greedy selection (Caruana et al. 2004, "Ensemble selection from
/// libraries of models"): starting with nothing, the member that lowers the log loss of the mixture
/// most is added, again and again with repetition; a weight is how often one was chosen. Stops
/// when no member lowers it any more, or after `picks`.
///
/// `members` are predictions for the same rows by models that never saw them; `labels` has one
/// class a row. Gives one weight a member, summing to 1; many are 0. Ties go to the first.
/// Deterministic. REQUIRES: at least one member and one row.
std::vector<double> SelectMembers(std::span<const Probabilities* const> members,
                                  std::span<const std::int32_t> labels, int picks);

/// Weights of a mixture: the mean of what SelectMembers gives for 20 samples of the rows, each as
/// large and drawn with replacement. What chance makes of one selection evens out: members that are
/// equally good get equal shares, where one selection takes one of them and stops.
///
/// Takes what SelectMembers takes; gives one weight a member, summing to 1. Deterministic.
std::vector<double> MixtureWeights(std::span<const Probabilities* const> members,
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
