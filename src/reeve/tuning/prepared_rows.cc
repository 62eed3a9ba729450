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

// Puts the rows of `part` at `positions` of `whole`, which has the same columns.
void Place(const Matrix& part, std::span<const std::int64_t> positions, Matrix& whole) {
  for (std::int64_t j = 0; j < part.cols(); ++j) {
    const auto from = part.column(j);
    const auto to = whole.column(j);
    for (std::size_t i = 0; i < positions.size(); ++i)
      to[static_cast<std::size_t>(positions[i])] = from[i];
  }
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
  Result<std::unique_ptr<PreparedRows>> made =
      key.fold_idx == PreparedKey::kAllRows          ? MakeOfAll(key.input)
      : key.input == InputKind::kTreesWithStatistics ? MakeAnew(key)
                                                     : Relearn(key);
  if (made.ok() && key.input != InputKind::kLinear)
    (*made)->quantised = learners::Quantise((*made)->matrix, threads_);
  return made;
}

Result<features::FittedRows> Preparation::Fit(InputKind input,
                                              std::span<const std::int64_t> rows) const {
  features::PipelineOptions recipe = RecipeOf(input);
  recipe.derived = problem_.derived;
  return features::Pipeline::FitTransform(*problem_.table, rows, problem_.features, recipe,
                                          Supervise());
}

Result<std::unique_ptr<PreparedRows>> Preparation::MakeOfAll(InputKind input) const {
  REEVE_ASSIGN_OR_RETURN(features::FittedRows fitted, Fit(input, rows_));
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

Result<std::unique_ptr<PreparedRows>> Preparation::MakeAnew(const PreparedKey& key) const {
  const Fold& fold = folds_[static_cast<std::size_t>(key.fold_idx)];
  const auto rows_at = [&](const std::vector<std::int64_t>& positions) {
    std::vector<std::int64_t> rows;
    rows.reserve(positions.size());
    for (const std::int64_t position : positions)
      rows.push_back(rows_[static_cast<std::size_t>(position)]);
    return rows;
  };
  REEVE_ASSIGN_OR_RETURN(features::FittedRows fitted, Fit(key.input, rows_at(fold.train)));
  REEVE_ASSIGN_OR_RETURN(const Matrix test,
                         fitted.pipeline.Transform(*problem_.table, rows_at(fold.test)));
  Matrix matrix(static_cast<std::int64_t>(rows_.size()), fitted.pipeline.outputs());
  Place(fitted.matrix, fold.train, matrix);
  Place(test, fold.test, matrix);
  return std::make_unique<PreparedRows>(
      PreparedRows{std::move(fitted.pipeline), std::move(matrix), {}});
}

}  // namespace reeve::tuning
