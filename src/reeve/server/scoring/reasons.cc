#include "reeve/server/scoring/reasons.h"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "reeve/base/number.h"
#include "reeve/base/text.h"
#include "reeve/server/description/typical_row.h"
#include "reeve/server/scoring/predict.h"

namespace reeve::server {
namespace {

// What `reasons=true` asks for.
constexpr std::size_t kUsualReasons = 3;
// Steps of one request, about a quarter of a second, and those of a row whatever the model.
constexpr double kMostSteps = 8e7, kStepsPerRow = 5e3;

std::int64_t MostRows(const workflow::RowExplainer& explainer) {
  return std::max<std::int64_t>(
      1, static_cast<std::int64_t>(kMostSteps / (explainer.CostPerRow() + kStepsPerRow)));
}

// What a CSV file with the same fields would give.
Table TableOf(const RequestRows& rows) {
  Table table;
  const auto& columns = rows.contract().columns;
  for (std::size_t field = 0; field < columns.size(); ++field) {
    Column texts = Column::Texts(columns[field].name);
    for (std::size_t row = 0; row < rows.cells().rows(); ++row)
      texts.AppendText(Trim(CellText(rows.cells().At(row, field), columns[field].number_format)));
    table.Add(std::move(texts));
  }
  return table;
}

}  // namespace

bool ReadReasons(std::string_view query, std::size_t& top, Response& response) {
  top = 0;
  if (query.empty()) return true;
  const std::string value = QueryValue(query, "reasons");
  if (value == "true") top = kUsualReasons;
  if (value.empty() || value == "true" || value == "false") return true;
  const auto number = ParseInteger(value);
  if (number && *number >= 0) {
    top = static_cast<std::size_t>(*number);
    return true;
  }
  AnswerError(400, "invalid_argument",
              "the query has reasons=" + Quote(value, 60) +
                  ", expected how many reasons of each row are wanted, 0 or more",
              response);
  return false;
}

bool AsksForReasons(const Request& request) {
  return !request.query.empty() && !QueryValue(request.query, "reasons").empty();
}

bool CanGiveReasons(const ServedModel& model, std::size_t top, std::int64_t rows,
                    Response& response) {
  if (top == 0) return true;
  const Result<workflow::RowExplainer>& explainer = model.explainer();
  if (!explainer.ok()) {
    AnswerError(400, "no_reasons", NoReasonsText(explainer.status()), response);
    return false;
  }
  const std::int64_t most = MostRows(*explainer);
  if (rows <= most) return true;
  AnswerError(413, "too_many_rows",
              "the request asks for reasons of " + GroupDigits(rows) + " rows, expected at most " +
                  GroupDigits(most) +
                  " of this model; send several requests, or use reeve predict --reasons",
              response);
  return false;
}

Result<RowReasons> Reasons(const ServedModel& model, const ScoringDesk& desk, std::size_t top) {
  if (top == 0) return RowReasons();
  const Result<workflow::RowExplainer>& explainer = model.explainer();
  if (!explainer.ok()) return explainer.status();
  return explainer->Reasons(TableOf(desk.rows), desk.scores.predicted, top, 1);
}

void AppendReasons(const ServedModel& model, const std::vector<workflow::RowReason>& reasons,
                   std::int32_t predicted, std::string& out) {
  const auto explained = static_cast<std::size_t>(model.explainer()->ExplainedClass(predicted));
  Json json = Json::array();
  for (const workflow::RowReason& reason : reasons)
    json.push_back(workflow::ToJson(reason, model.contract().classes[explained]));
  out += ",\"reasons\":" + DumpJson(json);
}

std::string NoReasonsText(const Status& status) {
  return status.message() + (status.fixes().empty() ? "" : "; " + status.fixes().front());
}

void AppendReasonUnit(const ServedModel& model, std::string& out) {
  Json expected = Json::object();
  for (const auto& [name, value] : model.explainer()->expected()) expected[name] = value;
  out += ",\"unit\":\"";
  out += model.explainer()->unit();
  out += "\",\"expected\":" + DumpJson(expected);
}

}  // namespace reeve::server
