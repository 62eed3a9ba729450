#include <nlohmann/json.hpp>

#include "reeve/cli/commands/commands.h"
#include "reeve/workflow/compare_runs.h"
#include "reeve/workflow/registry.h"

namespace reeve::cli {

Result<int> RunRunsList(const Call& call) {
  REEVE_ASSIGN_OR_RETURN(const std::int64_t limit, call.arguments.Integer("limit", 1, 1'000'000));
  REEVE_ASSIGN_OR_RETURN(const auto store,
                         workflow::OpenExistingStore(call.arguments.Text("tracking-uri")));
  const std::string experiment =
      call.arguments.IsGiven("experiment") ? call.arguments.Text("experiment") : "";
  REEVE_ASSIGN_OR_RETURN(const auto runs, workflow::ListRuns(*store, experiment, limit));
  Json json = Json::array();
  for (const tracking::Run& run : runs) json.push_back(workflow::ToJson(run));
  call.console.Result(json, workflow::ToText(runs));
  return 0;
}

Result<int> RunRunsShow(const Call& call) {
  REEVE_ASSIGN_OR_RETURN(const auto store,
                         workflow::OpenExistingStore(call.arguments.Text("tracking-uri")));
  REEVE_ASSIGN_OR_RETURN(const tracking::Run run, store->GetRun(call.arguments.positionals()[0]));
  call.console.Result(workflow::ToJson(run), workflow::ToText(run));
  return 0;
}

Result<int> RunRunsCompare(const Call& call) {
  REEVE_ASSIGN_OR_RETURN(const auto store,
                         workflow::OpenExistingStore(call.arguments.Text("tracking-uri")));
  REEVE_ASSIGN_OR_RETURN(const auto comparison,
                         workflow::CompareRuns(*store, call.arguments.positionals()[0],
                                               call.arguments.positionals()[1]));
  const std::string output = call.arguments.Text("output");
  if (output == "html") {
    call.console.Print(workflow::ToHtml(comparison));
  } else if (output == "markdown") {
    call.console.Print(workflow::ToMarkdown(comparison));
  } else {
    call.console.Result(workflow::ToJson(comparison), workflow::ToText(comparison));
  }
  return 0;
}

Result<int> RunRunsDelete(const Call& call) {
  REEVE_ASSIGN_OR_RETURN(const auto store,
                         workflow::OpenExistingStore(call.arguments.Text("tracking-uri")));
  REEVE_RETURN_IF_ERROR(store->DeleteRun(call.arguments.positionals()[0]));
  call.console.Result(Json{{"deleted", call.arguments.positionals()[0]}},
                      "Run " + call.arguments.positionals()[0] + " is marked as deleted\n");
  return 0;
}

}  // namespace reeve::cli
