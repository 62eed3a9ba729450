#include "reeve/workflow/decision_answer.h"

#include <cstdio>
#include <optional>
#include <utility>

#include <nlohmann/json.hpp>

#include "reeve/base/number.h"
#include "reeve/report/texts.h"
#include "reeve/workflow/cost_answer.h"

namespace reeve::workflow {
namespace {

std::string Fixed(double value, int digits) {
  char text[64];
  std::snprintf(text, sizeof text, "%.*f", digits, value);
  return text;
}

Json OrNull(const std::optional<double>& value) { return value ? Json(*value) : Json(nullptr); }

Json SummaryToJson(const std::optional<evaluation::CostSummary>& summary,
                   const TrainReport& report) {
  return summary ? CostsToJson(*summary, report.classes) : Json(nullptr);
}

std::string CalibrationText(const TrainReport& report) {
  const tuning::ChosenDecision& decision = report.decision;
  if (decision.calibrations.empty()) return "";
  const auto log_loss_of = [&](inference::CalibrationKind kind) {
    for (const tuning::CalibrationTrial& trial : decision.calibrations) {
      if (trial.kind == kind) return Fixed(trial.log_loss, 4);
    }
    return std::string("-");
  };
  const inference::CalibrationKind kind = decision.calibration.kind;
  const std::string before = log_loss_of(inference::CalibrationKind::kNone);
  if (kind == inference::CalibrationKind::kNone)
    return "Calibration none: nothing lowers the log loss of " + before + " beyond noise\n";
  return "Calibration " + std::string(inference::CalibrationName(kind)) + ": log loss " + before +
         " to " + log_loss_of(kind) + ", out of fold\n";
}

std::string CostTexts(const TrainReport& report) {
  if (report.test_costs) return CostText(*report.test_costs, report.classes, " (test)");
  if (report.out_of_fold_costs)
    return CostText(*report.out_of_fold_costs, report.classes, " (out of fold)");
  return "";
}

}  // namespace

Json ReliabilityToJson(const evaluation::Scores& scores) {
  Json bins = Json::array();
  for (const evaluation::ReliabilityBin& bin : scores.reliability) {
    bins.push_back(Json{{"mean_predicted", bin.mean_predicted},
                        {"observed", bin.observed},
                        {"low", bin.low},
                        {"high", bin.high},
                        {"rows", bin.rows}});
  }
  return Json{{"perfect_ece", scores.perfect_ece}, {"bins", std::move(bins)}};
}

std::string ReliabilityText(const evaluation::Scores& scores) {
  const auto error = scores.Find("ece");
  if (!error || scores.reliability.empty()) return "";
  std::string predicted = "  predicted ", observed = "  observed  ";
  for (const evaluation::ReliabilityBin& bin : scores.reliability) {
    predicted += " " + Fixed(bin.mean_predicted, 3);
    observed += " " + Fixed(bin.observed, 3);
  }
  return "Calibration error (ece) " + Fixed(*error, 4) + "; exact probabilities would show " +
         Fixed(scores.perfect_ece, 4) + "\n" + predicted + "\n" + observed + "\n";
}

Json CalibrationToJson(const TrainReport& report) {
  if (!report.out_of_fold) return nullptr;
  const tuning::ChosenDecision& decision = report.decision;
  Json log_loss = Json::object();
  for (const tuning::CalibrationTrial& trial : decision.calibrations)
    log_loss[std::string(inference::CalibrationName(trial.kind))] = trial.log_loss;
  const bool obstacle = !decision.calibration_obstacle.empty();
  return Json{{"kind", std::string(inference::CalibrationName(decision.calibration.kind))},
              {"log_loss", std::move(log_loss)},
              {"reason", obstacle ? Json(decision.calibration_obstacle) : Json(nullptr)}};
}

Json CostToJson(const TrainReport& report) {
  if (!report.costs) return nullptr;
  Json json{{"labels", report.classes},
            {"matrix", report.costs->Rows()},
            {"out_of_fold", SummaryToJson(report.out_of_fold_costs, report)},
            {"test", SummaryToJson(report.test_costs, report)}};
  if (report.classes.size() > 2) return json;
  // Without a search there are no rows to find a cheaper threshold on.
  const auto rule = report.decision.cost_rule.value_or(evaluation::CostRule::kBayes);
  json["fp"] = report.costs->at(0, 1);
  json["fn"] = report.costs->at(1, 0);
  json["threshold"] = rule == evaluation::CostRule::kBayes ? "bayes" : "empirical";
  return json;
}

std::string DecisionText(const TrainReport& report) {
  std::string text = CalibrationText(report);
  if (report.threshold) {
    text += "Threshold " + Fixed(*report.threshold, 4) + ": " + report.positive + " at or above it";
    if (report.costs) {
      const bool empirical = report.decision.cost_rule == evaluation::CostRule::kEmpirical;
      text += empirical ? ", the cheapest out of fold" : ", the cheapest for exact probabilities";
    }
    text += "\n";
  } else if (report.costs) {
    text += "Decides for the class of the least expected cost\n";
  }
  return text + CostTexts(report);
}

Json ComparisonToJson(const TrainReport& report) {
  Json lines = Json::array();
  for (const tuning::TreatmentScores& line : report.imbalance_comparison) {
    lines.push_back(Json{{"learner", line.learner},
                         {"imbalance", line.imbalance},
                         {"auc", OrNull(line.auc)},
                         {"average_precision", OrNull(line.average_precision)},
                         {"brier", OrNull(line.brier)},
                         {"log_loss", OrNull(line.log_loss)},
                         {"f1_at_half", OrNull(line.f1_at_half)},
                         {"f1_tuned", OrNull(line.f1_tuned)},
                         {"threshold", OrNull(line.threshold)}});
  }
  return lines;
}

std::string ComparisonText(const TrainReport& report) {
  if (report.imbalance_comparison.empty()) return "";
  constexpr std::size_t kNames = 12, kNumbers = 10;
  std::string text = "\nTreatments of imbalance, out of fold, odds corrected\n" +
                     report::Padded("learner", kNames) + report::Padded("imbalance", kNames);
  for (const char* const name : {"auc", "ap", "brier", "log_loss", "f1 at .5", "f1 tuned"})
    text += report::Padded(name, kNumbers);
  text += "threshold\n";
  for (const tuning::TreatmentScores& line : report.imbalance_comparison) {
    text += report::Padded(line.learner, kNames) + report::Padded(line.imbalance, kNames);
    for (const auto& value : {line.auc, line.average_precision, line.brier, line.log_loss,
                              line.f1_at_half, line.f1_tuned})
      text += report::Padded(value ? Fixed(*value, 4) : "-", kNumbers);
    text += (line.threshold ? Fixed(*line.threshold, 4) : "-") + "\n";
  }
  return text;
}

}  // namespace reeve::workflow
