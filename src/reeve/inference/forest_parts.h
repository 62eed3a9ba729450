#pragma once

#include <cstdint>
#include <span>

#include "reeve/inference/compact_forest.h"

namespace reeve::inference {

/// A boosted forest as it was after its first `rounds` rounds, a tree for each output a round. All
/// of it when it has no more; its start values alone for 0.
/// REQUIRES: kLogistic or kSoftmax.
CompactForest FirstRounds(const CompactForest& forest, std::int64_t rounds);

/// One forest that answers with the mean of `forests`: of their margins (boosted: all trees, their
/// leaves and the start values divided by the count) or of their class shares (kMean: each forest
/// counts as often as it has trees). Float32 rounds each leaf, so margins equal the mean to about
/// 1e-6, not bit for bit; a single forest comes back unchanged.
/// REQUIRES: at least one forest; all with the same link, classes and features.
CompactForest Average(std::span<const CompactForest* const> forests);

}  // namespace reeve::inference
