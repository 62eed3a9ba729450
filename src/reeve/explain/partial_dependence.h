#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "reeve/base/result.h"
#include "reeve/explain/explained_model.h"
#include "reeve/table/table.h"

namespace reeve::explain {

struct PartialDependenceOptions {
  /// Most values of a column that are tried.
  int most_points = 20;
  /// Most rows that are averaged over: evenly spaced ones of the table's.
  std::int64_t most_rows = 1000;
  /// Never changes the result.
  int threads = 1;
};

/// Probability of a class over all rows, were a column's value the same in each.
struct DependenceBand {
  double mean = 0;
  /// Between these lie 80 % of the rows: their own curves (ICE) spread where the column acts
  /// together with others.
  double low = 0, high = 0;
};

struct DependencePoint {
  /// As it would stand in the table: "640", "Graduate", "2024-03-01".
  std::string value;
  /// For numbers and dates (in seconds) only.
  std::optional<double> number;
  /// Share of the table's rows with this category; for numbers, of the rows nearest to the point.
  double share = 0;
  /// For two classes one band, of the positive class; else one for each class.
  std::vector<DependenceBand> bands;
};

struct PartialDependence {
  std::string column;
  ColumnType type = ColumnType::kReal;
  /// Ascending for numbers; for categories most frequent first.
  std::vector<DependencePoint> points;
};

/// How predictions depend on one column (Friedman 2001): for quantiles of its numbers, or its most
/// frequent categories, the mean probability with that value in every row. Says what the model
/// does, also for combinations of values that never occur.
///
/// Fails with kInvalidArgument for a column that the model does not look at, or that is neither
/// numbers nor categories, and with kInvalidData when the table holds no value of it.
/// REQUIRES: `table` as contract::Conform gives it, every row usable, at least one.
Result<PartialDependence> DependenceOn(const ExplainedModel& model, const Table& table,
                                       const std::string& column,
                                       const PartialDependenceOptions& options);

}  // namespace reeve::explain
