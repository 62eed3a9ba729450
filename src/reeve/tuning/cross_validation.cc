#include "reeve/tuning/cross_validation.h"

#include <algorithm>
#include <mutex>

#include "reeve/base/clock.h"
#include "reeve/base/parallel.h"
#include "reeve/base/random.h"
#include "reeve/inference/scorer.h"
#include "reeve/learners/registry.h"

namespace reeve::tuning {
namespace {

// The rows of `train` that a task learns from when those are not all; else nothing.
std::vector<std::int64_t> Draw(const std::vector<std::int64_t>& train, const FitTask& task) {
  const auto most = static_cast<std::size_t>(task.most_rows);
  if (most == 0 || train.size() <= most) return {};
  std::vector<std::int64_t> drawn = train;
  Random(task.seed).Fork("draw").Shuffle(std::span(drawn));
  drawn.resize(most);
  std::sort(drawn.begin(), drawn.end());
  return drawn;
}

}  // namespace

CrossValidation::CrossValidation(Preparation& preparation, std::span<const std::int32_t> labels,
                                 int classes, const std::vector<Fold>& folds,
                                 CrossValidationOptions options)
    : preparation_(preparation),
      labels_(labels),
      classes_(classes),
      folds_(folds),
      options_(std::move(options)),
      all_(AllRows(static_cast<std::int64_t>(labels.size()))) {}

Result<std::vector<FoldFit>> CrossValidation::Run(const std::vector<FitTask>& tasks) const {
  std::vector<FoldFit> fits(tasks.size());
  const int workers = std::clamp(static_cast<int>(tasks.size()), 1, std::max(options_.threads, 1));
  const int threads_per_task = std::max(1, options_.threads / workers);
  std::mutex mutex;
  REEVE_RETURN_IF_ERROR(
      ParallelFor(workers, static_cast<std::int64_t>(tasks.size()), [&](std::int64_t i) {
        Result<FoldFit> fit = RunTask(tasks[static_cast<std::size_t>(i)], threads_per_task);
        if (!fit.ok()) return std::move(fit).status();
        fits[static_cast<std::size_t>(i)] = std::move(fit).value();
        if (options_.on_fit) {
          const std::lock_guard lock(mutex);
          options_.on_fit();
        }
        return Status::Ok();
      }));
  return fits;
}

Result<FoldFit> CrossValidation::RunTask(const FitTask& task, int threads) const {
  const Candidate& candidate = *task.candidate;
  if (task.fold_idx == FitTask::kOutOfBag) {
    REEVE_ASSIGN_OR_RETURN(const auto* const prepared,
                           preparation_.Get({.input = candidate.input}));
    return Fit(candidate,
               {.prepared = prepared, .labels = labels_, .classes = classes_, .learn = all_},
               task.seed, threads);
  }
  REEVE_ASSIGN_OR_RETURN(const auto* const prepared,
                         preparation_.GetForFold(candidate.input, task.fold_idx));
  const Fold& fold = folds_[task.fold_idx];
  const std::vector<std::int64_t> drawn = Draw(fold.train, task);
  FitRows rows{.prepared = prepared,
               .labels = labels_,
               .classes = classes_,
               .learn = drawn.empty() ? fold.train : drawn};
  if (options_.watches) rows.watch = fold.test;
  return Fit(candidate, rows, task.seed, threads);
}

Result<FoldFit> CrossValidation::TrainOnAll(const Candidate& candidate, std::uint64_t seed) const {
  REEVE_ASSIGN_OR_RETURN(const auto* const prepared, preparation_.Get({.input = candidate.input}));
  return Fit(candidate,
             {.prepared = prepared, .labels = labels_, .classes = classes_, .learn = all_}, seed,
             options_.threads);
}

Result<FoldFit> CrossValidation::Fit(const Candidate& candidate, const FitRows& rows,
                                     std::uint64_t seed, int threads) const {
  const double started = Clock::System().MonotonicSeconds();
  REEVE_ASSIGN_OR_RETURN(const auto learner, learners::MakeLearner(candidate.learner));
  REEVE_ASSIGN_OR_RETURN(FittedModels fitted, FitModels(rows, *learner, candidate.path,
                                                        {.imbalance = options_.imbalance,
                                                         .seed = seed,
                                                         .threads = threads,
                                                         .cancellation = options_.cancellation}));
  return FoldFit{.models = std::move(fitted.models),
                 .odds = std::move(fitted.odds),
                 .seconds = Clock::System().MonotonicSeconds() - started};
}

Result<Probabilities> CrossValidation::PredictTest(learners::InputKind input, std::size_t fold_idx,
                                                   const inference::Model& model,
                                                   const std::vector<double>& odds) const {
  REEVE_ASSIGN_OR_RETURN(const auto* const prepared, preparation_.GetForFold(input, fold_idx));
  const inference::Decision decision{.threshold = std::nullopt, .odds = odds};
  return inference::PredictCorrected(model, decision, prepared->matrix.Take(folds_[fold_idx].test),
                                     1);
}

}  // namespace reeve::tuning
