// Training: each step is a function, and what holds after it is said where it begins to hold.

#include "reeve/workflow/train.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include <nlohmann/json.hpp>

#include "reeve/base/clock.h"
#include "reeve/base/file_system.h"
#include "reeve/base/nearest.h"
#include "reeve/base/number.h"
#include "reeve/base/text.h"
#include "reeve/bundle/bundle.h"
#include "reeve/contract/profile.h"
#include "reeve/learners/registry.h"
#include "reeve/tuning/smote.h"
#include "reeve/workflow/derive.h"
#include "reeve/workflow/given_costs.h"
#include "reeve/workflow/record_training.h"
#include "reeve/workflow/run_recorder.h"
#include "reeve/workflow/train_answer.h"
#include "reeve/workflow/training_checks.h"

namespace reeve::workflow {
namespace {

using evaluation::Metric;

// The request with its words understood.
struct Plan {
  Metric metric = Metric::kAuc;
  std::vector<std::string> learners;
  tuning::Effort effort = tuning::Effort::kStandard;
  tuning::Imbalance imbalance = tuning::Imbalance::kThreshold;
  tuning::CalibrationOptions calibration;
  std::optional<GivenCosts> given_costs;
  // Known once the classes are.
  std::optional<CostMatrix> costs;
  // Known once the rows to train on are.
  std::vector<features::Derived> derived;
};

Status CheckFit(const TrainRequest& request, const std::string& learner) {
  REEVE_ASSIGN_OR_RETURN(const auto made, learners::MakeLearner(learner));
  return learners::ValidateParams(*request.fit, made->params(), learner);
}

// How probabilities become decisions.
Status ReadDecision(const TrainRequest& request, Plan& plan) {
  REEVE_ASSIGN_OR_RETURN(plan.imbalance, tuning::ParseImbalance(request.imbalance));
  REEVE_ASSIGN_OR_RETURN(plan.calibration, tuning::ParseCalibration(request.calibration));
  if (!request.costs.empty()) {
    REEVE_ASSIGN_OR_RETURN(plan.given_costs, ReadCosts(request.costs));
  }
  const bool wants_calibration =
      plan.calibration.kind && *plan.calibration.kind != inference::CalibrationKind::kNone;
  if (request.fit && wants_calibration) {
    return Status::InvalidArgument("--calibration " + request.calibration +
                                   " is fitted on predictions of a search's folds, --fit makes "
                                   "none; expected one of the two");
  }
  if (request.fit && request.compare_imbalance) {
    return Status::InvalidArgument(
        "--compare-imbalance compares on the folds of a search, --fit makes none; expected one of "
        "the two");
  }
  return Status::Ok();
}

// "cost" is a metric only where it is known what wrong decisions cost.
Result<Metric> ReadMetric(const TrainRequest& request, const std::string& name) {
  REEVE_ASSIGN_OR_RETURN(const Metric metric, evaluation::ParseMetric(name));
  if (metric != Metric::kCost || !request.costs.empty()) return metric;
  return Status::InvalidArgument(
      "metric \"cost\" needs what wrong decisions cost, expected --cost beside it");
}

Result<Plan> MakePlan(const TrainRequest& request) {
  Plan plan;
  REEVE_ASSIGN_OR_RETURN(plan.metric,
                         ReadMetric(request, request.metric.empty() ? "auc" : request.metric));
  for (const std::string& name : request.learners) {
    REEVE_RETURN_IF_ERROR(learners::MakeLearner(name).status());
    plan.learners.push_back(name);
  }
  REEVE_ASSIGN_OR_RETURN(plan.effort, tuning::ParseEffort(request.effort));
  if (plan.learners.empty())
    plan.learners =
        request.fit ? std::vector<std::string>{"boosted"} : tuning::DefaultLearners(plan.effort);
  REEVE_RETURN_IF_ERROR(ReadDecision(request, plan));
  for (const Requirement& requirement : request.requirements)
    REEVE_RETURN_IF_ERROR(ReadMetric(request, requirement.metric).status());
  if (request.ensemble != "auto" && request.ensemble != "off") {
    return Status::InvalidArgument("unknown --ensemble " + Quote(request.ensemble) + "." +
                                   Suggest(request.ensemble, {"auto", "off"}));
  }
  REEVE_RETURN_IF_ERROR(request.ignored_warnings.Validate());
  if (!(request.split > 0 && request.split < 1)) {
    return Status::InvalidArgument("--split is " + FormatNumber(request.split) +
                                   ", expected a share between 0 and 1");
  }
  if (request.folds < 2)
    return Status::InvalidArgument("--folds is " + std::to_string(request.folds) +
                                   ", expected at least 2");
  if (request.fit && plan.learners.size() != 1)
    return Status::InvalidArgument("--fit trains one configuration, expected one --learner");
  if (request.fit) REEVE_RETURN_IF_ERROR(CheckFit(request, plan.learners.front()));
  if (!request.alias.empty() && request.register_name.empty()) {
    return Status::InvalidArgument("--alias " + Quote(request.alias) +
                                   " needs a registered model, expected --register NAME");
  }
  if (!request.register_name.empty() && !request.track)
    return Status::InvalidArgument(
        "--register needs the tracking store, which --no-track leaves alone");
  if (request.register_name.find_first_of("/:") != std::string::npos) {
    return Status::InvalidArgument("--register " + Quote(request.register_name) +
                                   " holds / or :, expected a name without them");
  }
  if (!request.out.empty() && FileSystem::System().Exists(request.out)) {
    return Status::AlreadyExists("--out " + Quote(request.out, 400) +
                                 " already exists, expected a new folder");
  }
  return plan;
}

// Row numbers of a file, one per line, as positions in the table.
Result<std::vector<std::int64_t>> ReadTestRows(const std::string& path,
                                               const TrainingTable& table) {
  constexpr std::uint64_t kMaxBytes = 1 << 30;
  REEVE_ASSIGN_OR_RETURN(const std::string text, FileSystem::System().Read(path, kMaxBytes));
  std::map<std::int64_t, std::int64_t> position_of;
  for (std::size_t i = 0; i < table.source_rows.size(); ++i)
    position_of[table.source_rows[i]] = static_cast<std::int64_t>(i);
  std::set<std::int64_t> rows;
  std::int64_t line_number = 0;
  for (const std::string& line : Split(text, '\n')) {
    ++line_number;
    const std::string_view trimmed = Trim(line);
    if (trimmed.empty()) continue;
    const auto row = ParseInteger(trimmed);
    const std::string where =
        path + ", line " + std::to_string(line_number) + ": found " + Quote(trimmed, 40);
    if (!row) return Status::InvalidArgument(where + ", expected a row number");
    if (*row < 0 || *row >= table.rows_read) {
      return Status::InvalidArgument(where + ", expected a row number from 0 to " +
                                     std::to_string(table.rows_read - 1));
    }
    const auto it = position_of.find(*row);
    if (it != position_of.end()) rows.insert(it->second);
  }
  return std::vector<std::int64_t>(rows.begin(), rows.end());
}

tuning::Problem MakeProblem(const TrainingTable& table,
                            const std::vector<features::Derived>& derived = {}) {
  return {.table = &table.table,
          .features = table.features,
          .derived = derived,
          .labels = table.labels,
          .classes = static_cast<int>(table.classes.size()),
          .groups = table.groups,
          .times = table.times};
}

// Which rows train and which are kept for the one test.
Result<tuning::Fold> SplitRows(const TrainRequest& request, const TrainingTable& table) {
  const auto rows = static_cast<std::int64_t>(table.labels.size());
  tuning::Fold fold;
  if (table.test_rows > 0) {
    fold.train = AllRows(rows - table.test_rows);
    for (std::int64_t row = rows - table.test_rows; row < rows; ++row) fold.test.push_back(row);
    return fold;
  }
  if (!request.test_rows.empty()) {
    REEVE_ASSIGN_OR_RETURN(fold.test, ReadTestRows(request.test_rows, table));
    for (std::int64_t row = 0; row < rows; ++row) {
      if (!std::binary_search(fold.test.begin(), fold.test.end(), row)) fold.train.push_back(row);
    }
    if (fold.train.empty())
      return Status::InvalidArgument(request.test_rows +
                                     " names every row, none is left to train on");
    return fold;
  }
  constexpr std::int64_t kFewRows = 10;
  if (rows < kFewRows) {
    return Status::InvalidData(std::to_string(rows) +
                               " rows are too few to train and test on, expected at least " +
                               std::to_string(kFewRows));
  }
  return tuning::SplitOnce(AllRows(rows), request.split,
                           MakeProblem(table).Splitting(request.seed));
}

// Both classes must be there to train on.
Status CheckTrainingRows(const tuning::Fold& split, const TrainingTable& table) {
  std::set<std::int32_t> seen;
  for (const std::int64_t row : split.train)
    seen.insert(table.labels[static_cast<std::size_t>(row)]);
  if (seen.size() < 2)
    return Status::InvalidData(
        "only one class is left among the rows to train on, expected at least two");
  return Status::Ok();
}

Result<tuning::SearchResult> SearchOrFit(const TrainRequest& request, const Plan& plan,
                                         const TrainingTable& table,
                                         const std::vector<std::int64_t>& rows) {
  const tuning::SearchOptions options{.learners = plan.learners,
                                      .asked_for = !request.learners.empty(),
                                      .effort = plan.effort,
                                      .metric = plan.metric,
                                      .folds = request.folds,
                                      .imbalance = plan.imbalance,
                                      .ensemble = request.ensemble == "auto",
                                      .calibration = plan.calibration,
                                      .costs = plan.costs,
                                      .seed = request.seed,
                                      .threads = request.table.threads,
                                      .cancellation = request.table.cancellation,
                                      .on_progress = request.on_progress};
  const tuning::Problem problem = MakeProblem(table, plan.derived);
  if (request.fit)
    return tuning::FitOne(problem, rows, plan.learners.front(), *request.fit, options);
  return tuning::Search(problem, rows, options);
}

std::vector<std::int32_t> LabelsOf(const TrainingTable& table,
                                   const std::vector<std::int64_t>& rows) {
  std::vector<std::int32_t> labels;
  for (const std::int64_t row : rows) labels.push_back(table.labels[static_cast<std::size_t>(row)]);
  return labels;
}

Result<Probabilities> Predict(const tuning::SearchResult& result, const TrainingTable& table,
                              const std::vector<std::int64_t>& rows, int threads) {
  REEVE_ASSIGN_OR_RETURN(const Matrix matrix, result.pipeline.Transform(table.table, rows));
  return inference::PredictCorrected(*result.model.model, result.decision, matrix, threads);
}

// Importance of matrix columns, added up by the table's column they come from.
std::vector<std::pair<std::string, double>> ImportanceByColumn(const tuning::SearchResult& result) {
  std::map<std::string, double> by_column;
  for (std::size_t i = 0; i < result.model.importance.size(); ++i) {
    by_column[result.pipeline.outputs()[i].source] += result.model.importance[i];
  }
  std::vector<std::pair<std::string, double>> sorted(by_column.begin(), by_column.end());
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const auto& a, const auto& b) { return a.second > b.second; });
  return sorted;
}

