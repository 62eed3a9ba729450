#include "reeve/workflow/training_report.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "reeve/base/clock.h"
#include "reeve/base/number.h"
#include "reeve/base/text.h"
#include "reeve/evaluation/metric.h"
#include "reeve/ingest/source.h"
#include "reeve/report/style.h"
#include "reeve/report/texts.h"
#include "reeve/workflow/cost_answer.h"
#include "reeve/workflow/params_text.h"
#include "reeve/workflow/profile_lines.h"
#include "reeve/workflow/score_pictures.h"
#include "reeve/workflow/table_slices.h"

namespace reeve::workflow {
namespace {

using Points = std::vector<std::pair<double, double>>;

std::string Counted(std::int64_t rows, const std::string& what) {
  return GroupDigits(rows) + " " + what;
}

bool IsHeadline(const std::string& name, const TrainReport& report) {
  if (name == report.metric || name == "accuracy" || name == "auc" || name == "log_loss" ||
      name == "cost")
    return true;
  return name == (report.classes.size() == 2 ? "f1" : "f1_macro");
}

std::vector<report::ScoreLine> ScoreLines(const TrainReport& report) {
  std::vector<report::ScoreLine> lines;
  for (const evaluation::MetricInfo& info : evaluation::AllMetrics()) {
    const std::string name(info.name);
    report::ScoreLine line{.name = name, .description = std::string(info.description)};
    if (report.test) {
      line.test = report.test->Find(name);
      line.test_interval = report.test->FindInterval(name);
    }
    if (report.out_of_fold) {
      line.out_of_fold = report.out_of_fold->Find(name);
      line.out_of_fold_interval = report.out_of_fold->FindInterval(name);
    }
    line.is_headline = IsHeadline(name, report);
    if (line.test || line.out_of_fold) lines.push_back(std::move(line));
  }
  return lines;
}

std::string EndedNote(const tuning::Trial& trial) {
  return "ended with the first fold" +
         (trial.most_rows > 0 ? ", of " + Counted(trial.most_rows, "rows") : "");
}

std::vector<report::LeaderboardLine> LeaderboardLines(const TrainReport& report) {
  std::vector<report::LeaderboardLine> lines;
  const bool is_ensemble =
      !report.leaderboard.empty() && report.leaderboard.front().learner == "ensemble";
  for (const tuning::Trial& trial : report.leaderboard) {
    report::LeaderboardLine line{.learner = trial.learner,
                                 .params = ParamsText(trial.learner, trial.params)};
    if (!trial.fold_scores.empty()) line.mean = trial.mean;
    if (trial.fold_scores.size() > 1) line.deviation = trial.standard_deviation;
    line.seconds = trial.seconds;
    line.is_chosen = lines.empty();
    if (is_ensemble && lines.size() == 1) line.note = "best single model";
    if (trial.fold_scores.size() == 1) line.note = EndedNote(trial);
    lines.push_back(std::move(line));
  }
  return lines;
}

report::Facts Header(const ReportSources& sources) {
  const TrainReport& report = sources.report;
  report::Facts facts;
  const std::string name = sources.request.register_name;
  facts.emplace_back("Model",
                     report.learner + (name.empty() ? "" : ", for " + name) +
                         (sources.request.alias.empty() ? "" : " as " + sources.request.alias));
  facts.emplace_back("Data", ingest::SourceName(sources.request.table.data) + ": " +
                                 Counted(report.rows_read, "rows, ") +
                                 std::to_string(report.features.size()) + " features, version " +
                                 report.data_digest);
  facts.emplace_back("Target", report.target + ": " + Join(report.classes, ", "));
  if (report.threshold) {
    facts.emplace_back("Decision", report.positive + " from a probability of " +
                                       report::Decimals(*report.threshold) + " on");
  } else {
    facts.emplace_back("Decision", report.costs ? "the class of the least expected cost"
                                                : "the most probable class");
  }
  facts.emplace_back(
      "Rows", Counted(report.rows_train, "to train, ") + Counted(report.rows_test, "to test"));
  if (!report.run_id.empty())
    facts.emplace_back("Run", report.run_name + " (" + report.run_id + ") in " + report.experiment);
  facts.emplace_back("Made", FormatIsoSeconds(Clock::System().NowMs()));
  return facts;
}

std::string Lead(const TrainReport& report) {
  std::string lead =
      (report.learner == "ensemble" ? std::string("An ensemble")
                                    : "A " + report.learner + " model") +
      " that tells " +
      (report.classes.size() <= 4 ? Join(report.classes, " from ")
                                  : std::to_string(report.classes.size()) + " classes") +
      ", chosen from " + std::to_string(report.trials) +
      (report.trials == 1 ? " configuration" : " configurations") + " by " + report.metric + ".";
  return lead;
}

report::Facts Params(const ReportSources& sources) {
  report::Facts facts;
  for (const auto& [name, value] : sources.report.params) facts.emplace_back(name, value);
  const TrainRequest& request = sources.request;
  facts.emplace_back("seed", std::to_string(request.seed));
  facts.emplace_back("effort", request.effort);
  facts.emplace_back("folds", std::to_string(request.folds));
  facts.emplace_back("imbalance", request.imbalance);
  facts.emplace_back("trials", std::to_string(sources.report.trials));
  return facts;
}

report::Facts Lineage(const ReportSources& sources) {
  report::Facts facts;
  const TrainingTable& table = sources.table;
  if (!sources.request.command_line.empty())
    facts.emplace_back("Command", sources.request.command_line);
  facts.emplace_back("Files", Join(table.files, ", ") + " (" + table.format + ")");
  facts.emplace_back("Version of the table", table.digest);
  std::string rows = Counted(table.rows_read, "read");
  if (table.rows_dropped > 0)
    rows += ", " + Counted(table.rows_dropped, "without a label left out");
  if (table.rows_skipped > 0) rows += ", " + Counted(table.rows_skipped, "malformed left out");
  facts.emplace_back("Rows", rows);
  if (!table.transformations.empty())
    facts.emplace_back("Done to the table", Join(table.transformations, "; "));
  for (const auto& [key, value] : sources.request.tags) facts.emplace_back("Tag " + key, value);
  return facts;
}

std::vector<report::Warning> ReportWarnings(const TrainReport& report) {
  std::vector<report::Warning> warnings;
  for (const contract::Warning& warning : report.warnings)
    warnings.push_back({warning.code, warning.column, warning.message, warning.fix});
  return warnings;
}

ScoredRows Pictured(const ReportSources& sources) {
  const TrainingPredictions& predictions = sources.predictions;
  const bool has_test = sources.report.test.has_value();
  return {.labels = has_test ? predictions.test_labels : predictions.out_of_fold_labels,
          .probabilities = has_test ? &predictions.test : &predictions.out_of_fold,
          .classes = sources.report.classes,
          .rule = sources.report.rule()};
}

void AddSlices(const ReportSources& sources, report::TrainingReport& page) {
  const TrainingPredictions& predictions = sources.predictions;
  const bool has_folds = !predictions.out_of_fold_rows.empty();
  const auto metric = evaluation::ParseMetric(sources.report.metric);
  if (!metric.ok() || (!has_folds && predictions.test_rows.empty())) return;
  const auto& rows = has_folds ? predictions.out_of_fold_rows : predictions.test_rows;
  page.pictures.slices = FindWeakSlices(
      {.table = &sources.table.table,
       .columns = sources.table.features,
       .rows = rows,
       .labels = has_folds ? predictions.out_of_fold_labels : predictions.test_labels,
       .probabilities = has_folds ? &predictions.out_of_fold : &predictions.test,
       .rule = sources.report.rule(),
       .metric = *metric,
       .described = has_folds
                        ? Counted(static_cast<std::int64_t>(rows.size()), "out-of-fold predictions")
                        : Counted(static_cast<std::int64_t>(rows.size()), "test rows")},
      sources.request.seed);
}

// By shuffling where that was measured, else by contributions, else what the learner says of
// itself.
std::optional<report::ImportanceChart> Importance(const TrainReport& report) {
  report::ImportanceChart chart;
  const auto add = [&](const ImportanceTable& table) {
    for (const explain::ColumnImportance& column : table.columns)
      chart.bars.push_back(
          {column.column, column.mean, evaluation::Interval{column.low, column.high}});
    return chart;
  };
  if (report.explanations.permutation) {
    chart.measure = "loss of " + report.explanations.permutation->metric + " when shuffled";
    return add(*report.explanations.permutation);
  }
  if (report.explanations.contributions) {
    chart.measure =
        "mean contribution (" +
        std::string(report.explanations.contributions->unit == "log_odds" ? "log-odds"
                                                                          : "probability") +
        ")";
    return add(*report.explanations.contributions);
  }
  if (report.importance.empty()) return std::nullopt;
  chart.measure = "share of what the model learnt from";
  chart.is_share = true;
  for (const auto& [column, share] : report.importance)
    chart.bars.push_back({column, share, std::nullopt});
  return chart;
}

// The classes that a picture has room for, the most frequent first.
std::vector<std::size_t> MostFrequentClasses(const TrainingTable& table) {
  std::vector<std::int64_t> rows(table.classes.size());
  for (const std::int32_t label : table.labels) ++rows[static_cast<std::size_t>(label)];
  std::vector<std::size_t> order(rows.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return rows[a] > rows[b]; });
  if (order.size() > report::kSeriesStyles) order.resize(report::kSeriesStyles);
  return order;
}

// How the probability of the class whose band is `band_idx` moves with a column.
report::PartialDependence DependenceOf(const explain::PartialDependence& one, std::size_t band_idx,
                                       const std::string& class_name) {
  report::PartialDependence drawn{one.column, class_name, {}};
  for (const explain::DependencePoint& point : one.points) {
    if (band_idx >= point.bands.size()) continue;
    const explain::DependenceBand& band = point.bands[band_idx];
    drawn.points.push_back({point.number.value_or(0), point.number ? "" : point.value, band.mean,
                            evaluation::Interval{band.low, band.high}});
  }
  return drawn;
}

std::vector<report::PartialDependence> Dependence(const ReportSources& sources) {
  const std::vector<std::string>& classes = sources.report.classes;
  std::vector<report::PartialDependence> dependences;
  for (const explain::PartialDependence& one : sources.report.explanations.dependence) {
    if (classes.size() == 2) {
      dependences.push_back(DependenceOf(one, 0, classes[1]));
      continue;
    }
    for (const std::size_t class_idx : MostFrequentClasses(sources.table))
      dependences.push_back(DependenceOf(one, class_idx, classes[class_idx]));
  }
  return dependences;
}

// At most `most` of the points, evenly spaced, the first and the last among them.
Points Thinned(const Points& points, std::size_t most) {
  if (points.size() <= most) return points;
  Points some;
  for (std::size_t i = 0; i < most; ++i)
    some.push_back(points[i * (points.size() - 1) / (most - 1)]);
  return some;
}

// Loss by round: of the model (of a search: means over its folds), and of each fold's held-out
// rows.
std::vector<report::LearningCurve> LearningCurves(const ReportSources& sources) {
  constexpr std::size_t kMostPoints = 200, kMostFoldPoints = 4000, kFewest = 20;
  std::vector<report::LearningCurve> curves;
  for (const learners::HistoryPoint& point : sources.history) {
    auto known = std::ranges::find(curves, point.metric, &report::LearningCurve::name);
    if (known == curves.end()) known = curves.insert(known, {point.metric, std::nullopt, {}});
    known->points.emplace_back(static_cast<double>(point.step), point.value);
  }
  for (report::LearningCurve& curve : curves) curve.points = Thinned(curve.points, kMostPoints);
  const std::size_t most = std::clamp(
      kMostFoldPoints / std::max<std::size_t>(sources.fold_curves.size(), 1), kFewest, kMostPoints);
  for (std::size_t fold = 0; fold < sources.fold_curves.size(); ++fold) {
    Points points;
    for (std::size_t i = 0; i < sources.fold_curves[fold].size(); ++i)
      points.emplace_back(static_cast<double>(i), sources.fold_curves[fold][i]);
    curves.push_back({"watched_log_loss", static_cast<int>(fold), Thinned(points, most)});
  }
  // One point is no curve: a solver's count of iterations, say.
  std::erase_if(curves, [](const report::LearningCurve& curve) { return curve.points.size() < 2; });
  return curves;
}

void AddDecision(const TrainReport& report, report::TrainingReport& page) {
  page.threshold = report.threshold;
  const auto metric = evaluation::ParseMetric(report.metric);
  if (report.decision.cost_rule == evaluation::CostRule::kBayes) {
    page.threshold_reason =
        "It follows from the costs: what a false positive costs over what both mistakes cost.";
  } else if (report.decision.cost_rule) {
    page.threshold_reason = "It is the cheapest for the costs on out-of-fold predictions.";
  } else if (report.out_of_fold && metric.ok()) {
    page.threshold_reason = "It was chosen on out-of-fold predictions for the best " +
                            std::string(evaluation::InfoOf(tuning::ThresholdMetric(*metric)).name) +
                            " there.";
  }
  page.cost_matrix = report.costs;
  const CostsByPart costs{
      .test = report.test_costs ? &*report.test_costs : nullptr,
      .out_of_fold = report.out_of_fold_costs ? &*report.out_of_fold_costs : nullptr};
  if (costs.test != nullptr || costs.out_of_fold != nullptr)
    page.costs = CostLines(costs, report.rule(), report.classes);
  if (report.decision.calibration.kind != inference::CalibrationKind::kNone)
    page.calibration_method = inference::CalibrationName(report.decision.calibration.kind);
}

void AddPictures(const ReportSources& sources, report::TrainingReport& page) {
  const TrainReport& report = sources.report;
  const ScoredRows rows = Pictured(sources);
  page.pictures.rows = report.test ? page.test_rows : page.out_of_fold_rows;
  if (report.test || report.out_of_fold) {
    const evaluation::Scores& scores = report.test ? *report.test : *report.out_of_fold;
    AddScorePictures(rows, page.pictures);
    page.class_auc = ClassAucs(rows);
    page.confusion = scores.confusion;
    page.brier = scores.Find("brier");
    page.ece = scores.Find("ece");
  }
  page.pictures.importance = Importance(report);
  page.pictures.partial_dependence = Dependence(sources);
  page.pictures.learning = LearningCurves(sources);
  AddSlices(sources, page);
}

}  // namespace

