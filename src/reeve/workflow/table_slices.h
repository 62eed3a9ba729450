#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "reeve/evaluation/metric.h"
#include "reeve/report/picture_data.h"
#include "reeve/table/decision_rule.h"
#include "reeve/table/probabilities.h"
#include "reeve/table/table.h"

namespace reeve::workflow {

/// Rows of a table that have something in common.
struct TableSlice {
  /// "purpose = car", "income from 2000 to 3500", "age missing".
  std::string name;
  /// Positions in the list of rows it was made from.
  std::vector<std::int64_t> rows;
};

/// Slices of `rows` by the columns `columns`: each value of a category, a boolean or a number with
/// few values; quarters (by quantiles) of other numbers and dates; what is missing. Slices with
/// fewer than `fewest` rows or with all of them are left out; texts that name rows make none. In
/// the order of the columns.
std::vector<TableSlice> MakeSlices(const Table& table, const std::vector<std::string>& columns,
                                   std::span<const std::int64_t> rows, std::int64_t fewest);

/// Predictions to look for weak slices in. Does not own.
struct SlicedPredictions {
  const Table* table = nullptr;
  std::span<const std::string> columns;
  /// Row of the table, label and probabilities of each prediction.
  std::span<const std::int64_t> rows;
  std::span<const std::int32_t> labels;
  const Probabilities* probabilities = nullptr;
  /// How they are decided.
  DecisionRule rule = {};
  /// What training optimised; evaluation::SliceMetric chooses the one that slices are scored by.
  evaluation::Metric metric = evaluation::Metric::kAuc;
  /// "out-of-fold predictions of 3,415 rows".
  std::string described;
};

/// The worst slices: first those that are worse than the model's own probabilities say, then those
/// that are worse than all rows, each by more than luck; then the most doubtful others. At most 12,
/// of the first 200 columns; beyond 50,000 rows a random part of them is looked at (chosen by
/// `seed`). Nothing where no slice can be scored.
std::optional<report::SliceChart> FindWeakSlices(const SlicedPredictions& predictions,
                                                 std::uint64_t seed);

}  // namespace reeve::workflow
