#include <nlohmann/json.hpp>

#include "reeve/cli/commands/commands.h"
#include "reeve/cli/progress.h"
#include "reeve/workflow/transfer_stores.h"

namespace reeve::cli {
namespace {

Result<int> RunTransfer(const Call& call, const tracking::StoreUris& from,
                        const tracking::StoreUris& to) {
  workflow::TransferRequest request{.from = from,
                                    .to = to,
                                    .without_artifacts = call.arguments.Flag("no-artifacts"),
                                    .cancellation = &call.cancellation};
  if (call.arguments.IsGiven("experiment"))
    request.experiments.push_back(call.arguments.Text("experiment"));
  Result<tracking::TransferReport> report = Status::Internal("");
  {
    Progress progress(!call.arguments.Flag("quiet"));
    request.on_progress = [&](std::int64_t done, std::int64_t total) {
      progress.Update(done, total);
    };
    report = workflow::TransferStores(request);
  }
  if (!report.ok()) return std::move(report).status();
  for (const std::string& note : report->notes) call.console.Warn(note);
  for (const std::string& problem : report->problems) call.console.Warn(problem);
  call.console.Result(workflow::ToJson(*report), workflow::ToText(*report));
  REEVE_RETURN_IF_ERROR(workflow::Outcome(*report));
  return 0;
}

}  // namespace

Result<int> RunImportMlflow(const Call& call) {
  return RunTransfer(call, {.tracking = call.arguments.positionals()[0]}, call.arguments.Stores());
}

Result<int> RunExportMlflow(const Call& call) {
  return RunTransfer(call, call.arguments.Stores(), {.tracking = call.arguments.positionals()[0]});
}

}  // namespace reeve::cli