TrainReport StartReport(const TrainRequest& request, const Plan& plan, const TrainingTable& table,
                        const tuning::Fold& split) {
  TrainReport report{.target = request.table.target,
                     .classes = table.classes,
                     .positive = table.contract.positive};
  report.rows_read = table.rows_read;
  report.rows_dropped = table.rows_dropped;
  report.rows_train = static_cast<std::int64_t>(split.train.size());
  report.rows_test = static_cast<std::int64_t>(split.test.size());
  for (const Column& column : table.table.columns()) {
    report.features.push_back({column.name(), column.type(), column.CountMissing()});
  }
  report.metric = evaluation::InfoOf(plan.metric).name;
  report.seed = request.seed;
  report.warnings = table.warnings;
  report.data_digest = table.digest;
  return report;
}

// SMOTE draws towards the five nearest rows of the class; small classes have not as many.
void WarnOfFewNeighbours(const Plan& plan, const TrainingTable& table, const tuning::Fold& split,
                         TrainReport& report) {
  if (plan.imbalance != tuning::Imbalance::kSmote) return;
  std::vector<std::int64_t> rows(table.classes.size());
  for (const std::int64_t row : split.train)
    ++rows[static_cast<std::size_t>(table.labels[static_cast<std::size_t>(row)])];
  const std::int64_t needed = tuning::SmoteOptions{}.neighbours + 1;
  for (std::size_t c = 0; c < rows.size(); ++c) {
    if (rows[c] >= 2 * needed) continue;
    report.warnings.push_back(
        {"smote_few_neighbours", "",
         "class " + Quote(table.classes[c], 60) + " has " + GroupDigits(rows[c]) +
             " rows to train on: within a fold SMOTE may find fewer than " +
             std::to_string(needed - 1) + " neighbours and draws between those there are"});
  }
}

