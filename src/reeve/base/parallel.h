#pragma once

#include <cstdint>
#include <functional>

#include "reeve/base/status.h"

namespace reeve {

/// Threads to use when the user gave none: the CPUs this process may run on (affinity mask).
int DefaultThreads();

/// Calls `task(i)` for i in [0, count) on up to `threads` threads, each index exactly once, in no
/// particular order; returns after all have ended. The first failure by index is returned, and
/// tasks that have not started by then are skipped. Results must not depend on the order: write
/// into slot i. `threads` <= 1 runs in the calling thread.
Status ParallelFor(int threads, std::int64_t count,
                   const std::function<Status(std::int64_t)>& task);

}  // namespace reeve
