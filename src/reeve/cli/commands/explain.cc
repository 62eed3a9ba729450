#include "reeve/workflow/explain.h"

#include <nlohmann/json.hpp>

#include "reeve/cli/commands/commands.h"
#include "reeve/workflow/explanation_output.h"

namespace reeve::cli {

Result<int> RunExplain(const Call& call) {
  const Arguments& arguments = call.arguments;
  const auto& words = arguments.positionals();
  workflow::ExplainRequest request{
      .model = words[0],
      .data = words.size() > 1 ? words[1] : "",
      .output = arguments.Text("output-file"),
      .mode = {},
      .importance = arguments.Text("importance"),
      .partial_dependence = arguments.Texts("partial-dependence"),
      // What training asked for in reeve.toml is in the model already.
      .metric = arguments.OriginOf("metric") == Origin::kFlag ? arguments.Text("metric") : "",
      .target = arguments.Text("target"),
      .skip_bad_rows = {},
      .stores = arguments.Stores(),
      .seed = call.seed,
      .threads = call.threads,
      .cancellation = &call.cancellation};
  constexpr std::int64_t kMostReasons = 1000, kMost = 1'000'000'000;
  REEVE_ASSIGN_OR_RETURN(const std::int64_t top, arguments.Integer("top", 1, kMostReasons));
  request.top = static_cast<std::size_t>(top);
  REEVE_ASSIGN_OR_RETURN(request.limit, arguments.Integer("limit", 1, kMost));
  REEVE_ASSIGN_OR_RETURN(request.sample, arguments.Integer("sample", 1, kMost));
  if (arguments.Has("mode")) {
    REEVE_ASSIGN_OR_RETURN(request.mode, ingest::ParseWriteMode(arguments.Text("mode")));
  }
  REEVE_ASSIGN_OR_RETURN(request.skip_bad_rows, arguments.Allowance("skip-bad-rows"));
  REEVE_ASSIGN_OR_RETURN(const workflow::ExplainReport report, workflow::Explain(request));
  if (request.output == "-") {
    // Standard output is the table itself.
    call.console.Say(call.console.json() ? DumpJson(workflow::ToJson(report)) + "\n"
                                         : workflow::ToText(report));
  } else {
    call.console.Result(workflow::ToJson(report), workflow::ToText(report));
  }
  return 0;
}

}  // namespace reeve::cli
