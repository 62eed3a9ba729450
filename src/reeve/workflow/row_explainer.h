#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "reeve/base/json.h"
#include "reeve/base/result.h"
#include "reeve/explain/explainer.h"
#include "reeve/inference/scorer.h"
#include "reeve/table/table.h"

namespace reeve::workflow {

/// A field's part in the answer to one row.
struct RowReason {
  std::string field;
  /// As it would stand in a table, long texts cut; "" when it is missing, nothing for a feature
  /// made of several columns.
  std::optional<std::string> value;
  /// In RowExplainer::unit(): positive when it speaks for the explained class.
  double contribution = 0;
};

/// Why a model answers rows as it does, in words: the same for `reeve explain`, for `reeve predict
/// --reasons` and behind the service. Immutable; safe to use from many threads.
class RowExplainer {
 public:
  /// `scorer` has to outlive the result. Fails with kInvalidArgument when the model does not hold
  /// what explanations are made of (it was written by an older Reeve).
  static Result<RowExplainer> Make(const inference::Scorer& scorer);

  /// The `top` strongest reasons of each row, the strongest first; none for rows whose class is -1.
  /// REQUIRES: `chunk` and `predicted` as Scorer::Score takes and gives them.
  Result<std::vector<std::vector<RowReason>>> Reasons(const Table& chunk,
                                                      std::span<const std::int32_t> predicted,
                                                      std::size_t top, int threads) const;

  /// The class that the reasons of a row are for or against: the positive one, or for more than two
  /// classes the predicted one.
  int ExplainedClass(int predicted) const;
  /// "log_odds" or "probability".
  std::string_view unit() const;
  /// What the model says of a row of which nothing is known: of the positive class, or of each.
  std::vector<std::pair<std::string, double>> expected() const;
  /// About how many steps a row costs, for whoever has to choose how many rows to explain.
  double CostPerRow() const { return explainer_.CostPerRow(); }

 private:
  RowExplainer(const inference::Scorer& scorer, explain::Explainer explainer)
      : scorer_(scorer), explainer_(std::move(explainer)) {}

  const inference::Scorer& scorer_;
  explain::Explainer explainer_;
};

/// "credit_score = 540", "age is missing", or the name alone for a feature made of several columns.
std::string ReasonText(const RowReason& reason);
/// "for Approved" or "against Approved".
std::string DirectionText(double contribution, const std::string& class_name);
/// "+1.2345".
std::string ContributionText(double contribution);

/// {"field", "value", "contribution", "direction"}; no value for a feature made of several columns.
Json ToJson(const RowReason& reason, const std::string& class_name);

}  // namespace reeve::workflow
