#include "reeve/tuning/prepared_rows.h"

namespace reeve::tuning {
namespace {

using learners::InputKind;

// Which rows are held back from which is no choice of the user's.
constexpr std::uint64_t kSupervisionSeed = 42;

features::PipelineOptions RecipeOf(InputKind input) {
  switch (input) {
    case InputKind::kTrees:
      return features::PipelineOptions::ForTrees();
    case InputKind::kTreesWithStatistics:
      return features::PipelineOptions::ForTreesWithStatistics();
    case InputKind::kLinear:
      break;
  }
  return features::PipelineOptions::ForLinear();
}

}  // namespace

Preparation::Preparation(const Problem& problem, const std::vector<std::int64_t>& rows,
                         const std::vector<Fold>& folds, int threads)
    : problem_(problem), rows_(rows), folds_(folds), threads_(threads) {}

Preparation::Slot& Preparation::SlotOf(const PreparedKey& key) {
  const std::lock_guard lock(mutex_);
  return slots_[key];
}

Result<const PreparedRows*> Preparation::Get(const PreparedKey& key) {
  Slot& slot = SlotOf(key);
  std::call_once(slot.once, [&] {
    Result<std::unique_ptr<PreparedRows>> made = Make(key);
    if (made.ok()) {
      slot.rows = std::move(made).value();
    } else {
      slot.status = std::move(made).status();
    }
  });
  if (!slot.status.ok()) return slot.status;
  return static_cast<const PreparedRows*>(slot.rows.get());
}

Result<features::FittedPipeline> Preparation::TakePipeline(const PreparedKey& key) {
  REEVE_RETURN_IF_ERROR(Get(key).status());
  const std::unique_ptr<PreparedRows> taken = std::move(SlotOf(key).rows);
  return std::move(taken->pipeline);
}

Result<const PreparedRows*> Preparation::GetForFold(InputKind input, std::size_t fold_idx) {
  REEVE_ASSIGN_OR_RETURN(const bool looks_at_labels, LooksAtLabels(input));
  return Get({.input = input,
              .fold_idx = looks_at_labels ? static_cast<int>(fold_idx) : PreparedKey::kAllRows});
}

Result<bool> Preparation::LooksAtLabels(InputKind input) {
  if (input == InputKind::kTreesWithStatistics) return true;
  REEVE_ASSIGN_OR_RETURN(const PreparedRows* const all, Get({.input = input}));
  return all->pipeline.looks_at_labels();
}

features::Supervision Preparation::Supervise() const {
  return {.labels = problem_.labels,
          .classes = problem_.classes,
          .groups = problem_.groups,
          .seed = kSupervisionSeed};
}

Result<std::unique_ptr<PreparedRows>> Preparation::Make(const PreparedKey& key) {
  const bool relearns =
      key.fold_idx != PreparedKey::kAllRows && key.input != InputKind::kTreesWithStatistics;
  Result<std::unique_ptr<PreparedRows>> made = relearns ? Relearn(key) : Fit(key);
  if (made.ok() && key.input != InputKind::kLinear)
    (*made)->quantised = learners::Quantise((*made)->matrix, threads_);
  return made;
}

Result<std::unique_ptr<PreparedRows>> Preparation::Fit(const PreparedKey& key) const {
  features::PipelineOptions recipe = RecipeOf(key.input);
  recipe.derived = problem_.derived;
  features::Supervision supervision = Supervise();
  if (key.fold_idx != PreparedKey::kAllRows)
    supervision.watched = folds_[static_cast<std::size_t>(key.fold_idx)].test;
  REEVE_ASSIGN_OR_RETURN(features::FittedRows fitted,
                         features::Pipeline::FitTransform(*problem_.table, rows_, problem_.features,
                                                          recipe, supervision));
  return std::make_unique<PreparedRows>(
      PreparedRows{std::move(fitted.pipeline), std::move(fitted.matrix), {}});
}

Result<std::unique_ptr<PreparedRows>> Preparation::Relearn(const PreparedKey& key) {
  REEVE_ASSIGN_OR_RETURN(const PreparedRows* const all, Get({.input = key.input}));
  Matrix matrix = all->matrix;
  REEVE_RETURN_IF_ERROR(all->pipeline.Relearn(*problem_.table, rows_,
                                              folds_[static_cast<std::size_t>(key.fold_idx)].train,
                                              Supervise(), matrix));
  return std::make_unique<PreparedRows>(
      PreparedRows{features::FittedPipeline::Join({}), std::move(matrix), {}});
}

}  // namespace reeve::tuning
