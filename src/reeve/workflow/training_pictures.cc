#include "reeve/workflow/training_pictures.h"

#include <map>

#include "reeve/base/number.h"
#include "reeve/base/text.h"
#include "reeve/evaluation/curves.h"
#include "reeve/evaluation/reliability.h"
#include "reeve/report/page.h"

namespace reeve::workflow {
namespace {

std::vector<double> PositiveColumn(const Probabilities& probabilities) {
  std::vector<double> positive;
  for (std::int64_t row = 0; row < probabilities.rows; ++row)
    positive.push_back(probabilities.at(row, 1));
  return positive;
}

void DrawCurves(const std::vector<std::int32_t>& labels, const std::vector<double>& positive,
                const evaluation::Scores& scores, std::vector<report::Picture>& pictures) {
  const auto roc = evaluation::RocCurve(labels, positive);
  const auto precision_recall = evaluation::PrecisionRecallCurve(labels, positive);
  // One class only: there is no curve to draw.
  if (!roc.ok() || !precision_recall.ok()) return;
  pictures.push_back(report::RocPicture(*roc, scores.Find("auc").value_or(0)));
  pictures.push_back(report::PrecisionRecallPicture(*precision_recall,
                                                    scores.Find("average_precision").value_or(0)));
  pictures.push_back(report::CalibrationPicture(
      evaluation::ReliabilityCurve(labels, positive, evaluation::kReliabilityBins)));
}

std::string Rounded(double value) {
  constexpr double kDigits = 10'000;
  return FormatNumber(
      static_cast<double>(static_cast<std::int64_t>(value * kDigits + (value < 0 ? -0.5 : 0.5))) /
      kDigits);
}

report::PageTable ScoreTable(const std::string& heading, const evaluation::Scores& scores) {
  report::PageTable table{
      .heading = heading, .columns = {"score", "value", "95 % interval"}, .rows = {}};
  for (const auto& [name, value] : scores.values) {
    const auto interval = scores.FindInterval(name);
    table.rows.push_back(
        {name, Rounded(value),
         interval ? Rounded(interval->low) + " to " + Rounded(interval->high) : ""});
  }
  return table;
}

report::PageTable Leaderboard(const TrainReport& report) {
  report::PageTable table{
      .heading = "What was tried",
      .columns = {"learner", report.metric + " (mean over folds)", "deviation", "parameters"},
      .rows = {}};
  for (const tuning::Trial& trial : report.leaderboard) {
    std::string params;
    for (const auto& [name, value] : trial.params)
      params += (params.empty() ? "" : " ") + (name + "=" + value);
    const bool scored = !trial.fold_scores.empty();
    table.rows.push_back({trial.learner, scored ? Rounded(trial.mean) : "",
                          scored ? Rounded(trial.standard_deviation) : "", params});
  }
  return table;
}

}  // namespace

std::vector<report::Picture> DrawTraining(const TrainReport& report,
                                          const TrainingPredictions& predictions,
                                          const std::vector<learners::HistoryPoint>& history) {
  std::vector<report::Picture> pictures;
  const bool has_test = report.test.has_value();
  if (has_test || report.out_of_fold) {
    const evaluation::Scores& scores = has_test ? *report.test : *report.out_of_fold;
    const auto& labels = has_test ? predictions.test_labels : predictions.out_of_fold_labels;
    const Probabilities& probabilities = has_test ? predictions.test : predictions.out_of_fold;
    if (probabilities.classes == 2)
      DrawCurves(labels, PositiveColumn(probabilities), scores, pictures);
    pictures.push_back(report::ConfusionPicture(scores.confusion, report.classes));
  }
  if (!report.importance.empty()) pictures.push_back(report::ImportancePicture(report.importance));
  std::map<std::string, std::vector<std::pair<std::int64_t, double>>> series;
  for (const learners::HistoryPoint& point : history)
    series[point.metric].emplace_back(point.step, point.value);
  for (const auto& [metric, points] : series) {
    if (points.size() > 1) pictures.push_back(report::HistoryPicture(metric, points));
  }
  return pictures;
}

std::string TrainingHtml(const TrainReport& report, const std::vector<report::Picture>& pictures) {
  report::Page page{.title = "Model of " + report.target,
                    .facts = {},
                    .warnings = {},
                    .tables = {},
                    .pictures = pictures};
  page.facts = {{"Learner", report.learner},
                {"Classes", Join(report.classes, ", ")},
                {"Rows", GroupDigits(report.rows_train) + " to train, " +
                             GroupDigits(report.rows_test) + " to test"},
                {"Seed", std::to_string(report.seed)},
                {"Data", report.data_digest}};
  if (!report.positive.empty()) page.facts.emplace_back("Positive class", report.positive);
  if (report.threshold) page.facts.emplace_back("Threshold", Rounded(*report.threshold));
  if (!report.run_id.empty())
    page.facts.emplace_back("Run", report.run_name + " (" + report.run_id + ")");
  for (const contract::Warning& warning : report.warnings)
    page.warnings.push_back(warning.message + ". " + warning.fix);
  if (report.test) page.tables.push_back(ScoreTable("Scores of the test part", *report.test));
  if (report.out_of_fold)
    page.tables.push_back(ScoreTable("Scores of out-of-fold predictions", *report.out_of_fold));
  page.tables.push_back(Leaderboard(report));
  report::PageTable features{
      .heading = "Features", .columns = {"name", "type", "missing"}, .rows = {}};
  for (const TrainReport::Feature& feature : report.features) {
    features.rows.push_back(
        {feature.name, std::string(ColumnTypeName(feature.type)), GroupDigits(feature.missing)});
  }
  page.tables.push_back(std::move(features));
  return report::Html(page);
}

}  // namespace reeve::workflow
