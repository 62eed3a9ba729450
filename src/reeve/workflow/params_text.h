#pragma once

#include <string>

#include "reeve/learners/learner.h"

namespace reeve::workflow {

/// Parameters in one line: "eta=0.1 max_depth=6". Of an ensemble, whose parameters are numbered by
/// member: "0.6 boosted (eta=0.1), 0.4 logistic (c=1)".
std::string ParamsText(const std::string& learner, const learners::Params& params);

}  // namespace reeve::workflow
