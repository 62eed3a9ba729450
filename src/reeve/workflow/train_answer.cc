#include "reeve/workflow/train_answer.h"

#include <cmath>
#include <cstdio>

#include <nlohmann/json.hpp>

#include "reeve/base/number.h"
#include "reeve/base/text.h"
#include "reeve/report/texts.h"
#include "reeve/workflow/decision_answer.h"
#include "reeve/workflow/params_text.h"

namespace reeve::workflow {
namespace {

// Parameters are texts; numbers among them are shown as numbers.
Json ParamsToJson(const learners::Params& params) {
  Json json = Json::object();
  for (const auto& [name, value] : params) {
    const auto integer = ParseInteger(value);
    const auto number = ParseNumber(value);
    json[name] = integer ? Json(*integer) : number ? Json(*number) : Json(value);
  }
  return json;
}

Json WarningsToJson(const std::vector<contract::Warning>& warnings) {
  Json json = Json::array();
  for (const contract::Warning& warning : warnings) {
    json.push_back(Json{{"code", warning.code},
                        {"column", warning.column.empty() ? Json(nullptr) : Json(warning.column)},
                        {"message", warning.message},
                        {"fix", warning.fix}});
  }
  return json;
}

Json CrossValidationToJson(const TrainReport& report) {
  if (report.leaderboard.empty() || report.leaderboard.front().fold_scores.empty()) return nullptr;
  const tuning::Trial& best = report.leaderboard.front();
  Json metric{{"mean", best.mean}, {"std", best.standard_deviation}, {"folds", best.fold_scores}};
  return Json{{report.metric, std::move(metric)}};
}

std::string Decimals(double value, int digits = 4) {
  char text[64];
  std::snprintf(text, sizeof text, "%.*f", digits, value);
  return text;
}

// A single fold says nothing of how scores spread.
std::string ScoreText(const tuning::Trial& trial) {
  if (trial.fold_scores.empty()) return "-";
  const bool ended = trial.fold_scores.size() == 1;
  return Decimals(trial.mean) + (ended ? ", 1 fold" : " ± " + Decimals(trial.standard_deviation));
}

// How probabilities become decisions.
void AddDecision(const TrainReport& report, Json& json) {
  json["threshold"] = report.threshold ? Json(*report.threshold) : Json(nullptr);
  json["calibration"] = CalibrationToJson(report);
  if (report.costs) json["cost"] = CostToJson(report);
  if (!report.imbalance_comparison.empty()) json["imbalance_comparison"] = ComparisonToJson(report);
}

}  // namespace

Json ScoresToJson(const evaluation::Scores& scores, const std::vector<std::string>& classes) {
  Json json = Json::object();
  for (const auto& [name, value] : scores.values) json[name] = value;
  Json intervals = Json::object();
  for (const auto& [name, interval] : scores.intervals)
    intervals[name] = {interval.low, interval.high};
  json["ci"] = std::move(intervals);
  Json counts = Json::array();
  for (int t = 0; t < scores.confusion.classes; ++t) {
    Json row = Json::array();
    for (int p = 0; p < scores.confusion.classes; ++p)
      row.push_back(std::llround(scores.confusion.at(t, p)));
    counts.push_back(std::move(row));
  }
  json["confusion"] = Json{{"labels", classes}, {"counts", std::move(counts)}};
  json["reliability"] = ReliabilityToJson(scores);
  return json;
}

namespace {

// The columns that were learnt from, and those computed from them.
void AddColumns(const TrainReport& report, Json& json) {
  json["features"] = Json::array();
  for (const TrainReport::Feature& feature : report.features) {
    json["features"].push_back(Json{{"name", feature.name},
                                    {"type", std::string(ColumnTypeName(feature.type))},
                                    {"missing", feature.missing}});
  }
  json["derived"] = Json::array();
  for (const features::Derived& derived : report.derived)
    json["derived"].push_back(Json{{"name", derived.name}, {"expression", derived.expression}});
}

}  // namespace

Json ToJson(const TrainReport& report) {
  Json json;
  json["run_id"] = report.run_id.empty() ? Json(nullptr) : Json(report.run_id);
  json["experiment"] = report.experiment.empty() ? Json(nullptr) : Json(report.experiment);
  json["bundle"] = report.bundle;
  json["model"] = nullptr;
  if (!report.model_name.empty()) {
    json["model"] =
        Json{{"name", report.model_name},
             {"version", report.model_version},
             {"alias", report.model_alias.empty() ? Json(nullptr) : Json(report.model_alias)}};
  }
  json["target"] = report.target;
  json["classes"] = report.classes;
  json["positive"] = report.positive.empty() ? Json(nullptr) : Json(report.positive);
  json["rows"] = Json{{"read", report.rows_read},
                      {"dropped", report.rows_dropped},
                      {"train", report.rows_train},
                      {"test", report.rows_test}};
  AddColumns(report, json);
  json["learner"] = report.learner;
  json["params"] = ParamsToJson(report.params);
  json["metric"] = report.metric;
  json["trials"] = report.trials;
  json["seed"] = report.seed;
  json["cv"] = CrossValidationToJson(report);
  json["test"] = report.test ? ScoresToJson(*report.test, report.classes) : Json(nullptr);
  json["leaderboard"] = Json::array();
  for (const tuning::Trial& trial : report.leaderboard) {
    const bool scored = !trial.fold_scores.empty();
    json["leaderboard"].push_back(
        Json{{"learner", trial.learner},
             {"cv_mean", scored ? Json(trial.mean) : Json(nullptr)},
             {"cv_std", scored ? Json(trial.standard_deviation) : Json(nullptr)},
             {"folds", trial.fold_scores.size()},
             {"seconds", trial.seconds},
             {"params", ParamsToJson(trial.params)}});
    if (trial.most_rows > 0) json["leaderboard"].back()["rows"] = trial.most_rows;
  }
  AddDecision(report, json);
  json["importance"] = Json::object();
  for (const auto& [name, share] : report.importance) json["importance"][name] = share;
  json["warnings"] = WarningsToJson(report.warnings);
  if (!report.unmet.empty()) json["unmet"] = report.unmet;
  json["data_digest"] = report.data_digest;
  json["seconds"] = report.seconds;
  return json;
}

std::string ToText(const TrainReport& report) {
  std::string text = "Target " + report.target + ": " + Join(report.classes, ", ");
  if (!report.positive.empty()) text += " (positive: " + report.positive + ")";
  text += "\nRows " + GroupDigits(report.rows_train) + " to train, " +
          GroupDigits(report.rows_test) + " to test; " + std::to_string(report.features.size()) +
          " features\n\n";
  text +=
      report::Padded("learner", 12) + report::Padded(report.metric + " (cv)", 20) + "parameters\n";
  for (const tuning::Trial& trial : report.leaderboard) {
    text += report::Padded(trial.learner, 12) + report::Padded(ScoreText(trial), 20) +
            ParamsText(trial.learner, trial.params) + "\n";
  }
  if (report.test) {
    text += "\nTest part, scored once:\n";
    for (const char* const name :
         {"accuracy", "auc", "log_loss", "precision", "recall", "f1", "brier", "cost"}) {
      const auto value = report.test->Find(name);
      if (!value) continue;
      text += "  " + report::Padded(name, 12) + Decimals(*value);
      if (const auto interval = report.test->FindInterval(name))
        text += "   95 % " + Decimals(interval->low) + " to " + Decimals(interval->high);
      text += "\n";
    }
  }
  if (report.test) text += ReliabilityText(*report.test);
  text += ComparisonText(report) + "\n" + DecisionText(report);
  if (!report.run_id.empty())
    text += "Run " + report.run_name + " (" + report.run_id + ") in experiment " +
            report.experiment + "\n";
  if (!report.model_name.empty()) {
    text += "Model " + report.model_name + " version " + report.model_version +
            (report.model_alias.empty() ? "" : ", alias " + report.model_alias) + "\n";
  }
  if (!report.bundle.empty()) text += "Bundle " + report.bundle + "\n";
  return text + "Took " + Decimals(report.seconds, 1) + " s\n";
}

}  // namespace reeve::workflow
