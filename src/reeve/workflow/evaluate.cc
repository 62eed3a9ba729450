#include "reeve/workflow/evaluate.h"

#include <algorithm>
#include <cstdio>
#include <optional>

#include <nlohmann/json.hpp>

#include "reeve/base/nearest.h"
#include "reeve/base/text.h"
#include "reeve/evaluation/curves.h"
#include "reeve/evaluation/reliability.h"
#include "reeve/ingest/reader.h"
#include "reeve/ingest/source.h"
#include "reeve/report/sections.h"
#include "reeve/report/texts.h"
#include "reeve/workflow/cost_answer.h"
#include "reeve/workflow/decision_answer.h"
#include "reeve/workflow/given_costs.h"
#include "reeve/workflow/label_reader.h"
#include "reeve/workflow/loaded_model.h"
#include "reeve/workflow/score_pictures.h"
#include "reeve/workflow/train_answer.h"

namespace reeve::workflow {
namespace {

// Labels and predictions of all usable rows.
struct Scored {
  std::vector<std::int32_t> labels;
  Probabilities probabilities;
};

Status ScoreChunk(const Table& chunk, const inference::Scorer& scorer,
                  const EvaluateRequest& request, const std::string& target, EvaluateReport& report,
                  Scored& scored) {
  const LabelReader reader(scorer.contract(), ingest::SourceName(request.data));
  REEVE_ASSIGN_OR_RETURN(const inference::Scored part,
                         scorer.Score(chunk, report.rows_read, request.threads));
  const Column& labels = chunk.column(*chunk.Find(target));
  for (std::int64_t row = 0; row < chunk.rows(); ++row) {
    REEVE_ASSIGN_OR_RETURN(const std::optional<std::int32_t> truth, reader.Read(labels, row));
    if (!truth) {
      ++report.rows_unlabelled;
      continue;
    }
    if (!part.usable[static_cast<std::size_t>(row)]) {
      ++report.rows_rejected;
      continue;
    }
    scored.labels.push_back(*truth);
    const auto probabilities = part.probabilities.row(row);
    scored.probabilities.values.insert(scored.probabilities.values.end(), probabilities.begin(),
                                       probabilities.end());
    ++scored.probabilities.rows;
  }
  report.rows_read += chunk.rows();
  return Status::Ok();
}

Result<std::optional<CostMatrix>> CostsOf(const EvaluateRequest& request,
                                          const std::vector<std::string>& classes,
                                          const inference::Decision& decision) {
  if (request.costs.empty()) return decision.costs;
  REEVE_ASSIGN_OR_RETURN(const GivenCosts given, ReadCosts(request.costs));
  REEVE_ASSIGN_OR_RETURN(CostMatrix costs, CostsOfClasses(given, classes));
  return std::optional(std::move(costs));
}

report::PageTable LiftTable(const std::vector<evaluation::LiftDecile>& deciles) {
  report::PageTable table{.caption = "Lift by tenth of the rows, most probable first",
                          .headings = {{"tenth", true},
                                       {"rows", true},
                                       {"positives", true},
                                       {"lift", true},
                                       {"cumulative gain", true}},
                          .rows = {}};
  for (const evaluation::LiftDecile& decile : deciles) {
    table.rows.push_back({{{std::to_string(decile.decile)},
                           {GroupDigits(decile.rows)},
                           {GroupDigits(decile.positives)},
                           {report::Decimals(decile.lift, 2)},
                           {report::Percent(decile.cumulative_gain)}}});
  }
  return table;
}

std::vector<report::ScoreLine> ScoreLines(const evaluation::Scores& scores) {
  std::vector<report::ScoreLine> lines;
  for (const auto& [name, value] : scores.values) {
    const auto metric = evaluation::ParseMetric(name);
    report::ScoreLine line{.name = name, .test = value, .test_interval = scores.FindInterval(name)};
    if (metric.ok()) line.description = std::string(evaluation::InfoOf(*metric).description);
    line.is_headline = name == "auc" || name == "accuracy" || name == "log_loss";
    lines.push_back(std::move(line));
  }
  return lines;
}

std::string PageOf(const EvaluateReport& report, const Scored& scored) {
  const bool is_binary = report.classes.size() == 2;
  const ScoredRows rows{.labels = scored.labels,
                        .probabilities = &scored.probabilities,
                        .classes = report.classes,
                        .rule = report.rule};
  report::TrainingReport content;
  report::Page page{.title = "Evaluation of " + report.model,
                    .lead = "Scores of a finished model on labelled rows."};
  page.head.emplace_back(
      report::Facts{{"Model", report.model},
                    {"Data", report.data},
                    {"Rows", GroupDigits(report.scores.rows) + " scored, " +
                                 GroupDigits(report.rows_unlabelled) + " without a label, " +
                                 GroupDigits(report.rows_rejected) + " that break the contract"},
                    {"Classes", Join(report.classes, ", ")}});
  content.scores = ScoreLines(report.scores);
  content.classes = report.classes;
  if (is_binary) content.threshold = report.rule.threshold;
  if (!is_binary) content.cost_matrix = report.rule.costs;
  if (report.costs)
    content.costs = CostLines({.test = &*report.costs}, report.rule, report.classes);
  content.confusion = report.scores.confusion;
  content.class_auc = ClassAucs(rows);
  content.brier = report.scores.Find("brier");
  content.ece = report.scores.Find("ece");
  AddScorePictures(rows, content.pictures);
  page.head.emplace_back(report::ScoreTiles(content));
  page.sections = {report::ScoresSection(content),      report::ThresholdSection(content),
                   report::CalibrationSection(content), report::ConfusionSection(content),
                   report::CurvesSection(content),      {"lift", "Lift", {}}};
  if (is_binary) {
    std::vector<double> positive;
    for (std::int64_t row = 0; row < scored.probabilities.rows; ++row)
      positive.push_back(scored.probabilities.at(row, 1));
    page.sections.back().blocks.emplace_back(
        LiftTable(evaluation::LiftDeciles(scored.labels, positive)));
  }
  return report::Html(page);
}

// Whether lineage.json names this very file, with as many rows.
bool IsTrainingTable(const std::string& lineage, const std::string& data, std::int64_t rows) {
  const Result<Json> json = ParseJson(lineage);
  if (!json.ok()) return false;
  const Result<const Json*> source = JsonMember(*json, "data");
  if (!source.ok()) return false;
  const Result<std::vector<std::string>> files = JsonStrings(**source, "files");
  const Result<std::int64_t> read = JsonInteger(**source, "rows");
  return files.ok() && read.ok() && *read == rows && files->size() == 1 &&
         (files->front() == data || AbsolutePath(files->front()) == AbsolutePath(data));
}

}  // namespace

Result<EvaluateReport> Evaluate(const EvaluateRequest& request) {
  REEVE_ASSIGN_OR_RETURN(LoadedModel model, LoadModel(request.model, request.stores));
  EvaluateReport report{.model = model.Describe(),
                        .data = ingest::SourceName(request.data),
                        .classes = model.bundle.contract.classes,
                        .scores = {},
                        .html = {}};
  const std::string target = request.target.empty() ? model.bundle.contract.target : request.target;
  const std::string lineage = std::move(model.bundle.lineage);
  REEVE_ASSIGN_OR_RETURN(const inference::Scorer scorer,
                         bundle::IntoScorer(std::move(model.bundle)));
  report.rule = scorer.decision().rule();
  evaluation::ScoreOptions options{.rule = report.rule, .seed = request.seed};
  REEVE_ASSIGN_OR_RETURN(options.costs, CostsOf(request, report.classes, scorer.decision()));
  REEVE_ASSIGN_OR_RETURN(
      const auto reader,
      ingest::TableReader::Open(request.data, {.skip_bad_rows = request.skip_bad_rows,
                                               .threads = request.threads,
                                               .cancellation = request.cancellation}));
  const std::vector<std::string>& names = reader->column_names();
  if (std::find(names.begin(), names.end(), target) == names.end()) {
    return Status::InvalidArgument("column " + Quote(target) + " with the true classes is not in " +
                                   ingest::SourceName(request.data) + "." + Suggest(target, names));
  }
  Scored scored;
  scored.probabilities.classes = static_cast<int>(report.classes.size());
  Table chunk;
  for (;;) {
    REEVE_ASSIGN_OR_RETURN(const bool more, reader->Next(&chunk));
    if (!more) break;
    REEVE_RETURN_IF_ERROR(ScoreChunk(chunk, scorer, request, target, report, scored));
  }
  if (scored.labels.empty())
    return Status::InvalidData(
        ingest::SourceName(request.data) +
        " has no labelled row that keeps the contract, expected at least one");
  REEVE_ASSIGN_OR_RETURN(report.scores,
                         evaluation::ComputeScores(scored.labels, scored.probabilities, options));
  if (options.costs) {
    report.costs = evaluation::SummarizeCosts(*options.costs, report.rule, scored.labels,
                                              scored.probabilities);
  }
  report.is_training_table = IsTrainingTable(lineage, report.data, report.rows_read);
  report.html = PageOf(report, scored);
  return report;
}

Json ToJson(const EvaluateReport& report) {
  const bool is_binary = report.classes.size() == 2;
  return Json{{"model", report.model},
              {"data", report.data},
              {"rows", Json{{"read", report.rows_read},
                            {"scored", report.scores.rows},
                            {"unlabelled", report.rows_unlabelled},
                            {"rejected", report.rows_rejected}}},
              {"is_training_table", report.is_training_table},
              {"threshold", is_binary ? Json(report.rule.threshold) : Json(nullptr)},
              {"cost", report.costs ? CostsToJson(*report.costs, report.classes) : Json(nullptr)},
              {"scores", ScoresToJson(report.scores, report.classes)}};
}

std::string ToText(const EvaluateReport& report) {
  std::string text =
      report.model + " on " + GroupDigits(report.scores.rows) + " rows of " + report.data + "\n";
  for (const auto& [name, value] : report.scores.values) {
    char line[160];
    std::snprintf(line, sizeof line, "  %-20s%.4f", name.c_str(), value);
    text += line;
    if (const auto interval = report.scores.FindInterval(name)) {
      std::snprintf(line, sizeof line, "   95 %% %.4f to %.4f", interval->low, interval->high);
      text += line;
    }
    text += "\n";
  }
  if (report.costs) text += CostText(*report.costs, report.classes, "");
  return text + ReliabilityText(report.scores);
}

}  // namespace reeve::workflow
