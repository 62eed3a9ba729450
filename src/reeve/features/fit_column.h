#pragma once

#include <cstdint>
#include <memory>
#include <span>

#include "reeve/features/pipeline.h"
#include "reeve/features/step.h"
#include "reeve/table/column.h"

namespace reeve::features {

/// Fits what `column` becomes by itself; null when it gives nothing (texts, lists, ids; for linear
/// models a column that is missing in every fitted row).
std::unique_ptr<Step> FitColumn(const Column& column, std::span<const std::int64_t> rows,
                                const PipelineOptions& options);

}  // namespace reeve::features
