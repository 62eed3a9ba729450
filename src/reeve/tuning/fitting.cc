#include "reeve/tuning/fitting.h"

#include <algorithm>

#include "reeve/learners/quantised.h"
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

// Copies `from` with `more` rows behind it.
Matrix Extend(const Matrix& from, const Matrix& more) {
  Matrix extended(from.rows() + more.rows(), from.columns());
  for (std::int64_t j = 0; j < from.cols(); ++j) {
    const auto to = extended.column(j);
    std::copy(from.column(j).begin(), from.column(j).end(), to.begin());
    std::copy(more.column(j).begin(), more.column(j).end(), to.begin() + from.rows());
  }
  return extended;
}

// A prepared matrix with rows made up by SMOTE behind its own, so that what is watched stays where
// it was. Bins keep their cuts.
struct GrownRows {
  Matrix matrix;
  learners::QuantisedMatrix quantised;
  std::vector<std::int32_t> labels;
};

GrownRows Grow(const FitRows& rows, const FitOptions& options) {
  const PreparedRows& prepared = *rows.prepared;
  SyntheticRows made = Smote(prepared.matrix, rows.learn, rows.labels, rows.classes,
                             {.seed = options.seed, .threads = options.threads});
  GrownRows grown;
  grown.matrix = Extend(prepared.matrix, made.matrix);
  if (prepared.quantised.rows > 0)
    grown.quantised = learners::QuantiseAs(grown.matrix, prepared.quantised, options.threads);
  grown.labels.assign(rows.labels.begin(), rows.labels.end());
  grown.labels.insert(grown.labels.end(), made.labels.begin(), made.labels.end());
  return grown;
}

}  // namespace

Result<FittedModels> FitModels(const FitRows& rows, const learners::Learner& learner,
                               const std::vector<learners::Params>& path,
                               const FitOptions& options) {
  Balanced balanced =
      Balance(options.imbalance, rows.learn, rows.labels, rows.classes, options.seed);
  GrownRows grown;
  learners::TrainingSet learn{.matrix = &rows.prepared->matrix,
                              .labels = rows.labels,
                              .classes = rows.classes,
                              .quantised = &rows.prepared->quantised};
  if (options.imbalance == Imbalance::kSmote) {
    grown = Grow(rows, options);
    for (std::int64_t row = rows.prepared->matrix.rows(); row < grown.matrix.rows(); ++row)
      balanced.rows.push_back(row);
    learn.matrix = &grown.matrix;
    learn.labels = grown.labels;
    learn.quantised = &grown.quantised;
  }
  const std::vector<double> weights = Scatter(balanced, learn.labels.size());
  const std::vector<double> watch_weights = WatchWeights(balanced, learn.labels);
  learn.weights = weights;
  learn.rows = balanced.rows;
  learners::TrainingSet watch = learn;
  watch.weights = watch_weights;
  watch.rows = rows.watch;
  const learners::TrainOptions train{.seed = options.seed,
                                     .threads = options.threads,
                                     .early_stopping = rows.watch.empty() ? nullptr : &watch,
                                     .keep_all_rounds = true,
                                     .cancellation = options.cancellation};
  REEVE_ASSIGN_OR_RETURN(auto models, learner.TrainPath(learn, path, train));
  return FittedModels{std::move(models), std::move(balanced.odds)};
}

}  // namespace reeve::tuning
