#pragma once

#include <memory>
#include <span>

#include "reeve/base/result.h"
#include "reeve/inference/model.h"

namespace reeve::explain {

/// What contributions are counted in.
enum class Unit {
  /// Log-odds of the class: +0.7 doubles the odds.
  kLogOdds,
  /// Probability of the class: +0.1 is ten points more.
  kProbability,
};

/// Shares out what a model says of a row among the features: for each row the contributions and
/// expected() sum to what the model says, in the unit. Immutable; safe to use from many threads.
///
/// - Boosted forests: TreeShap, in log-odds (softmax: in the class's margin). Exact.
/// - Random forests: TreeShap, in probability. Exact.
/// - Linear models: weight x (value - training mean). Perceptrons: IntegratedGradients. Log-odds.
/// - Mixtures: the weighted sum of the members' contributions, in log-odds of each member; those of
///   random forests are stretched so that they sum to the log-odds of the member's answer. Their
///   sum is the weighted mean of the members' log-odds, not the log-odds of their mean
///   probability, which is what the mixture answers.
///
/// All of it is before the decision's corrections (odds, calibration), which change how large a
/// probability is and not which of two rows has the larger one.
class Attributor {
 public:
  virtual ~Attributor() = default;

  virtual Unit unit() const = 0;
  /// What is said of a row of which nothing is known. REQUIRES as Contributions.
  virtual double expected(int class_idx) const = 0;
  /// Writes block.rows x features contributions towards the class, row-major.
  /// REQUIRES: a class of the model; for two classes the positive one, 1.
  virtual void Contributions(const inference::FeatureBlock& block, int class_idx,
                             std::span<double> out) const = 0;
  /// About how many steps a row costs, for whoever has to choose how many rows to explain.
  virtual double CostPerRow() const = 0;
};

/// `model` has to outlive the result. Fails with kInvalidArgument when it does not hold what
/// explanations are made of (it was written by an older Reeve).
Result<std::unique_ptr<Attributor>> MakeAttributor(const inference::Model& model);

}  // namespace reeve::explain
