#pragma once

#include "reeve/cli/command.h"

namespace reeve::cli {

// One function per command, each in the file of its name.
Result<int> RunTrain(const Call& call);
Result<int> RunPredict(const Call& call);
Result<int> RunExplain(const Call& call);
Result<int> RunServe(const Call& call);
Result<int> RunServer(const Call& call);
Result<int> RunUp(const Call& call);
Result<int> RunEvaluate(const Call& call);
Result<int> RunCheck(const Call& call);
Result<int> RunDataProfile(const Call& call);
Result<int> RunDataDiff(const Call& call);
Result<int> RunDataHistory(const Call& call);
Result<int> RunRunsList(const Call& call);
Result<int> RunRunsShow(const Call& call);
Result<int> RunRunsCompare(const Call& call);
Result<int> RunRunsDelete(const Call& call);
Result<int> RunRunsSync(const Call& call);
Result<int> RunModelsList(const Call& call);
Result<int> RunModelsShow(const Call& call);
Result<int> RunModelsAlias(const Call& call);
Result<int> RunModelsStage(const Call& call);
Result<int> RunModelsRollback(const Call& call);
Result<int> RunModelsHistory(const Call& call);
Result<int> RunModelsDelete(const Call& call);
Result<int> RunPredictionsQuery(const Call& call);
Result<int> RunPredictionsExport(const Call& call);
Result<int> RunPredictionsStats(const Call& call);
Result<int> RunImportMlflow(const Call& call);
Result<int> RunExportMlflow(const Call& call);
Result<int> RunDemo(const Call& call);
Result<int> RunConfigShow(const Call& call);
Result<int> RunHelp(const Call& call);
Result<int> RunCompletion(const Call& call);

}  // namespace reeve::cli