report::TrainingReport MakeTrainingReport(const ReportSources& sources) {
  const TrainReport& report = sources.report;
  report::TrainingReport page{.title = "Model of " + report.target, .lead = Lead(report)};
  page.header = Header(sources);
  page.warnings = ReportWarnings(report);
  page.unmet = report.unmet;
  if (report.test) page.test_rows = Counted(report.rows_test, "test rows");
  if (report.out_of_fold) page.out_of_fold_rows = Counted(report.rows_train, "training rows");
  page.metric = report.metric;
  if (!report.leaderboard.empty() && !report.leaderboard.front().fold_scores.empty()) {
    const tuning::Trial& best = report.leaderboard.front();
    page.fold_mean = best.mean;
    page.fold_deviation = best.standard_deviation;
    page.fold_scores = best.fold_scores;
  }
  page.scores = ScoreLines(report);
  page.champion = sources.champion;
  page.leaderboard = LeaderboardLines(report);
  page.classes = report.classes;
  AddDecision(report, page);
  AddPictures(sources, page);
  page.data_rows = sources.profile.rows;
  page.columns = ProfileLines(sources.profile);
  page.params = Params(sources);
  page.lineage = Lineage(sources);
  page.footer = "One seed, one result: the same table and command give the same model and scores.";
  return page;
}

