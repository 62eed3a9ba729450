#include "reeve/workflow/predict.h"

#include <algorithm>
#include <cmath>
#include <memory>

#include <nlohmann/json.hpp>

#include "reeve/base/clock.h"
#include "reeve/base/id.h"
#include "reeve/base/nearest.h"
#include "reeve/base/text.h"
#include "reeve/inference/scorer.h"
#include "reeve/ingest/reader.h"
#include "reeve/ingest/source.h"
#include "reeve/workflow/loaded_model.h"
#include "reeve/workflow/row_explainer.h"

namespace reeve::workflow {
namespace {

constexpr std::size_t kShownViolations = 10;

// The columns of the source that have to be read: the contract's and the kept ones.
Result<std::vector<std::string>> KeptColumns(const PredictRequest& request,
                                             const std::vector<std::string>& names) {
  if (request.keep_all) return names;
  for (const std::string& name : request.keep) {
    if (std::find(names.begin(), names.end(), name) == names.end()) {
      return Status::InvalidArgument("--keep " + Quote(name) + " is not a column of " +
                                     ingest::SourceName(request.data) + "." + Suggest(name, names));
    }
  }
  return request.keep;
}

// The type under which a kept column is written: as it was read, numbers of the contract as
// numbers.
ColumnType KeptType(const Column& raw) {
  return raw.storage() == Column::Storage::kNumbers ? raw.type() : ColumnType::kText;
}

class Predictor {
 public:
  Predictor(const PredictRequest& request, inference::Scorer scorer, std::string version)
      : request_(request),
        scorer_(std::move(scorer)),
        version_(std::move(version)),
        run_id_(NewId()),
        scored_at_(FormatIsoSeconds(Clock::System().NowMs())) {}

  Status Run(PredictReport& report) {
    if (request_.reasons > 0) {
      REEVE_ASSIGN_OR_RETURN(RowExplainer explainer, RowExplainer::Make(scorer_));
      explainer_.emplace(std::move(explainer));
    }
    REEVE_RETURN_IF_ERROR(OpenSource(report));
    Table chunk;
    bool first = true;
    for (;;) {
      REEVE_RETURN_IF_ERROR(request_.cancellation->Check());
      REEVE_ASSIGN_OR_RETURN(const bool more, reader_->Next(&chunk));
      if (!more && !first) break;
      REEVE_RETURN_IF_ERROR(ScoreChunk(chunk, first, report));
      first = false;
      if (!more) break;
    }
    report.rows_skipped = static_cast<std::int64_t>(reader_->bad_rows().size());
    report.too_many_rejected = !request_.allow.Allows(report.rows_rejected, report.rows_read);
    REEVE_RETURN_IF_ERROR(writer_->Commit());
    return rejects_ ? rejects_->Commit() : Status::Ok();
  }

 private:
  Status OpenSource(PredictReport& report) {
    // The names come first: they decide what is read.
    ingest::ReadOptions options{.skip_bad_rows = request_.skip_bad_rows,
                                .threads = request_.threads,
                                .cancellation = request_.cancellation};
    std::vector<std::string> needed = scorer_.contract().Names();
    needed.insert(needed.end(), request_.keep.begin(), request_.keep.end());
    // A repair needs the whole row, and standard input can be opened only once.
    if (!request_.keep_all && request_.rejects.empty()) options.only_columns = needed;
    REEVE_ASSIGN_OR_RETURN(reader_, ingest::TableReader::Open(request_.data, options));
    REEVE_ASSIGN_OR_RETURN(kept_, KeptColumns(request_, reader_->column_names()));
    report.unknown_columns = contract::UnknownColumns(scorer_.contract(), reader_->column_names());
    std::erase_if(report.unknown_columns, [&](const std::string& name) {
      return std::find(kept_.begin(), kept_.end(), name) != kept_.end();
    });
    return Status::Ok();
  }

  Status ScoreChunk(const Table& chunk, bool first, PredictReport& report) {
    REEVE_ASSIGN_OR_RETURN(inference::Scored scored,
                           scorer_.Score(chunk, report.rows_read, request_.threads));
    if (first) REEVE_RETURN_IF_ERROR(OpenOutputs(chunk));
    std::vector<std::int64_t> good, bad;
    for (std::int64_t row = 0; row < chunk.rows(); ++row)
      (scored.usable[static_cast<std::size_t>(row)] ? good : bad).push_back(row);
    Table output = OutputRows(chunk, scored, good);
    if (explainer_) REEVE_RETURN_IF_ERROR(AddReasons(chunk, scored, good, output));
    AddOrigin(good.size(), output);
    REEVE_RETURN_IF_ERROR(writer_->Append(output));
    if (!bad.empty()) REEVE_RETURN_IF_ERROR(Reject(chunk, scored, bad, report));
    report.rows_read += chunk.rows();
    report.rows_scored += static_cast<std::int64_t>(good.size());
    report.rows_rejected += static_cast<std::int64_t>(bad.size());
    for (const auto& [column, categories] : scored.unseen) {
      for (const auto& [category, count] : categories) report.unseen[column][category] += count;
    }
    return Status::Ok();
  }

