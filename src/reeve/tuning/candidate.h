#pragma once

#include <string>
#include <vector>

#include "reeve/base/result.h"
#include "reeve/learners/learner.h"

namespace reeve::tuning {

/// Configurations of one learner that are trained together on the same matrix: a regularisation
/// path, or a single one.
struct Candidate {
  std::string learner;
  /// The matrix it is trained on.
  learners::InputKind input = learners::InputKind::kTrees;
  std::vector<learners::Params> path;
};

/// A single configuration of the learner called `learner`. Fails with kInvalidArgument for unknown
/// names of learners; parameters are validated by training.
Result<Candidate> MakeCandidate(const std::string& learner, const learners::Params& params);

}  // namespace reeve::tuning
