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
  if (key.fold_idx != PreparedKey::kAllRows) return MakeForFold(key);
  features::PipelineOptions recipe = RecipeOf(key.input);
  recipe.derived = problem_.derived;
  REEVE_ASSIGN_OR_RETURN(features::FittedRows fitted,
                         features::Pipeline::FitTransform(*problem_.table, rows_, problem_.features,
                                                          recipe, Supervise()));
  learners::QuantisedMatrix quantised;
  if (key.input != InputKind::kLinear) quantised = learners::Quantise(fitted.matrix, threads_);
  return std::make_unique<PreparedRows>(
      PreparedRows{std::move(fitted.pipeline), std::move(fitted.matrix), std::move(quantised)});
}

Result<std::unique_ptr<PreparedRows>> Preparation::MakeForFold(const PreparedKey& key) {
  REEVE_ASSIGN_OR_RETURN(const PreparedRows* const all, Get({.input = key.input}));
  Matrix matrix = all->matrix;
  REEVE_RETURN_IF_ERROR(all->pipeline.Relearn(*problem_.table, rows_,
                                              folds_[static_cast<std::size_t>(key.fold_idx)].train,
                                              Supervise(), matrix));
  learners::QuantisedMatrix quantised;
  if (key.input != InputKind::kLinear) quantised = learners::Quantise(matrix, threads_);
  return std::make_unique<PreparedRows>(
      PreparedRows{features::FittedPipeline::Join({}), std::move(matrix), std::move(quantised)});
}

}  // namespace reeve::tuning
