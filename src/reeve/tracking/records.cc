#include "reeve/tracking/records.h"

#include <array>

namespace reeve::tracking {
namespace {

constexpr std::array<std::string_view, 5> kNames = {"RUNNING", "SCHEDULED", "FINISHED", "FAILED",
                                                    "KILLED"};

}  // namespace

std::string_view RunStatusName(RunStatus status) {
  return kNames[static_cast<std::size_t>(status)];
}

RunStatus ParseRunStatus(std::string_view name) {
  for (std::size_t i = 0; i < kNames.size(); ++i) {
    if (kNames[i] == name) return static_cast<RunStatus>(i);
  }
  return RunStatus::kRunning;
}

}  // namespace reeve::tracking
