#include "reeve/tuning/prepared_rows.h"

namespace reeve::tuning {
namespace {

using learners::InputKind;

features::PipelineOptions RecipeOf(InputKind input) {
  return input == InputKind::kLinear ? features::PipelineOptions::ForLinear()
                                     : features::PipelineOptions::ForTrees();
}

}  // namespace

Preparation::Preparation(const Problem& problem, const std::vector<std::int64_t>& rows,
                         const std::vector<Fold>& folds, int threads)
    : problem_(problem), rows_(rows), folds_(folds), threads_(threads) {}

PreparedKey Preparation::KeyOfFold(InputKind input, std::size_t fold_idx) {
  (void)fold_idx;
  return {.input = input, .fold_idx = PreparedKey::kAllRows};
}

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

Result<std::unique_ptr<PreparedRows>> Preparation::Make(const PreparedKey& key) const {
  REEVE_ASSIGN_OR_RETURN(
      features::FittedPipeline pipeline,
      features::Pipeline::Fit(*problem_.table, rows_, problem_.features, RecipeOf(key.input)));
  REEVE_ASSIGN_OR_RETURN(Matrix matrix, pipeline.Transform(*problem_.table, rows_));
  learners::QuantisedMatrix quantised;
  if (key.input != InputKind::kLinear) quantised = learners::Quantise(matrix, threads_);
  return std::make_unique<PreparedRows>(
      PreparedRows{std::move(pipeline), std::move(matrix), std::move(quantised)});
}

}  // namespace reeve::tuning
