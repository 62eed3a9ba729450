#include "reeve/workflow/predictions.h"

#include <nlohmann/json.hpp>

#include "reeve/base/clock.h"
#include "reeve/cli/commands/commands.h"

namespace reeve::cli {
namespace {

Result<workflow::PredictionQuery> ReadQuery(const Call& call) {
  const Arguments& arguments = call.arguments;
  workflow::PredictionQuery query{.folder = arguments.Text("predictions-dir"),
                                  .filter = {.model = arguments.Text("model"),
                                             .version = arguments.Text("version"),
                                             .request_id = arguments.Text("request-id"),
                                             .key = arguments.Text("key")},
                                  .cancellation = &call.cancellation};
  const std::int64_t now_ms = Clock::System().NowMs();
  for (const auto& [option, time] :
       {std::pair("since", &query.filter.since_ms), std::pair("until", &query.filter.until_ms)}) {
    if (!arguments.Has(option)) continue;
    Result<std::int64_t> parsed = workflow::ParseTime(arguments.Text(option), now_ms);
    if (!parsed.ok()) return std::move(parsed).status().WithContext("--" + std::string(option));
    *time = *parsed;
  }
  return query;
}

void Warn(const Console& console, const predictions::ReadProblems& problems) {
  for (const std::string& text : workflow::ProblemTexts(problems)) console.Warn(text);
}

}  // namespace

Result<int> RunPredictionsQuery(const Call& call) {
  REEVE_ASSIGN_OR_RETURN(const workflow::PredictionQuery query, ReadQuery(call));
  REEVE_ASSIGN_OR_RETURN(const std::int64_t most, call.arguments.Integer("limit", 1, 1'000'000));
  REEVE_ASSIGN_OR_RETURN(const workflow::PredictionRows rows,
                         workflow::QueryPredictions(query, most));
  Warn(call.console, rows.problems);
  call.console.Result(workflow::ToJson(rows), workflow::ToText(rows));
  return 0;
}

Result<int> RunPredictionsExport(const Call& call) {
  const std::string output = call.arguments.Text("output-file");
  if (output.empty()) {
    return Status::InvalidArgument(
        "-o is missing, expected where predictions go: -o OUT (.csv .parquet .jsonl, -, "
        "sqlite:///f.db?table=T, postgresql://…?table=T)");
  }
  REEVE_ASSIGN_OR_RETURN(const workflow::PredictionQuery query, ReadQuery(call));
  std::optional<ingest::WriteMode> mode;
  if (call.arguments.Has("mode")) {
    REEVE_ASSIGN_OR_RETURN(mode, ingest::ParseWriteMode(call.arguments.Text("mode")));
  }
  REEVE_ASSIGN_OR_RETURN(const workflow::ExportReport report,
                         workflow::ExportPredictions(query, output, mode));
  Warn(call.console, report.problems);
  // Standard output may be the output itself; then the report goes where talk goes.
  const std::string json = DumpJson(workflow::ToJson(report)) + "\n";
  if (!call.console.json()) {
    call.console.Say(workflow::ToText(report));
  } else if (output == "-") {
    call.console.Say(json);
  } else {
    call.console.Print(json);
  }
  return 0;
}

Result<int> RunPredictionsStats(const Call& call) {
  REEVE_ASSIGN_OR_RETURN(const predictions::StoreSummary summary,
                         workflow::CountPredictions(call.arguments.Text("predictions-dir")));
  Warn(call.console, summary.problems);
  call.console.Result(workflow::ToJson(summary), workflow::ToText(summary));
  return 0;
}

}  // namespace reeve::cli
