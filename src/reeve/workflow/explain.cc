#include "reeve/workflow/explain.h"

#include <algorithm>
#include <iterator>
#include <memory>

#include "reeve/base/nearest.h"
#include "reeve/base/text.h"
#include "reeve/explain/explainer.h"
#include "reeve/explain/permutation_importance.h"
#include "reeve/inference/scorer.h"
#include "reeve/ingest/reader.h"
#include "reeve/ingest/source.h"
#include "reeve/workflow/explanation_output.h"
#include "reeve/workflow/label_reader.h"
#include "reeve/workflow/loaded_model.h"
#include "reeve/workflow/stored_importance.h"

namespace reeve::workflow {
namespace {

Result<std::unique_ptr<ingest::TableReader>> OpenData(const ExplainRequest& request) {
  return ingest::TableReader::Open(request.data, {.skip_bad_rows = request.skip_bad_rows,
                                                  .threads = request.threads,
                                                  .cancellation = request.cancellation});
}

Status CheckRequest(const ExplainRequest& request) {
  const std::vector<std::string> kinds = {"permutation", "contributions"};
  if (!request.importance.empty() &&
      std::find(kinds.begin(), kinds.end(), request.importance) == kinds.end()) {
    return Status::InvalidArgument("--importance is " + Quote(request.importance) + "." +
                                   Suggest(request.importance, kinds));
  }
  const bool measures = !request.importance.empty() || !request.partial_dependence.empty();
  if (request.data.empty() && (measures || !request.output.empty())) {
    return Status::InvalidArgument(std::string(request.output.empty()
                                                   ? "importance and partial dependence are "
                                                     "measured on rows"
                                                   : "-o is for what is said of rows") +
                                   ", expected DATA behind MODEL");
  }
  const std::size_t tables =
      (request.importance.empty() ? 0 : 1) + (request.partial_dependence.empty() ? 0 : 1);
  if (!request.output.empty() && tables == 2) {
    return Status::InvalidArgument(
        "-o takes one table, expected either --importance or --partial-dependence with it");
  }
  if (request.output.empty()) return Status::Ok();
  return ingest::TableWriter::CheckTarget(request.output, {.mode = request.mode});
}

// Reasons row by row, block after block of the source.
class SourceExplainer {
 public:
  SourceExplainer(const ExplainRequest& request, const inference::Scorer& scorer,
                  const RowExplainer& explainer)
      : request_(request), scorer_(scorer), explainer_(explainer) {}

  Status Run(ExplainReport& report) {
    REEVE_ASSIGN_OR_RETURN(const auto reader, OpenData(request_));
    if (!request_.output.empty()) {
      REEVE_ASSIGN_OR_RETURN(writer_, OpenReasons(request_.output, request_.mode));
    }
    Table chunk;
    while (writer_ || Missing(report) > 0) {
      REEVE_RETURN_IF_ERROR(request_.cancellation->Check());
      REEVE_ASSIGN_OR_RETURN(const bool more, reader->Next(&chunk));
      if (!more) break;
      REEVE_RETURN_IF_ERROR(ExplainChunk(chunk, report));
    }
    if (report.rows_explained == 0) {
      return Status::InvalidData(ingest::SourceName(request_.data) +
                                 " has no row that keeps the contract, expected at least one")
          .WithFix("reeve check names every violation");
    }
    return writer_ ? writer_->Commit() : Status::Ok();
  }

 private:
  // Rows that are still to be shown.
  std::int64_t Missing(const ExplainReport& report) const {
    return request_.limit - report.rows_explained;
  }

  Status ExplainChunk(const Table& whole, ExplainReport& report) {
    // Without a table to fill, rows that are not shown need not be explained.
    const std::int64_t rows =
        writer_ ? whole.rows() : std::min(whole.rows(), Missing(report) + kSpareRows);
    const Table chunk = rows < whole.rows() ? whole.Take(AllRows(rows)) : whole;
    REEVE_ASSIGN_OR_RETURN(const inference::Scored scored,
                           scorer_.Score(chunk, report.rows_read, request_.threads));
    REEVE_ASSIGN_OR_RETURN(
        auto reasons, explainer_.Reasons(chunk, scored.predicted, request_.top, request_.threads));
    std::vector<ExplainedRow> explained;
    std::int64_t row = 0;
    for (; row < chunk.rows() && (writer_ || Missing(report) > 0); ++row) {
      if (!scored.usable[static_cast<std::size_t>(row)]) {
        ++report.rows_rejected;
        continue;
      }
      explained.push_back(Describe(scored, row));
      explained.back().reasons = std::move(reasons[static_cast<std::size_t>(row)]);
      explained.back().row += report.rows_read;
      ++report.rows_explained;
    }
    report.rows_read += row;
    if (writer_) return writer_->Append(ReasonRows(explained));
    report.rows.insert(report.rows.end(), explained.begin(), explained.end());
    return Status::Ok();
  }

