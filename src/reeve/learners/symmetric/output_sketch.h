#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "reeve/base/random.h"

namespace reeve::learners {

/// Some of many outputs, drawn anew for every tree: its tests are chosen by them, its leaves answer
/// for all. What is least fitted is drawn most: an output's share is the sum of its gradients'
/// sizes (random sampling of Iosipoi and Vakhrushev, SketchBoost, 2022, without their scaling,
/// which first and second derivatives would take alike).
class OutputSketch {
 public:
  /// At most `most` of `outputs`.
  OutputSketch(std::size_t outputs, std::size_t most, std::uint64_t seed);

  /// How many outputs a tree's tests are chosen by.
  std::size_t size() const { return chosen_.size(); }
  bool takes_all() const { return chosen_.size() == outputs_; }

  /// Draws the outputs of a round, in their order. `gradients` are row-major.
  void Draw(int round, std::span<const float> gradients);
  /// What was drawn of row-major values, row-major; the values themselves when all are taken. Valid
  /// until the next call with the same `storage`.
  std::span<const float> Take(std::span<const float> values, std::vector<float>& storage) const;

  const std::vector<std::size_t>& chosen() const { return chosen_; }

 private:
  std::size_t outputs_;
  Random random_;
  std::vector<std::size_t> chosen_;
};

}  // namespace reeve::learners
