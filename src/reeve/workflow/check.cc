#include "reeve/workflow/check.h"

#include <algorithm>
#include <memory>
#include <set>

#include <nlohmann/json.hpp>

#include "reeve/base/file_system.h"
#include "reeve/base/text.h"
#include "reeve/ingest/reader.h"
#include "reeve/ingest/source.h"
#include "reeve/ingest/writer.h"
#include "reeve/workflow/loaded_model.h"

namespace reeve::workflow {
namespace {

constexpr std::uint64_t kMaxContractBytes = 256ULL << 20;

Result<contract::Contract> LoadContract(const CheckRequest& request) {
  if (request.model.ends_with(".json") && !FileSystem::System().IsFolder(request.model)) {
    REEVE_ASSIGN_OR_RETURN(const std::string text,
                           FileSystem::System().Read(request.model, kMaxContractBytes));
    const Result<Json> json = ParseJson(text);
    if (!json.ok()) return json.status();
    Result<contract::Contract> contract = contract::ContractFromJson(*json);
    if (!contract.ok()) return std::move(contract).status().WithContext(request.model);
    return contract;
  }
  REEVE_ASSIGN_OR_RETURN(LoadedModel model, LoadModel(request.model, request.stores));
  return std::move(model.bundle.contract);
}

Table ViolationTable(const std::vector<contract::Violation>& violations) {
  std::vector<double> rows;
  Column column = Column::Texts("column"), rule = Column::Texts("rule"),
         found = Column::Texts("found"), expected = Column::Texts("expected");
  for (const contract::Violation& violation : violations) {
    rows.push_back(static_cast<double>(violation.row));
    column.AppendText(violation.column);
    rule.AppendText(contract::RuleName(violation.rule));
    found.AppendText(violation.found);
    expected.AppendText(violation.expected);
  }
  Table table;
  table.Add(Column::Numbers("row", ColumnType::kInteger, std::move(rows)));
  for (Column* const text : {&column, &rule, &found, &expected}) table.Add(std::move(*text));
  return table;
}

class Checker {
 public:
  Checker(const CheckRequest& request, contract::Contract contract)
      : request_(request), contract_(std::move(contract)) {}

  Status Run(CheckReport& report) {
    if (!request_.output.empty()) {
      const std::vector<ingest::OutputColumn> columns = {
          {"row", ColumnType::kInteger}, {"column"}, {"rule"}, {"found"}, {"expected"}};
      REEVE_ASSIGN_OR_RETURN(writer_, ingest::TableWriter::Open(request_.output, columns, {}));
    }
    REEVE_ASSIGN_OR_RETURN(
        const auto reader,
        ingest::TableReader::Open(request_.data, {.skip_bad_rows = request_.skip_bad_rows,
                                                  .threads = request_.threads,
                                                  .cancellation = request_.cancellation}));
    report.unknown_columns = contract::UnknownColumns(contract_, reader->column_names());
    REEVE_RETURN_IF_ERROR(NoteAbsentColumns(reader->column_names(), report));
    Table chunk;
    for (;;) {
      REEVE_ASSIGN_OR_RETURN(const bool more, reader->Next(&chunk));
      if (!more) break;
      REEVE_ASSIGN_OR_RETURN(
          const contract::Conformed conformed,
          contract::Conform(contract_, chunk,
                            {.first_row = report.rows, .report_soft_violations = true}));
      REEVE_RETURN_IF_ERROR(Note(conformed.violations, report));
      report.rows += chunk.rows();
    }
    return writer_ ? writer_->Commit() : Status::Ok();
  }

 private:
  // All absent columns are reported, not only the first; the rows are then checked for the others.
  Status NoteAbsentColumns(const std::vector<std::string>& names, CheckReport& report) {
    std::vector<contract::Violation> absent;
    for (contract::ContractColumn& column : contract_.columns) {
      if (!column.required || std::find(names.begin(), names.end(), column.name) != names.end())
        continue;
      absent.push_back({-1, column.name, contract::Rule::kMissingColumn, "",
                        "a column of type " + std::string(ColumnTypeName(column.type))});
      column.required = false;
    }
    return Note(absent, report);
  }

  Status Note(const std::vector<contract::Violation>& violations, CheckReport& report) {
    std::set<std::int64_t> rows;
    for (const contract::Violation& violation : violations) {
      ++report.violation_count;
      ++report.counts[violation.column][std::string(contract::RuleName(violation.rule))];
      rows.insert(violation.row);
      if (static_cast<std::int64_t>(report.violations.size()) < request_.limit)
        report.violations.push_back(violation);
    }
    report.broken_rows +=
        static_cast<std::int64_t>(rows.size()) - static_cast<std::int64_t>(rows.count(-1));
    return writer_ && !violations.empty() ? writer_->Append(ViolationTable(violations))
                                          : Status::Ok();
  }

  const CheckRequest& request_;
  contract::Contract contract_;
  std::unique_ptr<ingest::TableWriter> writer_;
};

}  // namespace

Result<CheckReport> Check(const CheckRequest& request) {
  REEVE_ASSIGN_OR_RETURN(contract::Contract contract, LoadContract(request));
  CheckReport report;
  report.contract = request.model;
  report.data = ingest::SourceName(request.data);
  REEVE_RETURN_IF_ERROR(Checker(request, std::move(contract)).Run(report));
  const bool columns_absent =
      report.violation_count > 0 && !report.violations.empty() && report.violations.front().row < 0;
  report.kept = !columns_absent && request.allow.Allows(report.broken_rows, report.rows);
  return report;
}

Json ToJson(const CheckReport& report) {
  Json json{{"contract", report.contract},
            {"data", report.data},
            {"kept", report.kept},
            {"rows", report.rows},
            {"broken_rows", report.broken_rows},
            {"violation_count", report.violation_count},
            {"counts", report.counts},
            {"unknown_columns", report.unknown_columns}};
  json["violations"] = Json::array();
  for (const contract::Violation& violation : report.violations) {
    json["violations"].push_back(
        Json{{"row", violation.row < 0 ? Json(nullptr) : Json(violation.row)},
             {"column", violation.column},
             {"rule", std::string(contract::RuleName(violation.rule))},
             {"found", violation.found},
             {"expected", violation.expected}});
  }
  return json;
}

std::string ToText(const CheckReport& report) {
  std::string text =
      report.violation_count == 0
          ? "The contract is kept: " + GroupDigits(report.rows) + " rows of " + report.data + "\n"
          : GroupDigits(report.violation_count) + " violations in " +
                GroupDigits(report.broken_rows) + " of " + GroupDigits(report.rows) + " rows of " +
                report.data + "\n";
  for (const contract::Violation& violation : report.violations) {
    text += (violation.row < 0 ? "table" : "row " + std::to_string(violation.row)) + ", column " +
            Quote(violation.column) + ": " + std::string(contract::RuleName(violation.rule)) +
            (violation.found.empty() ? "" : ", found " + Quote(violation.found)) + ", expected " +
            violation.expected + "\n";
  }
  if (report.violation_count > static_cast<std::int64_t>(report.violations.size())) {
    text +=
        "… " +
        GroupDigits(report.violation_count - static_cast<std::int64_t>(report.violations.size())) +
        " more; -o FILE writes all of them\n";
  }
  if (!report.unknown_columns.empty())
    text += "Not in the contract: " + Join(report.unknown_columns, ", ").substr(0, 500) + "\n";
  return text;
}

}  // namespace reeve::workflow