std::optional<report::ChampionComparison> CompareWithChampion(tracking::Store& store,
                                                              const std::string& name,
                                                              const TrainReport& report) {
  if (name.empty() || !report.test) return std::nullopt;
  const auto model = store.GetModel(name);
  if (!model.ok()) return std::nullopt;
  const auto alias = model->aliases.find("champion");
  if (alias == model->aliases.end()) return std::nullopt;
  const auto version = store.GetVersion(name, alias->second);
  if (!version.ok() || version->run_id.empty()) return std::nullopt;
  const auto run = store.GetRun(version->run_id);
  if (!run.ok()) return std::nullopt;
  report::ChampionComparison comparison{.model = name + " version " + std::to_string(alias->second),
                                        .run_id = run->id};
  const auto digest = run->tags.find("reeve.data_digest");
  if (digest != run->tags.end()) comparison.is_same_data = digest->second == report.data_digest;
  for (const evaluation::MetricInfo& info : evaluation::AllMetrics()) {
    const std::string metric(info.name);
    if (!IsHeadline(metric, report) && metric != "brier" && metric != "average_precision") continue;
    report::ChampionLine line{.metric = metric, .higher_is_better = info.higher_is_better};
    const auto known = run->metrics.find("test_" + metric);
    if (known != run->metrics.end() && std::isfinite(known->second)) line.champion = known->second;
    line.challenger = report.test->Find(metric);
    if (line.champion || line.challenger) comparison.lines.push_back(std::move(line));
  }
  return comparison;
}

}  // namespace reeve::workflow