  ExplainedRow Describe(const inference::Scored& scored, std::int64_t row) const {
    const auto& classes = scorer_.contract().classes;
    const int predicted = scored.predicted[static_cast<std::size_t>(row)];
    const int explained = explainer_.ExplainedClass(predicted);
    return {.row = row,
            .prediction = classes[static_cast<std::size_t>(predicted)],
            .explained = classes[static_cast<std::size_t>(explained)],
            .probability = scored.probabilities.at(row, explained),
            .reasons = {}};
  }

  // Looked at beyond those that are shown, in case some break the contract.
  static constexpr std::int64_t kSpareRows = 256;

  const ExplainRequest& request_;
  const inference::Scorer& scorer_;
  const RowExplainer& explainer_;
  std::unique_ptr<ingest::TableWriter> writer_;
};

// Rows that something is measured on.
struct Sample {
  Table table;
  /// Only when they were asked for.
  std::vector<std::int32_t> labels;
};

// Evenly spaced rows, when there are more than `most`.
void Thin(std::int64_t most, Sample& sample) {
  const std::int64_t rows = sample.table.rows();
  if (rows <= most) return;
  std::vector<std::int64_t> some;
  std::vector<std::int32_t> labels;
  for (std::int64_t i = 0; i < most; ++i) {
    some.push_back(i * rows / most);
    if (!sample.labels.empty())
      labels.push_back(sample.labels[static_cast<std::size_t>(some.back())]);
  }
  sample = {sample.table.Take(some), std::move(labels)};
}

// Leaves those of `rows` that have a label, and appends the labels.
Status KeepLabelled(const LabelReader& reader, const Column& column,
                    std::vector<std::int64_t>& rows, std::vector<std::int32_t>& labels,
                    ExplainReport& report) {
  std::vector<std::int64_t> labelled;
  for (const std::int64_t row : rows) {
    REEVE_ASSIGN_OR_RETURN(const std::optional<std::int32_t> label, reader.Read(column, row));
    if (!label) continue;
    labelled.push_back(row);
    labels.push_back(*label);
  }
  report.rows_unlabelled += std::ssize(rows) - std::ssize(labelled);
  rows = std::move(labelled);
  return Status::Ok();
}

// Usable rows of the source; evenly spaced ones when there are more than the request allows.
Result<Sample> ReadSample(const ExplainRequest& request, const contract::Contract& contract,
                          bool with_labels, ExplainReport& report) {
  const std::string target = request.target.empty() ? contract.target : request.target;
  REEVE_ASSIGN_OR_RETURN(const auto reader, OpenData(request));
  const std::vector<std::string>& names = reader->column_names();
  if (with_labels && std::find(names.begin(), names.end(), target) == names.end()) {
    return Status::InvalidArgument("permutation importance needs the true classes, but column " +
                                   Quote(target) + " is not in " +
                                   ingest::SourceName(request.data) + "." + Suggest(target, names))
        .WithFix("--target COLUMN names another one, --importance contributions needs none");
  }
  const LabelReader label_reader(contract, ingest::SourceName(request.data));
  Sample sample;
  Table chunk;
  for (;;) {
    REEVE_RETURN_IF_ERROR(request.cancellation->Check());
    REEVE_ASSIGN_OR_RETURN(const bool more, reader->Next(&chunk));
    if (!more) break;
    REEVE_ASSIGN_OR_RETURN(contract::Conformed conformed, contract::Conform(contract, chunk, {}));
    std::vector<std::int64_t> kept;
    for (std::int64_t row = 0; row < chunk.rows(); ++row) {
      if (conformed.usable[static_cast<std::size_t>(row)]) kept.push_back(row);
    }
    report.rows_rejected += chunk.rows() - std::ssize(kept);
    if (with_labels) {
      REEVE_RETURN_IF_ERROR(KeepLabelled(label_reader, chunk.column(*chunk.Find(target)), kept,
                                         sample.labels, report));
    }
    report.rows_read += chunk.rows();
    const Table rows = conformed.table.Take(kept);
    if (sample.table.column_count() == 0) {
      sample.table = rows;
    } else {
      sample.table.Append(rows);
    }
  }
  if (sample.table.rows() == 0) {
    return Status::InvalidData(
        ingest::SourceName(request.data) + " has no row to measure on, expected at least one " +
        (with_labels ? "with a class that" : "that") + " keeps the contract");
  }
  Thin(request.sample, sample);
  report.rows_explained = sample.table.rows();
  return sample;
}

Result<ImportanceTable> MeasureImportance(const ExplainRequest& request,
                                          const inference::Scorer& scorer, const Sample& sample,
                                          const std::string& metric_name) {
  const explain::ExplainedModel model = explain::ExplainedModel::Of(scorer);
  ImportanceTable table;
  if (request.importance == "permutation") {
    REEVE_ASSIGN_OR_RETURN(const evaluation::Metric metric, evaluation::ParseMetric(metric_name));
    REEVE_ASSIGN_OR_RETURN(explain::PermutationImportance importance,
                           explain::PermuteColumns(model, sample.table, sample.labels,
                                                   {.metric = metric,
                                                    .seed = request.seed,
                                                    .threads = request.threads,
                                                    .cancellation = request.cancellation}));
    table = PermutationTable(std::move(importance));
  } else {
    REEVE_ASSIGN_OR_RETURN(const explain::Explainer explainer, explain::Explainer::Make(model));
    REEVE_ASSIGN_OR_RETURN(const Matrix matrix,
                           scorer.pipeline().Transform(sample.table, AllRows(sample.table.rows())));
    const Probabilities probabilities =
        inference::PredictCorrected(scorer.model(), scorer.decision(), matrix, request.threads);
    std::vector<std::int32_t> predicted;
    for (std::int64_t row = 0; row < probabilities.rows; ++row)
      predicted.push_back(scorer.decision().Decide(probabilities.row(row)));
    REEVE_ASSIGN_OR_RETURN(auto columns,
                           explainer.Importance(sample.table, predicted, request.threads));
    table = ContributionTable(std::move(columns), explainer.unit());
  }
  table.rows = "data";
  table.row_count = sample.table.rows();
  return table;
}

Status Measure(const ExplainRequest& request, const inference::Scorer& scorer,
               const std::string& metric, ExplainReport& report) {
  REEVE_ASSIGN_OR_RETURN(
      const Sample sample,
      ReadSample(request, scorer.contract(), request.importance == "permutation", report));
  if (!request.importance.empty()) {
    REEVE_ASSIGN_OR_RETURN(ImportanceTable table,
                           MeasureImportance(request, scorer, sample, metric));
    if (!request.output.empty())
      REEVE_RETURN_IF_ERROR(WriteImportance(table, request.output, request.mode));
    report.importance.push_back(std::move(table));
  }
  for (const std::string& column : request.partial_dependence) {
    REEVE_ASSIGN_OR_RETURN(auto dependence,
                           explain::DependenceOn(explain::ExplainedModel::Of(scorer), sample.table,
                                                 column, {.threads = request.threads}));
    report.dependence.push_back(std::move(dependence));
  }
  if (request.partial_dependence.empty() || request.output.empty()) return Status::Ok();
  return WriteDependence(report.dependence, BandClasses(report.classes), request.output,
                         request.mode);
}

// Seconds are no unit that anybody asks odds of.
void ForgetUnitsOfDates(const contract::Contract& contract, explain::LinearPart& part) {
  for (explain::Coefficient& coefficient : part.coefficients) {
    const auto column = contract.Find(coefficient.source);
    if (column && contract.columns[*column].type == ColumnType::kDatetime)
      coefficient.per_unit.reset();
  }
}

}  // namespace

Result<ExplainReport> Explain(const ExplainRequest& request) {
  REEVE_RETURN_IF_ERROR(CheckRequest(request));
  REEVE_ASSIGN_OR_RETURN(LoadedModel model, LoadModel(request.model, request.stores));
  ExplainReport report{.model = model.Describe(),
                       .data = ingest::SourceName(request.data),
                       .output = request.output,
                       .classes = model.bundle.contract.classes};
  const std::string scores = std::move(model.bundle.scores);
  REEVE_ASSIGN_OR_RETURN(const inference::Scorer scorer,
                         bundle::IntoScorer(std::move(model.bundle)));
  if (request.data.empty()) {
    REEVE_ASSIGN_OR_RETURN(report.importance, StoredImportance(scores));
    report.linear = explain::LinearParts(explain::ExplainedModel::Of(scorer));
    for (explain::LinearPart& part : report.linear) ForgetUnitsOfDates(scorer.contract(), part);
    return report;
  }
  if (!request.importance.empty() || !request.partial_dependence.empty()) {
    REEVE_ASSIGN_OR_RETURN(std::string metric, StoredMetric(scores));
    if (!request.metric.empty()) metric = request.metric;
    REEVE_RETURN_IF_ERROR(Measure(request, scorer, metric, report));
    return report;
  }
  REEVE_ASSIGN_OR_RETURN(const RowExplainer explainer, RowExplainer::Make(scorer));
  report.unit = explainer.unit();
  report.expected = explainer.expected();
  REEVE_RETURN_IF_ERROR(SourceExplainer(request, scorer, explainer).Run(report));
  return report;
}

}  // namespace reeve::workflow
