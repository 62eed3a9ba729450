#pragma once

#include <cstdint>
#include <string>
#include <utility>

#include "reeve/base/status.h"
#include "reeve/capi/reeve.h"

/// What a failed call leaves behind; see reeve.h.
struct reeve_error {
  std::int32_t code = REEVE_INTERNAL;
  std::string message;
  std::string fixes;
};

namespace reeve::capi {

/// Stores `status` in `*error`, when wanted and when there is memory, and gives its code.
/// REQUIRES: status is not ok.
std::int32_t Fail(reeve_error** error, const Status& status) noexcept;

/// What to report about the exception that is being handled. To be called in a catch block.
std::int32_t FailWithException(reeve_error** error) noexcept;

/// Runs `task` (no arguments, gives a Status) behind the edge that no exception crosses.
template <typename Task>
std::int32_t Guarded(reeve_error** error, Task task) noexcept {
  try {
    const Status status = task();
    return status.ok() ? static_cast<std::int32_t>(REEVE_OK) : Fail(error, status);
  } catch (...) {
    return FailWithException(error);
  }
}

}  // namespace reeve::capi
