#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "reeve/base/json.h"
#include "reeve/base/result.h"
#include "reeve/explain/explainer.h"
#include "reeve/explain/partial_dependence.h"
#include "reeve/explain/permutation_importance.h"

namespace reeve::workflow {

/// How much each column matters, by one measure.
struct ImportanceTable {
  /// "permutation": loss of score when the column is shuffled. "contributions": mean size of its
  /// contributions. "training": share of the gain of its splits or of its weights, without
  /// interval.
  std::string kind;
  /// Of permutation: the metric and its value on these rows.
  std::string metric;
  double score = 0;
  /// Of contributions: "log_odds" or "probability".
  std::string unit;
  /// Rows it was measured on, and which: "test", "train" or "data". Of training: 0 and "train".
  std::int64_t row_count = 0;
  std::string rows;
  /// Largest first.
  std::vector<explain::ColumnImportance> columns;
};

/// "log_odds" or "probability".
std::string_view UnitName(explain::Unit unit);
/// The same for people: "log-odds" or "probability".
std::string UnitText(std::string_view unit);

ImportanceTable PermutationTable(explain::PermutationImportance importance);
ImportanceTable ContributionTable(std::vector<explain::ColumnImportance> columns,
                                  explain::Unit unit);

Json ToJson(const ImportanceTable& table);
/// Fails with kCorrupt for what ToJson did not write.
Result<ImportanceTable> ImportanceTableFromJson(const Json& json);

/// `classes` are the names of the bands: the positive class, or all.
Json ToJson(const explain::PartialDependence& dependence, const std::vector<std::string>& classes);

/// Names of the bands of a partial dependence: the positive class of two, else every class.
std::vector<std::string> BandClasses(const std::vector<std::string>& classes);

}  // namespace reeve::workflow
