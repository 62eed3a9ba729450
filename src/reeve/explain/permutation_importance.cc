#include "reeve/explain/permutation_importance.h"

#include <algorithm>
#include <cmath>

#include "reeve/base/nearest.h"
#include "reeve/base/parallel.h"
#include "reeve/base/random.h"
#include "reeve/base/text.h"
#include "reeve/features/step.h"

namespace reeve::explain {
namespace {

constexpr double kTwoSided95 = 1.959963984540054;

using Rows = std::vector<std::int64_t>;

double Mean(std::span<const double> values) {
  double sum = 0;
  for (const double value : values) sum += value;
  return sum / static_cast<double>(values.size());
}

// 0 for fewer than two values.
double Variance(std::span<const double> values) {
  if (values.size() < 2) return 0;
  const double mean = Mean(values);
  double squares = 0;
  for (const double value : values) squares += (value - mean) * (value - mean);
  return squares / static_cast<double>(values.size() - 1);
}

class Permuter {
 public:
  Permuter(const ExplainedModel& model, const Table& table, std::span<const std::int32_t> labels,
           const PermutationOptions& options)
      : model_(model),
        table_(table),
        labels_(labels),
        options_(options),
        rule_(model.decision.rule()),
        random_(Random(options.seed).Fork("permutation importance")) {}

  Result<PermutationImportance> Run(const std::vector<std::string>& columns) {
    PermutationImportance importance{.metric = options_.metric, .columns = {}};
    REEVE_ASSIGN_OR_RETURN(original_, Predict(table_));
    REEVE_ASSIGN_OR_RETURN(importance.score, Score(labels_, original_));
    DrawResamples();
    importance.columns.resize(columns.size());
    REEVE_RETURN_IF_ERROR(ParallelFor(
        options_.threads, static_cast<std::int64_t>(columns.size()), [&](std::int64_t i) {
          const auto column = static_cast<std::size_t>(i);
          REEVE_ASSIGN_OR_RETURN(importance.columns[column], Permute(columns[column]));
          return Status::Ok();
        }));
    std::stable_sort(importance.columns.begin(), importance.columns.end(),
                     [](const auto& a, const auto& b) { return a.mean > b.mean; });
    return importance;
  }

 private:
  Result<Probabilities> Predict(const Table& table) const {
    REEVE_ASSIGN_OR_RETURN(const Matrix matrix,
                           model_.pipeline.Transform(table, AllRows(table.rows())));
    return inference::PredictCorrected(model_.model, model_.decision, matrix, 1);
  }

  Result<double> Score(std::span<const std::int32_t> labels,
                       const Probabilities& probabilities) const {
    return evaluation::Score(options_.metric, labels, probabilities, rule_, {});
  }

  // Scores of a part of the rows, which may lack a class that the metric needs.
  std::optional<double> ScoreOf(const Rows& rows, const Probabilities& probabilities) const {
    std::vector<std::int32_t> labels;
    Probabilities part(static_cast<std::int64_t>(rows.size()), probabilities.classes);
    for (std::size_t i = 0; i < rows.size(); ++i) {
      labels.push_back(labels_[static_cast<std::size_t>(rows[i])]);
      const auto from = probabilities.row(rows[i]);
      std::copy(from.begin(), from.end(), part.mutable_row(static_cast<std::int64_t>(i)).begin());
    }
    const Result<double> score = Score(labels, part);
    return score.ok() ? std::optional<double>(*score) : std::nullopt;
  }

  void DrawResamples() {
    const auto count = static_cast<std::uint64_t>(table_.rows());
    for (int i = 0; i < options_.resamples; ++i) {
      Random random = random_.Fork("rows", static_cast<std::uint64_t>(i));
      Rows rows;
      for (std::uint64_t row = 0; row < count; ++row)
        rows.push_back(static_cast<std::int64_t>(random.Below(count)));
      const auto score = ScoreOf(rows, original_);
      if (!score) continue;
      resamples_.push_back(std::move(rows));
      resampled_scores_.push_back(*score);
    }
  }

  // Positive when `after` is worse than `before`.
  double Loss(double before, double after) const {
    const bool higher = evaluation::InfoOf(options_.metric).higher_is_better;
    return higher ? before - after : after - before;
  }

  Result<ColumnImportance> Permute(const std::string& name) const {
    REEVE_ASSIGN_OR_RETURN(const double before, Score(labels_, original_));
    Table table = table_;
    const std::size_t column = *table.Find(name);
    const Random random = random_.Fork(name);
    std::vector<double> losses, row_variances;
    const auto repeats = static_cast<std::size_t>(options_.repeats);
    for (std::size_t repeat = 0; repeat < repeats; ++repeat) {
      REEVE_RETURN_IF_ERROR(options_.cancellation->Check());
      Rows rows = AllRows(table.rows());
      random.Fork("repeat", repeat).Shuffle(std::span(rows));
      table.mutable_column(column) = table_.column(column).Take(rows);
      REEVE_ASSIGN_OR_RETURN(const Probabilities shuffled, Predict(table));
      REEVE_ASSIGN_OR_RETURN(const double after, Score(labels_, shuffled));
      losses.push_back(Loss(before, after));
      // Each repeat looks at its share of the resamples.
      std::vector<double> resampled;
      for (std::size_t i = repeat; i < resamples_.size(); i += repeats) {
        const auto score = ScoreOf(resamples_[i], shuffled);
        if (score) resampled.push_back(Loss(resampled_scores_[i], *score));
      }
      if (resampled.size() > 1) row_variances.push_back(Variance(resampled));
    }
    const double mean = Mean(losses);
    const double variance = Variance(losses) / static_cast<double>(losses.size()) +
                            (row_variances.empty() ? 0 : Mean(row_variances));
    const double half = kTwoSided95 * std::sqrt(variance);
    return ColumnImportance{name, mean, mean - half, mean + half};
  }

  const ExplainedModel& model_;
  const Table& table_;
  std::span<const std::int32_t> labels_;
  const PermutationOptions& options_;
  const DecisionRule rule_;
  Random random_;
  Probabilities original_;
  std::vector<Rows> resamples_;
  std::vector<double> resampled_scores_;
};

}  // namespace

std::vector<std::string> ColumnsLookedAt(const features::FittedPipeline& pipeline) {
  std::vector<std::string> columns;
  for (const auto& step : pipeline.steps()) {
    for (const features::StepInput& input : step->Inputs()) {
      if (std::find(columns.begin(), columns.end(), input.column) == columns.end())
        columns.push_back(input.column);
    }
  }
  return columns;
}

Result<PermutationImportance> PermuteColumns(const ExplainedModel& model, const Table& table,
                                             std::span<const std::int32_t> labels,
                                             const PermutationOptions& options) {
  if (options.repeats < 1)
    return Status::InvalidArgument("columns are shuffled " + std::to_string(options.repeats) +
                                   " times, expected at least once");
  const std::vector<std::string> known = ColumnsLookedAt(model.pipeline);
  for (const std::string& name : options.columns) {
    if (std::find(known.begin(), known.end(), name) == known.end()) {
      return Status::InvalidArgument("column " + Quote(name) + " is not one the model looks at." +
                                     Suggest(name, known));
    }
  }
  return Permuter(model, table, labels, options)
      .Run(options.columns.empty() ? known : options.columns);
}

}  // namespace reeve::explain
