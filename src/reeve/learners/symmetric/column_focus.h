#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "reeve/base/random.h"

namespace reeve::learners {

/// Some of many columns, chosen anew every few trees, whose tests come from them: half are those
/// that gained most when they were last looked at, half are drawn from the others, so that each has
/// its turn. Of wide tables few columns tell much, and most of the time would go into learning so
/// again for every tree (after Busa-Fekete and Kégl, Fast boosting using adversarial bandits,
/// 2010).
class ColumnFocus {
 public:
  /// At most `most` of `columns`; 0: all.
  ColumnFocus(std::size_t columns, std::size_t most, std::uint64_t seed);

  bool takes_all() const { return chosen_.size() == gains_.size(); }

  /// Chooses the columns of a round; most rounds keep those of the round before.
  void Choose(int round);
  /// Positions of what was chosen, rising; the first columns before Choose().
  std::span<const std::size_t> chosen() const { return chosen_; }

  /// What a column's best test would have gained in a tree.
  void Note(std::size_t column, double gain) { gains_[column] = gain; }

 private:
  Random random_;
  /// Of each column when it was last looked at.
  std::vector<double> gains_;
  std::vector<std::size_t> chosen_;
};

}  // namespace reeve::learners
