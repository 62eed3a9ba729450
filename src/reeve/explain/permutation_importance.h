#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "reeve/base/cancellation.h"
#include "reeve/base/result.h"
#include "reeve/evaluation/metric.h"
#include "reeve/explain/explained_model.h"
#include "reeve/explain/explainer.h"
#include "reeve/table/table.h"

namespace reeve::explain {

struct PermutationOptions {
  evaluation::Metric metric = evaluation::Metric::kAuc;
  /// Times that each column is shuffled.
  int repeats = 5;
  /// Samples of the rows, shared by all repeats, from which the spread over rows is estimated.
  int resamples = 40;
  /// Columns to shuffle; empty: all that the model looks at.
  std::vector<std::string> columns = {};
  std::uint64_t seed = 42;
  /// Never changes the result.
  int threads = 1;
  const Cancellation* cancellation = &Cancellation::Never();
};

struct PermutationImportance {
  evaluation::Metric metric = evaluation::Metric::kAuc;
  /// Score of the rows as they are.
  double score = 0;
  /// How much worse the score becomes, positive whatever the metric's direction; largest first.
  std::vector<ColumnImportance> columns;
};

/// Shuffles one column of the table at a time and looks how much worse the model scores (Breiman
/// 2001; Fisher, Rudin and Dominici 2019). Raw fields are shuffled, before the pipeline, so all
/// that is made of a column counts as one; columns that say the same stand in for each other and
/// each looks less important than both together.
///
/// The interval (95 %, normal) holds two spreads: between the repeats, and over the rows, from
/// score differences of the same resampled rows with and without the shuffled column.
///
/// Fails as evaluation::Score does for `labels` (classes, one per row), with kInvalidArgument for
/// columns that the model does not look at, and with kCancelled.
/// REQUIRES: `table` as contract::Conform gives it, every row usable.
Result<PermutationImportance> PermuteColumns(const ExplainedModel& model, const Table& table,
                                             std::span<const std::int32_t> labels,
                                             const PermutationOptions& options);

/// The table's columns that a model looks at, in the order of its features.
std::vector<std::string> ColumnsLookedAt(const features::FittedPipeline& pipeline);

}  // namespace reeve::explain
