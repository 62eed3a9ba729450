#pragma once

#include <cstdint>
#include <vector>

#include "reeve/learners/forest/grow_tree.h"
#include "reeve/learners/learner.h"

namespace reeve::learners {

/// Adds up, for each row, the class shares that the trees which did not see it give it. Shares are
/// added as whole multiples of 2^-40, so that sums do not depend on the order of the trees: Add may
/// be called from many threads at once.
class OutOfBag {
 public:
  /// `set` outlives the object.
  explicit OutOfBag(const TrainingSet& set);

  /// Takes the held-out rows of a tree.
  void Add(const GrownTree& grown);
  /// The means, a row for each learnt row; after the last Add. Rows that no tree held out take the
  /// class shares of the learnt rows.
  Probabilities Finish() const;

 private:
  const TrainingSet& set_;
  std::size_t classes_;
  /// `classes` sums for each row of the matrix.
  std::vector<std::uint64_t> sums_;
};

}  // namespace reeve::learners