Status ScoreOnce(const TrainRequest& request, const TrainingTable& table, const tuning::Fold& split,
                 const tuning::SearchResult& result, TrainReport& report,
                 TrainingPredictions& predictions) {
  const DecisionRule rule = result.decision.rule();
  const evaluation::ScoreOptions options{.rule = rule, .seed = request.seed, .costs = report.costs};
  if (!result.out_of_fold.rows.empty()) {
    predictions.out_of_fold_rows = result.out_of_fold.rows;
    predictions.out_of_fold_labels = LabelsOf(table, result.out_of_fold.rows);
    predictions.out_of_fold = result.out_of_fold.probabilities;
    REEVE_ASSIGN_OR_RETURN(report.out_of_fold,
                           evaluation::ComputeScores(predictions.out_of_fold_labels,
                                                     predictions.out_of_fold, options));
    if (report.costs) {
      report.out_of_fold_costs = evaluation::SummarizeCosts(
          *report.costs, rule, predictions.out_of_fold_labels, predictions.out_of_fold);
    }
  }
  if (split.test.empty()) return Status::Ok();
  predictions.test_rows = split.test;
  predictions.test_labels = LabelsOf(table, split.test);
  REEVE_ASSIGN_OR_RETURN(predictions.test,
                         Predict(result, table, split.test, request.table.threads));
  REEVE_ASSIGN_OR_RETURN(
      report.test, evaluation::ComputeScores(predictions.test_labels, predictions.test, options));
  if (report.costs) {
    report.test_costs =
        evaluation::SummarizeCosts(*report.costs, rule, predictions.test_labels, predictions.test);
  }
  return Status::Ok();
}

