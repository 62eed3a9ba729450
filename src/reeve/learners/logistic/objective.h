#pragma once

#include <span>
#include <vector>

#include "reeve/learners/learner.h"
#include "reeve/learners/logistic/design_rows.h"
#include "reeve/learners/logistic/row_blocks.h"

namespace reeve::learners {

/// The sum of weighted log losses of a (multinomial) logistic regression, with its derivatives.
///
/// Coefficients are laid out output after output: for each the weights of all features, then the
/// intercept. One output for two classes, else one per class. Does not own the rows.
/// Thread-compatible.
class LogisticObjective {
 public:
  LogisticObjective(const TrainingSet& set, int threads);

  std::size_t outputs() const { return outputs_; }
  std::size_t features() const { return features_; }
  /// outputs x (features + 1).
  std::size_t size() const { return outputs_ * (features_ + 1); }

  struct Value {
    double loss = 0;
    std::vector<double> gradient;
  };
  Value Evaluate(std::span<const double> coefficients) const;

  /// Second derivatives for two classes: (features + 1)², row-major, symmetric.
  std::vector<double> Hessian(std::span<const double> coefficients) const;

 private:
  void Margins(std::span<const double> coefficients, std::int64_t begin, std::int64_t end,
               std::vector<double>& margins) const;
  // Margins of rows from `begin` on become residuals, weight x (probability - truth), in place;
  // returns the loss of the rows.
  double BinaryResiduals(std::int64_t begin, std::vector<double>& margins) const;
  double SoftmaxResiduals(std::int64_t begin, std::vector<double>& margins) const;
  double RowWeight(std::int64_t row) const {
    return set_.weights.empty() ? 1.0 : set_.weights[static_cast<std::size_t>(row)];
  }

  const TrainingSet& set_;
  DesignRows rows_;
  RowBlocks blocks_;
  std::size_t outputs_;
  std::size_t features_;
};

}  // namespace reeve::learners
