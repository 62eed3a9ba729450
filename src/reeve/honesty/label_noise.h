#pragma once

#include <cstdint>
#include <vector>

#include "reeve/contract/warning.h"
#include "reeve/honesty/scored_rows.h"

namespace reeve::honesty {

/// A row whose label is probably wrong.
struct SuspectLabel {
  /// Position among the rows looked at.
  std::size_t position = 0;
  /// The class that it is more likely of.
  std::int32_t suggested = 0;
  /// Out-of-fold probability of the label it has, and of the suggested one.
  double own = 0, other = 0;
};

struct LabelNoise {
  /// Empty unless the labels are noisy.
  std::vector<contract::Warning> warnings;
  /// The least likely labels first. Empty without a warning.
  std::vector<SuspectLabel> suspects;
};

/// `label_noise`, from out-of-fold predictions. Two questions:
///
/// Which rows contradict the model? Confident learning (Northcutt et al. 2021): a row is suspect
/// when the class that reaches its own threshold (the mean probability of the class over rows that
/// carry it) most clearly is not its label.
///
/// Is that noise, or a task where nobody can be sure? In the second case the surest predictions are
/// hardly ever wrong, and errors grow as they become less sure; wrong labels strike sure and unsure
/// rows alike. So noise is reported for a predicted class when among the surest quarter of the rows
/// predicted so at least 2 % are wrong (lower end of Wilson's 95 % interval), in the next quarter
/// at most half as many again, and no more than a third of what chance would give. Needs 40 rows in
/// a quarter.
LabelNoise FindLabelNoise(const ScoredRows& out_of_fold);

}  // namespace reeve::honesty
