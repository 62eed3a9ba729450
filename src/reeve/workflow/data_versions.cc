#include "reeve/workflow/data_versions.h"

#include <cstdio>

#include <nlohmann/json.hpp>

#include "reeve/base/clock.h"
#include "reeve/base/text.h"
#include "reeve/report/texts.h"
#include "reeve/tracking/store.h"

namespace reeve::workflow {
namespace {

std::string Short(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.6g", value);
  return text;
}

std::string Summary(const contract::ColumnProfile& column) {
  if (column.minimum && column.type != ColumnType::kDatetime) {
    return Short(*column.minimum) + " to " + Short(*column.maximum) + ", mean " +
           Short(*column.mean) + ", median " + Short(column.quantiles[4]);
  }
  if (column.minimum) {
    const auto date = [](double seconds) {
      return Column::Numbers("", ColumnType::kDatetime, {seconds}).ToText(0);
    };
    return date(*column.minimum) + " to " + date(*column.maximum);
  }
  std::string values;
  for (std::size_t i = 0; i < std::min<std::size_t>(3, column.top_values.size()); ++i) {
    values += (values.empty() ? "" : ", ") + Quote(column.top_values[i].value, 24) + " " +
              GroupDigits(column.top_values[i].count);
  }
  return values;
}

}  // namespace

Result<contract::Profile> ProfileSource(const std::string& data, const SourceOptions& options) {
  REEVE_ASSIGN_OR_RETURN(const SourceTable source, ReadTypedSource(data, options));
  return contract::MakeProfile(source.typed.table, options.threads);
}

std::string ToText(const contract::Profile& profile) {
  std::string text = GroupDigits(profile.rows) + " rows, " +
                     std::to_string(profile.columns.size()) + " columns, version " +
                     profile.digest + "\n";
  text += report::Padded("column", 28) + report::Padded("type", 10) +
          report::Padded("missing", 10) + report::Padded("distinct", 10) + "values\n";
  for (const contract::ColumnProfile& column : profile.columns) {
    text += report::Padded(column.name, 28) +
            report::Padded(std::string(ColumnTypeName(column.type)), 10) +
            report::Padded(GroupDigits(column.missing), 10) +
            report::Padded(GroupDigits(column.distinct), 10) + Summary(column) + "\n";
  }
  return text;
}

Json ToJson(const contract::ProfileDiff& diff) {
  Json json{{"same", diff.same},
            {"rows", Json{{"before", diff.rows_before}, {"after", diff.rows_after}}}};
  json["columns"] = Json::array();
  for (const contract::ColumnChange& change : diff.columns) {
    Json column{{"name", change.name}, {"change", change.kind}};
    column["psi"] = change.psi ? Json(*change.psi) : Json(nullptr);
    column["missing"] = Json{{"before", change.before.missing}, {"after", change.after.missing}};
    column["distinct"] = Json{{"before", change.before.distinct}, {"after", change.after.distinct}};
    if (change.before.mean && change.after.mean)
      column["mean"] = Json{{"before", *change.before.mean}, {"after", *change.after.mean}};
    json["columns"].push_back(std::move(column));
  }
  return json;
}

std::string ToText(const contract::ProfileDiff& diff) {
  if (diff.same) return "The same content: " + GroupDigits(diff.rows_after) + " rows\n";
  std::string text =
      GroupDigits(diff.rows_before) + " rows before, " + GroupDigits(diff.rows_after) + " after\n";
  text += report::Padded("column", 28) + report::Padded("change", 10) + report::Padded("psi", 10) +
          "missing\n";
  for (const contract::ColumnChange& change : diff.columns) {
    text += report::Padded(change.name, 28) + report::Padded(change.kind, 10) +
            report::Padded(change.psi ? report::Decimals(*change.psi) : "-", 10) +
            GroupDigits(change.before.missing) + " → " + GroupDigits(change.after.missing) + "\n";
  }
  return text;
}

Result<std::vector<DataUse>> DataHistory(const tracking::StoreUris& stores, std::int64_t most) {
  REEVE_ASSIGN_OR_RETURN(const auto store,
                         tracking::Store::Open(stores.tracking, {.create = false}));
  REEVE_ASSIGN_OR_RETURN(const std::vector<tracking::Run> runs, store->ListRuns("", most));
  std::vector<DataUse> history;
  for (const tracking::Run& run : runs) {
    REEVE_ASSIGN_OR_RETURN(const std::vector<tracking::DatasetInput> inputs,
                           store->ListInputs(run.id));
    for (const tracking::DatasetInput& input : inputs) {
      DataUse use{.name = input.name,
                  .digest = input.digest,
                  .context = input.context,
                  .run_id = run.id,
                  .run_name = run.name,
                  .start_ms = run.start_ms};
      const Result<Json> profile = ParseJson(input.profile);
      if (profile.ok())
        use.rows = JsonInteger(*profile, "num_rows").ok() ? *JsonInteger(*profile, "num_rows") : 0;
      history.push_back(std::move(use));
    }
  }
  return history;
}

Json ToJson(const std::vector<DataUse>& history) {
  Json json = Json::array();
  for (const DataUse& use : history) {
    json.push_back(Json{{"name", use.name},
                        {"digest", use.digest},
                        {"context", use.context},
                        {"rows", use.rows},
                        {"run_id", use.run_id},
                        {"run_name", use.run_name},
                        {"time", FormatIsoSeconds(use.start_ms)}});
  }
  return json;
}

std::string ToText(const std::vector<DataUse>& history) {
  std::string text = report::Padded("time", 22) + report::Padded("table", 32) +
                     report::Padded("version", 34) + report::Padded("rows", 12) + "run\n";
  for (const DataUse& use : history) {
    text += report::Padded(FormatIsoSeconds(use.start_ms), 22) + report::Padded(use.name, 32) +
            report::Padded(use.digest, 34) + report::Padded(GroupDigits(use.rows), 12) +
            use.run_name + "\n";
  }
  return text;
}

}  // namespace reeve::workflow
