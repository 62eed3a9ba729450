#include "reeve/tuning/fitting.h"

#include <numeric>

#include "reeve/tuning/folds.h"

namespace reeve::tuning {
namespace {

// Fewer watched rows say nothing about when to stop.
constexpr std::size_t kFewestWatched = 20;

double WatchedShare(std::size_t rows) { return rows < 2000 ? 0.2 : rows < 20'000 ? 0.15 : 0.1; }

// Which rows are held back from which is no choice of the user's.
constexpr std::uint64_t kStatisticsSeed = 42;

features::PipelineOptions RecipeOf(learners::InputKind input) {
  switch (input) {
    case learners::InputKind::kTrees:
      return features::PipelineOptions::ForTrees();
    case learners::InputKind::kTreesWithStatistics:
      return features::PipelineOptions::ForTreesWithStatistics();
    case learners::InputKind::kLinear:
      break;
  }
  return features::PipelineOptions::ForLinear();
}

std::vector<std::int32_t> LabelsOf(const Problem& problem, std::span<const std::int64_t> rows) {
  std::vector<std::int32_t> labels;
  labels.reserve(rows.size());
  for (const std::int64_t row : rows)
    labels.push_back(problem.labels[static_cast<std::size_t>(row)]);
  return labels;
}

// A subset of prepared rows with what a TrainingSet points into.
struct Subset {
  const Matrix* whole = nullptr;  // when all rows are used as they are
  Matrix taken;                   // otherwise
  std::vector<std::int32_t> labels;
  std::vector<double> weights;

  learners::TrainingSet Set(int classes) const {
    return {.matrix = whole != nullptr ? whole : &taken,
            .labels = labels,
            .classes = classes,
            .weights = weights};
  }
};

Subset MakeSubset(const PreparedRows& prepared, std::span<const std::int64_t> positions,
                  std::span<const std::int32_t> all_labels) {
  Subset subset;
  if (positions.size() == prepared.rows.size()) {
    subset.whole = &prepared.matrix;
    subset.labels.assign(all_labels.begin(), all_labels.end());
    return subset;
  }
  subset.taken = prepared.matrix.Take(positions);
  for (const std::int64_t position : positions) {
    subset.labels.push_back(all_labels[static_cast<std::size_t>(position)]);
  }
  return subset;
}

// Positions of the rows that are learnt from, and of those that early stopping watches.
struct WatchSplit {
  std::vector<std::int64_t> learn, watch;
};

WatchSplit SetApart(const Problem& problem, const std::vector<std::int64_t>& rows,
                    std::uint64_t seed) {
  // A split that cannot be made (one group, one class …) means that nothing is watched.
  const Result<Fold> fold = SplitOnce(rows, WatchedShare(rows.size()), problem.Splitting(seed));
  if (!fold.ok() || fold->test.size() < kFewestWatched) return {};
  WatchSplit split;
  std::size_t next = 0;
  for (std::size_t position = 0; position < rows.size(); ++position) {
    const bool is_watched = next < fold->test.size() && fold->test[next] == rows[position];
    if (is_watched) ++next;
    (is_watched ? split.watch : split.learn).push_back(static_cast<std::int64_t>(position));
  }
  return split;
}

}  // namespace

Result<PreparedRows> Prepare(const Problem& problem, std::vector<std::int64_t> rows,
                             learners::InputKind input, std::optional<std::uint64_t> watch_seed) {
  features::PipelineOptions recipe = RecipeOf(input);
  recipe.derived = problem.derived;
  WatchSplit split;
  if (watch_seed) split = SetApart(problem, rows, *watch_seed);
  const features::Supervision supervision{.labels = problem.labels,
                                          .classes = problem.classes,
                                          .groups = problem.groups,
                                          .watched = split.watch,
                                          .seed = kStatisticsSeed};
  REEVE_ASSIGN_OR_RETURN(
      auto fitted, features::Pipeline::FitTransform(*problem.table, rows, problem.features, recipe,
                                                    supervision));
  return PreparedRows{std::move(fitted.pipeline), std::move(fitted.matrix), std::move(rows),
                      std::move(split.learn), std::move(split.watch)};
}

Result<FittedModels> FitModels(const Problem& problem, const PreparedRows& prepared,
                               const learners::Learner& learner,
                               const std::vector<learners::Params>& path,
                               const FitOptions& options) {
  const std::vector<std::int32_t> labels = LabelsOf(problem, prepared.rows);
  const bool watches = options.early_stopping && !prepared.watch.empty();
  Balanced balanced =
      Balance(options.imbalance,
              watches ? prepared.learn : AllRows(static_cast<std::int64_t>(prepared.rows.size())),
              labels, problem.classes, options.seed);
  Subset learn = MakeSubset(prepared, balanced.rows, labels);
  learn.weights = std::move(balanced.weights);
  // Of a large table the row numbers alone are as much as a column.
  balanced.rows = {};
  const learners::TrainingSet set = learn.Set(problem.classes);

  learners::TrainOptions train{
      .seed = options.seed, .threads = options.threads, .cancellation = options.cancellation};
  Subset watch;
  learners::TrainingSet watch_set;
  if (watches) {
    watch = MakeSubset(prepared, prepared.watch, labels);
    // The watched rows are weighed as the learnt ones are, so that both follow the same odds.
    if (!balanced.odds.empty()) {
      for (const std::int32_t label : watch.labels)
        watch.weights.push_back(balanced.odds[static_cast<std::size_t>(label)]);
    }
    watch_set = watch.Set(problem.classes);
    train.early_stopping = &watch_set;
  }
  REEVE_ASSIGN_OR_RETURN(auto models, learner.TrainPath(set, path, train));
  return FittedModels{std::move(models), std::move(balanced.odds)};
}

}  // namespace reeve::tuning
