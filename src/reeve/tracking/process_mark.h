#pragma once

#include <string>

#include "reeve/base/result.h"
#include "reeve/tracking/store.h"

namespace reeve::tracking {

/// The tag that says which process works on a run.
inline constexpr const char* kProcessTag = "reeve.process";

/// "pid:start:boot" of this process: start in clock ticks since boot, boot the machine's boot id,
/// so that a number used again by another process is not taken for it.
std::string CurrentProcessMark();
/// Whether the process of a mark still runs. Marks of other machines count as alive.
bool IsAlive(const std::string& mark);

/// Marks RUNNING runs FAILED whose process has ended without saying so. Runs without a mark are not
/// ours and are left alone. Returns how many there were.
Result<int> FailAbandonedRuns(Store& store);

}  // namespace reeve::tracking
