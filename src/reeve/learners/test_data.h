#pragma once

#include <cstdint>
#include <vector>

#include "reeve/learners/learner.h"

namespace reeve::learners {

/// Rows to learn from that own what a TrainingSet points at.
struct Data {
  Matrix matrix;
  std::vector<std::int32_t> labels;
  std::vector<double> weights;
  int classes = 2;

  TrainingSet set() const {
    return {.matrix = &matrix, .labels = labels, .classes = classes, .weights = weights};
  }
};

}  // namespace reeve::learners
