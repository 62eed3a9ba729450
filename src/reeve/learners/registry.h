#pragma once

#include <memory>
#include <string>
#include <vector>

#include "reeve/learners/learner.h"

namespace reeve::learners {

/// The learners there are, in the order they are tried: "logistic", "forest", "boosted",
/// "symmetric".
std::vector<std::string> LearnerNames();

/// The learner called `name`. Fails with kInvalidArgument naming the nearest.
Result<std::unique_ptr<Learner>> MakeLearner(const std::string& name);

}  // namespace reeve::learners