void CheckRequirements(const TrainRequest& request, TrainReport& report) {
  for (const Requirement& requirement : request.requirements) {
    const auto value = report.test ? report.test->Find(requirement.metric) : std::nullopt;
    const bool higher =
        evaluation::InfoOf(evaluation::ParseMetric(requirement.metric).value()).higher_is_better;
    const bool met = value && (higher ? *value >= requirement.value : *value <= requirement.value);
    if (met) continue;
    report.unmet.push_back(requirement.metric + " is " +
                           (value ? FormatNumber(*value) : "not known") + ", required " +
                           (higher ? "at least " : "at most ") + FormatNumber(requirement.value));
  }
}

// The same search on every row there is, when that was asked for; scores stay those of the model
// before.
Status RefitOnAll(const TrainRequest& request, const Plan& plan, const TrainingTable& table,
                  tuning::SearchResult& result, TrainReport& report) {
  // Chosen on rows that the refitted model has seen no more than the one before it.
  const auto threshold = result.decision.threshold;
  const inference::Calibration calibration = result.decision.calibration;
  REEVE_ASSIGN_OR_RETURN(
      tuning::SearchResult refitted,
      SearchOrFit(request, plan, table, AllRows(static_cast<std::int64_t>(table.labels.size()))));
  result.model = std::move(refitted.model);
  result.fold_curves = std::move(refitted.fold_curves);
  result.pipeline = std::move(refitted.pipeline);
  result.decision = std::move(refitted.decision);
  result.decision.threshold = threshold;
  result.decision.calibration = calibration;
  report.warnings.push_back({"refitted_on_all", "",
                             "the final model was trained on the test rows too; its scores are "
                             "those of the model before that"});
  return Status::Ok();
}

// The winner and a logistic model with every treatment, on the folds of the search.
Status CompareTreatments(const TrainRequest& request, const Plan& plan, const TrainingTable& table,
                         const tuning::Fold& split, const tuning::SearchResult& result,
                         TrainReport& report) {
  if (!request.compare_imbalance) return Status::Ok();
  std::vector<tuning::ComparedConfiguration> configurations;
  for (const tuning::Trial& trial : result.leaderboard) {
    if (!learners::MakeLearner(trial.learner).ok()) continue;
    configurations.push_back({trial.learner, trial.params});
    break;
  }
  if (configurations.empty() || configurations.front().learner != "logistic")
    configurations.push_back({"logistic", {}});
  REEVE_ASSIGN_OR_RETURN(
      report.imbalance_comparison,
      tuning::CompareImbalance(MakeProblem(table, plan.derived), split.train, configurations,
                               {.folds = request.folds,
                                .seed = request.seed,
                                .threads = request.table.threads,
                                .cancellation = request.table.cancellation}));
  return Status::Ok();
}

// What was decided beside the model, with what stood against it.
void ReportDecision(const TrainRequest& request, const tuning::SearchResult& result,
                    TrainReport& report) {
  report.threshold = result.decision.threshold;
  report.decision = result.chosen;
  const bool was_asked_for = request.calibration != "auto" && request.calibration != "none";
  if (!was_asked_for || result.chosen.calibration_obstacle.empty()) return;
  report.warnings.push_back({"calibration_left_out", "",
                             "no calibration was fitted: " + result.chosen.calibration_obstacle});
}

