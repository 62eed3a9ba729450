#include "reeve/tuning/fitting.h"

#include <algorithm>

#include "reeve/tuning/smote.h"

namespace reeve::tuning {
namespace {

// Weights of all rows of the matrix from those of the balanced ones.
std::vector<double> Scatter(const Balanced& balanced, std::size_t matrix_rows) {
  if (balanced.weights.empty()) return {};
  std::vector<double> weights(matrix_rows, 1.0);
  for (std::size_t i = 0; i < balanced.rows.size(); ++i)
    weights[static_cast<std::size_t>(balanced.rows[i])] = balanced.weights[i];
  return weights;
}

// Watched rows follow the same odds as the learnt ones, by weight.
std::vector<double> WatchWeights(const Balanced& balanced, std::span<const std::int32_t> labels) {
  std::vector<double> weights;
  if (balanced.odds.empty()) return weights;
  for (const std::int32_t label : labels)
    weights.push_back(balanced.odds[static_cast<std::size_t>(label)]);
  return weights;
}

// Rows with those that SMOTE made up behind them, as a matrix of their own.
struct GrownRows {
  Matrix matrix;
  std::vector<std::int32_t> labels;
};

GrownRows Grow(const FitRows& rows, const Balanced& balanced, const FitOptions& options) {
  const Matrix& matrix = rows.prepared->matrix;
  const SyntheticRows made = Smote(matrix, balanced.rows, rows.labels, rows.classes,
                                   {.seed = options.seed, .threads = options.threads});
  const auto given = static_cast<std::int64_t>(balanced.rows.size());
  GrownRows grown{.matrix = Matrix(given + made.matrix.rows(), matrix.columns())};
  for (std::int64_t j = 0; j < matrix.cols(); ++j) {
    const auto to = grown.matrix.column(j);
    for (std::size_t i = 0; i < balanced.rows.size(); ++i) to[i] = matrix.at(balanced.rows[i], j);
    const auto synthetic = made.matrix.column(j);
    std::copy(synthetic.begin(), synthetic.end(), to.begin() + given);
  }
  for (const std::int64_t position : balanced.rows)
    grown.labels.push_back(rows.labels[static_cast<std::size_t>(position)]);
  grown.labels.insert(grown.labels.end(), made.labels.begin(), made.labels.end());
  return grown;
}

}  // namespace

Result<FittedModels> FitModels(const FitRows& rows, const learners::Learner& learner,
                               const std::vector<learners::Params>& path,
                               const FitOptions& options) {
  Balanced balanced =
      Balance(options.imbalance, rows.learn, rows.labels, rows.classes, options.seed);
  const std::vector<double> weights = Scatter(balanced, rows.labels.size());
  const std::vector<double> watch_weights = WatchWeights(balanced, rows.labels);
  learners::TrainingSet learn{.matrix = &rows.prepared->matrix,
                              .labels = rows.labels,
                              .classes = rows.classes,
                              .weights = weights,
                              .rows = balanced.rows,
                              .quantised = &rows.prepared->quantised};
  learners::TrainingSet watch = learn;
  watch.weights = watch_weights;
  watch.rows = rows.watch;
  GrownRows grown;
  if (options.imbalance == Imbalance::kSmote) {
    grown = Grow(rows, balanced, options);
    learn = {.matrix = &grown.matrix, .labels = grown.labels, .classes = rows.classes};
  }
  const learners::TrainOptions train{.seed = options.seed,
                                     .threads = options.threads,
                                     .early_stopping = rows.watch.empty() ? nullptr : &watch,
                                     .keep_all_rounds = true,
                                     .cancellation = options.cancellation};
  REEVE_ASSIGN_OR_RETURN(auto models, learner.TrainPath(learn, path, train));
  return FittedModels{std::move(models), std::move(balanced.odds)};
}

}  // namespace reeve::tuning
