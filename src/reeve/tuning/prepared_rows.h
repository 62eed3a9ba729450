#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <vector>

#include "reeve/base/result.h"
#include "reeve/features/pipeline.h"
#include "reeve/learners/learner.h"
#include "reeve/learners/quantised.h"
#include "reeve/tuning/folds.h"
#include "reeve/tuning/problem.h"

namespace reeve::tuning {

/// The rows of a search as one matrix for learners of one input kind, with the pipeline that made
/// it. Row i is the i-th row of the search ("position").
struct PreparedRows {
  /// Of all rows. Of a fold: its own where the labels choose the columns, else empty.
  features::FittedPipeline pipeline;
  Matrix matrix;
  /// The matrix in bins, for learners that work on them; empty for linear input.
  learners::QuantisedMatrix quantised;
};

/// Names a matrix of a search.
struct PreparedKey {
  static constexpr int kAllRows = -1;

  learners::InputKind input = learners::InputKind::kTrees;
  /// Fold whose training rows it was fitted on, kAllRows for all rows.
  int fold_idx = kAllRows;

  auto operator<=>(const PreparedKey&) const = default;
};

/// Makes and keeps the matrices of a search, each once: bins and codes are shared by every fold,
/// trial and learner.
///
/// What looks at no label (dictionaries, medians, scales, bins) is fitted once on all rows of the
/// search; what looks at labels is fitted inside each fold, and its training rows get values that
/// their own labels had no part in. Thread-safe.
class Preparation {
 public:
  /// Everything given outlives the object. `folds` hold positions.
  Preparation(const Problem& problem, const std::vector<std::int64_t>& rows,
              const std::vector<Fold>& folds, int threads);

  /// Made at the first call. Valid as long as this object, or until its pipeline is taken.
  Result<const PreparedRows*> Get(const PreparedKey& key);
  /// The matrix on which fold `fold_idx` is learnt and tested: that of all rows, unless a step
  /// looks at labels. The columns are those of the matrix of all rows, but for target statistics,
  /// which each fold chooses by itself.
  Result<const PreparedRows*> GetForFold(learners::InputKind input, std::size_t fold_idx);
  /// Whether a row of the matrix of all rows was told of labels: then no row can be held out of it.
  Result<bool> LooksAtLabels(learners::InputKind input);
  /// Moves the pipeline out; the matrix is freed.
  Result<features::FittedPipeline> TakePipeline(const PreparedKey& key);

 private:
  struct Slot {
    std::once_flag once;
    Status status = Status::Ok();
    std::unique_ptr<PreparedRows> rows;
  };

  Slot& SlotOf(const PreparedKey& key);
  Result<std::unique_ptr<PreparedRows>> Make(const PreparedKey& key);
  Result<std::unique_ptr<PreparedRows>> Fit(const PreparedKey& key) const;
  Result<std::unique_ptr<PreparedRows>> Relearn(const PreparedKey& key);
  features::Supervision Supervise() const;

  const Problem& problem_;
  const std::vector<std::int64_t>& rows_;
  const std::vector<Fold>& folds_;
  const int threads_;
  std::mutex mutex_;  // guards slots_, not what they hold
  std::map<PreparedKey, Slot> slots_;
};

}  // namespace reeve::tuning
