#include "reeve/server/description/form_answer.h"

#include <algorithm>

#include "reeve/base/text.h"
#include "reeve/server/description/form_data.h"
#include "reeve/server/description/form_page.h"
#include "reeve/server/description/shell_command.h"
#include "reeve/server/description/typical_row.h"
#include "reeve/server/scoring/predict.h"
#include "reeve/server/scoring/reasons.h"

namespace reeve::server {
namespace {

using contract::Cell;
using contract::ContractColumn;

std::vector<std::string> ModelNames(const ScoringContext& context) {
  std::vector<std::string> names;
  for (const auto& model : context.models->List()) names.push_back(model->name);
  return names;
}

void SendPage(const FormPage& page, Response& response) {
  response.content_type = "text/html; charset=utf-8";
  response.body = Render(page);
  AddPageHeaders(response);
}

// Fills the desk with the form's row; the texts stay in `fields`.
void PutOnDesk(const contract::Contract& contract, const std::vector<FieldView>& fields,
               ScoringDesk& desk) {
  desk.rows.Begin(contract);
  desk.rows.AddRow();
  for (std::size_t i = 0; i < fields.size(); ++i) {
    const std::string& value = fields[i].value;
    if (!value.empty())
      desk.rows.Set(i, {.kind = Cell::Kind::kText, .text = desk.rows.Keep(value)});
  }
}

std::string ProblemText(const FieldProblem& problem, const std::string& value) {
  if (problem.problem == "missing") return "A value is needed here.";
  if (problem.problem == "wrong_type")
    return Quote(value, 60) + " was found, " + problem.expected + " was expected.";
  return problem.problem + ", expected " + problem.expected;
}

std::string WarningText(contract::Rule rule) {
  return rule == contract::Rule::kUnseenCategory
             ? "Training never saw this value; it is scored as unknown."
             : "Outside of what training saw; it is scored as it is.";
}

void TellProblems(const contract::Contract& contract, const ScoringDesk& desk, FormPage& page) {
  std::size_t count = 0;
  for (const FieldProblem& problem : desk.rows.problems()) {
    const auto position = contract.Find(problem.field);
    if (!position) continue;
    FieldView& field = page.fields[*position];
    if (field.problem.empty()) ++count;
    field.problem = ProblemText(problem, field.value);
  }
  page.problem = count == 1 ? "One field needs another value."
                            : std::to_string(count) + " fields need other values.";
}

// Values out of range too, which answers to programs leave to the metrics.
void TellWarnings(const ScoringDesk& desk, FormPage& page) {
  for (const inference::RowIssue& issue : desk.scores.issues)
    page.fields[issue.field].warning = WarningText(issue.rule);
}

bool IsForm(const Request& request) {
  const std::string_view type = request.Header("Content-Type");
  return ToLower(Trim(type.substr(0, type.find(';')))) == "application/x-www-form-urlencoded";
}

}  // namespace

std::shared_ptr<const ServedModel> ShownModel(const ScoringContext& context, const Request& request,
                                              Response& response) {
  const auto models = context.models->List();
  if (!request.query.empty() || models.empty()) return RequestedModel(context, request, response);
  auto model = context.models->Find("", "");
  return model ? model : models.front();
}

void ShowForm(const ScoringContext& context, const Request& request, Response& response) {
  const auto model = ShownModel(context, request, response);
  if (model == nullptr) return;
  FormPage page{.model = model.get(),
                .models = ModelNames(context),
                .address = FormAddress(context.form_path)};
  const std::vector<Cell> row = TypicalRow(*model);
  for (std::size_t i = 0; i < row.size(); ++i) {
    const contract::NumberFormat format = model->contract().columns[i].number_format;
    page.fields.push_back({.value = CellText(row[i], format)});
  }
  SendPage(page, response);
}

void AnswerForm(const ScoringContext& context, const Request& request, Response& response) {
  const auto model = RequestedModel(context, request, response);
  if (model == nullptr) return;
  if (!IsForm(request)) {
    return AnswerError(
        415, "unsupported_media_type",
        "the form is sent as application/x-www-form-urlencoded; JSON goes to /predict", response);
  }
  FormPage page{.model = model.get(),
                .models = ModelNames(context),
                .address = FormAddress(context.form_path)};
  const FormData form = ParseFormData(request.body);
  for (const ContractColumn& column : model->contract().columns)
    page.fields.push_back({.value = SentValue(column, form)});
  const bool is_text = std::all_of(page.fields.begin(), page.fields.end(),
                                   [](const FieldView& field) { return IsUtf8(field.value); });
  if (!is_text)
    return AnswerError(400, "invalid_utf8", "a value of the form is no UTF-8", response);

  ScoringDesk& desk = ScoringDesk::OfThread();
  PutOnDesk(model->contract(), page.fields, desk);
  if (!ScoreRows(context, *model, request, desk)) {
    TellProblems(model->contract(), desk, page);
    response.status = 400;
    return SendPage(page, response);
  }
  TellWarnings(desk, page);
  const std::vector<Cell> cells = desk.rows.cells().Row(0);
  const Result<RowReasons> reasons = Reasons(*model, desk, kShownReasons);
  const std::string models = ModelQuery(page);
  const std::string command =
      ShellCommand(OriginOf(request) + "/predict" + (models.empty() ? "?" : models + "&") +
                       "reasons=" + std::to_string(kShownReasons),
                   *model, cells);
  const AnswerView answer{.probabilities = desk.scores.probabilities,
                          .predicted = static_cast<std::size_t>(desk.scores.predicted[0]),
                          .reasons = reasons,
                          .request_id = request.request_id,
                          .command = command};
  page.answer = &answer;
  SendPage(page, response);
}

std::string OriginOf(const Request& request) {
  const std::string_view host = request.Header("Host");
  const bool is_sound =
      !host.empty() && host.size() <= 255 && std::all_of(host.begin(), host.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               std::string_view(".-:[]_").find(c) != std::string_view::npos;
      });
  if (!is_sound) return "http://localhost:5000";
  const bool is_secure = ToLower(request.Header("X-Forwarded-Proto")) == "https";
  return (is_secure ? "https://" : "http://") + std::string(host);
}

void AddPageHeaders(Response& response) {
  response.headers.emplace_back(
      "Content-Security-Policy",
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
      "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'");
  response.headers.emplace_back("X-Content-Type-Options", "nosniff");
  response.headers.emplace_back("Referrer-Policy", "no-referrer");
  response.headers.emplace_back("Cache-Control", "no-store");
}

}  // namespace reeve::server
