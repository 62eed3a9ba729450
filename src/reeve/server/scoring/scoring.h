#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "reeve/base/clock.h"
#include "reeve/inference/row_scorer.h"
#include "reeve/predictions/prediction_log.h"
#include "reeve/server/http.h"
#include "reeve/server/scoring/request_rows.h"
#include "reeve/server/scoring/served_model.h"

namespace reeve::server {

/// What every scoring endpoint works with. Nothing is owned; all of it outlives the service.
struct ScoringContext {
  const ModelDirectory* models = nullptr;
  /// Null: predictions are not kept.
  predictions::PredictionLog* log = nullptr;
  ServiceMetrics* metrics = nullptr;
  const Clock* clock = &Clock::System();
  /// Unknown fields are errors instead of warnings.
  bool strict = false;
  /// Member of a row that names it for feedback; empty for none.
  std::string key_field = {};
  /// Most rows of one request.
  std::int64_t max_rows = 100'000;
  /// Deepest nesting of JSON.
  int max_depth = 32;
  /// Address of the form for one row.
  std::string form_path = "/";
  /// What is said while no model is served.
  std::string nothing_served = "the model is not loaded yet";
};

/// Now as "2026-03-13T10:30:00Z"; the view lives until the thread's next call.
std::string_view TimestampNow(const Clock& clock);

/// Where one thread works on one request.
struct ScoringDesk {
  RequestRows rows;
  inference::RowScores scores;

  /// That of the calling thread.
  static ScoringDesk& OfThread();
};

/// Scores desk.rows, counts and logs them: the one way from cells to an answer, whatever the
/// protocol. False: some row cannot be scored, desk.rows.problems() says which fields (all of them)
/// and nothing was counted or logged.
bool ScoreRows(const ScoringContext& context, const ServedModel& model, const Request& request,
               ScoringDesk& desk);

/// The same for rows that may be refused one by one (CSV): rows at scores.predicted -1 were not
/// scored, problems() says why; the others were counted and logged.
void ScoreSoundRows(const ScoringContext& context, const ServedModel& model, const Request& request,
                    ScoringDesk& desk);

/// Unseen categories, values out of range and unknown fields of scored rows, at most 100.
std::vector<RowWarning> Warnings(const ServedModel& model, const ScoringDesk& desk);

/// {"error":{"code","message","fields":[…]}}: the service's own form.
void AnswerError(int status, std::string_view code, std::string_view message, Response& response);
/// 400 "invalid_row" with every bad field (at most 100 shown, all counted).
void AnswerProblems(const std::vector<FieldProblem>& problems, Response& response);
/// "row 0, cibil_score: missing, expected integer; …": for protocols whose errors are one text.
std::string ProblemsText(const std::vector<FieldProblem>& problems);

/// Pieces of answers. Numbers are reals in the shortest form that reads back equal ("0.85", "1.0").
void AppendJsonText(std::string_view text, std::string& out);
void AppendJsonNumber(double number, std::string& out);
/// {"prediction":1,"probability":0.85,"label":"Approved" … without the closing brace; more than two
/// classes also "probabilities".
void AppendPrediction(const ServedModel& model, const inference::RowScores& scores,
                      std::int64_t row, std::string& out);
/// [{"prediction":1,"probability":0.85,"label":"Approved","row_id":0},…] for all rows: what
/// AppendPrediction gives for each of them, in one piece.
void AppendPredictions(const ServedModel& model, const inference::RowScores& scores,
                       std::string& out);
/// ,"warnings":[…], or nothing when there is none.
void AppendWarnings(const std::vector<RowWarning>& warnings, std::string& out);

}  // namespace reeve::server
