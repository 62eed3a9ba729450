#include "reeve/server/scoring/predict.h"

#include <charconv>

#include "reeve/base/text.h"
#include "reeve/server/description/form_data.h"
#include "reeve/server/scoring/json_body.h"
#include "reeve/server/scoring/json_rows.h"
#include "reeve/server/scoring/reasons.h"

namespace reeve::server {
namespace {

void AnswerMalformed(const JsonProblem& problem, Response& response) {
  AnswerError(400, "invalid_json",
              problem.message + " (byte " + std::to_string(problem.at) + " of the body)", response);
}

// One row, or the rows of "instances", of a request's body.
class BodyReader {
 public:
  BodyReader(const ScoringContext& context, const ServedModel& model, ScoringDesk& desk)
      : context_(context) {
    desk.rows.Begin(model.contract());
    reader_.Begin(*model.fields,
                  {.max_depth = context.max_depth,
                   .max_rows = context.max_rows,
                   .key_field = context.key_field},
                  desk.rows);
  }

  bool ReadOne(std::string_view body, Response& response) {
    JsonCursor cursor(body);
    if (cursor.Peek() != '{' && IsJson(body))
      return Refuse("the body is no JSON object, expected one row as {\"field\": value, …}",
                    response);
    if (reader_.ReadRow(cursor) && cursor.TakeEnd()) return true;
    AnswerMalformed(cursor.problem(), response);
    return false;
  }

  bool ReadInstances(std::string_view body, Response& response) {
    JsonCursor cursor(body);
    if (cursor.Peek() != '{' && IsJson(body))
      return Refuse("the body is no JSON object, expected {\"instances\": [{…}, …]}", response);
    bool found = false;
    if (ReadMembers(cursor, found) && cursor.TakeEnd()) {
      return found || Refuse("member \"instances\" is missing, expected {\"instances\": [{…}, …]}",
                             response);
    }
    if (reader_.too_many_rows()) {
      AnswerError(413, "too_many_rows",
                  "the request holds more than " + std::to_string(context_.max_rows) +
                      " rows; send several requests, or use /predict/csv or reeve predict",
                  response);
    } else {
      AnswerMalformed(cursor.problem(), response);
    }
    return false;
  }

 private:
  // Whether something that is no object is at least JSON: the better message follows from it.
  bool IsJson(std::string_view body) const {
    JsonCursor cursor(body);
    std::string_view ignored;
    return cursor.SkipValue(context_.max_depth, ignored) && cursor.TakeEnd();
  }

  static bool Refuse(std::string_view message, Response& response) {
    AnswerError(400, "invalid_request", message, response);
    return false;
  }

  bool ReadMembers(JsonCursor& cursor, bool& found) {
    if (!cursor.Take('{', "a JSON object")) return false;
    if (cursor.TakeIf('}')) return true;
    std::string scratch;
    do {
      std::string_view name, ignored;
      if (cursor.Peek() != '"') return cursor.Fail("expected the name of a member");
      if (!cursor.ReadText(name, scratch)) return false;
      const bool is_instances = name == "instances";
      if (!cursor.Take(':', "':' behind the name of a member")) return false;
      if (is_instances && found) return cursor.Fail("member \"instances\" stands twice");
      if (is_instances) found = true;
      if (!(is_instances ? reader_.ReadArray(cursor)
                         : cursor.SkipValue(context_.max_depth - 1, ignored)))
        return false;
    } while (cursor.TakeIf(','));
    return cursor.Take('}', "',' or '}' behind a member");
  }

