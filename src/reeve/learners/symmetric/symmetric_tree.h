#pragma once

#include <vector>

#include "reeve/inference/forest.h"
#include "reeve/learners/quantised.h"
#include "reeve/learners/symmetric/binned_rows.h"
#include "reeve/learners/symmetric/leaf_partition.h"

namespace reeve::learners {

/// What a round of boosting comes to: a test for each level and the values of all leaves. A tree
/// without tests has one leaf.
struct SymmetricTree {
  std::vector<SymmetricTest> tests;
  /// 2^tests.size() leaves x outputs.
  std::vector<float> values;
  /// Learnt rows in each leaf: what inference::Tree calls its cover.
  std::vector<float> rows;
};

/// The round as complete binary trees, one for each output, that send every row to the leaf that
/// its bins lead to.
std::vector<inference::Tree> ToTrees(const SymmetricTree& tree, std::size_t outputs,
                                     const std::vector<BinnedFeature>& features,
                                     const QuantisedMatrix& quantised);

}  // namespace reeve::learners
