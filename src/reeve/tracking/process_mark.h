#pragma once

#include <string>

#include "reeve/base/result.h"
#include "reeve/tracking/store.h"

namespace reeve::tracking {

/// The tag that says which process works on a run.
inline constexpr const char* kProcessTag = "reeve.process";

/// "pid:start:boot:namespace:machine" of this process: start in clock ticks since boot, boot the
/// machine's boot id, so that a number used again by another process is not taken for it; namespace
/// of process numbers, since containers of one machine share its boot id; machine its id.
std::string CurrentProcessMark();
/// Whether the process of a mark still runs. Marks that cannot be judged from here (other machines,
/// other containers, other texts) count as alive; those of this machine before it was started again
/// do not.
bool IsAlive(const std::string& mark);

/// Marks RUNNING runs FAILED whose process has ended without saying so. Runs without a mark are not
/// ours and are left alone. Returns how many there were.
Result<int> FailAbandonedRuns(Store& store);

}  // namespace reeve::tracking
