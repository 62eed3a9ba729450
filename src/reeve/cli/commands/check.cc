#include "reeve/workflow/check.h"

#include <nlohmann/json.hpp>

#include "reeve/cli/commands/commands.h"

namespace reeve::cli {

Result<int> RunCheck(const Call& call) {
  const Arguments& arguments = call.arguments;
  workflow::CheckRequest request{.model = arguments.positionals()[0],
                                 .data = arguments.positionals()[1],
                                 .output = arguments.Text("output-file"),
                                 .skip_bad_rows = {},
                                 .allow = {},
                                 .stores = arguments.Stores(),
                                 .threads = call.threads,
                                 .cancellation = &call.cancellation};
  REEVE_ASSIGN_OR_RETURN(request.limit, arguments.Integer("limit", 0, INT64_MAX));
  REEVE_ASSIGN_OR_RETURN(request.skip_bad_rows, arguments.Allowance("skip-bad-rows"));
  REEVE_ASSIGN_OR_RETURN(request.allow, arguments.Allowance("allow"));
  REEVE_ASSIGN_OR_RETURN(const workflow::CheckReport report, workflow::Check(request));
  call.console.Result(workflow::ToJson(report), workflow::ToText(report));
  return report.kept ? 0 : 3;
}

}  // namespace reeve::cli
