// The entry points that score.

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>
#include <string>
#include <utility>

#include "reeve/capi/arrow_export.h"
#include "reeve/capi/arrow_import.h"
#include "reeve/capi/cells.h"
#include "reeve/capi/error.h"
#include "reeve/capi/issues.h"
#include "reeve/capi/model.h"

namespace reeve::capi {
namespace {

// Where the answers of a call go; any may be NULL.
struct Outputs {
  double* probabilities;
  std::int32_t* predicted;
  reeve_issues** issues;
};

Status NullPointer(const char* function) {
  return Status::InvalidArgument(std::string(function) +
                                 ": a null pointer where reeve.h does not allow one");
}

// Scoring itself only counts what it scores nonetheless; who asks for issues pays for the list.
Result<std::unique_ptr<reeve_issues>> FindIssues(const contract::Contract& contract,
                                                 const Table& table) {
  REEVE_ASSIGN_OR_RETURN(
      contract::Conformed conformed,
      contract::Conform(contract, table, {.first_row = 0, .report_soft_violations = true}));
  return MakeIssues(contract, std::move(conformed.violations));
}

void Store(const inference::Scored& scored, const Outputs& outputs) {
  const auto classes = static_cast<std::size_t>(scored.probabilities.classes);
  if (outputs.predicted != nullptr) {
    std::copy(scored.predicted.begin(), scored.predicted.end(), outputs.predicted);
  }
  for (std::size_t row = 0; outputs.probabilities != nullptr && row < scored.usable.size(); ++row) {
    double* const out = outputs.probabilities + row * classes;
    if (scored.usable[row]) {
      const auto values = scored.probabilities.row(static_cast<std::int64_t>(row));
      std::copy(values.begin(), values.end(), out);
    } else {
      std::fill_n(out, classes, std::numeric_limits<double>::quiet_NaN());
    }
  }
}

Status ScoreTable(const reeve_model& model, const Table& table, const Outputs& outputs) {
  REEVE_ASSIGN_OR_RETURN(const inference::Scored scored,
                         model.scorer.Score(table, 0, model.threads));
  std::unique_ptr<reeve_issues> issues;
  if (outputs.issues != nullptr) {
    REEVE_ASSIGN_OR_RETURN(issues, FindIssues(model.scorer.contract(), table));
    *outputs.issues = issues.release();
  }
  Store(scored, outputs);
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
  REEVE_ASSIGN_OR_RETURN(const Table table, TableOfCells(contract, span, rows));
  return ScoreTable(*model, table, outputs);
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
    return reeve::capi::ScoreCells(model, cells, rows, {probabilities, predicted, issues});
  });
}

// NOLINT(function-size): as above.
std::int32_t reeve_score_arrow(const reeve_model* model, const ArrowSchema* schema,
                               const ArrowArray* array, double* probabilities,
                               std::int32_t* predicted, reeve_issues** issues,
                               reeve_error** error) {
  return reeve::capi::Guarded(error, [&] {
    return reeve::capi::ScoreArrow(model, schema, array, {probabilities, predicted, issues});
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
