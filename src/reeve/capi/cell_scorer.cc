#include "reeve/capi/cell_scorer.h"

#include <algorithm>
#include <limits>

#include "reeve/base/parallel.h"
#include "reeve/capi/cells.h"

namespace reeve::capi {
namespace {

// Enough that the memory of a block stays in the cache, and that threads have something to do.
constexpr std::int64_t kBlockRows = 1024;

// `outputs` from a row on.
ScoreOutputs From(const ScoreOutputs& outputs, std::int64_t row, std::size_t classes) {
  const auto at = static_cast<std::size_t>(row);
  return {.probabilities =
              outputs.probabilities == nullptr ? nullptr : outputs.probabilities + at * classes,
          .predicted = outputs.predicted == nullptr ? nullptr : outputs.predicted + at};
}

// Rows that have no class have no probabilities.
void Store(std::span<const double> probabilities, std::span<const std::int32_t> predicted,
           const ScoreOutputs& outputs) {
  if (outputs.predicted != nullptr)
    std::copy(predicted.begin(), predicted.end(), outputs.predicted);
  if (outputs.probabilities == nullptr || predicted.empty()) return;
  std::copy(probabilities.begin(), probabilities.end(), outputs.probabilities);
  const std::size_t classes = probabilities.size() / predicted.size();
  for (std::size_t row = 0; row < predicted.size(); ++row) {
    if (predicted[row] >= 0) continue;
    std::fill_n(outputs.probabilities + row * classes, classes,
                std::numeric_limits<double>::quiet_NaN());
  }
}

}  // namespace

void StoreScores(const inference::Scored& scored, const ScoreOutputs& outputs) {
  Store(scored.probabilities.values, scored.predicted, outputs);
}

Result<std::unique_ptr<const CellScorer>> CellScorer::Make(const inference::Scorer& scorer) {
  REEVE_ASSIGN_OR_RETURN(inference::RowScorer row_scorer, inference::RowScorer::Make(scorer));
  return std::unique_ptr<const CellScorer>(new CellScorer(std::move(row_scorer)));
}

std::unique_ptr<CellScorer::Desk> CellScorer::TakeDesk() const {
  const std::lock_guard lock(mutex_);
  if (free_.empty()) return std::make_unique<Desk>();
  std::unique_ptr<Desk> desk = std::move(free_.back());
  free_.pop_back();
  return desk;
}

void CellScorer::GiveBack(std::unique_ptr<Desk> desk) const {
  const std::lock_guard lock(mutex_);
  free_.push_back(std::move(desk));
}

std::vector<std::int64_t> CellScorer::ScoreBlock(std::span<const reeve_cell> cells,
                                                 std::int64_t rows,
                                                 const ScoreOutputs& outputs) const {
  std::unique_ptr<Desk> desk = TakeDesk();
  ColumnsOfCells(row_scorer_.contract(), cells, rows, desk->cells);
  row_scorer_.Score(desk->cells, desk->scores);
  Store(desk->scores.probabilities, desk->scores.predicted, outputs);
  std::vector<std::int64_t> with_issues;
  for (const inference::RowIssue& issue : desk->scores.issues) {
    if (with_issues.empty() || with_issues.back() != issue.row) with_issues.push_back(issue.row);
  }
  GiveBack(std::move(desk));
  return with_issues;
}

std::vector<std::int64_t> CellScorer::Score(std::span<const reeve_cell> cells, std::int64_t rows,
                                            int threads, const ScoreOutputs& outputs) const {
  if (rows <= kBlockRows) return ScoreBlock(cells, rows, outputs);
  const std::size_t fields = row_scorer_.contract().columns.size();
  const std::size_t classes = row_scorer_.contract().classes.size();
  std::vector<std::vector<std::int64_t>> of_blocks(
      static_cast<std::size_t>((rows + kBlockRows - 1) / kBlockRows));
  // No block fails.
  (void)ParallelFor(threads, static_cast<std::int64_t>(of_blocks.size()), [&](std::int64_t block) {
    const std::int64_t first = block * kBlockRows, count = std::min(kBlockRows, rows - first);
    const auto of_block = cells.subspan(static_cast<std::size_t>(first) * fields,
                                        static_cast<std::size_t>(count) * fields);
    of_blocks[static_cast<std::size_t>(block)] =
        ScoreBlock(of_block, count, From(outputs, first, classes));
    return Status::Ok();
  });
  std::vector<std::int64_t> with_issues;
  for (std::size_t block = 0; block < of_blocks.size(); ++block) {
    for (const std::int64_t row : of_blocks[block])
      with_issues.push_back(static_cast<std::int64_t>(block) * kBlockRows + row);
  }
  return with_issues;
}

}  // namespace reeve::capi