  const ScoringContext& context_;
  static thread_local JsonRowReader reader_;
};

thread_local JsonRowReader BodyReader::reader_;

void FinishAnswer(const ScoringContext& context, const ServedModel& model, Response& response) {
  std::string& out = response.body;
  out += ",\"model_version\":";
  AppendJsonText(model.version, out);
  out += ",\"timestamp\":\"";
  out += TimestampNow(*context.clock);
  out += '"';
  response.headers.emplace_back("X-Model-Version", model.version);
}

void AnswerNoReasons(const Status& status, Response& response) {
  AnswerError(500, "internal", "the reasons could not be found: " + status.message(), response);
}

void PredictOne(const ScoringContext& context, const Request& request, Response& response) {
  std::size_t top = 0;
  if (!TakesJson(request, response) || !ReadReasons(request.query, top, response)) return;
  const auto model = RequestedModel(context, request, response);
  if (!model) return;
  ScoringDesk& desk = ScoringDesk::OfThread();
  if (!BodyReader(context, *model, desk).ReadOne(request.body, response)) return;
  if (!CanGiveReasons(*model, top, 1, response)) return;
  if (!ScoreRows(context, *model, request, desk))
    return AnswerProblems(desk.rows.problems(), response);
  const Result<RowReasons> reasons = Reasons(*model, desk, top);
  if (!reasons.ok()) return AnswerNoReasons(reasons.status(), response);
  std::string& out = response.body;
  out.clear();
  AppendPrediction(*model, desk.scores, 0, out);
  FinishAnswer(context, *model, response);
  if (!desk.scores.issues.empty() || !desk.rows.unknown().empty())
    AppendWarnings(Warnings(*model, desk), out);
  if (top > 0) {
    AppendReasons(*model, (*reasons)[0], desk.scores.predicted[0], out);
    AppendReasonUnit(*model, out);
  }
  out += '}';
}

void AppendSeconds(double seconds, std::string& out) {
  char buffer[32];
  const auto end =
      std::to_chars(buffer, buffer + sizeof buffer, seconds, std::chars_format::fixed, 6);
  out.append(buffer, end.ptr);
}

void AppendExplained(const ServedModel& model, const inference::RowScores& scores,
                     const RowReasons& reasons, std::string& out) {
  out += '[';
  for (std::size_t row = 0; row < reasons.size(); ++row) {
    if (row > 0) out += ',';
    AppendPrediction(model, scores, static_cast<std::int64_t>(row), out);
    AppendReasons(model, reasons[row], scores.predicted[row], out);
    out += ",\"row_id\":" + std::to_string(row) + "}";
  }
  out += ']';
}

void PredictBatch(const ScoringContext& context, const Request& request, Response& response) {
  const double started = context.clock->MonotonicSeconds();
  std::size_t top = 0;
  if (!TakesJson(request, response) || !ReadReasons(request.query, top, response)) return;
  const auto model = RequestedModel(context, request, response);
  if (!model) return;
  ScoringDesk& desk = ScoringDesk::OfThread();
  if (!BodyReader(context, *model, desk).ReadInstances(request.body, response)) return;
  if (!CanGiveReasons(*model, top, desk.rows.rows(), response)) return;
  if (!ScoreRows(context, *model, request, desk))
    return AnswerProblems(desk.rows.problems(), response);
  const Result<RowReasons> reasons = Reasons(*model, desk, top);
  if (!reasons.ok()) return AnswerNoReasons(reasons.status(), response);
  std::string& out = response.body;
  out = "{\"predictions\":";
  if (top > 0) {
    AppendExplained(*model, desk.scores, *reasons, out);
  } else {
    AppendPredictions(*model, desk.scores, out);
  }
  FinishAnswer(context, *model, response);
  out += ",\"batch_size\":" + std::to_string(desk.rows.rows()) + ",\"processing_time\":\"";
  AppendSeconds(context.clock->MonotonicSeconds() - started, out);
  out += "s\"";
  if (!desk.scores.issues.empty() || !desk.rows.unknown().empty())
    AppendWarnings(Warnings(*model, desk), out);
  if (top > 0) AppendReasonUnit(*model, out);
  out += '}';
}

}  // namespace

std::string QueryValue(std::string_view query, std::string_view name) {
  const FormData data = ParseFormData(query);
  return std::string(FindValue(data, name).value_or(std::string_view()));
}

Refusal WithoutModel(const ScoringContext& context, std::string_view name,
                     std::string_view version) {
  const auto models = context.models->List();
  if (models.empty()) return {503, context.nothing_served};
  if (name.empty() && version.empty()) {
    return Refusal::BadRequest(
        "several models are served here and the request names none: add ?model=" +
        models.front()->name + " or another one that GET /models tells");
  }
  return {404, "model " + Quote(name) + (version.empty() ? "" : " version " + Quote(version)) +
                   " is not served here; GET /model tells which are"};
}

std::shared_ptr<const ServedModel> RequestedModel(const ScoringContext& context,
                                                  const Request& request, Response& response) {
  std::string name, version;
  if (!request.query.empty()) {
    name = QueryValue(request.query, "model");
    version = QueryValue(request.query, "version");
  }
  auto model = context.models->Find(name, version);
  if (!model) {
    const Refusal refusal = WithoutModel(context, name, version);
    AnswerError(refusal.status,
                refusal.status == 503   ? "not_ready"
                : refusal.status == 400 ? "model_required"
                                        : "no_such_model",
                refusal.message, response);
  }
  return model;
}

std::vector<Route> PredictRoutes(const ScoringContext& context) {
  std::vector<Route> routes;
  routes.push_back(
      {.method = "POST",
       .pattern = "/predict",
       .handle = [&context](const Request& request,
                            Response& response) { PredictOne(context, request, response); },
       .takes_long = AsksForReasons,
       .open = {}});
  routes.push_back(
      {.method = "POST",
       .pattern = "/predict/batch",
       .handle = [&context](const Request& request,
                            Response& response) { PredictBatch(context, request, response); },
       .takes_long = AsksForReasons,
       .open = {}});
  return routes;
}

}  // namespace reeve::server
