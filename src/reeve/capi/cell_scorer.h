#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <utility>
#include <vector>

#include "reeve/base/result.h"
#include "reeve/capi/reeve.h"
#include "reeve/contract/cell_columns.h"
#include "reeve/inference/row_scorer.h"

namespace reeve::capi {

/// Where the scores of a call go; either may be NULL.
struct ScoreOutputs {
  /// Rows x classes, row-major; NaN where a row is not scored.
  double* probabilities = nullptr;
  /// A class index a row, -1 where it is not scored.
  std::int32_t* predicted = nullptr;
};

/// Copies `scored`, of some rows, to where `outputs` begin.
void StoreScores(const inference::Scored& scored, const ScoreOutputs& outputs);

/// Scores rows of cells as Scorer scores a table of them, bit for bit, without making one: a single
/// row costs what its fields and its trees cost. Thread-safe; keeps the memory of as many blocks as
/// were ever scored at once.
class CellScorer {
 public:
  /// `scorer` has to outlive the result.
  static Result<std::unique_ptr<const CellScorer>> Make(const inference::Scorer& scorer);

  /// Uses up to `threads` threads, with the same result for any number. Gives the rows with issues,
  /// rising. REQUIRES: CheckCells passed; cells.size() == rows * contract.columns.size().
  std::vector<std::int64_t> Score(std::span<const reeve_cell> cells, std::int64_t rows, int threads,
                                  const ScoreOutputs& outputs) const;

 private:
  // What a block of rows is read into and scored in.
  struct Desk {
    contract::CellColumns cells;
    inference::RowScores scores;
  };

  explicit CellScorer(inference::RowScorer row_scorer) : row_scorer_(std::move(row_scorer)) {}

  // Gives the rows with issues, counted from the block's first.
  std::vector<std::int64_t> ScoreBlock(std::span<const reeve_cell> cells, std::int64_t rows,
                                       const ScoreOutputs& outputs) const;
  std::unique_ptr<Desk> TakeDesk() const;
  void GiveBack(std::unique_ptr<Desk> desk) const;

  const inference::RowScorer row_scorer_;
  mutable std::mutex mutex_;  // guards free_
  mutable std::vector<std::unique_ptr<Desk>> free_;
};

}  // namespace reeve::capi
