#include "reeve/workflow/predict.h"

#include <nlohmann/json.hpp>

#include "reeve/base/text.h"
#include "reeve/cli/commands/commands.h"

namespace reeve::cli {

Result<int> RunPredict(const Call& call) {
  const Arguments& arguments = call.arguments;
  workflow::PredictRequest request{.model = arguments.positionals()[0],
                                   .data = arguments.positionals()[1],
                                   .output = arguments.Text("output-file"),
                                   .mode = {},
                                   .batch_id = arguments.Text("batch-id"),
                                   .keep = arguments.Texts("keep"),
                                   .keep_all = arguments.Flag("keep-all"),
                                   .probabilities = arguments.Flag("probabilities"),
                                   .rejects = arguments.Text("rejects"),
                                   .stores = arguments.Stores(),
                                   .threads = call.threads,
                                   .cancellation = &call.cancellation};
  if (request.output.empty())
    return Status::InvalidArgument(
        "-o is missing, expected where predictions go: -o OUT (.csv .parquet .jsonl, -, "
        "sqlite:///f.db?table=T, postgresql://…?table=T)");
  if (arguments.Has("mode")) {
    REEVE_ASSIGN_OR_RETURN(request.mode, ingest::ParseWriteMode(arguments.Text("mode")));
  }
  constexpr std::int64_t kMostReasons = 1000;
  REEVE_ASSIGN_OR_RETURN(const std::int64_t reasons, arguments.Integer("reasons", 0, kMostReasons));
  request.reasons = static_cast<std::size_t>(reasons);
  REEVE_ASSIGN_OR_RETURN(request.allow, arguments.Allowance("allow"));
  REEVE_ASSIGN_OR_RETURN(request.skip_bad_rows, arguments.Allowance("skip-bad-rows"));
  REEVE_ASSIGN_OR_RETURN(const workflow::PredictReport report, workflow::Predict(request));
  // Standard output may be the output itself; then the report goes where talk goes.
  if (call.console.json() && request.output != "-") {
    call.console.Print(DumpJson(workflow::ToJson(report)) + "\n");
  } else if (call.console.json()) {
    call.console.Say(DumpJson(workflow::ToJson(report)) + "\n");
  } else {
    call.console.Say(workflow::ToText(report));
  }
  return report.too_many_rejected ? 3 : 0;
}

}  // namespace reeve::cli
