#include "reeve/workflow/predictions.h"

#include <algorithm>
#include <cmath>
#include <memory>

#include <nlohmann/json.hpp>

#include "reeve/base/number.h"
#include "reeve/base/text.h"
#include "reeve/contract/typing.h"
#include "reeve/predictions/row_table.h"
#include "reeve/report/texts.h"

namespace reeve::workflow {
namespace {

using predictions::PredictionChunk;
using predictions::PredictionReader;

Status NoLog(const std::string& folder, Status status) {
  if (status.code() != StatusCode::kNotFound) return status;
  return Status::NotFound("prediction log " + Quote(folder) + " does not exist")
      .WithFix("reeve serve writes one; name its folder: --predictions-dir DIR");
}

Result<std::unique_ptr<PredictionReader>> OpenLog(const PredictionQuery& query, bool newest_first) {
  Result<std::unique_ptr<PredictionReader>> reader =
      PredictionReader::Open(query.folder, {.filter = query.filter, .newest_first = newest_first});
  if (!reader.ok()) return NoLog(query.folder, std::move(reader).status());
  return reader;
}

Json CellJson(const Column& column, std::int64_t row) {
  if (column.IsMissing(row)) return nullptr;
  if (column.storage() != Column::Storage::kNumbers || column.type() == ColumnType::kDatetime)
    return column.ToText(row);
  const double number = column.numbers()[static_cast<std::size_t>(row)];
  if (column.type() == ColumnType::kBoolean) return number != 0;
  if (number == std::trunc(number) && std::abs(number) < 9e15)
    return static_cast<std::int64_t>(number);
  return number;
}

Json RowJson(const Table& table, std::int64_t row) {
  Json json = Json::object();
  for (const Column& column : table.columns()) json[column.name()] = CellJson(column, row);
  return json;
}

// Keeps the latest rows of what goes by.
class LatestRows {
 public:
  explicit LatestRows(std::size_t most) : most_(most) {}

  void Add(const Table& table) {
    const std::span<const double> times = table.column(0).numbers();
    std::vector<std::int64_t> order = AllRows(table.rows());
    std::stable_sort(order.begin(), order.end(), [&](std::int64_t a, std::int64_t b) {
      return times[static_cast<std::size_t>(a)] > times[static_cast<std::size_t>(b)];
    });
    if (order.size() > most_) {
      order.resize(most_);
      has_more_ = true;
    }
    for (const std::int64_t row : order)
      rows_.push_back({times[static_cast<std::size_t>(row)], RowJson(table, row)});
    std::stable_sort(rows_.begin(), rows_.end(),
                     [](const Row& a, const Row& b) { return a.time > b.time; });
    if (rows_.size() > most_) {
      rows_.resize(most_);
      has_more_ = true;
    }
  }
  /// Nothing up to that time can be among them any more.
  bool IsSettled(std::int64_t latest_ms) const {
    return rows_.size() == most_ && static_cast<double>(latest_ms) / 1000.0 <= rows_.back().time;
  }
  PredictionRows Take() && {
    PredictionRows taken{.has_more = has_more_};
    for (Row& row : rows_) taken.rows.push_back(std::move(row.json));
    return taken;
  }
  void NoteMore() { has_more_ = true; }

