// The entry points that score.

#include <algorithm>
#include <iterator>
#include <limits>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "reeve/capi/arrow_export.h"
#include "reeve/capi/arrow_import.h"
#include "reeve/capi/cell_scorer.h"
#include "reeve/capi/cells.h"
#include "reeve/capi/error.h"
#include "reeve/capi/issues.h"
#include "reeve/capi/model.h"

namespace reeve::capi {
namespace {

// Where the answers of a call go; any may be NULL.
struct Outputs {
  ScoreOutputs scores;
  reeve_issues** issues;
};

Status NullPointer(const char* function) {
  return Status::InvalidArgument(std::string(function) +
                                 ": a null pointer where reeve.h does not allow one");
}

// Scoring itself only counts what it scores nonetheless; who asks for issues pays for the list.
Result<std::vector<contract::Violation>> FindViolations(const contract::Contract& contract,
                                                        const Table& table,
                                                        std::int64_t first_row) {
  REEVE_ASSIGN_OR_RETURN(
      contract::Conformed conformed,
      contract::Conform(contract, table, {.first_row = first_row, .report_soft_violations = true}));
  return std::move(conformed.violations);
}

Result<std::unique_ptr<reeve_issues>> FindIssues(const contract::Contract& contract,
                                                 const Table& table) {
  REEVE_ASSIGN_OR_RETURN(auto violations, FindViolations(contract, table, 0));
  return MakeIssues(contract, std::move(violations));
}

Status ScoreTable(const reeve_model& model, const Table& table, const Outputs& outputs) {
  REEVE_ASSIGN_OR_RETURN(const inference::Scored scored,
                         model.scorer.Score(table, 0, model.threads));
  std::unique_ptr<reeve_issues> issues;
  if (outputs.issues != nullptr) {
    REEVE_ASSIGN_OR_RETURN(issues, FindIssues(model.scorer.contract(), table));
    *outputs.issues = issues.release();
  }
  StoreScores(scored, outputs.scores);
  return Status::Ok();
}

Status ScoreCells(const reeve_model* model, const reeve_cell* cells, std::int64_t rows,
                  const Outputs& outputs) {
  if (model == nullptr || (cells == nullptr && rows > 0)) return NullPointer("reeve_score_cells");
  const contract::Contract& contract = model->scorer.contract();
  const auto width = static_cast<std::int64_t>(contract.columns.size());
  if (rows < 0 ||
      rows > std::numeric_limits<std::int64_t>::max() / 64 / std::max<std::int64_t>(width, 1)) {
    return Status::InvalidArgument("reeve_score_cells: " + std::to_string(rows) +
                                   " rows, expected 0 or more and as many as fit into memory");
  }
  const std::span<const reeve_cell> span(cells, static_cast<std::size_t>(rows * width));
  REEVE_RETURN_IF_ERROR(CheckCells(contract, span));
  const std::vector<std::int64_t> with_issues =
      model->cell_scorer->Score(span, rows, model->threads, outputs.scores);
  if (outputs.issues == nullptr) return Status::Ok();
  std::vector<contract::Violation> violations;
  for (const std::int64_t row : with_issues) {
    // Read once more from a table of its own, which knows the words for what is wrong.
    const auto of_row =
        span.subspan(static_cast<std::size_t>(row * width), contract.columns.size());
    REEVE_ASSIGN_OR_RETURN(auto found,
                           FindViolations(contract, TableOfCells(contract, of_row, 1), row));
    std::move(found.begin(), found.end(), std::back_inserter(violations));
  }
  *outputs.issues = MakeIssues(contract, std::move(violations)).release();
  return Status::Ok();
}

Status ScoreArrow(const reeve_model* model, const ArrowSchema* schema, const ArrowArray* array,
                  const Outputs& outputs) {
  if (model == nullptr || schema == nullptr || array == nullptr) {
    return NullPointer("reeve_score_arrow");
  }
  REEVE_ASSIGN_OR_RETURN(const Table table, ImportArrow(model->scorer.contract(), *schema, *array));
  return ScoreTable(*model, table, outputs);
}

struct ArrowInput {
  const ArrowSchema* schema;
  const ArrowArray* array;
};
struct ArrowOutput {
  ArrowSchema* schema;
  ArrowArray* array;
};

Status ScoreArrowToArrow(const reeve_model* model, const ArrowInput& input,
                         const ArrowOutput& output, reeve_issues** issues) {
  if (model == nullptr || input.schema == nullptr || input.array == nullptr ||
      output.schema == nullptr || output.array == nullptr) {
    return NullPointer("reeve_score_arrow_to_arrow");
  }
  const contract::Contract& contract = model->scorer.contract();
  REEVE_ASSIGN_OR_RETURN(const Table table, ImportArrow(contract, *input.schema, *input.array));
  REEVE_ASSIGN_OR_RETURN(const inference::Scored scored,
                         model->scorer.Score(table, 0, model->threads));
  std::unique_ptr<reeve_issues> found;
  if (issues != nullptr) {
    REEVE_ASSIGN_OR_RETURN(found, FindIssues(contract, table));
  }
  REEVE_RETURN_IF_ERROR(ExportArrow(contract, scored, *output.schema, *output.array));
  if (issues != nullptr) *issues = found.release();
  return Status::Ok();
}

}  // namespace
}  // namespace reeve::capi

// NOLINT(function-size): what to score, three answers and the error: a C caller passes each.
std::int32_t reeve_score_cells(const reeve_model* model, const reeve_cell* cells, std::int64_t rows,
                               double* probabilities, std::int32_t* predicted,
                               reeve_issues** issues, reeve_error** error) {
  return reeve::capi::Guarded(error, [&] {
    return reeve::capi::ScoreCells(model, cells, rows, {{probabilities, predicted}, issues});
  });
}

// NOLINT(function-size): as above.
std::int32_t reeve_score_arrow(const reeve_model* model, const ArrowSchema* schema,
                               const ArrowArray* array, double* probabilities,
                               std::int32_t* predicted, reeve_issues** issues,
                               reeve_error** error) {
  return reeve::capi::Guarded(error, [&] {
    return reeve::capi::ScoreArrow(model, schema, array, {{probabilities, predicted}, issues});
  });
}

// NOLINT(function-size): as above.
std::int32_t reeve_score_arrow_to_arrow(const reeve_model* model, const ArrowSchema* schema,
                                        const ArrowArray* array, ArrowSchema* out_schema,
                                        ArrowArray* out_array, reeve_issues** issues,
                                        reeve_error** error) {
  return reeve::capi::Guarded(error, [&] {
    return reeve::capi::ScoreArrowToArrow(model, {schema, array}, {out_schema, out_array}, issues);
  });
}
