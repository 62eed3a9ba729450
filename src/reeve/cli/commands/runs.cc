#include <nlohmann/json.hpp>

#include "reeve/base/credentials.h"
#include "reeve/base/text.h"
#include "reeve/cli/commands/commands.h"
#include "reeve/cli/progress.h"
#include "reeve/workflow/compare_runs.h"
#include "reeve/workflow/registry.h"
#include "reeve/workflow/spool.h"
#include "reeve/workflow/transfer_stores.h"

namespace reeve::cli {
namespace {

// Nothing is asked here of where registered models are.
Result<std::unique_ptr<tracking::Store>> OpenRuns(const Call& call) {
  return workflow::OpenExistingStore({.tracking = call.arguments.Text("tracking-uri")});
}

}  // namespace

Result<int> RunRunsList(const Call& call) {
  REEVE_ASSIGN_OR_RETURN(const std::int64_t limit, call.arguments.Integer("limit", 1, 1'000'000));
  REEVE_ASSIGN_OR_RETURN(const auto store, OpenRuns(call));
  const std::string experiment =
      call.arguments.IsGiven("experiment") ? call.arguments.Text("experiment") : "";
  REEVE_ASSIGN_OR_RETURN(const auto runs, workflow::ListRuns(*store, experiment, limit));
  Json json = Json::array();
  for (const tracking::Run& run : runs) json.push_back(workflow::ToJson(run));
  call.console.Result(json, workflow::ToText(runs));
  return 0;
}

Result<int> RunRunsShow(const Call& call) {
  REEVE_ASSIGN_OR_RETURN(const auto store, OpenRuns(call));
  REEVE_ASSIGN_OR_RETURN(const tracking::Run run,
                         workflow::FindRun(*store, call.arguments.positionals()[0]));
  call.console.Result(workflow::ToJson(run), workflow::ToText(run));
  return 0;
}

Result<int> RunRunsCompare(const Call& call) {
  REEVE_ASSIGN_OR_RETURN(const auto store, workflow::OpenExistingStore(call.arguments.Stores()));
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
  REEVE_ASSIGN_OR_RETURN(const auto store, OpenRuns(call));
  REEVE_ASSIGN_OR_RETURN(const tracking::Run run,
                         workflow::FindRun(*store, call.arguments.positionals()[0]));
  REEVE_RETURN_IF_ERROR(store->DeleteRun(run.id));
  call.console.Result(Json{{"deleted", run.id}},
                      "Run " + run.name + " (" + run.id + ") is marked as deleted\n");
  return 0;
}

Result<int> RunRunsSync(const Call& call) {
  const tracking::StoreUris stores = call.arguments.Stores();
  if (!tracking::Store::IsServer(stores)) {
    return Status::InvalidArgument("tracking URI is " + Quote(stores.tracking, 400) +
                                   ", for which nothing ever waits; expected http://HOST:PORT");
  }
  Result<std::optional<tracking::TransferReport>> report = Status::Internal("");
  {
    Progress progress(!call.arguments.Flag("quiet"));
    report = workflow::SyncSpool({.stores = stores,
                                  .spool = call.arguments.Text("spool"),
                                  .cancellation = &call.cancellation,
                                  .on_progress = [&](std::int64_t done, std::int64_t total) {
                                    progress.Update(done, total);
                                  }});
  }
  if (!report.ok()) return std::move(report).status();
  if (!*report) {
    call.console.Result(workflow::ToJson(tracking::TransferReport()),
                        "Nothing waits to be sent to " + MaskCredentials(stores.tracking) + "\n");
    return 0;
  }
  for (const std::string& note : (*report)->notes) call.console.Warn(note);
  for (const std::string& problem : (*report)->problems) call.console.Warn(problem);
  call.console.Result(workflow::ToJson(**report), workflow::ToText(**report));
  REEVE_RETURN_IF_ERROR(workflow::Outcome(**report));
  return 0;
}

}  // namespace reeve::cli
