#pragma once

#include <optional>
#include <string>
#include <vector>

#include "reeve/explain/explained_model.h"

namespace reeve::explain {

/// What multiplies the odds of a class, with a 95 % interval where a standard error is known.
struct OddsRatio {
  double ratio = 1;
  std::optional<double> low, high;
};

/// A weight of a linear model.
struct Coefficient {
  /// Of the matrix: "age", "city=Ely", "age (missing)"; and the table column it was made from.
  std::string column, source;
  /// Index of the class whose odds it moves: the positive one for two classes.
  int class_idx = 1;
  /// Per unit of the matrix column, which is scaled as a rule.
  double weight = 0;
  /// Per standard deviation of the training rows.
  OddsRatio per_deviation;
  /// Per unit of the table's column: a year more, or "is so" against "is not so" for a category.
  /// Absent where the column is not changed evenly (dates, bent scales) or never varied.
  std::optional<OddsRatio> per_unit;
};

/// The linear members of a model, and their shares of it.
struct LinearPart {
  /// 1 for a model that is linear itself.
  double weight = 1;
  double intercept = 0;
  /// Largest effect per standard deviation first, class by class.
  std::vector<Coefficient> coefficients;
};

/// Coefficients of a linear model, or of the linear members of a mixture; none for other models.
///
/// Intervals are Wald's, weight ± 1.96 standard errors, from the penalised second derivatives; the
/// penalty draws weights to 0, so they are narrower than those of a regression without one.
std::vector<LinearPart> LinearParts(const ExplainedModel& model);

}  // namespace reeve::explain
