#pragma once

#include <memory>

#include "reeve/learners/learner.h"

namespace reeve::learners {

/// Random forest (Breiman 2001): trees grown deep on bootstrap samples, a few random features tried
/// at each node, class shares of the leaves averaged. Columns are quantised to at most 255 values
/// first; with splitter=random the cut of a tried feature is drawn (extra trees); categories split
/// by sets; missing values go to the side that is better. Trees are independent and have their own
/// random stream, so any number of threads gives the same forest.
std::unique_ptr<Learner> MakeForest();

}  // namespace reeve::learners