// On rows that the model never saw, where there are such.
Status ExplainResult(const TrainRequest& request, const Plan& plan, const TrainingTable& table,
                     const tuning::Fold& split, const tuning::SearchResult& result,
                     TrainReport& report) {
  const bool unseen = !split.test.empty() && !request.refit_all;
  REEVE_ASSIGN_OR_RETURN(
      report.explanations,
      ExplainTraining({result.pipeline, *result.model.model, result.decision}, table.table,
                      unseen ? split.test : split.train, table.labels,
                      {.metric = plan.metric,
                       .rows = unseen ? "test" : "train",
                       .seed = request.seed,
                       .threads = request.table.threads,
                       .cancellation = request.table.cancellation}));
  return Status::Ok();
}

Status TrainTracked(const TrainRequest& request, Plan plan, const TrainingTable& table,
                    const tuning::Fold& split, RunRecorder* recorder, TrainReport& report) {
  REEVE_ASSIGN_OR_RETURN(
      plan.derived, DeriveColumns(request.derive, !request.fit, MakeProblem(table), split.train,
                                  {.seed = request.seed,
                                   .threads = request.table.threads,
                                   .cancellation = request.table.cancellation}));
  report.derived = plan.derived;
  REEVE_ASSIGN_OR_RETURN(tuning::SearchResult result,
                         SearchOrFit(request, plan, table, split.train));
  report.leaderboard = result.leaderboard;
  report.trials = result.trials;
  report.learner = result.leaderboard.front().learner;
  report.params = result.model.params;
  report.costs = plan.costs;
  ReportDecision(request, result, report);
  report.importance = ImportanceByColumn(result);
  TrainingPredictions predictions;
  REEVE_RETURN_IF_ERROR(ScoreOnce(request, table, split, result, report, predictions));
  WarnOfFewNeighbours(plan, table, split, report);
  REEVE_RETURN_IF_ERROR(CheckTraining(request, table, split, result, predictions, report));
  CheckRequirements(request, report);
  REEVE_RETURN_IF_ERROR(CompareTreatments(request, plan, table, split, result, report));
  if (request.refit_all && !split.test.empty())
    REEVE_RETURN_IF_ERROR(RefitOnAll(request, plan, table, result, report));
  report.warnings = contract::FinishWarnings(std::move(report.warnings), request.ignored_warnings);
  // From here on nothing about the model changes.
  REEVE_RETURN_IF_ERROR(ExplainResult(request, plan, table, split, result, report));
  REEVE_RETURN_IF_ERROR(request.table.cancellation->Check());
  return RecordTraining(request, table, result, predictions, recorder, report);
}

}  // namespace

Result<TrainReport> Train(const TrainRequest& request) {
  const double started = Clock::System().MonotonicSeconds();
  REEVE_ASSIGN_OR_RETURN(Plan plan, MakePlan(request));
  REEVE_ASSIGN_OR_RETURN(const TrainingTable table, LoadTrainingTable(request.table));
  if (plan.given_costs) {
    REEVE_ASSIGN_OR_RETURN(plan.costs, CostsOfClasses(*plan.given_costs, table.classes));
  }
  REEVE_ASSIGN_OR_RETURN(const tuning::Fold split, SplitRows(request, table));
  REEVE_RETURN_IF_ERROR(CheckTrainingRows(split, table));
  // Whatever is wrong with the request or the data has been said; from here on there is a run.
  std::unique_ptr<RunRecorder> recorder;
  if (request.track) {
    REEVE_ASSIGN_OR_RETURN(recorder,
                           RunRecorder::Start({.stores = request.stores,
                                               .experiment = request.experiment,
                                               .run_name = request.run_name,
                                               .tags = request.tags,
                                               .registers = !request.register_name.empty(),
                                               .spool = request.spool,
                                               .cancellation = request.table.cancellation}));
  }
  TrainReport report = StartReport(request, plan, table, split);
  if (recorder) {
    report.run_id = recorder->run().id;
    report.run_name = recorder->run().name;
    report.experiment = request.experiment;
  }
  const Status status = TrainTracked(request, plan, table, split, recorder.get(), report);
  if (!status.ok()) {
    if (recorder) {
      const bool killed = status.code() == StatusCode::kCancelled;
      recorder->set_failure(killed ? tracking::RunStatus::kKilled : tracking::RunStatus::kFailed,
                            status.message());
    }
    return status;
  }
  report.seconds = Clock::System().MonotonicSeconds() - started;
  return report;
}

}  // namespace reeve::workflow
