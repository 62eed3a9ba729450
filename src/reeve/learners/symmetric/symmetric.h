#pragma once

#include <memory>

#include "reeve/learners/learner.h"

namespace reeve::learners {

/// Gradient boosting of symmetric (oblivious) trees: all nodes of a level share one test, so a tree
/// of depth d is d tests and 2^d leaves (Kohavi 1994; Prokhorenkova et al. 2018). The shape is a
/// strong prior against overfitting, and each leaf's value is found by several Newton steps on its
/// own rows rather than by the one that chose the split.
///
/// Works on quantised columns; categories count as numbers, their codes in order of frequency.
/// Missing values are tried on both sides. More than two classes share the tests of a round, with a
/// value for each class in each leaf; they come out as one tree per class. Sums are exact in whole
/// numbers, so threads change nothing. Without TrainOptions::early_stopping every round is kept.
/// Nothing is random: the seed does not matter.
std::unique_ptr<Learner> MakeSymmetric();

}  // namespace reeve::learners
