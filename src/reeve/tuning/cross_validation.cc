#include "reeve/tuning/cross_validation.h"

#include <algorithm>
#include <mutex>
#include <optional>

#include "reeve/base/clock.h"
#include "reeve/base/parallel.h"
#include "reeve/base/random.h"
#include "reeve/inference/scorer.h"
#include "reeve/learners/registry.h"

namespace reeve::tuning {
namespace {

constexpr learners::InputKind kInputs[] = {learners::InputKind::kTrees,
                                           learners::InputKind::kTreesWithStatistics,
                                           learners::InputKind::kLinear};

struct Task {
  std::size_t group_idx;
  std::size_t fold_idx;
};

}  // namespace

struct CrossValidation::PreparedFold {
  PreparedRows train;
  Matrix test;
};

Result<CrossValidation> CrossValidation::Make(const Problem& problem, std::vector<Fold> folds,
                                              std::vector<CandidateGroup> groups,
                                              CrossValidationOptions options) {
  CrossValidation validation;
  validation.problem_ = problem;
  validation.folds_ = std::move(folds);
  validation.groups_ = std::move(groups);
  validation.options_ = std::move(options);
  for (const CandidateGroup& group : validation.groups_) {
    REEVE_ASSIGN_OR_RETURN(auto learner, learners::MakeLearner(group.learner));
    validation.learners_.push_back(std::move(learner));
  }
  return validation;
}

Result<CrossValidation::PreparedFold> CrossValidation::PrepareFold(
    std::size_t fold_idx, learners::InputKind input) const {
  const Fold& fold = folds_[fold_idx];
  const std::uint64_t seed = Random(options_.seed).Fork("watch", fold_idx).Next();
  REEVE_ASSIGN_OR_RETURN(PreparedRows train, Prepare(problem_, fold.train, input, seed));
  REEVE_ASSIGN_OR_RETURN(Matrix test, train.pipeline.Transform(*problem_.table, fold.test));
  return PreparedFold{std::move(train), std::move(test)};
}

Result<std::vector<FoldOutcome>> CrossValidation::RunGroup(std::size_t group_idx,
                                                           std::size_t fold_idx,
                                                           const PreparedFold& prepared,
                                                           int threads) const {
  const double started = Clock::System().MonotonicSeconds();
  const CandidateGroup& group = groups_[group_idx];
  const FitOptions fit{
      .imbalance = options_.imbalance,
      .seed = Random(options_.seed).Fork(group.learner, group_idx * 1000 + fold_idx).Next(),
      .threads = threads,
      .early_stopping = true,
      .cancellation = options_.cancellation};
  REEVE_ASSIGN_OR_RETURN(FittedModels fitted, FitModels(problem_, prepared.train,
                                                        *learners_[group_idx], group.path, fit));
  const inference::Decision decision{.threshold = std::nullopt, .odds = fitted.odds};
  std::vector<FoldOutcome> outcomes;
  for (learners::TrainedModel& trained : fitted.models) {
    outcomes.push_back(
        {inference::PredictCorrected(*trained.model, decision, prepared.test, threads),
         std::move(trained.params), 0});
  }
  const double seconds = Clock::System().MonotonicSeconds() - started;
  for (FoldOutcome& outcome : outcomes)
    outcome.seconds = seconds / static_cast<double>(outcomes.size());
  return outcomes;
}

Result<std::vector<std::vector<std::vector<FoldOutcome>>>> CrossValidation::Run(
    const std::vector<std::size_t>& active, std::size_t begin, std::size_t end) const {
  // Prepared rows of every fold in the range, for the inputs that active groups want.
  std::vector<std::optional<PreparedFold>> prepared((end - begin) * std::size(kInputs));
  const auto slot = [&](std::size_t fold_idx, learners::InputKind input) {
    const auto* const kind = std::find(std::begin(kInputs), std::end(kInputs), input);
    return (fold_idx - begin) * std::size(kInputs) +
           static_cast<std::size_t>(kind - std::begin(kInputs));
  };
  REEVE_RETURN_IF_ERROR(ParallelFor(
      options_.threads, static_cast<std::int64_t>(prepared.size()), [&](std::int64_t i) {
        const learners::InputKind input = kInputs[static_cast<std::size_t>(i) % std::size(kInputs)];
        const std::size_t fold_idx = begin + static_cast<std::size_t>(i) / std::size(kInputs);
        const bool wanted = std::any_of(active.begin(), active.end(), [&](std::size_t group_idx) {
          return learners_[group_idx]->input() == input;
        });
        if (!wanted) return Status::Ok();
        Result<PreparedFold> made = PrepareFold(fold_idx, input);
        if (!made.ok()) return std::move(made).status();
        prepared[static_cast<std::size_t>(i)] = std::move(made).value();
        return Status::Ok();
      }));

  // Expensive learners stand last in the list of groups; starting with them keeps all threads busy
  // to the end.
  std::vector<Task> tasks;
  for (auto it = active.rbegin(); it != active.rend(); ++it) {
    for (std::size_t fold_idx = begin; fold_idx < end; ++fold_idx) tasks.push_back({*it, fold_idx});
  }
  std::vector<std::vector<std::vector<FoldOutcome>>> outcomes(groups_.size());
  for (const std::size_t group_idx : active) outcomes[group_idx].resize(end - begin);
  const int workers = std::min<int>(options_.threads, static_cast<int>(tasks.size()));
  const int threads_per_task = std::max(1, options_.threads / std::max(1, workers));
  std::mutex mutex;
  REEVE_RETURN_IF_ERROR(
      ParallelFor(workers, static_cast<std::int64_t>(tasks.size()), [&](std::int64_t i) {
        const Task& task = tasks[static_cast<std::size_t>(i)];
        const auto& rows = prepared[slot(task.fold_idx, learners_[task.group_idx]->input())];
        Result<std::vector<FoldOutcome>> outcome =
            RunGroup(task.group_idx, task.fold_idx, *rows, threads_per_task);
        if (!outcome.ok()) return std::move(outcome).status();
        outcomes[task.group_idx][task.fold_idx - begin] = std::move(outcome).value();
        if (options_.on_fit) {
          const std::lock_guard lock(mutex);
          options_.on_fit();
        }
        return Status::Ok();
      }));
  return outcomes;
}

}  // namespace reeve::tuning
