#pragma once

#include <vector>

#include "reeve/telemetry/exposition.h"

namespace reeve::telemetry {

/// What Prometheus' clients say of their process, under their names: CPU, memory, open files,
/// threads, start time. Read from /proc; what cannot be read is left out.
std::vector<FamilySample> ProcessMetrics();

}  // namespace reeve::telemetry
