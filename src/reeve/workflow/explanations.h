#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "reeve/base/cancellation.h"
#include "reeve/base/json.h"
#include "reeve/base/result.h"
#include "reeve/evaluation/metric.h"
#include "reeve/explain/explained_model.h"
#include "reeve/explain/partial_dependence.h"
#include "reeve/table/table.h"
#include "reeve/workflow/importance_table.h"

namespace reeve::workflow {

/// What a training finds out about its model: plain data for scores.json, importance.json and the
/// report. A part is empty where it cannot be had (one class only among the rows, say).
struct TrainingExplanations {
  /// Of the most important columns only, which the contributions name.
  std::optional<ImportanceTable> permutation;
  /// Of all columns.
  std::optional<ImportanceTable> contributions;
  /// Of the most important columns that are numbers or categories.
  std::vector<explain::PartialDependence> dependence;
};

struct ExplainTrainingOptions {
  evaluation::Metric metric = evaluation::Metric::kAuc;
  /// Which rows they are: "test" or "train".
  std::string rows;
  std::uint64_t seed = 42;
  /// Never changes the result.
  int threads = 1;
  const Cancellation* cancellation = &Cancellation::Never();
};

/// Explains a fresh model on rows of the training's table. Looks at so few of them that it costs
/// little beside the search: at most 1,000, and fewer for contributions of large forests.
/// Fails with kCancelled alone: no training fails because its model cannot be explained.
Result<TrainingExplanations> ExplainTraining(const explain::ExplainedModel& model,
                                             const Table& table, std::span<const std::int64_t> rows,
                                             std::span<const std::int32_t> labels,
                                             const ExplainTrainingOptions& options);

/// importance.json: {"format_version", "importance": […], "partial_dependence": […]}.
Json ToJson(const TrainingExplanations& explanations, const std::vector<std::string>& classes);

}  // namespace reeve::workflow
