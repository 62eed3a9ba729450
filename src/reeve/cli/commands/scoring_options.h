#pragma once

#include "reeve/base/result.h"
#include "reeve/cli/command.h"
#include "reeve/server/scoring_part.h"

namespace reeve::cli {

/// What the commands that score, `serve` and `up`, read in the same way; the models are those of
/// the command line.
Result<server::ScoringOptions> ReadScoring(const Arguments& arguments);

/// Has files of this process be for its user and group alone: served rows are about people, and
/// what is kept of them is not for everybody on this machine.
void KeepFilesPrivate();

}  // namespace reeve::cli
