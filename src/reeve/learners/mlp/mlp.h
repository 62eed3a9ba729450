#pragma once

#include <memory>

#include "reeve/learners/learner.h"

namespace reeve::learners {

/// A multilayer perceptron for tables: sigmoid linear units, dropout, decoupled weight decay
/// (AdamW: Loshchilov and Hutter 2019) under a rate that rises for a tenth of the steps and falls
/// along a cosine to 0. No row is watched: how long it trains is settled beforehand
/// (mlp_work.h).
std::unique_ptr<Learner> MakeMlp();

}  // namespace reeve::learners
