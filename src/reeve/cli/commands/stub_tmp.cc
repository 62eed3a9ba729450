#include "reeve/cli/commands/commands.h"
namespace reeve::cli {
#define S(x) Result<int> x(const Call&) { return Status::Internal("stub"); }
S(RunEvaluate) S(RunCheck) S(RunDataProfile) S(RunDataDiff) S(RunDataHistory) S(RunRunsList) S(RunRunsShow) S(RunRunsDelete) S(RunModelsList) S(RunModelsShow) S(RunModelsAlias) S(RunModelsStage) S(RunModelsRollback) S(RunModelsDelete) S(RunDemo) S(RunConfigShow) S(RunHelp) S(RunCompletion)
}
