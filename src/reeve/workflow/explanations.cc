#include "reeve/workflow/explanations.h"

#include <algorithm>

#include <nlohmann/json.hpp>

namespace reeve::workflow {
namespace {

constexpr std::int64_t kMostRows = 1000;
// Steps of the attributor over all rows: about a second.
constexpr double kMostSteps = 1e8;
constexpr std::int64_t kFewestContributionRows = 25;
constexpr std::size_t kPermutedColumns = 15;
constexpr std::size_t kDependenceColumns = 4;

struct LabelledRows {
  Table table;
  std::vector<std::int32_t> labels;
};

LabelledRows Spaced(const Table& table, std::span<const std::int64_t> rows,
                    std::span<const std::int32_t> labels, std::int64_t most) {
  const auto count = static_cast<std::int64_t>(rows.size());
  const std::int64_t taken = std::min(count, most);
  std::vector<std::int64_t> some;
  LabelledRows spaced;
  for (std::int64_t i = 0; i < taken; ++i) {
    const std::int64_t row = rows[static_cast<std::size_t>(i * count / taken)];
    some.push_back(row);
    spaced.labels.push_back(labels[static_cast<std::size_t>(row)]);
  }
  spaced.table = table.Take(some);
  return spaced;
}

Result<ImportanceTable> Contributions(const explain::ExplainedModel& model,
                                      const LabelledRows& rows,
                                      const ExplainTrainingOptions& options) {
  REEVE_ASSIGN_OR_RETURN(const explain::Explainer explainer, explain::Explainer::Make(model));
  const auto affordable =
      static_cast<std::int64_t>(kMostSteps / std::max(1.0, explainer.CostPerRow()));
  const LabelledRows some = Spaced(rows.table, AllRows(rows.table.rows()), rows.labels,
                                   std::clamp(affordable, kFewestContributionRows, kMostRows));
  // Towards the true class: what importance is about is how far columns move rows, and every row
  // has to be explained towards some class.
  REEVE_ASSIGN_OR_RETURN(auto columns,
                         explainer.Importance(some.table, some.labels, options.threads));
  ImportanceTable table = ContributionTable(std::move(columns), explainer.unit());
  table.rows = options.rows;
  table.row_count = some.table.rows();
  return table;
}

Result<ImportanceTable> Permutation(const explain::ExplainedModel& model, const LabelledRows& rows,
                                    const std::vector<std::string>& columns,
                                    const ExplainTrainingOptions& options) {
  constexpr int kRepeats = 3, kResamples = 30;
  REEVE_ASSIGN_OR_RETURN(explain::PermutationImportance importance,
                         explain::PermuteColumns(model, rows.table, rows.labels,
                                                 {.metric = options.metric,
                                                  .repeats = kRepeats,
                                                  .resamples = kResamples,
                                                  .columns = columns,
                                                  .seed = options.seed,
                                                  .threads = options.threads,
                                                  .cancellation = options.cancellation}));
  ImportanceTable table = PermutationTable(std::move(importance));
  table.rows = options.rows;
  table.row_count = rows.table.rows();
  return table;
}

// The columns that are worth shuffling, most important first.
std::vector<std::string> Worth(const explain::ExplainedModel& model,
                               const std::optional<ImportanceTable>& contributions) {
  const std::vector<std::string> known = explain::ColumnsLookedAt(model.pipeline);
  std::vector<std::string> worth;
  if (contributions) {
    for (const explain::ColumnImportance& column : contributions->columns) {
      const bool is_column = std::find(known.begin(), known.end(), column.column) != known.end();
      if (is_column && column.mean > 0) worth.push_back(column.column);
    }
  }
  for (const std::string& name : known) {
    if (!contributions || worth.empty()) worth.push_back(name);
  }
  if (worth.size() > kPermutedColumns) worth.resize(kPermutedColumns);
  return worth;
}

void AddDependence(const explain::ExplainedModel& model, const Table& table,
                   const std::vector<std::string>& columns, int threads,
                   std::vector<explain::PartialDependence>& dependence) {
  constexpr int kPoints = 15;
  constexpr std::int64_t kRows = 300;
  for (const std::string& column : columns) {
    if (dependence.size() == kDependenceColumns) return;
    // Texts and columns without a value have none.
    auto one = explain::DependenceOn(
        model, table, column, {.most_points = kPoints, .most_rows = kRows, .threads = threads});
    if (one.ok()) dependence.push_back(std::move(*one));
  }
}

}  // namespace

Result<TrainingExplanations> ExplainTraining(const explain::ExplainedModel& model,
                                             const Table& table, std::span<const std::int64_t> rows,
                                             std::span<const std::int32_t> labels,
                                             const ExplainTrainingOptions& options) {
  TrainingExplanations explanations;
  if (rows.empty()) return explanations;
  const LabelledRows some = Spaced(table, rows, labels, kMostRows);
  Result<ImportanceTable> contributions = Contributions(model, some, options);
  if (contributions.ok()) explanations.contributions = std::move(*contributions);
  REEVE_RETURN_IF_ERROR(options.cancellation->Check());
  std::vector<std::string> columns = Worth(model, explanations.contributions);
  Result<ImportanceTable> permutation = Permutation(model, some, columns, options);
  REEVE_RETURN_IF_ERROR(options.cancellation->Check());
  if (permutation.ok()) {
    columns.clear();
    for (const explain::ColumnImportance& column : permutation->columns)
      columns.push_back(column.column);
    explanations.permutation = std::move(*permutation);
  }
  AddDependence(model, some.table, columns, options.threads, explanations.dependence);
  return explanations;
}

Json ToJson(const TrainingExplanations& explanations, const std::vector<std::string>& classes) {
  Json json;
  json["format_version"] = 1;
  json["importance"] = Json::array();
  for (const auto& table : {explanations.permutation, explanations.contributions}) {
    if (table) json["importance"].push_back(ToJson(*table));
  }
  json["partial_dependence"] = Json::array();
  for (const explain::PartialDependence& one : explanations.dependence)
    json["partial_dependence"].push_back(ToJson(one, BandClasses(classes)));
  return json;
}

}  // namespace reeve::workflow
