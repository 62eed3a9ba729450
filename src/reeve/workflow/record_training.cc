#include "reeve/workflow/record_training.h"

#include <cmath>

#include <nlohmann/json.hpp>

#include "reeve/base/clock.h"
#include "reeve/base/file_system.h"
#include "reeve/base/number.h"
#include "reeve/base/text.h"
#include "reeve/bundle/bundle.h"
#include "reeve/contract/profile.h"
#include "reeve/ingest/source.h"
#include "reeve/tracking/artifact_location.h"
#include "reeve/workflow/train_answer.h"
#include "reeve/workflow/training_report.h"

namespace reeve::workflow {
namespace {

Json Lineage(const TrainRequest& request, const TrainingTable& table, const TrainReport& report) {
  Json json;
  json["format_version"] = 1;
  json["run_id"] = report.run_id;
  json["created"] = FormatIsoSeconds(Clock::System().NowMs());
  json["command"] = request.command_line;
  json["data"] = Json{{"source", ingest::SourceName(request.table.data)},
                      {"files", table.files},
                      {"format", table.format},
                      {"digest", table.digest},
                      {"rows", table.rows_read},
                      {"rows_skipped", table.rows_skipped}};
  json["transformations"] = table.transformations;
  json["split"] =
      Json{{"train", report.rows_train}, {"test", report.rows_test}, {"seed", request.seed}};
  json["learner"] = report.learner;
  json["params"] = report.params;
  return json;
}

bundle::Bundle MakeBundle(const TrainRequest& request, const TrainingTable& table,
                          tuning::SearchResult& result, const TrainReport& report) {
  Json scores;
  scores["format_version"] = 1;
  scores["metric"] = report.metric;
  scores["threshold"] = report.threshold ? Json(*report.threshold) : Json(nullptr);
  scores["test"] = report.test ? ScoresToJson(*report.test, report.classes) : Json(nullptr);
  scores["out_of_fold"] =
      report.out_of_fold ? ScoresToJson(*report.out_of_fold, report.classes) : Json(nullptr);
  scores["importance"] = report.importance;
  if (report.explanations.permutation)
    scores["permutation_importance"] = ToJson(*report.explanations.permutation);
  if (report.explanations.contributions)
    scores["contribution_importance"] = ToJson(*report.explanations.contributions);
  return {.contract = table.contract,
          .profile = contract::MakeProfile(table.table, request.table.threads),
          .pipeline = std::move(result.pipeline),
          .model = std::move(result.model.model),
          .decision = result.decision,
          .scores = DumpJson(scores, 1) + "\n",
          .lineage = DumpJson(Lineage(request, table, report), 1) + "\n",
          .native_bytes = std::move(result.model.native_bytes)};
}

std::map<std::string, std::string> RunParams(const TrainRequest& request,
                                             const TrainReport& report) {
  std::map<std::string, std::string> params = report.params;
  params["learner"] = report.learner;
  params["seed"] = std::to_string(request.seed);
  params["metric"] = report.metric;
  params["target"] = report.target;
  params["folds"] = std::to_string(request.folds);
  params["effort"] = request.effort;
  params["imbalance"] = request.imbalance;
  params["calibration"] = request.calibration;
  if (!request.costs.empty()) params["cost"] = request.costs;
  params["rows_train"] = std::to_string(report.rows_train);
  params["rows_test"] = std::to_string(report.rows_test);
  params["features"] = std::to_string(report.features.size());
  if (!report.positive.empty()) params["positive"] = report.positive;
  return params;
}

// What out-of-fold rows would cost if they were decided otherwise.
void AddCosts(const evaluation::CostSummary& costs, std::int64_t now,
              std::vector<tracking::MetricPoint>& points) {
  const std::string prefix = "cv_pooled_cost_";
  if (costs.always.size() == 2) {
    points.push_back({prefix + "at_half", costs.plain, now, 0});
    points.push_back({prefix + "always_yes", costs.always[1], now, 0});
    points.push_back({prefix + "always_no", costs.always[0], now, 0});
    return;
  }
  points.push_back({prefix + "most_probable", costs.plain, now, 0});
  points.push_back({prefix + "constant", costs.always[costs.CheapestConstant()], now, 0});
}

std::vector<tracking::MetricPoint> RunMetrics(const TrainReport& report,
                                              const std::vector<learners::HistoryPoint>& history) {
  const std::int64_t now = Clock::System().NowMs();
  std::vector<tracking::MetricPoint> points;
  if (report.test) {
    for (const auto& [name, value] : report.test->values)
      points.push_back({"test_" + name, value, now, 0});
  }
  if (report.out_of_fold) {
    for (const auto& [name, value] : report.out_of_fold->values)
      points.push_back({"cv_pooled_" + name, value, now, 0});
  }
  const tuning::Trial& best = report.leaderboard.front();
  for (std::size_t fold = 0; fold < best.fold_scores.size(); ++fold) {
    points.push_back(
        {"fold_" + report.metric, best.fold_scores[fold], now, static_cast<std::int64_t>(fold)});
  }
  if (!best.fold_scores.empty()) {
    points.push_back({"cv_" + report.metric + "_mean", best.mean, now, 0});
    points.push_back({"cv_" + report.metric + "_std", best.standard_deviation, now, 0});
  }
  if (report.threshold) points.push_back({"threshold", *report.threshold, now, 0});
  if (report.out_of_fold_costs) AddCosts(*report.out_of_fold_costs, now, points);
  for (const learners::HistoryPoint& point : history)
    points.push_back({point.metric, point.value, now, point.step});
  return points;
}

// The table as MLflow's data set: name, digest, where it is, its columns and its statistics.
tracking::DatasetInput Dataset(const TrainRequest& request, const TrainingTable& table) {
  Json schema = Json::array();
  for (const contract::ContractColumn& column : table.contract.columns) {
    schema.push_back(Json{{"name", column.name},
                          {"type", std::string(ColumnTypeName(column.type))},
                          {"required", column.required}});
  }
  Json missing = Json::object();
  for (const Column& column : table.table.columns()) missing[column.name()] = column.CountMissing();
  Json profile{{"num_rows", table.rows_read},
               {"num_columns", table.table.column_count() + 1},
               {"missing", missing},
               {"transformations", table.transformations}};
  std::vector<std::string> uris;
  for (const std::string& file : table.files)
    uris.push_back(ingest::IsPostgresUri(file) ? file : AbsolutePath(file));
  return {.name = BaseName(ingest::SourceName(request.table.data)),
          .digest = table.digest,
          .source_type = "local",
          .source = DumpJson(Json{{"uri", uris.size() == 1 ? Json(uris[0]) : Json(uris)}}),
          .schema = DumpJson(Json{{"mlflow_colspec", schema}}),
          .profile = DumpJson(profile),
          .context = "training"};
}

Status LogRun(const TrainRequest& request, const TrainingTable& table,
              const std::vector<learners::HistoryPoint>& history, const TrainReport& report,
              RunRecorder& recorder) {
  tracking::Store& store = recorder.store();
  const std::string& run_id = recorder.run().id;
  REEVE_RETURN_IF_ERROR(store.LogParams(run_id, RunParams(request, report)));
  REEVE_RETURN_IF_ERROR(store.LogMetrics(run_id, RunMetrics(report, history)));
  tracking::Tags tags = {{"reeve.data_digest", report.data_digest},
                         {"reeve.learner", report.learner}};
  if (!request.requirements.empty())
    tags["reeve.requirement"] = report.unmet.empty() ? "met" : "unmet";
  for (const contract::Warning& warning : report.warnings)
    tags["reeve.warnings"] += (tags["reeve.warnings"].empty() ? "" : ",") + warning.code;
  if (!request.description.empty()) tags["mlflow.note.content"] = request.description;
  REEVE_RETURN_IF_ERROR(store.SetTags(run_id, tags));
  return store.LogInput(run_id, Dataset(request, table));
}

std::string CsvField(const std::string& text) {
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string quoted = "\"";
  for (const char c : text) quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
  return quoted + "\"";
}

std::string SuspectLabelsCsv(const TrainReport& report) {
  std::string csv = "row,label,suggested,label_probability,suggested_probability\n";
  for (const TrainReport::SuspectLabel& suspect : report.suspect_labels) {
    csv += std::to_string(suspect.row) + "," + CsvField(suspect.label) + "," +
           CsvField(suspect.suggested) + "," + FormatNumber(suspect.label_probability) + "," +
           FormatNumber(suspect.suggested_probability) + "\n";
  }
  return csv;
}

// What is for people, and the data that its pictures are drawn from.
Status WriteReport(const report::TrainingReport& page, RunRecorder& recorder) {
  for (const report::Picture& picture : report::DrawAll(page)) {
    REEVE_RETURN_IF_ERROR(recorder.WriteArtifact("pictures/" + picture.name + ".svg",
                                                 report::StandaloneSvg(picture)));
  }
  REEVE_RETURN_IF_ERROR(
      recorder.WriteArtifact("pictures/data.json", DumpJson(report::ToJson(page.pictures)) + "\n"));
  REEVE_RETURN_IF_ERROR(recorder.WriteArtifact("report.html", report::TrainingHtml(page)));
  return recorder.WriteArtifact("report.md", report::TrainingMarkdown(page));
}

Status WriteArtifacts(const ReportSources& sources, RunRecorder& recorder) {
  REEVE_RETURN_IF_ERROR(WriteReport(MakeTrainingReport(sources), recorder));
  REEVE_RETURN_IF_ERROR(recorder.WriteArtifact(
      "profile.json", DumpJson(contract::ToJson(sources.profile), 1) + "\n"));
  const TrainReport& report = sources.report;
  if (!report.suspect_labels.empty())
    REEVE_RETURN_IF_ERROR(recorder.WriteArtifact("label_noise.csv", SuspectLabelsCsv(report)));
  REEVE_RETURN_IF_ERROR(recorder.WriteArtifact(
      "importance.json", DumpJson(ToJson(report.explanations, report.classes), 1) + "\n"));
  return recorder.WriteArtifact("answer.json", DumpJson(ToJson(report), 1) + "\n");
}

Status PublishRun(const TrainRequest& request, const tracking::LoggedModel& model,
                  RunRecorder& recorder, TrainReport& report) {
  tracking::Publication publication{.run_id = recorder.run().id, .model_id = model.id};
  if (report.unmet.empty()) {
    publication.registered_name = request.register_name;
    publication.alias = request.alias;
    publication.description = request.description;
    for (const auto& [key, value] : request.tags) publication.tags[key] = value;
    publication.tags["reeve.data_digest"] = report.data_digest;
  }
  REEVE_ASSIGN_OR_RETURN(const auto version, recorder.Publish(std::move(publication)));
  report.bundle = recorder.model_place();
  if (version) {
    report.model_name = version->name;
    report.model_version = std::to_string(version->version);
    report.model_alias = request.alias;
  }
  return Status::Ok();
}

// Everything the run holds, from its parameters to the version that shows.
Status RecordRun(const ReportSources& sources, const bundle::Bundle& bundle, RunRecorder& recorder,
                 TrainReport& report) {
  const TrainRequest& request = sources.request;
  REEVE_RETURN_IF_ERROR(LogRun(request, sources.table, sources.history, report, recorder));
  ReportSources with_champion = sources;
  with_champion.champion = CompareWithChampion(recorder.store(), request.register_name, report);
  REEVE_RETURN_IF_ERROR(WriteArtifacts(with_champion, recorder));
  REEVE_ASSIGN_OR_RETURN(const tracking::LoggedModel model, recorder.CreateModel());
  REEVE_ASSIGN_OR_RETURN(const std::string folder, recorder.ModelFolder(model));
  FileSystem& files = FileSystem::System();
  const bundle::MlflowInfo info{.model_id = model.id,
                                .run_id = report.run_id,
                                .artifact_uri = model.artifact_location,
                                .created_ms = Clock::System().NowMs()};
  REEVE_RETURN_IF_ERROR(bundle::Write(files, bundle, info, folder));
  // There already when all this is recorded once more.
  if (!request.out.empty() && !files.Exists(request.out))
    REEVE_RETURN_IF_ERROR(bundle::Write(files, bundle, info, AbsolutePath(request.out)));
  return PublishRun(request, model, recorder, report);
}

}  // namespace

Status RecordTraining(const TrainRequest& request, const TrainingTable& table,
                      tuning::SearchResult& result, const TrainingPredictions& predictions,
                      RunRecorder* recorder, TrainReport& report) {
  const std::vector<learners::HistoryPoint> history = result.model.history;
  const bundle::Bundle bundle = MakeBundle(request, table, result, report);
  if (recorder == nullptr) {
    if (request.out.empty()) return Status::Ok();
    report.bundle = AbsolutePath(request.out);
    return bundle::Write(FileSystem::System(), bundle, {.created_ms = Clock::System().NowMs()},
                         report.bundle);
  }
  const ReportSources sources{.request = request,
                              .table = table,
                              .report = report,
                              .predictions = predictions,
                              .profile = bundle.profile,
                              .history = history,
                              .fold_curves = result.fold_curves};
  const Status recorded = RecordRun(sources, bundle, *recorder, report);
  if (!recorder->CanSpool(recorded)) return recorded;
  REEVE_RETURN_IF_ERROR(recorder->SwitchToSpool());
  report.spool = recorder->spool_folder();
  report.spool_reason = recorded.message();
  return RecordRun(sources, bundle, *recorder, report);
}

}  // namespace reeve::workflow
