#pragma once

#include <optional>
#include <span>
#include <vector>

#include "reeve/table/probabilities.h"

namespace reeve {

/// What decisions cost a row, by its true class and the class that is decided, in any unit. Right
/// decisions cost nothing: what they cost can be taken off the others of the same true class, and
/// no decision changes (Elkan 2001).
struct CostMatrix {
  int classes = 0;
  /// Row-major: values[truth * classes + decided].
  std::vector<double> values;

  double at(int truth, int decided) const {
    return values[static_cast<std::size_t>(truth * classes + decided)];
  }
  double& at(int truth, int decided) {
    return values[static_cast<std::size_t>(truth * classes + decided)];
  }
  /// One list a true class, as files and answers hold it.
  std::vector<std::vector<double>> Rows() const;
  /// One finite cost that is not negative for each pair of at least two classes, 0 for right
  /// decisions and more for at least one wrong one.
  bool IsValid() const;
  /// Costs beyond this are refused: their squares would not be numbers any more.
  static constexpr double kMost = 1e15;
};

/// The class whose expected cost, the mean over true classes of what it costs weighed by their
/// probabilities, is least (Elkan 2001, "The foundations of cost-sensitive learning"); among equals
/// the most probable, then the first. O(classes²), no allocation.
/// REQUIRES: as many probabilities as classes.
int CheapestClass(const CostMatrix& costs, std::span<const double> probabilities);

/// The class a row is assigned. Two classes: by the threshold, which training chose by the costs
/// where there are any. More: with costs the cheapest class, without the most probable one.
inline int Decide(std::span<const double> probabilities, double threshold,
                  const std::optional<CostMatrix>& costs) {
  return costs && probabilities.size() > 2 ? CheapestClass(*costs, probabilities)
                                           : Decide(probabilities, threshold);
}

/// How probabilities become decisions.
struct DecisionRule {
  /// Two classes: a row is positive when its probability is at least this.
  double threshold = 0.5;
  /// What wrong decisions cost, where that is known.
  std::optional<CostMatrix> costs = {};

  DecisionRule() = default;
  /// A threshold alone is a rule: implicit, so that it can be given as one.
  // NOLINTNEXTLINE(google-explicit-constructor)
  DecisionRule(double at_least) : threshold(at_least) {}
  DecisionRule(double at_least, std::optional<CostMatrix> of_errors)
      : threshold(at_least), costs(std::move(of_errors)) {}

  int Decide(std::span<const double> probabilities) const {
    return reeve::Decide(probabilities, threshold, costs);
  }
};

}  // namespace reeve