 private:
  struct Row {
    double time = 0;
    Json json;
  };
  const std::size_t most_;
  std::vector<Row> rows_;
  bool has_more_ = false;
};

std::string Show(const Json& row, const char* name) {
  const Json& value = row.at(name);
  if (value.is_null()) return "-";
  if (value.is_number_float()) {
    char text[32];
    std::snprintf(text, sizeof text, "%.4f", value.get<double>());
    return text;
  }
  return value.is_string() ? value.get<std::string>() : DumpJson(value);
}

// The columns that rows of all the models together have.
std::vector<ingest::OutputColumn> UnionColumns(const PredictionReader& reader) {
  std::vector<ingest::OutputColumn> columns = {
      {"time", ColumnType::kDatetime}, {"request_id", ColumnType::kText},
      {"row", ColumnType::kInteger},   {"key", ColumnType::kText},
      {"model", ColumnType::kText},    {"version", ColumnType::kText}};
  for (const auto& schema : reader.schemas()) {
    const std::vector<std::string> names = predictions::FieldNames(schema->contract);
    for (std::size_t f = 0; f < names.size(); ++f) {
      // A caller may have sent 1.5 for an integer; the file keeps it.
      ColumnType type = schema->contract.columns[f].type;
      if (type == ColumnType::kInteger) type = ColumnType::kReal;
      const auto known =
          std::find_if(columns.begin(), columns.end(),
                       [&](const ingest::OutputColumn& column) { return column.name == names[f]; });
      if (known == columns.end()) {
        columns.push_back({names[f], type});
      } else if (known->type != type) {
        known->type = ColumnType::kText;
      }
    }
  }
  columns.push_back({"prediction", ColumnType::kText});
  columns.push_back({"probability", ColumnType::kReal});
  columns.push_back({"label", ColumnType::kText});
  columns.push_back({"label_time", ColumnType::kDatetime});
  return columns;
}

bool IsNumbers(ColumnType type) {
  return type == ColumnType::kInteger || type == ColumnType::kReal ||
         type == ColumnType::kBoolean || type == ColumnType::kDatetime;
}

// A chunk's column as all chunks have it.
Column OutputColumn(const Table& table, const ingest::OutputColumn& wanted) {
  const auto found = table.Find(wanted.name);
  if (IsNumbers(wanted.type)) {
    std::vector<double> numbers(static_cast<std::size_t>(table.rows()), kMissingNumber);
    if (found) {
      const auto values = table.column(*found).numbers();
      numbers.assign(values.begin(), values.end());
    }
    return Column::Numbers(wanted.name, wanted.type, std::move(numbers));
  }
  Column texts = Column::Texts(wanted.name, wanted.type);
  for (std::int64_t row = 0; row < table.rows(); ++row)
    texts.AppendText(found ? table.column(*found).ToText(row) : "");
  return texts;
}

Json ProblemsJson(const predictions::ReadProblems& problems) {
  return Json{{"damaged_blocks", problems.damaged_blocks},
              {"torn_files", problems.torn_files},
              {"unread_files", problems.unread_files}};
}

}  // namespace

Result<std::int64_t> ParseTime(std::string_view text, std::int64_t now_ms) {
  constexpr std::pair<char, std::int64_t> kUnits[] = {
      {'s', 1000}, {'m', 60'000}, {'h', 3'600'000}, {'d', 86'400'000}, {'w', 604'800'000}};
  for (const auto& [unit, unit_ms] : kUnits) {
    if (!text.ends_with(unit)) continue;
    const auto count = ParseNumber(text.substr(0, text.size() - 1));
    if (count && *count >= 0 && *count <= 1e6)
      return now_ms - static_cast<std::int64_t>(*count * static_cast<double>(unit_ms));
  }
  if (const auto seconds = contract::ReadDatetime(text))
    return static_cast<std::int64_t>(std::llround(*seconds * 1000));
  return Status::InvalidArgument(Quote(text) +
                                 " is no time, expected 2026-03-01, 2026-03-01T12:30:00Z, or a "
                                 "time ago: 90s, 30m, 1h, 7d, 2w");
}

Result<PredictionRows> QueryPredictions(const PredictionQuery& query, std::int64_t most) {
  REEVE_ASSIGN_OR_RETURN(const auto reader, OpenLog(query, true));
  LatestRows latest(static_cast<std::size_t>(most));
  PredictionChunk chunk;
  for (;;) {
    REEVE_RETURN_IF_ERROR(query.cancellation->Check());
    const std::optional<std::int64_t> next_ms = reader->latest_ms();
    if (next_ms && latest.IsSettled(*next_ms)) {
      latest.NoteMore();
      break;
    }
    REEVE_ASSIGN_OR_RETURN(const bool more, reader->Next(&chunk));
    if (!more) break;
    latest.Add(chunk.table);
  }
  PredictionRows rows = std::move(latest).Take();
  rows.problems = reader->problems();
  return rows;
}

Json ToJson(const PredictionRows& rows) {
  Json json = Json::array();
  for (const Json& row : rows.rows) json.push_back(row);
  return json;
}

std::string ToText(const PredictionRows& rows) {
  if (rows.rows.empty()) return "No predictions; those of the last second may be on their way\n";
  constexpr std::pair<const char*, std::size_t> kShown[] = {
      {"time", 26}, {"model", 22}, {"version", 9},      {"request_id", 38}, {"row", 6},
      {"key", 14},  {"label", 12}, {"probability", 13}, {"prediction", 0}};
  std::string text;
  for (const auto& [name, width] : kShown) text += report::Padded(name, width);
  text += "\n";
  for (const Json& row : rows.rows) {
    for (const auto& [name, width] : kShown) {
      const std::string shown = Show(row, name);
      text += width > 0 ? report::Padded(shown, width) : shown;
    }
    text += "\n";
  }
  if (rows.has_more) text += "… older ones are there too: --limit N\n";
  return text;
}

Result<ExportReport> ExportPredictions(const PredictionQuery& query, const std::string& output,
                                       std::optional<ingest::WriteMode> mode) {
  REEVE_RETURN_IF_ERROR(ingest::TableWriter::CheckTarget(output, {.mode = mode}));
  REEVE_ASSIGN_OR_RETURN(const auto reader, OpenLog(query, false));
  const std::vector<ingest::OutputColumn> columns = UnionColumns(*reader);
  REEVE_ASSIGN_OR_RETURN(const auto writer,
                         ingest::TableWriter::Open(output, columns, {.mode = mode}));
  ExportReport report{.output = output};
  PredictionChunk chunk;
  for (;;) {
    REEVE_RETURN_IF_ERROR(query.cancellation->Check());
    REEVE_ASSIGN_OR_RETURN(const bool more, reader->Next(&chunk));
    if (!more) break;
    Table rows;
    for (const ingest::OutputColumn& column : columns) rows.Add(OutputColumn(chunk.table, column));
    REEVE_RETURN_IF_ERROR(writer->Append(rows));
    report.rows += rows.rows();
    const std::string model = chunk.schema->model + " version " + chunk.schema->version;
    if (std::find(report.models.begin(), report.models.end(), model) == report.models.end())
      report.models.push_back(model);
  }
  REEVE_RETURN_IF_ERROR(writer->Commit());
  report.problems = reader->problems();
  return report;
}

Json ToJson(const ExportReport& report) {
  return Json{{"rows", report.rows},
              {"output", report.output},
              {"models", report.models},
              {"problems", ProblemsJson(report.problems)}};
}

std::string ToText(const ExportReport& report) {
  std::string text = GroupDigits(report.rows) + " predictions written to " + report.output;
  if (!report.models.empty()) text += " (" + Join(report.models, ", ") + ")";
  return text + "\n";
}

Result<predictions::StoreSummary> CountPredictions(const std::string& folder) {
  Result<predictions::StoreSummary> summary = predictions::SummariseStore(folder);
  if (!summary.ok()) return NoLog(folder, std::move(summary).status());
  return summary;
}

Json ToJson(const predictions::StoreSummary& summary) {
  Json rows = Json::array();
  for (const predictions::StoredRows& entry : summary.rows) {
    rows.push_back(Json{{"model", entry.model},
                        {"version", entry.version},
                        {"day", entry.day},
                        {"rows", entry.rows},
                        {"bytes", entry.bytes}});
  }
  return Json{{"rows", std::move(rows)},
              {"files", summary.files},
              {"bytes", summary.bytes},
              {"labels", summary.labels},
              {"problems", ProblemsJson(summary.problems)}};
}

std::string ToText(const predictions::StoreSummary& summary) {
  const auto digits = [](auto value) { return GroupDigits(static_cast<long long>(value)); };
  std::string text = digits(summary.files) + " files, " + digits(summary.bytes) + " bytes, " +
                     digits(summary.labels) + " labels\n";
  if (summary.rows.empty()) return text;
  text += report::Padded("model", 28) + report::Padded("version", 10) + report::Padded("day", 14) +
          report::Padded("rows", 16) + "bytes\n";
  for (const predictions::StoredRows& entry : summary.rows) {
    text += report::Padded(entry.model, 28) + report::Padded(entry.version, 10) +
            report::Padded(entry.day, 14) + report::Padded(digits(entry.rows), 16) +
            digits(entry.bytes) + "\n";
  }
  return text;
}

std::vector<std::string> ProblemTexts(const predictions::ReadProblems& problems) {
  std::vector<std::string> texts = problems.unread_files;
  if (problems.damaged_blocks > 0) {
    texts.push_back(GroupDigits(problems.damaged_blocks) +
                    " blocks of the prediction log are damaged and were left out");
  }
  return texts;
}

}  // namespace reeve::workflow