  Status OpenOutputs(const Table& chunk) {
    std::vector<ingest::OutputColumn> columns;
    for (const std::string& name : kept_)
      columns.push_back({name, KeptType(chunk.column(*chunk.Find(name)))});
    for (const auto& [name, type] : ScoreColumns()) columns.push_back({name, type});
    REEVE_ASSIGN_OR_RETURN(
        writer_, ingest::TableWriter::Open(request_.output, columns,
                                           {.mode = request_.mode, .batch_id = request_.batch_id}));
    if (request_.rejects.empty()) return Status::Ok();
    std::vector<ingest::OutputColumn> reject_columns;
    for (const Column& column : chunk.columns())
      reject_columns.push_back({column.name(), KeptType(column)});
    reject_columns.push_back({"row", ColumnType::kInteger});
    reject_columns.push_back({"reason", ColumnType::kText});
    // Rejects belong to this output: those of an earlier run are not kept.
    REEVE_ASSIGN_OR_RETURN(rejects_,
                           ingest::TableWriter::Open(request_.rejects, reject_columns,
                                                     {.mode = ingest::WriteMode::kReplace}));
    return Status::Ok();
  }

  std::vector<std::pair<std::string, ColumnType>> ScoreColumns() const {
    std::vector<std::pair<std::string, ColumnType>> columns = {{"prediction", ColumnType::kText},
                                                               {"probability", ColumnType::kReal}};
    if (request_.probabilities) {
      for (const std::string& name : scorer_.contract().classes)
        columns.emplace_back("probability_" + name, ColumnType::kReal);
    }
    for (std::size_t i = 1; i <= request_.reasons; ++i) {
      columns.emplace_back(ReasonColumn(i), ColumnType::kText);
      columns.emplace_back(ReasonColumn(i) + "_contribution", ColumnType::kReal);
    }
    columns.emplace_back("model_version", ColumnType::kText);
    columns.emplace_back("scored_at", ColumnType::kText);
    if (ingest::IsSqlTarget(request_.output)) columns.emplace_back("run_id", ColumnType::kText);
    return columns;
  }

  static Column Constant(const std::string& name, const std::string& value, std::size_t rows) {
    return Column::Codes(name, ColumnType::kText, std::vector<std::int32_t>(rows, 0), {value});
  }

  Table OutputRows(const Table& chunk, const inference::Scored& scored,
                   const std::vector<std::int64_t>& rows) const {
    Table output;
    for (const std::string& name : kept_) output.Add(chunk.column(*chunk.Find(name)).Take(rows));
    const int classes = scored.probabilities.classes;
    std::vector<std::int32_t> predicted;
    std::vector<double> probability;
    std::vector<std::vector<double>> by_class(
        request_.probabilities ? static_cast<std::size_t>(classes) : 0);
    for (const std::int64_t row : rows) {
      predicted.push_back(scored.predicted[static_cast<std::size_t>(row)]);
      probability.push_back(scored.probabilities.at(row, classes == 2 ? 1 : predicted.back()));
      for (std::size_t k = 0; k < by_class.size(); ++k)
        by_class[k].push_back(scored.probabilities.at(row, static_cast<int>(k)));
    }
    output.Add(Column::Codes("prediction", ColumnType::kText, std::move(predicted),
                             scorer_.contract().classes));
    output.Add(Column::Numbers("probability", ColumnType::kReal, std::move(probability)));
    for (std::size_t k = 0; k < by_class.size(); ++k) {
      output.Add(Column::Numbers("probability_" + scorer_.contract().classes[k], ColumnType::kReal,
                                 std::move(by_class[k])));
    }
    return output;
  }

  static std::string ReasonColumn(std::size_t rank) { return "reason_" + std::to_string(rank); }

  // Empty where a row has fewer reasons.
  Status AddReasons(const Table& chunk, const inference::Scored& scored,
                    const std::vector<std::int64_t>& rows, Table& output) const {
    REEVE_ASSIGN_OR_RETURN(
        const auto reasons,
        explainer_->Reasons(chunk, scored.predicted, request_.reasons, request_.threads));
    for (std::size_t i = 0; i < request_.reasons; ++i) {
      Column texts = Column::Texts(ReasonColumn(i + 1));
      std::vector<double> contributions;
      for (const std::int64_t row : rows) {
        const auto& of_row = reasons[static_cast<std::size_t>(row)];
        const bool has = i < of_row.size();
        texts.AppendText(has ? ReasonText(of_row[i]) : "");
        contributions.push_back(has ? of_row[i].contribution : kMissingNumber);
      }
      output.Add(std::move(texts));
      output.Add(Column::Numbers(ReasonColumn(i + 1) + "_contribution", ColumnType::kReal,
                                 std::move(contributions)));
    }
    return Status::Ok();
  }

  void AddOrigin(std::size_t rows, Table& output) const {
    output.Add(Constant("model_version", version_, rows));
    output.Add(Constant("scored_at", scored_at_, rows));
    if (ingest::IsSqlTarget(request_.output)) output.Add(Constant("run_id", run_id_, rows));
  }

