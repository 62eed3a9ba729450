#include "reeve/learners/learnt_rows.h"

namespace reeve::learners {

LearntRows::LearntRows(const TrainingSet& set) : set_(set) {
  set_.rows = {};
  set_.quantised = nullptr;
  if (set.rows.empty()) return;
  matrix_ = set.matrix->Take(set.rows);
  labels_.reserve(set.rows.size());
  for (std::size_t i = 0; i < set.rows.size(); ++i) labels_.push_back(set.labels[set.row(i)]);
  for (std::size_t i = 0; i < set.rows.size() && !set.weights.empty(); ++i)
    weights_.push_back(set.weights[set.row(i)]);
  set_.matrix = &matrix_;
  set_.labels = labels_;
  set_.weights = weights_;
}

}  // namespace reeve::learners
