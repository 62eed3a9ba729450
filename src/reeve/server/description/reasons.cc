#include "reeve/server/description/reasons.h"

#include <algorithm>
#include <cmath>

#include "reeve/base/number.h"
#include "reeve/server/description/typical_row.h"
#include "reeve/server/scoring/scoring.h"

namespace reeve::server {
namespace {

using contract::Cell;

// Cells of one call of the scorer: a few hundred kilobytes.
constexpr std::size_t kBlockCells = 16'384;

// Rows `begin` to `end` of the variants of `row`, where variant i has field i replaced. In blocks,
// so that memory grows with the columns and not with their square.
std::vector<Cell> Variants(std::span<const Cell> row, std::span<const Cell> references,
                           std::size_t begin, std::size_t end) {
  std::vector<Cell> cells;
  cells.reserve((end - begin) * row.size());
  for (std::size_t field = begin; field < end; ++field) {
    cells.insert(cells.end(), row.begin(), row.end());
    cells[cells.size() - row.size() + field] = references[field];
  }
  return cells;
}

void AppendCell(const Cell& cell, std::string& out) {
  switch (cell.kind) {
    case Cell::Kind::kMissing:
      out += "null";
      break;
    case Cell::Kind::kNumber:
      AppendNumber(cell.number, out);
      break;
    case Cell::Kind::kBoolean:
      out += cell.number != 0 ? "true" : "false";
      break;
    case Cell::Kind::kText:
      AppendJsonText(cell.text, out);
      break;
  }
}

}  // namespace

std::vector<Reason> Reasons(const ServedModel& model, std::span<const Cell> row) {
  const std::size_t fields = row.size();
  if (fields == 0 || fields > kMaxReasonFields) return {};
  const auto& columns = model.contract().columns;
  const std::size_t classes = model.contract().classes.size();
  // Not the desk's: the caller may still need what stands there.
  thread_local inference::RowScores scores;
  model.row_scorer->Score(row, scores);
  if (scores.predicted[0] < 0) return {};
  const std::size_t shown = classes == 2 ? 1 : static_cast<std::size_t>(scores.predicted[0]);
  const double probability = scores.probabilities[shown];

  std::vector<Reason> reasons;
  const std::vector<Cell> references = TypicalRow(model);
  const std::size_t block = std::max<std::size_t>(1, kBlockCells / fields);
  for (std::size_t begin = 0; begin < fields; begin += block) {
    const std::size_t end = std::min(begin + block, fields);
    model.row_scorer->Score(Variants(row, references, begin, end), scores);
    for (std::size_t field = begin; field < end; ++field) {
      const std::size_t variant = field - begin;
      if (scores.predicted[variant] < 0) continue;
      const double moved = probability - scores.probabilities[variant * classes + shown];
      if (moved != 0)
        reasons.push_back({columns[field].name, row[field], references[field], moved});
    }
  }
  std::stable_sort(reasons.begin(), reasons.end(), [](const Reason& a, const Reason& b) {
    return std::abs(a.contribution) > std::abs(b.contribution);
  });
  return reasons;
}

void AppendReasons(const std::vector<Reason>& reasons, std::string& out) {
  out += ",\"reasons\":[";
  for (std::size_t i = 0; i < reasons.size(); ++i) {
    out += i == 0 ? "{\"field\":" : ",{\"field\":";
    AppendJsonText(reasons[i].field, out);
    out += ",\"value\":";
    AppendCell(reasons[i].value, out);
    out += ",\"reference\":";
    AppendCell(reasons[i].reference, out);
    out += ",\"contribution\":";
    AppendJsonNumber(reasons[i].contribution, out);
    out += '}';
  }
  out += ']';
}

}  // namespace reeve::server