  Status Reject(const Table& chunk, const inference::Scored& scored,
                const std::vector<std::int64_t>& bad, PredictReport& report) {
    std::map<std::int64_t, std::string> reasons;
    for (const contract::Violation& violation : scored.violations) {
      if (!contract::IsFatal(violation.rule)) continue;
      std::string& reason = reasons[violation.row];
      reason += (reason.empty() ? "" : "; ") +
                (violation.column + ": " + std::string(contract::RuleName(violation.rule)) +
                 (violation.found.empty() ? "" : " (found " + Quote(violation.found) + ")") +
                 ", expected " + violation.expected);
      if (report.violations.size() < kShownViolations) report.violations.push_back(violation);
    }
    if (!rejects_) return Status::Ok();
    Table rejected = chunk.Take(bad);
    std::vector<double> numbers;
    Column texts = Column::Texts("reason");
    for (const std::int64_t row : bad) {
      numbers.push_back(static_cast<double>(report.rows_read + row));
      texts.AppendText(reasons[report.rows_read + row]);
    }
    rejected.Add(Column::Numbers("row", ColumnType::kInteger, std::move(numbers)));
    rejected.Add(std::move(texts));
    return rejects_->Append(rejected);
  }

  const PredictRequest& request_;
  inference::Scorer scorer_;
  /// Only when reasons are wanted; refers to the scorer.
  std::optional<RowExplainer> explainer_;
  std::string version_, run_id_, scored_at_;
  std::unique_ptr<ingest::TableReader> reader_;
  std::unique_ptr<ingest::TableWriter> writer_, rejects_;
  std::vector<std::string> kept_;
};

}  // namespace

Result<PredictReport> Predict(const PredictRequest& request) {
  const double started = Clock::System().MonotonicSeconds();
  REEVE_RETURN_IF_ERROR(ingest::TableWriter::CheckTarget(
      request.output, {.mode = request.mode, .batch_id = request.batch_id}));
  REEVE_ASSIGN_OR_RETURN(LoadedModel model, LoadModel(request.model, request.stores));
  PredictReport report;
  report.model = model.Describe();
  report.output = ingest::SourceName(request.output);
  const std::string version = model.version();
  REEVE_ASSIGN_OR_RETURN(inference::Scorer scorer, bundle::IntoScorer(std::move(model.bundle)));
  REEVE_RETURN_IF_ERROR(Predictor(request, std::move(scorer), version).Run(report));
  report.seconds = Clock::System().MonotonicSeconds() - started;
  return report;
}

Json ToJson(const PredictReport& report) {
  Json json{{"rows_read", report.rows_read},
            {"rows_scored", report.rows_scored},
            {"rows_rejected", report.rows_rejected},
            {"rows_skipped", report.rows_skipped}};
  json["unseen"] = Json::object();
  for (const auto& [column, categories] : report.unseen) json["unseen"][column] = categories;
  json["unknown_columns"] = report.unknown_columns;
  json["violations"] = Json::array();
  for (const contract::Violation& violation : report.violations) {
    json["violations"].push_back(Json{{"row", violation.row},
                                      {"column", violation.column},
                                      {"rule", std::string(contract::RuleName(violation.rule))},
                                      {"found", violation.found},
                                      {"expected", violation.expected}});
  }
  json["model"] = report.model;
  json["output"] = report.output;
  json["seconds"] = report.seconds;
  return json;
}

std::string ToText(const PredictReport& report) {
  std::string text = "Read " + GroupDigits(report.rows_read) + " rows, scored " +
                     GroupDigits(report.rows_scored) + ", rejected " +
                     GroupDigits(report.rows_rejected) + " with " + report.model + "\n";
  if (report.rows_skipped > 0)
    text += "Left out " + GroupDigits(report.rows_skipped) + " malformed rows\n";
  for (const auto& [column, categories] : report.unseen) {
    std::int64_t rows = 0;
    for (const auto& [category, count] : categories) rows += count;
    text += "Column " + Quote(column) + ": " + GroupDigits(rows) +
            " rows hold categories that training never saw, such as " +
            Quote(categories.begin()->first, 60) + "; scored as unknown\n";
  }
  if (!report.unknown_columns.empty())
    text += "Not looked at: " + Join(report.unknown_columns, ", ").substr(0, 500) + "\n";
  for (const contract::Violation& violation : report.violations) {
    text += "Row " + std::to_string(violation.row) + ", column " + Quote(violation.column) + ": " +
            std::string(contract::RuleName(violation.rule)) +
            (violation.found.empty() ? "" : ", found " + Quote(violation.found)) + ", expected " +
            violation.expected + "\n";
  }
  if (report.rows_rejected > static_cast<std::int64_t>(report.violations.size()) &&
      !report.violations.empty()) {
    text += "… and more\n";
  }
  if (report.too_many_rejected) {
    text += "Exit code 3 for the rejected rows: --allow " + std::to_string(report.rows_rejected) +
            " would let them pass, --rejects FILE keeps each with its reason\n";
  }
  return text;
}

}  // namespace reeve::workflow
