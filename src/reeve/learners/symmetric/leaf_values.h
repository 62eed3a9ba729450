#pragma once

#include <span>
#include <vector>

#include "reeve/learners/learner.h"
#include "reeve/learners/log_loss/gradients.h"
#include "reeve/learners/symmetric/leaf_partition.h"

namespace reeve::learners {

struct LeafOptions {
  /// Newton steps per leaf; each sees the derivatives where the last one ended.
  int steps = 1;
  /// L2 penalty on leaf values: the steps lead to the minimum of the loss plus lambda / 2 value².
  double lambda = 0;
  double learning_rate = 1;
};

/// Finds the values of a tree's leaves from the rows in them.
class LeafFitter {
 public:
  /// `set` holds the learnt rows alone (LearntRows' layout: labels and weights by learnt row) and
  /// outlives the object.
  LeafFitter(const TrainingSet& set, const LeafOptions& options);

  /// `leaves` x outputs values, already times the learning rate. `rows` is sorted; `gradients` are
  /// those at `margins`.
  std::vector<float> Fit(const LeafPartition& rows, std::span<const float> margins,
                         const Gradients& gradients, int threads);

 private:
  std::vector<float> FitTwoClasses(const LeafPartition& rows, std::span<const float> margins,
                                   int threads);
  std::vector<float> FitManyClasses(const LeafPartition& rows, std::span<const float> margins,
                                    const Gradients& gradients, int threads);

  const TrainingSet& set_;
  LeafOptions options_;
  /// Two classes: labels and weights as float32, and all of a row sorted by leaf.
  std::vector<float> labels_, weights_;
  std::vector<float> sorted_margins_, sorted_labels_, sorted_weights_;
  /// More classes: margins and derivatives on the way.
  std::vector<float> shifted_;
  Gradients moved_;
};

}  // namespace reeve::learners
