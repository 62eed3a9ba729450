#include "reeve/workflow/evaluate.h"

#include <nlohmann/json.hpp>

#include "reeve/base/file_system.h"
#include "reeve/cli/commands/commands.h"

namespace reeve::cli {

Result<int> RunEvaluate(const Call& call) {
  const Arguments& arguments = call.arguments;
  workflow::EvaluateRequest request{.model = arguments.positionals()[0],
                                    .data = arguments.positionals()[1],
                                    .target = arguments.Text("target"),
                                    .skip_bad_rows = {},
                                    .costs = arguments.Text("cost"),
                                    .stores = arguments.Stores(),
                                    .seed = call.seed,
                                    .threads = call.threads,
                                    .cancellation = &call.cancellation};
  REEVE_ASSIGN_OR_RETURN(request.skip_bad_rows, arguments.Allowance("skip-bad-rows"));
  REEVE_ASSIGN_OR_RETURN(const workflow::EvaluateReport report, workflow::Evaluate(request));
  if (arguments.Has("html")) {
    REEVE_RETURN_IF_ERROR(
        WriteAtomically(FileSystem::System(), arguments.Text("html"), report.html));
    call.console.Say("Page " + arguments.Text("html") + "\n");
  }
  if (report.is_training_table) {
    call.console.Warn(
        report.data +
            " is the table that the model was trained on: it knows most of these rows, and "
            "scores here are better than those of new rows will be",
        "reeve runs list has the scores of the test part");
  }
  call.console.Result(workflow::ToJson(report), workflow::ToText(report));
  return 0;
}

}  // namespace reeve::cli
