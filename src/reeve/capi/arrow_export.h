#pragma once

#include "reeve/base/result.h"
#include "reeve/capi/reeve.h"
#include "reeve/contract/contract.h"
#include "reeve/inference/scorer.h"

namespace reeve::capi {

/// Scores as Arrow: the struct array that reeve_score_arrow_to_arrow describes. Both are written
/// only on success; the receiver calls their release. They own all they need.
Status ExportArrow(const contract::Contract& contract, const inference::Scored& scored,
                   ArrowSchema& schema, ArrowArray& array);

}  // namespace reeve::capi
