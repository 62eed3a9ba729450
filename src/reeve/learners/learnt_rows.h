#pragma once

#include <vector>

#include "reeve/learners/learner.h"

namespace reeve::learners {

/// A training set whose matrix holds the learnt rows and no others: for learners that read the
/// matrix from end to end. Copies only when the set names rows. Owns the copies; does not own what
/// it was made from, which outlives it.
class LearntRows {
 public:
  explicit LearntRows(const TrainingSet& set);
  LearntRows(const LearntRows&) = delete;
  LearntRows& operator=(const LearntRows&) = delete;

  /// `rows` and `quantised` are empty. Valid as long as this object.
  const TrainingSet& set() const { return set_; }

 private:
  Matrix matrix_;
  std::vector<std::int32_t> labels_;
  std::vector<double> weights_;
  TrainingSet set_;
};

}  // namespace reeve::learners
